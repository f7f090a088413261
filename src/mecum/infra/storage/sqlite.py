"""Opening the SQLite file: one place, one set of pragmas, with or without a key."""

import os
from pathlib import Path
from typing import Any, cast

import aiosqlite
from sqlalchemy.dialects import registry
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlcipher3 import dbapi2 as sqlcipher

from mecum.infra.storage.errors import StoreKeyRefused, StoreUnavailable

_PRAGMAS = (
    "journal_mode = wal",
    # An acknowledged word is on disk, also after a power cut.
    "synchronous = full",
    "foreign_keys = on",
    "temp_store = memory",
    "secure_delete = on",
    "cache_size = -8000",
    "busy_timeout = 10000",
)

_PAGE_BYTES = 2048
"""Of a new store without a key. A turn changes a dozen pages by a few bytes each, and each goes to the log whole.

Measured: 13 of the 120 us that a turn's two commits cost are the other halves of its pages. With a key every page has a
seal of its own, and SQLCipher's size stays.
"""


def _address(path: Path) -> str:
    """Return the file as its one owner opens it: what its connections tell each other stays inside the process.

    Measured: 9 of the 120 us that a turn's two commits cost are locks of the system, which only tell other processes.
    """
    address = path.absolute().as_uri()
    return f"{address}?vfs=unix-excl" if os.name == "posix" else address


def _itself(value: Any) -> Any:
    return value


def connect(path: Path, key: bytes | None) -> Any:
    """Open `path`, creating it when it is not there.

    Raises StoreKeyRefused for a wrong or missing key, StoreUnavailable when there can be no such file.
    """
    # Values that the driver neither knows by their exact type nor finds an adapter for, it asks for two attributes they
    # do not have, and words an error for each. Measured: 0.7 us for every NULL, BLOB and bool, 0.03 with an adapter.
    for kind in (type(None), bytes, bool):
        sqlcipher.register_adapter(kind, _itself)
    try:
        if not path.exists():
            # The record is its owner's alone, wherever the folder stands; the log beside it takes the same rights.
            path.touch(mode=0o600)
        connection = sqlcipher.connect(
            _address(path), uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
        )
    except (sqlcipher.OperationalError, OSError) as error:
        raise StoreUnavailable(f"{path} cannot be opened.", reason=str(error)) from error
    try:
        # What SQLCipher would write to standard error is told by the errors that are raised.
        connection.execute("PRAGMA cipher_log_level = none")
        if key is None:
            # Says nothing to a file that has pages.
            connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        else:
            # A raw key skips the passphrase derivation, which took place once, when the key was made.
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlcipher.DatabaseError as error:
        connection.close()
        if "not a database" in str(error):
            raise StoreKeyRefused from error
        if "locked" in str(error):
            raise StoreUnavailable(f"Another program has {path} open.", reason=str(error)) from error
        raise
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def engine(path: Path, key: bytes | None) -> AsyncEngine:
    """Return the engine over `path`."""
    registry.register("sqlite.mecum", "mecum.infra.storage.dialect", "SQLCipherDialect")

    async def create(*_: Any, **__: Any) -> Any:
        connection = aiosqlite.Connection(cast(Any, lambda: connect(path, key)), 64)
        connection._thread.daemon = True  # noqa: SLF001 # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        return await connection

    return create_async_engine(
        f"sqlite+mecum:///{path}", async_creator=create, pool_size=3, max_overflow=5, pool_timeout=30
    )
