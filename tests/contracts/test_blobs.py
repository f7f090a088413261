"""The contract of `infra.blobs.ports.BlobStore`: files, with a key and without one."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mecum.infra.blobs.errors import BlobDamaged, BlobMissing, BlobTooLarge
from mecum.infra.blobs.ports import BlobStore
from mecum.integrations.filesystem.blobs import FileBlobs

KEY = bytes(range(32))
SIZES = (0, 1, 65_535, 65_536, 65_537, 131_072, (1 << 20) + 7, 3_000_000)


@pytest.fixture(params=["plain", "sealed"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return FileBlobs(tmp_path / "blobs", KEY if request.param == "sealed" else None)


async def pieces(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def kept(blobs: BlobStore, data: bytes, organisation_id: str = "org_1") -> str:
    received = await blobs.receive(organisation_id, pieces(data), 1 << 30)
    assert received.size == len(data)
    await blobs.place(organisation_id, received)
    return received.sha256


async def read(blobs: BlobStore, sha256: str, organisation_id: str = "org_1") -> bytes:
    content = await blobs.open(organisation_id, sha256)
    data = b"".join([chunk async for chunk in content.chunks])
    assert content.size == len(data)
    return data


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", SIZES)
async def test_what_goes_in_comes_out(blobs: BlobStore, size: int) -> None:
    data = os.urandom(size)
    sha256 = await kept(blobs, data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert await read(blobs, sha256) == data


@pytest.mark.parametrize("size", SIZES)
async def test_any_place_can_be_read(blobs: BlobStore, size: int) -> None:
    data = os.urandom(size)
    with await blobs.file("org_1", await kept(blobs, data)) as file:
        assert file.seek(0, os.SEEK_END) == size
        for at in (0, size // 2, max(0, size - 10), size, min(size, 65_530), size + 5):
            assert file.seek(at) == at
            assert file.read(20) == data[at : at + 20]
            assert file.tell() == at + len(data[at : at + 20])
        file.seek(0)
        assert file.read() == data


async def test_a_file_that_is_not_there_or_another_is_found_out(tmp_path: Path) -> None:
    sealed = FileBlobs(tmp_path / "blobs", KEY)
    with pytest.raises(BlobMissing):
        await sealed.file("org_1", "00")
    sha256 = await kept(sealed, os.urandom(200_000))
    [path] = files(tmp_path)
    body = bytearray(path.read_bytes())
    body[100_000] ^= 1
    path.write_bytes(body)
    with await sealed.file("org_1", sha256) as file, pytest.raises(BlobDamaged):
        file.read()


async def test_the_same_content_is_there_once(blobs: BlobStore, tmp_path: Path) -> None:
    first, second = await kept(blobs, b"twice"), await kept(blobs, b"twice")
    assert first == second
    assert len(files(tmp_path)) == 1


async def test_organisations_are_apart(blobs: BlobStore) -> None:
    sha256 = await kept(blobs, b"ours")
    with pytest.raises(BlobMissing):
        await read(blobs, sha256, "org_2")
    await kept(blobs, b"ours", "org_2")
    await blobs.remove("org_1", sha256)
    assert await read(blobs, sha256, "org_2") == b"ours"


async def test_removed_bytes_are_gone(blobs: BlobStore, tmp_path: Path) -> None:
    sha256 = await kept(blobs, b"gone soon")
    await blobs.remove("org_1", sha256)
    await blobs.remove("org_1", sha256)
    assert files(tmp_path) == []
    with pytest.raises(BlobMissing):
        await blobs.open("org_1", sha256)


async def test_too_much_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(BlobTooLarge):
        await blobs.receive("org_1", pieces(b"x" * 2_000_001), 2_000_000)
    assert files(tmp_path) == []
    assert (await blobs.receive("org_1", pieces(b"x" * 2_000_000), 2_000_000)).size == 2_000_000


async def test_a_broken_upload_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"x" * 1_500_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await blobs.receive("org_1", breaks(), 1 << 30)
    assert files(tmp_path) == []


async def test_discard_and_clear(blobs: BlobStore, tmp_path: Path) -> None:
    received = await blobs.receive("org_1", pieces(b"one"), 100)
    await blobs.discard(received)
    assert files(tmp_path) == []
    await blobs.receive("org_1", pieces(b"two"), 100)
    await blobs.clear()
    assert files(tmp_path) == []
