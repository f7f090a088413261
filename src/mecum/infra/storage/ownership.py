"""A PostgreSQL database has one server at a time, as a data folder has: it takes what runs for its own to finish."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mecum.infra.storage.errors import StoreBusy
from mecum.infra.storage.writer import translated

_KEY: Final = 7236830
_ATTEMPTS: Final = 10
_PAUSE_SECONDS: Final = 0.2
"""A server that was killed a moment ago may still be held for alive."""
_TAKE: Final = text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))")
_HOLDER: Final = text(
    "SELECT a.pid, a.client_addr FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :key AND l.objsubid = 2 "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND l.objid::bigint = hashtext(current_schema())::bigint & 4294967295"
)
_NOTICE_DEATH: Final = ("tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")
"""Seconds, seconds, times: the database learns within half a minute that the machine of its server is gone."""


@asynccontextmanager
async def owned(engine: AsyncEngine) -> AsyncGenerator[None]:
    """Hold a PostgreSQL database as its one server; raises StoreBusy, saying who holds it, or StoreUnavailable.

    What goes wrong while it is held is not translated: it has nothing to do with the lock.
    """
    async with AsyncExitStack() as held:
        try:
            connection = await held.enter_async_context(engine.connect())
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await _take(connection)
        except SQLAlchemyError as error:
            raise translated(error) from error
        yield


async def _take(connection: AsyncConnection) -> None:
    for setting in _NOTICE_DEATH:
        await connection.exec_driver_sql(f"SET {setting}")
    for _ in range(_ATTEMPTS):
        if (await connection.execute(_TAKE, {"key": _KEY})).scalar_one():
            return
        await asyncio.sleep(_PAUSE_SECONDS)
    raise StoreBusy(
        f"Another Mecum server works on this database{await _holder(connection)}. Ask that one with --server, stop it, "
        "or give this one a database of its own; more hands for its jobs are `mecum worker`."
    )


async def _holder(connection: AsyncConnection) -> str:
    found = (await connection.execute(_HOLDER, {"key": _KEY})).first()
    if found is None:
        return ""
    return f" (connection {found[0]}{f' from {found[1]}' if found[1] is not None else ''})"
