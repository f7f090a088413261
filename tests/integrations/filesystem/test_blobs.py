"""Blobs as files: nothing readable on disk with a key, and nothing that was tampered with is given out."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mecum.infra.blobs.errors import BlobDamaged
from mecum.integrations.filesystem.blobs import FileBlobs

KEY = bytes(range(32))


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def kept(blobs: FileBlobs, data: bytes) -> str:
    received = await blobs.receive("org_1", once(data), 1 << 30)
    await blobs.place("org_1", received)
    return received.sha256


def only_file(folder: Path) -> Path:
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    return path


async def read(blobs: FileBlobs, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in (await blobs.open("org_1", sha256)).chunks])


async def test_with_a_key_neither_content_nor_hash_is_on_disk(tmp_path: Path) -> None:
    sha256 = await kept(FileBlobs(tmp_path, KEY), b"canary " * 20_000)
    path = only_file(tmp_path)
    assert b"canary" not in path.read_bytes()
    assert sha256 not in str(path)
    assert path.stat().st_mode & 0o077 == 0


async def test_without_a_key_the_name_is_the_hash(tmp_path: Path) -> None:
    await kept(FileBlobs(tmp_path, None), b"plain")
    assert only_file(tmp_path).name == hashlib.sha256(b"plain").hexdigest()


@pytest.mark.parametrize("at", [0, 10, 30, 65_600, 131_200, -30, -1])
async def test_a_changed_byte_is_noticed(tmp_path: Path, at: int) -> None:
    blobs = FileBlobs(tmp_path, KEY)
    sha256 = await kept(blobs, os.urandom(200_000))
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(BlobDamaged):
        await read(blobs, sha256)


async def test_moved_and_missing_chunks_are_noticed(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path, KEY)
    sha256 = await kept(blobs, os.urandom(65_536 * 3))
    path = only_file(tmp_path)
    data, sealed = path.read_bytes(), 65_536 + 16
    a, b = data[20 : 20 + sealed], data[20 + sealed : 20 + 2 * sealed]
    for altered in (data[:20] + b + a + data[20 + 2 * sealed :], data[:20] + data[20 + sealed :], data[:-1], data[:30]):
        path.write_bytes(altered)
        with pytest.raises(BlobDamaged):
            await read(blobs, sha256)


async def test_a_file_in_anothers_place_does_not_open(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path, KEY)
    first = await kept(blobs, b"first")
    stolen = only_file(tmp_path).read_bytes()
    only_file(tmp_path).unlink()
    second = await kept(blobs, b"other")
    only_file(tmp_path).write_bytes(stolen)
    with pytest.raises(BlobDamaged):
        await read(blobs, second)
    assert first != second


async def test_another_key_opens_nothing(tmp_path: Path) -> None:
    sha256 = await kept(FileBlobs(tmp_path, KEY), b"secret")
    path = only_file(tmp_path)
    other = FileBlobs(tmp_path, bytes(32))
    target = other.path_of("org_1", sha256)  # pyright: ignore[reportPrivateUsage]
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    with pytest.raises(BlobDamaged):
        await read(other, sha256)
