"""The flat table as CSV, with its columns named in the first line."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from mecum.domains.assistants.ports import flat_table
from mecum.domains.transfer.errors import ImportUnreadable
from mecum.domains.transfer.readers.flat.things import Things
from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Found, Skipped

_PIECE: Final = 1 << 18
_MOST_CELL: Final = 64 << 20
_SIGNS: Final = (",", ";", "\t")
_NEVER_NULL: Final = frozenset({"name", "description", "specialty", "motto"})
"""Texts that the table has no null for: empty is empty. Anywhere else an empty cell is null."""


def knows(head: bytes) -> bool:
    """Whether a file that begins so names the columns of the flat table."""
    return flat_table.is_flat(_header(head)[0])


def read(source: Source) -> Iterator[Found]:
    """Return its assistants."""
    source.file.seek(0)
    columns, sign = _header(source.file.read(_PIECE))
    if not flat_table.is_flat(columns):
        raise ImportUnreadable("The first line does not name the columns of the flat table.")
    source.file.seek(0)
    things = Things()
    csv.field_size_limit(_MOST_CELL)
    cells = csv.reader(_lines(source.file), delimiter=sign)
    try:
        for place, row in enumerate(cells):
            if place == 0 or not row:
                continue
            if len(row) != len(columns):
                reason = f"it has {len(row)} cells, and there are {len(columns)} columns"
                yield Skipped("assistant", f"line {cells.line_num}", reason, _document(columns, row))
                continue
            named = {column: _cell(column, cell) for column, cell in zip(columns, row, strict=True)}
            yield from things.of(flat_table.ASSISTANTS, named, flat=True)
    except csv.Error as error:
        raise ImportUnreadable(f"Line {cells.line_num} is no CSV.") from error


def _header(head: bytes) -> tuple[list[str], str]:
    """Return the columns of the first line and what stands between them."""
    line = head.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip("\r")
    sign = max(_SIGNS, key=line.count)
    try:
        return next(csv.reader([line], delimiter=sign), list[str]()), sign
    except csv.Error:
        return [], sign


def _cell(column: str, cell: str) -> Any:
    return cell if cell or column in _NEVER_NULL else None


def _document(columns: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    names = [*columns, *(f"more {place}" for place in range(len(row) - len(columns)))]
    return pieces.kept(dict(zip(names, row, strict=False)))


def _lines(file: BinaryIO) -> Iterator[str]:
    """Return the lines of a file, ends and all: a cell may go over several."""
    decoder, rest = codecs.getincrementaldecoder("utf-8-sig")(), ""
    try:
        while data := file.read(_PIECE):
            *whole, rest = (rest + decoder.decode(data)).split("\n")
            yield from (f"{line}\n" for line in whole)
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise ImportUnreadable("The file is not in UTF-8.") from error
    if rest:
        yield rest
