"""Files: taken in as they arrive, their type from their bytes, given out again."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from mecum.domains.conversations.errors import FileEmpty, FileNotFound, FileTooLarge
from mecum.domains.conversations.model import File
from mecum.domains.conversations.repository import FileRepository
from mecum.domains.conversations.rules import file_name, file_view
from mecum.infra.blobs.errors import BlobTooLarge
from mecum.infra.blobs.media import Inspector, text_of
from mecum.infra.blobs.ports import Content, Received
from mecum.infra.blobs.service import Blobs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file whose bytes are on disk and which nobody holds yet."""

    received: Received
    name: str
    media_type: str
    text_length: int | None


class FileService:
    """Files of one person; the bytes are shared within the organisation."""

    def __init__(self, database: Database, blobs: Blobs, *, most_bytes: int) -> None:
        self._database, self._blobs, self._most_bytes = database, blobs, most_bytes
        self._repository = FileRepository()

    @property
    def most_bytes(self) -> int:
        """The largest file that is taken."""
        return self._most_bytes

    async def receive(self, subject: Subject, name: str, chunks: AsyncIterator[bytes]) -> Arrived:
        """Write a file to disk as it arrives; raises FileTooLarge, FileEmpty. Then `add` or `discard` it."""
        inspector = Inspector()
        try:
            received = await self._blobs.store.receive(
                subject.organisation_id, _watched(chunks, inspector), self._most_bytes
            )
        except BlobTooLarge as error:
            raise FileTooLarge(limit=self._most_bytes) from error
        arrived = Arrived(received, file_name(name), *inspector.finish())
        if received.size == 0:
            await self.discard(arrived)
            raise FileEmpty
        return arrived

    async def take(self, subject: Subject, name: str, content: bytes) -> Arrived:
        """Write a file that is in memory to disk, as `receive` does."""
        return await self.receive(subject, name, _once(content))

    async def add(self, scope: Scope, arrived: Arrived, own_id: str | None = None) -> dict[str, Any]:
        """Keep an arrived file and return it as the wire shows it.

        `own_id` is the id it had in a record of ours: the file is that one where the subject has it, otherwise it keeps
        the id, which must be free; raises WriteConflict where it is somebody else's.
        """
        if own_id is not None and (there := (await self._repository.by_ids(scope, [own_id])).get(own_id)) is not None:
            if (there.sha256, there.name) == (arrived.received.sha256, arrived.name):
                return file_view(there)
            own_id = None
        await self._blobs.keep(scope, arrived.received)
        file = File(
            id=own_id or ids.new("fil"),
            name=arrived.name,
            media_type=arrived.media_type,
            size=arrived.received.size,
            sha256=arrived.received.sha256,
            text_length=arrived.text_length,
            created_at=clock.now(),
        )
        await self._repository.add(scope, file)
        return file_view(file)

    async def discard(self, arrived: Arrived) -> None:
        """Leave nothing of an arrived file; harmless after `add`."""
        await self._blobs.store.discard(arrived.received)

    async def get(self, scope: Scope, file_id: str) -> File:
        """Return a file; raises FileNotFound, also when only deleted conversations hold it."""
        file = await self._repository.find(scope, file_id)
        if file is None:
            raise FileNotFound(file_id=file_id)
        return file

    async def open(self, file: File) -> Content:
        """Begin to read a file's bytes; raises BlobMissing, BlobDamaged."""
        return await self._blobs.open(file.organisation_id, file.sha256)

    async def random(self, file: File) -> BinaryIO:
        """Open a file's bytes for reading from any place, in threads; raises BlobMissing, BlobDamaged."""
        return await self._blobs.file(file.organisation_id, file.sha256)

    async def forget(self, scope: Scope, file_ids: Sequence[str]) -> None:
        """Delete those of these uploads that no message holds; call `sweep` after the commit."""
        for file in await self._repository.forget_unheld(scope, file_ids):
            await self._blobs.release(scope, file.organisation_id, file.sha256)

    async def sweep(self) -> None:
        """Leave no bytes of files that were forgotten."""
        await self._blobs.sweep()

    async def read(self, subject: Subject, file_id: str) -> bytes:
        """Return a file's bytes; raises FileNotFound."""
        async with self._database.reading(subject) as scope:
            file = await self.get(scope, file_id)
        return await self._blobs.whole(file.organisation_id, file.sha256)

    async def texts(self, subject: Subject, *, most: int, longest: int) -> list[tuple[str, str, str]]:
        """Return (id, name, text) of the newest `most` text files of at most `longest` bytes that are in use."""
        async with self._database.reading(subject) as scope:
            files = await self._repository.newest_texts(scope, most=most, longest=longest)
        found: list[tuple[str, str, str]] = []
        for file in files:
            body = await self._blobs.whole(file.organisation_id, file.sha256)
            found.append((file.id, file.name, text_of(file.media_type, body)))
        return found


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _watched(chunks: AsyncIterator[bytes], inspector: Inspector) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        inspector.feed(chunk)
        yield chunk
