"""The database as the rest of Mecum sees it: scopes, prepared reads, the writer, migrations on opening."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from mecum.infra.storage import migrate, sqlite
from mecum.infra.storage.prepared import Op, Prepared
from mecum.infra.storage.scope import Scope, ScopedSession
from mecum.infra.storage.writer import EngineWriter, SQLiteWriter, Writer, commit, translated
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class Location:
    """Where the store is: a file with an optional 32-byte key, or a PostgreSQL address."""

    path: Path | None = None
    key: bytes | None = None
    url: str | None = None


class Database:
    """One open store. Make it with `Database.open`."""

    def __init__(self, engine: AsyncEngine, writer: Writer, reader: Any) -> None:
        self.engine = engine
        self.writer = writer
        self._reader = reader

    @classmethod
    async def open(cls, location: Location) -> "Database":
        """Open the store and bring it to the newest schema.

        Raises StoreKeyRefused, StoreTooNew, StoreUnavailable.
        """
        if location.url is not None:
            engine = create_async_engine(_psycopg(location.url), pool_size=5, max_overflow=10, pool_pre_ping=True)
            database = cls(engine, EngineWriter(engine), None)
        else:
            path = location.path or Path(":memory:")
            reader = sqlite.connect(path, location.key)
            engine = sqlite.engine(path, location.key)
            database = cls(engine, SQLiteWriter(path, location.key, engine.dialect), reader)
        try:
            await migrate.to_head(engine)
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
        async with self.engine.connect() as connection:
            return await _rows(connection, prepared, values)

    async def commit(self, ops: Sequence[Op]) -> None:
        """Commit prepared writes together; returns when they are on disk."""
        await commit(self.writer, ops)

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


def _psycopg(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url
