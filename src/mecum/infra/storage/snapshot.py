"""A whole copy of the SQLite file while others read and write it, and a look whether such a file is sound."""

import contextlib
import os
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from mecum.infra.storage import sqlite
from mecum.infra.storage.errors import StoreDamaged, StoreUnavailable


def copy(path: Path, key: bytes | None, target: Path) -> None:
    """Copy the store at `path`, as it is at one moment, to the new file `target` under the same key; fsynced.

    Nobody is kept from writing meanwhile. Raises StoreKeyRefused, StoreUnavailable and OSError; leaves nothing then.
    """
    source = sqlite.connect(path, key)
    try:
        # Made by us: only we may read it.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            _fill(source, target, key)
            _sync(target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    finally:
        source.close()


def check(path: Path, key: bytes | None) -> None:
    """Read every page of the file and compare every index with its table; raises StoreDamaged, StoreKeyRefused."""
    try:
        connection = sqlite.connect(path, key)
    except sqlcipher.DatabaseError as error:
        raise StoreDamaged(f"{path.name} is damaged: {error}.") from error
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check")] if key else []
        found += [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
    except sqlcipher.DatabaseError as error:
        found = [str(error)]
    finally:
        connection.close()
    if found:
        raise StoreDamaged(f"{path.name} is damaged: {'; '.join(found[:5])}.")


def rows(path: Path, key: bytes | None, query: str) -> list[tuple[Any, ...]]:
    """Return what a query on a copy finds."""
    connection = sqlite.connect(path, key)
    try:
        return list(connection.execute(query).fetchall())
    finally:
        connection.close()


def settle(path: Path, key: bytes | None) -> None:
    """Move the write-ahead log of a store nobody uses into its file and leave none beside it."""
    connection = sqlite.connect(path, key)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("PRAGMA journal_mode = delete").fetchall()
    finally:
        connection.close()


def rebuild_indexes(path: Path, key: bytes | None) -> None:
    """Make every index of the store anew from its table."""
    connection = sqlite.connect(path, key)
    try:
        connection.execute("REINDEX")
    finally:
        connection.close()


def _fill(source: Any, target: Path, key: bytes | None) -> None:
    try:
        copied = sqlcipher.connect(str(target), isolation_level=None)
        with contextlib.closing(copied):
            if key is not None:
                copied.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            # It is worth nothing before it is whole: no journal, and one fsync at the end.
            copied.execute("PRAGMA journal_mode = off").fetchall()
            copied.execute("PRAGMA synchronous = off")
            # All pages in one step: it sees one state, and a write meanwhile does not make it begin again.
            source.backup(copied, pages=-1)
    except sqlcipher.Error as error:
        raise StoreUnavailable(f"{target} could not be written.", reason=str(error)) from error


def _sync(path: Path) -> None:
    for place in (path, path.parent):
        if place.is_dir() and os.name == "nt":
            continue
        handle = os.open(place, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
