"""Every kind of store: SQLite without a key, SQLite with one, PostgreSQL. Each test gets a fresh one."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from mecum.infra.secrets.sealer import derive
from mecum.infra.storage.database import Database
from mecum.infra.storage.location import Location
from mecum.kernel.subject import Subject

MASTER = bytes(range(32))
KEY = derive(MASTER, "store")
KINDS = ("sqlite", "sqlite-key", pytest.param("postgres", marks=pytest.mark.postgres))


@dataclass(frozen=True)
class Store:
    """Where a test's store is, and the key of what belongs to it."""

    kind: str
    location: Location
    folder: Path

    @property
    def key(self) -> bytes | None:
        """The store's key."""
        return self.location.key


@pytest.fixture(scope="session")
def migrated_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return SQLite files at the newest schema, for others to be copied from."""
    folder = tmp_path_factory.mktemp("migrated")

    async def migrate(location: Location) -> None:
        await (await Database.open(location)).close()

    files: dict[str, Path] = {}
    for kind, key in (("sqlite", None), ("sqlite-key", KEY)):
        files[kind] = folder / f"{kind}.db"
        asyncio.run(migrate(Location(files[kind], key)))
    return files


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Return where a fresh store is, in three kinds."""
    kind = str(request.param)
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    if kind == "postgres":
        return Store(kind, Location(url=request.getfixturevalue("postgres_url")), folder)
    return _copied(kind, request.getfixturevalue("migrated_files"), folder)


@pytest.fixture
def plain_store(migrated_files: dict[str, Path], tmp_path: Path) -> Store:
    """Return a fresh SQLite store without a key, for tests that look into its files."""
    folder = tmp_path / "plain"
    folder.mkdir(mode=0o700)
    return _copied("sqlite", migrated_files, folder)


@pytest_asyncio.fixture
async def database(store: Store) -> AsyncIterator[Database]:
    """Return a fresh open store, in three kinds."""
    opened = await Database.open(store.location)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def plain_database(plain_store: Store) -> AsyncIterator[Database]:
    """Return a fresh open SQLite store without a key."""
    opened = await Database.open(plain_store.location)
    yield opened
    await opened.close()


@pytest.fixture
def ada() -> Subject:
    """Return a person."""
    return Subject("org_0000000000001", "per_0000000000ada")


@pytest.fixture
def bob() -> Subject:
    """Return another person of the same organisation."""
    return Subject("org_0000000000001", "per_0000000000b0b")


@pytest.fixture
def eve() -> Subject:
    """Return a person of another organisation."""
    return Subject("org_0000000000002", "per_0000000000eve")


def _copied(kind: str, files: dict[str, Path], folder: Path) -> Store:
    shutil.copy(files[kind], folder / "mecum.db")
    if kind == "sqlite":
        return Store(kind, Location(folder / "mecum.db"), folder)
    # The whole product opens the folder as well: it derives the key from what it finds there.
    (folder / "store.key").touch(mode=0o600)
    (folder / "store.key").write_text(MASTER.hex())
    return Store(kind, Location(folder / "mecum.db", KEY), folder)
