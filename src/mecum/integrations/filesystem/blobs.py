"""Bytes as files below the data folder, sealed when the store has a key.

`blobs/<organisation>/<two digits>/<name>`. The name is the SHA-256 of the content; with a key it is an HMAC of it,
because a plain hash would tell whoever sees the disk which known files are there.
"""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from mecum.infra.blobs.errors import BlobMissing, BlobTooLarge
from mecum.infra.blobs.ports import Content, Received
from mecum.infra.secrets.sealer import derive
from mecum.integrations.filesystem.chunks import CHUNK, SealedFile, SealedReader, SealedWriter

_BATCH: Final = 1 << 20
"""Bytes that are hashed, sealed and written in one go, off the event loop."""
_ARRIVING: Final = "arriving"


class FileBlobs:
    """See `infra.blobs.ports.BlobStore`."""

    def __init__(self, folder: Path, key: bytes | None) -> None:
        self._folder = folder
        self._seal_key = None if key is None else derive(key, "blobs/content")
        self._name_key = None if key is None else derive(key, "blobs/names")

    async def receive(self, organisation_id: str, chunks: AsyncIterator[bytes], limit: int) -> Received:
        arriving = await asyncio.to_thread(_Arriving, self._arriving(), self._seal_key, organisation_id)
        try:
            async for batch in _batched(chunks):
                if arriving.size + len(batch) > limit:
                    raise BlobTooLarge(limit=limit)
                await asyncio.to_thread(arriving.write, batch)
            return await asyncio.to_thread(arriving.finish)
        except BaseException:
            arriving.abandon()
            raise

    async def place(self, organisation_id: str, received: Received) -> None:
        target = self.path_of(organisation_id, received.sha256)
        await asyncio.to_thread(_move, self._arriving() / received.token, target)

    async def discard(self, received: Received) -> None:
        await asyncio.to_thread((self._arriving() / received.token).unlink, missing_ok=True)

    async def open(self, organisation_id: str, sha256: str) -> Content:
        path = self.path_of(organisation_id, sha256)
        file = await asyncio.to_thread(_opened, path)
        try:
            size, chunks = await asyncio.to_thread(self._reading, file, organisation_id, sha256)
        except BaseException:
            file.close()
            raise
        return Content(size, _given_out(file, chunks))

    async def file(self, organisation_id: str, sha256: str) -> BinaryIO:
        file = await asyncio.to_thread(_opened, self.path_of(organisation_id, sha256))
        if self._seal_key is None:
            return file
        try:
            return SealedFile(SealedReader(file, self._seal_key, organisation_id, sha256))
        except BaseException:
            file.close()
            raise

    async def remove(self, organisation_id: str, sha256: str) -> None:
        await asyncio.to_thread(self.path_of(organisation_id, sha256).unlink, missing_ok=True)

    async def clear(self) -> None:
        await asyncio.to_thread(_emptied, self._arriving())

    def _reading(self, file: BinaryIO, organisation_id: str, sha256: str) -> tuple[int, Iterator[bytes]]:
        if self._seal_key is None:
            return os.fstat(file.fileno()).st_size, iter(lambda: file.read(CHUNK), b"")
        sealed = SealedReader(file, self._seal_key, organisation_id, sha256)
        return sealed.size, iter(sealed)

    def _arriving(self) -> Path:
        return self._folder / _ARRIVING

    def path_of(self, organisation_id: str, sha256: str) -> Path:
        """Return the file that holds this content."""
        name = sha256
        if self._name_key is not None:
            name = hmac.digest(self._name_key, f"{organisation_id}/{sha256}".encode(), "sha256").hex()
        return self._folder / organisation_id / name[:2] / name


class _Arriving:
    """One upload on its way to disk; runs in threads, one call at a time."""

    def __init__(self, folder: Path, key: bytes | None, organisation_id: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._token = uuid.uuid4().hex
        self._path = folder / self._token
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._sealed = None if key is None else SealedWriter(self._file, key, organisation_id)
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)
        self._hash.update(data)
        (self._sealed or self._file).write(data)

    def finish(self) -> Received:
        sha256 = self._hash.hexdigest()
        if self._sealed is not None:
            self._sealed.finish(sha256, self.size)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Received(sha256, self.size, self._token)

    def abandon(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


async def _batched(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    async for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= _BATCH:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


async def _given_out(file: BinaryIO, chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    with contextlib.closing(file):
        while batch := await asyncio.to_thread(_next_batch, chunks):
            yield batch


def _next_batch(chunks: Iterator[bytes]) -> bytes:
    return b"".join(itertools.islice(chunks, _BATCH // CHUNK))


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise BlobMissing from error


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not source.exists() and target.exists():
        # A change that was tried again: the bytes are there from the first time.
        return
    source.replace(target)
    # The name is durable only when the folders that hold it are.
    for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _emptied(folder: Path) -> None:
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink(missing_ok=True)
