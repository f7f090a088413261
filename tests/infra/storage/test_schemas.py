"""A store of each released schema comes up to the newest and back down, and no row is another one afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from factories.schemas import FOLDER, Rows, content_hash, migrate, put, statements, table_names
from mecum.infra.storage import sqlite
from mecum.infra.storage.migrate import revisions

pytestmark = pytest.mark.slow

RELEASED = sorted(file.stem for file in FOLDER.glob("*.sql"))
KINDS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest_asyncio.fixture(params=KINDS)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Return an empty store of either database."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("empty_postgres_url")
        engine = create_async_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    else:
        engine = sqlite.engine(tmp_path / "mecum.db", None)
    yield engine
    await engine.dispose()


def rows_of(revision: str) -> Rows:
    """Return the rows of a fixture."""
    rows: Rows = orjson.loads((FOLDER / f"{revision}.json").read_bytes())
    return rows


@pytest.mark.parametrize("revision", RELEASED)
async def test_a_released_schema_is_as_it_was(tmp_path: Path, revision: str) -> None:
    engine = sqlite.engine(tmp_path / "mecum.db", None)
    await migrate(engine, to=revision)
    written = (FOLDER / f"{revision}.sql").read_text()
    assert await statements(engine) == written, "before its release: PYTHONPATH=src:tests python -m factories.schemas"
    await engine.dispose()


def test_every_table_has_rows() -> None:
    for revision in RELEASED:
        made = (FOLDER / f"{revision}.sql").read_text().count("CREATE TABLE")
        assert made == len(rows_of(revision))
        assert all(len(rows) == 2 for rows in rows_of(revision).values())


def test_the_newest_schema_has_a_fixture() -> None:
    assert revisions()[-1] in RELEASED


@pytest.mark.parametrize("revision", RELEASED)
async def test_up_down_and_up_again_keeps_every_row(empty: AsyncEngine, revision: str) -> None:
    await migrate(empty, to=revision)
    await put(empty, rows_of(revision))
    before = await content_hash(empty)
    await migrate(empty, to=revisions()[-1])
    newest = await content_hash(empty)
    await migrate(empty, to=revision)
    assert await content_hash(empty) == before
    await migrate(empty, to=revisions()[-1])
    assert await content_hash(empty) == newest


@pytest.mark.parametrize("revision", RELEASED)
async def test_all_the_way_down_leaves_nothing(empty: AsyncEngine, revision: str) -> None:
    await migrate(empty, to=revision)
    await put(empty, rows_of(revision))
    before = await content_hash(empty)
    await migrate(empty, to="base")
    assert await table_names(empty) == {"alembic_version"}
    await migrate(empty, to=revision)
    await put(empty, rows_of(revision))
    assert await content_hash(empty) == before


async def test_an_older_mecum_reads_what_models_counted(empty: AsyncEngine) -> None:
    await migrate(empty, to="0017")
    await put(empty, rows_of("0017"))
    named = '{"prompt_tokens":39,"completion_tokens":null,"total_tokens":55}'
    async with empty.begin() as connection:
        await connection.execute(text("UPDATE runs SET usage = :usage"), {"usage": "[39,null,55]"})
        await connection.execute(
            text("UPDATE runs SET usage = :usage WHERE id = (SELECT min(id) FROM runs)"), {"usage": named}
        )
    await migrate(empty, to="0016")
    async with empty.connect() as connection:
        assert (await connection.execute(text("SELECT DISTINCT usage FROM runs"))).all() == [(named,)]


@pytest.mark.postgres
@pytest.mark.parametrize("revision", RELEASED)
async def test_both_databases_hold_the_same(tmp_path: Path, empty_postgres_url: str, revision: str) -> None:
    hashes: list[Any] = []
    for engine in (
        sqlite.engine(tmp_path / "mecum.db", None),
        create_async_engine(empty_postgres_url.replace("postgresql://", "postgresql+psycopg://", 1)),
    ):
        await migrate(engine, to=revision)
        await put(engine, rows_of(revision))
        await migrate(engine, to=revisions()[-1])
        hashes.append(await content_hash(engine))
        await engine.dispose()
    assert hashes[0] == hashes[1]
