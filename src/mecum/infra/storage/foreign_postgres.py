"""Tables of another program's PostgreSQL database: copied out as a plain dump would, read only, of one moment."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql

from mecum.kernel.errors import NotFound, Unavailable

_CONNECT_SECONDS: Final = 10
_TABLES: Final = """
    SELECT space.nspname, class.relname, array_agg(attribute.attname::text ORDER BY attribute.attnum)
    FROM pg_class AS class
    JOIN pg_namespace AS space ON space.oid = class.relnamespace
    JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
    WHERE class.relkind IN ('r', 'p') AND pg_table_is_visible(class.oid) AND space.nspname NOT LIKE 'pg\\_%'
        AND space.nspname <> 'information_schema' AND attribute.attnum > 0 AND NOT attribute.attisdropped
    GROUP BY space.nspname, class.relname ORDER BY class.relname
"""
Wanted = Callable[[dict[str, Sequence[str]]], set[str]]
"""Chooses tables out of all, by their columns."""


class ForeignUnreachable(Unavailable):
    """The database that was named cannot be read."""

    code = "store.foreign_unreachable"


class ForeignEmpty(NotFound):
    """The database that was named holds no such table."""

    code = "store.foreign_empty"


def dump(address: str, wanted: Wanted) -> bytes:
    """Return a plain dump of the tables that are wanted; raises ForeignUnreachable, ForeignEmpty."""
    try:
        with psycopg.connect(
            address,
            connect_timeout=_CONNECT_SECONDS,
            application_name="mecum-import",
            options="-c default_transaction_read_only=on",
        ) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            return b"".join(_dumped(connection, wanted))
    except psycopg.Error as error:
        # The driver's own words may hold the password.
        raise ForeignUnreachable(f"The database {shown(address)} cannot be read: {type(error).__name__}.") from None


def shown(address: str) -> str:
    """Return an address without who asks and with which password."""
    rest = address.partition("://")[2].partition("?")[0]
    return rest.rpartition("@")[2] or "postgresql"


def _dumped(connection: "psycopg.Connection[Any]", wanted: Wanted) -> Iterator[bytes]:
    found = {str(row[1]): (str(row[0]), [str(name) for name in row[2]]) for row in connection.execute(_TABLES)}
    chosen = wanted({table: columns for table, (_, columns) in found.items()})
    if not chosen:
        raise ForeignEmpty
    yield b"--\n-- PostgreSQL database dump\n--\n"
    for table in sorted(chosen):
        schema, columns = found[table]
        yield f"\nCOPY {schema}.{table} ({', '.join(columns)}) FROM stdin;\n".encode()
        names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
        query = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(schema, table), names)
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            for piece in copy:
                yield bytes(piece)
        yield b"\\.\n"
