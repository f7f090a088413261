"""An index of words that was kept in the order of storing comes to stand by dates, and back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from factories.schemas import migrate
from mecum.infra.storage import sqlite
from mecum.kernel import clock, ids

pytestmark = pytest.mark.slow

_DAY = 86_400_000
_TEXTS = ("now 数据", "old Café 数据库", "older", "next", "from the future", "then")


@pytest_asyncio.fixture(params=("sqlite", pytest.param("postgres", marks=pytest.mark.postgres)))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Return a store of the schema before, with six messages whose words are in."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("empty_postgres_url")
        engine = create_async_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    else:
        engine = sqlite.engine(tmp_path / "mecum.db", None)
    await migrate(engine, to="0012")
    now = clock.milliseconds()
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO conversations (n, id, listed, created_at, last_activity_at, organisation_id, person_id) "
                "VALUES (1, 1, true, 1, 1, 1, 1)"
            )
        )
        for n, (said, at) in enumerate(zip(_TEXTS, (0, -400 * _DAY, -900 * _DAY, 10, 900 * _DAY, 20), strict=True), 1):
            row = {"n": n, "id": ids.number("msg", ids.new("msg")), "parts": _parts(said), "at": now + at}
            await connection.execute(
                text(
                    "INSERT INTO messages (n, id, conversation_id, role, mode, state, parts, created_at) "
                    "VALUES (:n, :id, 1, 'user', 'chat', 'complete', :parts, :at)"
                ),
                row,
            )
            await connection.execute(text(_index(engine)), {"n": n, "words": _indexed(engine, said)})
    yield engine
    await engine.dispose()


async def test_up_and_down(store: AsyncEngine) -> None:
    first = await places(store)
    assert first == [1, 2, 3, 4, 5, 6]
    await migrate(store, to="0013")
    moved = await places(store)
    # Below zero by their dates: the oldest, the old one, the one from the future; the rest is in its order already.
    assert [place & (2**30 - 1) for place in moved] == [3, 2, 5, 1, 4, 6]
    assert [place for place in moved if place > 0] == [1, 4, 6]
    assert [place & (2**30 - 1) for place in await holding(store, "cafe")] == [2]
    assert [place & (2**30 - 1) for place in await holding(store, "库")] == [2]
    await migrate(store, to="0012")
    assert await places(store) == first
    assert await holding(store, "cafe") == [2]
    await migrate(store, to="0013")
    assert await places(store) == moved


async def places(store: AsyncEngine) -> list[int]:
    """Return where the index has its messages."""
    table = "message_words_docsize ORDER BY id" if _is_sqlite(store) else "message_words ORDER BY n"
    column = "id" if _is_sqlite(store) else "n"
    async with store.connect() as connection:
        return list((await connection.execute(text(f"SELECT {column} FROM {table}"))).scalars())


async def holding(store: AsyncEngine, word: str) -> list[int]:
    """Return the places with a word."""
    query = (
        "SELECT rowid FROM message_words WHERE message_words MATCH :word"
        if _is_sqlite(store)
        else "SELECT n FROM message_words WHERE words @@ CAST(:word AS tsquery)"
    )
    async with store.connect() as connection:
        found: Any = await connection.execute(text(query), {"word": f'"{word}"' if _is_sqlite(store) else f"'{word}'"})
        return list(found.scalars())


def _is_sqlite(store: AsyncEngine) -> bool:
    return store.dialect.name == "sqlite"


def _parts(said: str) -> str:
    return orjson.dumps([{"type": "text", "text": said}]).decode()


def _index(store: AsyncEngine) -> str:
    if _is_sqlite(store):
        return "INSERT INTO message_words (rowid, text) VALUES (:n, :words)"
    return "INSERT INTO message_words (n, words) VALUES (:n, CAST(:words AS tsvector))"


def _indexed(store: AsyncEngine, said: str) -> str:
    """Return a text as the index took it: folded, what is a word by itself set apart."""
    apart = {"数据": " 数  据 ", "数据库": " 数  据  库 "}
    if said.isascii():
        folded = said
    else:
        words = said.replace("Café", "cafe").split(" ")
        folded = " ".join(apart.get(word, word) for word in words)
    return folded if _is_sqlite(store) else " ".join(f"'{word}'" for word in folded.split())
