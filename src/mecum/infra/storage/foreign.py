"""SQLite files of other programs: read as tables and rows, held in memory, nothing in them is run.

A value is what the file holds: None, int, float, text, or bytes; text that is no UTF-8 comes as bytes.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from mecum.kernel.errors import Invalid

HEADER: Final = b"SQLite format 3\x00"
_VERSIONS: Final = slice(18, 20)
"""Where a file says that it has a log beside it; what is read from memory has none."""
_PRAGMAS: Final = ("trusted_schema = off", "cell_size_check = on", "query_only = on", "mmap_size = 0")
_PIECE: Final = 1 << 20
Row = dict[str, Any]


class NotADatabase(Invalid):
    """The file is no SQLite database that can be read, or it is damaged."""

    code = "store.not_a_database"


class ForeignStore:
    """An open file of another program; a context manager. Views, virtual tables and triggers are not looked at."""

    def __init__(self, file: BinaryIO) -> None:
        body = _whole(file)
        if not body.startswith(HEADER):
            raise NotADatabase
        body[_VERSIONS] = b"\x01\x01"
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.text_factory = _text
        try:
            self._connection.deserialize(body)
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            self.tables: Mapping[str, Sequence[str]] = {name: self._columns(name) for name in self._names()}
        except (sqlite3.Error, OverflowError) as error:
            self._connection.close()
            raise NotADatabase from error

    def __enter__(self) -> "ForeignStore":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def rows(self, table: str, order: Sequence[str] = ()) -> Iterator[Row]:
        """Return the rows of a table by column, in the order of these columns; raises NotADatabase on damage."""
        by = f" ORDER BY {', '.join(map(_quoted, order))}" if order else ""
        yield from self._selected(f"SELECT * FROM {_quoted(table)}{by}", ())  # noqa: S608 - the file's own names, quoted

    def matching(self, table: str, column: str, value: Any) -> list[Row]:
        """Return the rows whose column has a value; raises NotADatabase on damage."""
        query = f"SELECT * FROM {_quoted(table)} WHERE {_quoted(column)} IS ?"  # noqa: S608 - the file's own names, quoted
        return list(self._selected(query, (value,)))

    def index(self, table: str, column: str) -> None:
        """Make `matching` quick, in memory; the file stays as it is."""
        self._connection.execute("PRAGMA query_only = off")
        with suppress(sqlite3.Error):
            self._connection.execute(f"CREATE INDEX temporary_{len(table)} ON {_quoted(table)} ({_quoted(column)})")
        self._connection.execute("PRAGMA query_only = on")

    def count(self, table: str) -> int:
        """Return how many rows a table has; raises NotADatabase on damage."""
        return int(next(iter(self._selected(f"SELECT count(*) AS n FROM {_quoted(table)}", ())))["n"])  # noqa: S608 - as above

    def _selected(self, query: str, values: Sequence[Any]) -> Iterator[Row]:
        try:
            with closing(self._connection.execute(query, values)) as cursor:
                names = [column[0] for column in cursor.description]
                for row in cursor:
                    yield dict(zip(names, row, strict=True))
        except sqlite3.Error as error:
            raise NotADatabase from error

    def _names(self) -> list[str]:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        found = self._connection.execute(query).fetchall()
        return [str(name) for name, sql in found if not str(sql).upper().lstrip().startswith("CREATE VIRTUAL")]

    def _columns(self, table: str) -> list[str]:
        return [str(row[1]) for row in self._connection.execute(f"PRAGMA table_info({_quoted(table)})")]


def _whole(file: BinaryIO) -> bytearray:
    """Return a file as one piece that is made once, however large it is."""
    body = bytearray(file.seek(0, os.SEEK_END))
    file.seek(0)
    at, view = 0, memoryview(body)
    while piece := file.read(_PIECE):
        view[at : at + len(piece)] = piece
        at += len(piece)
    view.release()
    return body


def snapshot(path: Path) -> bytes:
    """Return a SQLite file as one piece, with what still stands in the log beside it; raises NotADatabase."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source:
            return source.serialize()
    except sqlite3.Error as error:
        raise NotADatabase from error


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
