"""A ZIP that is sent while it is packed: always the same for the same files, whenever that is."""

import asyncio
import zipfile
import zlib
from collections.abc import AsyncIterator
from typing import IO, Final, Self, cast

# The first moment a ZIP can name: when it was written is no part of what is written.
_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 6
_SMALL: Final = 1 << 20
_LARGE: Final = 8 << 20
"""What is longer is never held as a whole, and is stored as it is: mostly it is files, which are compressed already."""
_MOST_RATIO: Final = 100
"""What would become smaller than that looks like a bomb to whoever unpacks it: it is stored as it is."""


class Parcel:
    """Takes files one by one; a large parcel takes little memory, and so does a large file that comes in pieces."""

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._archive = zipfile.ZipFile(cast("IO[bytes]", self._outlet), "w", zipfile.ZIP_DEFLATED)

    async def packed(self, name: str, body: bytes) -> bytes:
        """Add a file; return what can be sent now."""
        await asyncio.to_thread(self._put, name, body)
        return self._outlet.taken()

    async def streamed(self, name: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Add a file that comes in pieces; yield what can be sent meanwhile."""
        waiting: list[bytes] = []
        size = 0
        async for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size > _LARGE:
                break
        else:
            yield await self.packed(name, b"".join(waiting))
            return
        with self._archive.open(_entry(name, zipfile.ZIP_STORED), "w", force_zip64=True) as entry:
            for piece in waiting:
                entry.write(piece)
            waiting.clear()
            yield self._outlet.taken()
            async for piece in pieces:
                entry.write(piece)
                yield self._outlet.taken()
        yield self._outlet.taken()

    def closed(self) -> bytes:
        """Return the rest."""
        self._archive.close()
        return self._outlet.taken()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def _put(self, name: str, body: bytes) -> None:
        info = _entry(name, zipfile.ZIP_DEFLATED)
        if len(body) > _SMALL and len(body) > _MOST_RATIO * len(zlib.compress(body, 1)):
            info.compress_type = zipfile.ZIP_STORED
        self._archive.writestr(info, body, compresslevel=_LEVEL)


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ALWAYS)
    info.compress_type, info.external_attr = compression, 0o600 << 16
    return info


class _Outlet:
    """Keeps what the archive wrote until it is taken; it cannot go back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._written)
        self._written.clear()
        return whole
