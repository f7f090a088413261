"""An empty store comes to the newest schema, a newer one is left alone, the wrong key opens nothing."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

import mecum.bootstrap  # noqa: F401 # pyright: ignore[reportUnusedImport] - every table there is
from factories.stores import KEY, Store
from mecum.infra.storage import Database, StoreKeyRefused, StoreUnavailable, sqlite
from mecum.infra.storage.base import metadata
from mecum.infra.storage.errors import StoreTooNew
from mecum.infra.storage.location import Location
from mecum.infra.storage.migrate import revisions


async def tables(database: Database) -> set[str]:
    """Return the names of the tables in the store."""
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


async def set_revision(database: Database, revision: str) -> None:
    """Let the store say that it is at another revision."""
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": revision})


def test_revisions_are_numbered_from_one() -> None:
    assert revisions() == [f"{number:04d}" for number in range(1, len(revisions()) + 1)]


async def test_an_empty_store_gets_every_table(tmp_path: Path) -> None:
    database = await Database.open(Location(tmp_path / "mecum.db"))
    assert await tables(database) >= {*metadata.tables, "alembic_version"}
    assert await database.check() == "ok"
    await database.close()


def declared() -> set[str]:
    """Return every index of the models: table, name, columns, unique, and which rows it has."""
    found = ((table, index) for table in metadata.tables.values() for index in table.indexes)
    return {
        f"{table.name}.{index.name} {[column.name for column in index.columns]} {bool(index.unique)} "
        f"{index.info.get('where')}"
        for table, index in found
    }


async def made(database: Database) -> set[str]:
    """Return the same of the store."""

    def read(connection: Connection) -> set[str]:
        names = [(table, index) for table in metadata.tables for index in inspect(connection).get_indexes(table)]
        return {
            f"{table}.{index['name']} {index['column_names']} {bool(index['unique'])} "
            f"{index.get('dialect_options', {}).get('sqlite_where')}"
            for table, index in names
        }

    async with database.engine.connect() as connection:
        return await connection.run_sync(read)


async def test_an_empty_store_gets_the_indexes_that_the_models_say(tmp_path: Path) -> None:
    database = await Database.open(Location(tmp_path / "mecum.db"))
    assert await made(database) == declared()
    assert any(index.endswith("IS NULL") for index in declared())
    await database.close()


@pytest.mark.postgres
async def test_an_empty_postgresql_gets_every_table(empty_postgres_url: str) -> None:
    database = await Database.open(Location(url=empty_postgres_url))
    assert await tables(database) >= {*metadata.tables, "alembic_version"}
    assert await database.check() == "ok"
    await database.vacuum_log()
    await database.close()


async def test_opening_again_changes_nothing(store: Store) -> None:
    for _ in range(2):
        database = await Database.open(store.location)
        assert await database.check() == "ok"
        await database.vacuum_log()
        await database.close()


async def test_a_newer_store_is_refused(store: Store) -> None:
    database = await Database.open(store.location)
    await set_revision(database, "9999")
    await database.close()
    with pytest.raises(StoreTooNew):
        await Database.open(store.location)


@pytest.mark.parametrize(("written", "opened"), [(KEY, None), (None, KEY), (KEY, bytes(32))])
async def test_another_key_is_refused(tmp_path: Path, written: bytes | None, opened: bytes | None) -> None:
    await (await Database.open(Location(tmp_path / "mecum.db", written))).close()
    before = (tmp_path / "mecum.db").read_bytes()
    with pytest.raises(StoreKeyRefused):
        await Database.open(Location(tmp_path / "mecum.db", opened))
    assert (tmp_path / "mecum.db").read_bytes() == before


async def test_a_file_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await Database.open(Location(tmp_path / "missing" / "mecum.db"))


async def test_a_failed_migration_leaves_an_empty_store(tmp_path: Path) -> None:
    path = tmp_path / "mecum.db"
    connection = sqlite.connect(path, None)
    connection.execute("CREATE TABLE conversations (id TEXT)")
    connection.close()
    with pytest.raises(StoreUnavailable):
        await Database.open(Location(path))
    connection = sqlite.connect(path, None)
    found = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert found == [("conversations",)]
