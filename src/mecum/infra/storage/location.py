"""Where a store is, and a plain connection to it for work that no event loop waits for."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, NullPool, create_engine
from sqlcipher3 import dbapi2 as sqlcipher

from mecum.infra.storage import sqlite

APPLICATION: Final = "mecum"
"""What PostgreSQL knows our connections by."""
NOTE: Final = "upgrade.json"
"""The file in the data folder that says that a change of schema is under way."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where the store is: a file with an optional 32-byte key, or a PostgreSQL address."""

    path: Path | None = None
    key: bytes | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)


def psycopg_url(url: str) -> str:
    """Return a PostgreSQL address as SQLAlchemy takes it."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


@contextmanager
def opened(location: Location) -> Generator[Connection]:
    """Open the store for one thread, without a transaction; the caller begins and commits.

    Foreign keys are not enforced: a table that is made anew would take the rows that refer to it along. Raises
    StoreKeyRefused, StoreUnavailable, and what SQLAlchemy raises.
    """
    if location.url is not None:
        engine = create_engine(psycopg_url(location.url), poolclass=NullPool)
    else:
        path = location.path or Path(":memory:")
        engine = create_engine(
            "sqlite://", creator=lambda: sqlite.connect(path, location.key), module=sqlcipher, poolclass=NullPool
        )
    try:
        with engine.connect() as connection:
            if location.url is None:
                connection.exec_driver_sql("PRAGMA foreign_keys = off")
                connection.rollback()
            yield connection
    finally:
        engine.dispose()


@contextmanager
def transaction(connection: Connection, *, read_only: bool = False) -> Generator[None]:
    """Hold one transaction that sees one state of the store; commit it at the end, or roll back when its body raises.

    On SQLite it is begun by a statement, as the driver opens none by itself.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
    elif read_only:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
