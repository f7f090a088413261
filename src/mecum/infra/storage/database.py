"""The database as the rest of Mecum sees it: scopes, prepared reads, the writer, migrations on opening."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from mecum.infra.storage import migrate, sqlite
from mecum.infra.storage.errors import StoreTooOld
from mecum.infra.storage.location import APPLICATION, NOTE, Location, psycopg_url
from mecum.infra.storage.prepared import Op, Prepared
from mecum.infra.storage.scope import Scope, ScopedSession
from mecum.infra.storage.writer import EngineWriter, SQLiteWriter, Writer, commit, translated
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject


class Database:
    """One open store. Make it with `Database.open`."""

    def __init__(self, engine: AsyncEngine, writer: Writer, reader: Any) -> None:
        self.engine = engine
        self.writer = writer
        self._reader = reader
        # One statement that reads is its own transaction: neither its beginning nor its end needs a message of its own.
        self._alone = engine.execution_options(isolation_level="AUTOCOMMIT")

    @classmethod
    async def open(cls, location: Location, told: Callable[[str], None] | None = None) -> "Database":
        """Open the store. An empty one gets its tables; an older SQLite file is upgraded after a look and a copy.

        `told` hears how far an upgrade is, from another thread. Raises StoreKeyRefused, StoreTooNew, StoreUnavailable,
        StoreTooOld on PostgreSQL, and what an upgrade raises.
        """
        if location.path is not None and (location.path.parent / NOTE).exists():
            await asyncio.to_thread(_recover, location)
        database = cls(*_parts(location))
        try:
            at = await migrate.behind(database.engine)
            if at is not None:
                await database._shut()
                await _upgrade(location, at, told)
                database = cls(*_parts(location))
            await database.writer.start()
        except (SQLAlchemyError, OSError) as error:
            await database._shut()
            raise translated(error) from error
        except MecumError:
            await database._shut()
            raise
        return database

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is the embedded one."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def reading(self, subject: Subject | None) -> AsyncGenerator[Scope]:
        """Open a scope for reading; `None` is the instance itself."""
        async with self._session() as session:
            yield Scope(subject, session, self.fetch)

    @asynccontextmanager
    async def writing(self, subject: Subject | None) -> AsyncGenerator[Scope]:
        """Open a scope that commits at the end, or rolls back when its body raises."""
        async with self._session() as session:
            if self.is_sqlite:
                # Taken at once: a transaction that read first could not be upgraded while another one writes.
                await session.execute(text("BEGIN IMMEDIATE"))
            scope = Scope(subject, session, partial(_fetch_within, session))
            try:
                yield scope
                await session.commit()
            except SQLAlchemyError as error:
                raise translated(error) from error
            for callback in scope.after_commit:
                callback()

    async def fetch(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a prepared, keyed read, as the columns store them.

        On SQLite it runs in place: a look-up of a few rows costs less than waking a thread for it.
        """
        if self._reader is not None:
            dialect = self.engine.dialect
            return prepared.rows(dialect, self._reader.execute(*prepared.arguments(dialect, values)).fetchall())
        async with self._alone.connect() as connection:
            return await _rows(connection, prepared, values)

    async def change(
        self, prepared: Prepared, values: Mapping[str, Any], *, lock: str | None = None
    ) -> Sequence[Sequence[Any]]:
        """Run one prepared write of the instance itself in a transaction of its own; return the rows it returns.

        `lock` is a statement that PostgreSQL is given before it: what others do under the same lock is over then.
        """
        async with self.engine.connect() as connection:
            if lock is not None and not self.is_sqlite:
                await connection.exec_driver_sql(lock)
            rows = await _rows(connection, prepared, values)
            await connection.commit()
        return rows

    async def commit(self, ops: Sequence[Op]) -> None:
        """Commit prepared writes together; returns when they are on disk."""
        await commit(self.writer, ops)

    def relieve(self) -> None:
        """See `Writer.relieve`."""
        self.writer.relieve()

    async def vacuum_log(self) -> None:
        """Leave no bytes of deleted rows in the write-ahead log."""
        if not self.is_sqlite:
            return
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def check(self) -> str:
        """Return `ok` when the database answers; raises StoreUnavailable."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            raise translated(error) from error
        return "ok"

    async def close(self) -> None:
        """Commit what is queued and close."""
        await self.writer.stop()
        await self._shut()

    async def _shut(self) -> None:
        if self._reader is not None:
            self._reader.close()
        await self.engine.dispose()

    def _session(self) -> AsyncSession:
        return AsyncSession(self.engine, expire_on_commit=False, sync_session_class=ScopedSession)


def _parts(location: Location) -> tuple[AsyncEngine, Writer, Any]:
    if location.url is not None:
        engine = create_async_engine(
            psycopg_url(location.url),
            pool_size=5,
            max_overflow=10,
            pool_pre_ping=True,
            connect_args={"application_name": APPLICATION, "options": _options(location.url)},
        )
        return engine, EngineWriter(engine), None
    path = location.path or Path(":memory:")
    reader = sqlite.connect(path, location.key)
    engine = sqlite.engine(path, location.key)
    return engine, SQLiteWriter(path, location.key, engine.dialect), reader


def _options(url: str) -> str:
    """Return what PostgreSQL is told of every connection; what the address itself says comes last, and wins.

    Joins are written in the order in which they are to be made. A planner that tries all orders of the eleven tables of
    a page of assistants takes ten times as long for it as the page itself (measured: 8 to 20 ms; 1.7 ms with four).
    """
    given = make_url(url).query.get("options", "")
    return " ".join(["-c join_collapse_limit=4", *((given,) if isinstance(given, str) else given)]).strip()


def _recover(location: Location) -> None:
    from mecum.infra.storage import upgrade  # noqa: PLC0415 - see below

    upgrade.recover(location)


async def _upgrade(location: Location, at: str, told: Callable[[str], None] | None) -> None:
    """Bring a SQLite file to the newest schema; on PostgreSQL others may use it, so a person says when."""
    if location.path is None:
        raise StoreTooOld(
            f"This database has the schema {at}, this Mecum needs {migrate.revisions()[-1]}: stop every server that "
            "uses it and run `mecum upgrade`."
        )
    from mecum.infra.storage import upgrade  # noqa: PLC0415 - most starts find the schema up to date

    changing = upgrade.Upgrade(location, location.path.parent, told=told or upgrade.silent)
    await asyncio.to_thread(changing.run)


async def _fetch_within(
    session: AsyncSession, prepared: Prepared, values: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    """Read in the transaction of a session: what it changed is seen."""
    return await _rows(await session.connection(), prepared, values)


async def _rows(connection: AsyncConnection, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    query, given = prepared.arguments(connection.dialect, values)
    # A list would be taken for many calls.
    arguments: Any = tuple(cast("list[Any]", given)) if isinstance(given, list) else given
    return prepared.rows(connection.dialect, (await connection.exec_driver_sql(query, arguments)).fetchall())
