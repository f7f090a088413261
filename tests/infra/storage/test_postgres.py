"""What PostgreSQL is told of every connection."""

import pytest
from sqlalchemy import text

from mecum.infra.storage import Database
from mecum.infra.storage.location import Location

pytestmark = pytest.mark.postgres


async def told(url: str, name: str) -> str:
    """Return a parameter as a connection of the store has it."""
    database = await Database.open(Location(url=url))
    try:
        async with database.engine.connect() as connection:
            return str((await connection.execute(text(f"SHOW {name}"))).scalar_one())
    finally:
        await database.close()


async def test_joins_are_made_in_the_order_in_which_they_are_written(postgres_url: str) -> None:
    assert await told(postgres_url, "join_collapse_limit") == "4"


@pytest.mark.parametrize(
    ("said", "name", "limit"), [("7s", "statement_timeout", "4"), ("6", "join_collapse_limit", "6")]
)
async def test_what_the_address_says_wins(postgres_url: str, said: str, name: str, limit: str) -> None:
    more = "&" if "?" in postgres_url else "?"
    url = f"{postgres_url}{more}options=-c%20{name}%3D{said}"
    assert await told(url, name) == said
    assert await told(url, "join_collapse_limit") == limit
