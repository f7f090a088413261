"""Assistants that were rows of one flat table: in SQLite, in PostgreSQL's plain dump, as `dumpdata` writes, as CSV."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mecum.domains.transfer.readers.flat import django, dump, sheet, tables
from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.rules.incoming import Found
from mecum.infra.storage.foreign import HEADER

NAME: Final = "assistants"
_HEAD: Final = 1 << 16


def knows(value: Any) -> bool:
    """Whether a JSON file whose first element this is holds such rows."""
    return django.knows(value)


def knows_tables(found: Mapping[str, Any]) -> bool:
    """Whether a SQLite file holds such a table, or those of what assistants name."""
    return tables.knows(found)


def knows_text(head: bytes) -> bool:
    """Whether a file that begins so is a dump or a CSV of such rows."""
    return dump.knows(head) or sheet.knows(head)


def read(source: Source) -> Iterator[Found]:
    """Return its assistants, the prompts, and as documents what else they name."""
    source.file.seek(0)
    head = source.file.read(_HEAD)
    source.file.seek(0)
    if head.startswith(HEADER):
        yield from tables.read(source)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        yield from django.read(source)
    elif dump.knows(head):
        yield from dump.read(source)
    else:
        yield from sheet.read(source)
