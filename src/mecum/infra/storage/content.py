"""What a store holds, in numbers and hashes: equal before and after a change that keeps every row."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from sqlalchemy import Connection, inspect, text

VERSION_TABLE: Final = "alembic_version"
_BATCH: Final = 500
_SPACE: Final = 1 << 256
_KEPT_TABLES: Final = text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
_DERIVED: Final = text(
    "SELECT DISTINCT table_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND data_type = 'tsvector'"
)


def columns(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the columns of every table that keeps rows; word indexes are derived from them and are left out."""
    inspector = inspect(connection)
    if connection.dialect.name == "sqlite":
        names = {str(name) for name in connection.execute(_KEPT_TABLES).scalars()}
        names = {name for name in names if not name.startswith("sqlite_")}
    else:
        names = set(inspector.get_table_names()) - set(connection.execute(_DERIVED).scalars())
    return {
        name: tuple(str(column["name"]) for column in inspector.get_columns(name))
        for name in sorted(names - {VERSION_TABLE})
    }


def counts(connection: Connection, tables: Iterable[str]) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar() or 0)  # noqa: S608 - our own names
        for table in tables
    }


def filled(connection: Connection, table: str, name: str) -> int:
    """Return how many rows have something in a column."""
    return int(connection.exec_driver_sql(f'SELECT count("{name}") FROM "{table}"').scalar() or 0)  # noqa: S608


def hashes(connection: Connection, wanted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return a hash of every row of each table over the named columns, in hexadecimal.

    The same rows give the same hash on either database and in any order: it is the sum of the rows' own hashes.
    """
    return {table: _hash(connection, table, list(names)) for table, names in wanted.items()}


def _hash(connection: Connection, table: str, names: list[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    query = f'SELECT {listed} FROM "{table}"'  # noqa: S608 - our own names
    found = connection.exec_driver_sql(query, execution_options={"yield_per": _BATCH})
    total = rows = 0
    for part in found.partitions(_BATCH):
        for row in part:
            digest = hashlib.blake2b(orjson.dumps([_plain(value) for value in row], default=_bytes), digest_size=32)
            total = (total + int.from_bytes(digest.digest(), "big")) % _SPACE
        rows += len(part)
    return hashlib.blake2b(f"{table}\0{listed}\0{rows}\0{total:x}".encode(), digest_size=32).hexdigest()


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _bytes(value: Any) -> str:
    return bytes(value).hex()
