"""Bytes outlive exactly those who hold them."""

from collections.abc import AsyncIterator

import pytest

from factories.stores import Store
from mecum.infra.blobs.errors import BlobMissing
from mecum.infra.blobs.service import Blobs
from mecum.infra.storage import Database
from mecum.integrations.filesystem.blobs import FileBlobs
from mecum.kernel.subject import Subject


@pytest.fixture
def blobs(database: Database, store: Store) -> Blobs:
    return Blobs(database, FileBlobs(store.folder / "blobs", store.key))


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def keep(database: Database, blobs: Blobs, subject: Subject, data: bytes) -> str:
    received = await blobs.store.receive(subject.organisation_id, once(data), 1000)
    async with database.writing(subject) as scope:
        await blobs.keep(scope, received)
    return received.sha256


async def release(database: Database, blobs: Blobs, subject: Subject, sha256: str) -> int:
    async with database.writing(subject) as scope:
        await blobs.release(scope, subject.organisation_id, sha256)
    return await blobs.sweep()


async def test_the_last_holder_takes_the_bytes_along(database: Database, blobs: Blobs, ada: Subject) -> None:
    sha256 = await keep(database, blobs, ada, b"shared")
    await keep(database, blobs, ada, b"shared")
    assert await release(database, blobs, ada, sha256) == 0
    assert await blobs.whole("org_0000000000001", sha256) == b"shared"
    assert await release(database, blobs, ada, sha256) == 1
    with pytest.raises(BlobMissing):
        await blobs.whole("org_0000000000001", sha256)
    await keep(database, blobs, ada, b"shared")
    assert await blobs.whole("org_0000000000001", sha256) == b"shared"


async def test_another_organisation_holds_its_own(database: Database, blobs: Blobs, ada: Subject, eve: Subject) -> None:
    sha256 = await keep(database, blobs, ada, b"same")
    await keep(database, blobs, eve, b"same")
    assert await release(database, blobs, ada, sha256) == 1
    assert await blobs.whole("org_0000000000002", sha256) == b"same"


async def test_a_killed_process_leaves_nothing(database: Database, blobs: Blobs, store: Store, ada: Subject) -> None:
    sha256 = await keep(database, blobs, ada, b"half purged")
    async with database.writing(ada) as scope:
        await blobs.release(scope, "org_0000000000001", sha256)
    await blobs.store.receive("org_0000000000001", once(b"half uploaded"), 1000)
    await Blobs(database, FileBlobs(store.folder / "blobs", store.key)).recover()
    assert [path for path in (store.folder / "blobs").rglob("*") if path.is_file()] == []
