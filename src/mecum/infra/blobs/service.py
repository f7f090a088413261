"""Bytes and their counts together: what is held is there, and what nobody holds is gone."""

from typing import BinaryIO

from mecum.infra.blobs.ports import BlobStore, Content, Received
from mecum.infra.blobs.repository import BlobCounts
from mecum.infra.storage import Database, Scope


class Blobs:
    """Bytes that outlive exactly those who hold them.

    The count is changed before the bytes are placed, and bytes are removed under the lock of their row: an upload and
    a removal of the same content cannot pass each other. A crash leaves at most a row without holders, and the next
    sweep takes it away.
    """

    def __init__(self, database: Database, store: BlobStore) -> None:
        self._database, self._store, self._counts = database, store, BlobCounts()

    @property
    def store(self) -> BlobStore:
        """Where the bytes are; receive and discard there."""
        return self._store

    async def keep(self, scope: Scope, received: Received) -> None:
        """Hold received bytes as part of the scope's change."""
        organisation_id = scope.subject.organisation_id
        await self._counts.hold(scope, organisation_id, received.sha256, received.size)
        await self._store.place(organisation_id, received)

    async def release(self, scope: Scope, organisation_id: str, sha256: str) -> None:
        """Hold bytes no longer as part of the scope's change; call `sweep` after its commit."""
        await self._counts.release(scope, organisation_id, sha256)

    async def open(self, organisation_id: str, sha256: str) -> Content:
        """Begin to read; raises BlobMissing, BlobDamaged."""
        return await self._store.open(organisation_id, sha256)

    async def file(self, organisation_id: str, sha256: str) -> BinaryIO:
        """Open for reading from any place, in threads; raises BlobMissing, and BlobDamaged as it is read."""
        return await self._store.file(organisation_id, sha256)

    async def whole(self, organisation_id: str, sha256: str) -> bytes:
        """Return all bytes; raises BlobMissing, BlobDamaged."""
        content = await self.open(organisation_id, sha256)
        return b"".join([chunk async for chunk in content.chunks])

    async def sweep(self) -> int:
        """Remove what nobody holds; return how many contents."""
        async with self._database.writing(None) as scope:
            unheld = await self._counts.unheld(scope)
            for organisation_id, sha256 in unheld:
                await self._store.remove(organisation_id, sha256)
                await self._counts.forget(scope, organisation_id, sha256)
        return len(unheld)

    async def recover(self) -> None:
        """Finish what a killed process left half done."""
        await self._store.clear()
        await self.sweep()
