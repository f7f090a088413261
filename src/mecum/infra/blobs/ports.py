"""The port to where bytes are kept: named by their content, apart for every organisation."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that arrived and are on disk, not yet in their place."""

    sha256: str
    size: int
    token: str
    """Where the store keeps them meanwhile; means nothing to anybody else."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes about to be read; `chunks` can be gone through once."""

    size: int
    chunks: AsyncIterator[bytes]


class BlobStore(Protocol):
    """Keeps bytes. Who still needs them is counted elsewhere (`BlobCounts`)."""

    async def receive(self, organisation_id: str, chunks: AsyncIterator[bytes], limit: int) -> Received:
        """Write `chunks` to disk as they come; raises BlobTooLarge beyond `limit` bytes and leaves nothing then."""
        ...

    async def place(self, organisation_id: str, received: Received) -> None:
        """Put received bytes in their place; harmless when the same bytes are there already."""
        ...

    async def discard(self, received: Received) -> None:
        """Leave nothing of bytes that were received and are not wanted."""
        ...

    async def open(self, organisation_id: str, sha256: str) -> Content:
        """Begin to read; raises BlobMissing, BlobDamaged."""
        ...

    async def file(self, organisation_id: str, sha256: str) -> BinaryIO:
        """Open for reading from any place, in threads, one at a time; raises BlobMissing, and BlobDamaged as read."""
        ...

    async def remove(self, organisation_id: str, sha256: str) -> None:
        """Leave no bytes of this content; harmless when there are none."""
        ...

    async def clear(self) -> None:
        """Discard what a killed process had received and not placed."""
        ...
