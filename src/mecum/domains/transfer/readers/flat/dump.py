"""The flat table in PostgreSQL's plain dump: rows as COPY writes them."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from mecum.domains.assistants.ports import flat_table
from mecum.domains.transfer.errors import ImportUnreadable
from mecum.domains.transfer.readers.flat.tables import pair
from mecum.domains.transfer.readers.flat.things import Things
from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Found, Skipped

_COPY: Final = re.compile(rb'^COPY (?:"?[\w$]+"?\.)?"?([\w$]+)"? \(([^)]*)\) FROM stdin;\s*$')
_END: Final = b"\\."
_MOST_LINE: Final = 64 << 20
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_UNEVEN: Final = "its row has another number of values than there are columns"
_SIGNS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
Links = dict[str, dict[Any, list[Any]]]


def knows(head: bytes) -> bool:
    """Whether a file that begins so is such a dump."""
    if b"PostgreSQL database dump" in head[:400]:
        return True
    return any(_COPY.match(line) for line in head.splitlines())


def read(source: Source) -> Iterator[Found]:
    """Return its assistants, prompts and documents. It is gone through twice: links stand behind what they link."""
    links = _links(source.file)
    things = Things()
    for table, row in _rows(source.file):
        if not isinstance(row, dict):
            yield from () if row is None else (row,)
            continue
        flat = flat_table.is_flat(row)
        if flat and "id" in row:
            for field in flat_table.LINKS:
                if f"{table}_{field}" in links and field not in row:
                    row[field] = links[f"{table}_{field}"].get(row["id"], [])
        if not any(table.endswith(f"_{field}") for field in flat_table.LINKS):
            yield from things.of(table, row, flat=flat)
    yield from things.rest()


def _links(file: BinaryIO) -> Links:
    """Return the documents of each assistant, by the table between them."""
    links: Links = {}
    for table, row in _rows(file, only_links=True):
        linked = links.setdefault(table, {})
        if isinstance(row, dict):
            ours, theirs = pair(row)
            linked.setdefault(ours, []).append(theirs)
    return links


def _rows(file: BinaryIO, *, only_links: bool = False) -> Iterator[tuple[str, dict[str, Any] | Skipped | None]]:
    """Return (table, row), and instead of a row that has too few or too many values what is said of it.

    `only_links`: of the tables between two alone, each first without a row.
    """
    file.seek(0)
    table, columns, wanted = "", list[str](), True
    for line in _lines(file):
        if not table:
            if found := _COPY.match(line):
                table = found.group(1).decode()
                columns = [name.strip().strip('"') for name in found.group(2).decode().split(",")]
                wanted = not only_links or any(table.endswith(f"_{field}") for field in flat_table.LINKS)
                if only_links and wanted:
                    yield table, None
        elif line == _END:
            table = ""
        elif wanted:
            said = [_value(part) for part in line.split(b"\t")]
            if len(said) == len(columns):
                yield table, dict(zip(columns, said, strict=True))
            elif not only_links:
                document = pieces.kept({str(place): value for place, value in enumerate(said)})
                yield table, Skipped("assistant", f"{table}/{said[0]}", _UNEVEN, document)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_MOST_LINE):
        if len(line) == _MOST_LINE:
            raise ImportUnreadable("One line of the dump is too long to be read.")
        yield line.rstrip(b"\r\n")


def _value(part: bytes) -> str | None:
    if part == b"\\N":
        return None
    text = part.decode("utf-8", "surrogateescape")
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    hexadecimal, octal, sign = found.groups()
    if hexadecimal or octal:
        return chr(int(hexadecimal, 16) if hexadecimal else int(octal, 8) & 0xFF)
    return _SIGNS.get(sign, sign)
