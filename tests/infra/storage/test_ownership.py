"""The one server of a PostgreSQL database: whose failures are those of the lock, and whose are not."""

import pytest
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from mecum.infra.storage.errors import StoreBusy, StoreUnavailable
from mecum.infra.storage.ownership import owned

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def _driver(url: str) -> str:
    return f"postgresql+psycopg://{url.partition('://')[2]}"


async def test_what_fails_while_it_is_held_is_told_as_it_is(postgres_url: str) -> None:
    engine = create_async_engine(_driver(postgres_url))
    own = ProgrammingError("SELECT of somebody else", {}, Exception("no such thing"))
    try:
        with pytest.raises(SQLAlchemyError) as raised:
            async with owned(engine):
                raise own
        assert raised.value is own
        # It was let go of, and is held by one at a time.
        async with owned(engine):
            with pytest.raises(StoreBusy):
                async with owned(engine):
                    pass
    finally:
        await engine.dispose()


async def test_a_database_that_does_not_answer_is_unavailable() -> None:
    engine = create_async_engine("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    with pytest.raises(StoreUnavailable):
        async with owned(engine):
            pass
    await engine.dispose()
