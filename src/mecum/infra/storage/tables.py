"""The rows of a PostgreSQL database as streams of bytes, and back; within the caller's transaction."""

from collections.abc import Iterable, Iterator
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, inspect, text

_SERIALS = text(
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'"
)


def names(connection: Connection) -> list[str]:
    """Return every table, each after those it refers to, the derived ones and the revision among them."""
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in ordered if name is not None]


def dump(connection: Connection, table: str) -> Iterator[bytes]:
    """Yield the rows of a table as COPY writes them: text, columns in their order, named by the first line."""
    columns = [str(column["name"]) for column in inspect(connection).get_columns(table)]
    yield ",".join(columns).encode() + b"\n"
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(_table(table), _columns(columns))
    with _cursor(connection) as cursor, cursor.copy(query) as copy:
        for piece in copy:
            yield bytes(piece)


def load(connection: Connection, table: str, pieces: Iterable[bytes]) -> None:
    """Put rows that `dump` wrote into an empty table."""
    source = iter(pieces)
    head, found, rest = next(source, b"").partition(b"\n")
    while not found:
        more, found, rest = next(source).partition(b"\n")
        head += more
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(_table(table), _columns(head.decode().split(",")))
    with _cursor(connection) as cursor, cursor.copy(query) as copy:
        copy.write(rest)
        for piece in source:
            copy.write(piece)


def count_on(connection: Connection) -> None:
    """Let every counter go on behind the highest number that was loaded."""
    for table, column in connection.execute(_SERIALS).all():
        query = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({}, {}), coalesce((SELECT max({}) FROM {}), 0) + 1, false)"
        ).format(sql.Literal(table), sql.Literal(column), sql.Identifier(column), _table(table))
        with _cursor(connection) as cursor:
            cursor.execute(query)


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _columns(named: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in named)
