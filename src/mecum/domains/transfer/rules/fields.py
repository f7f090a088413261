"""The reckoning of a flat table, column by column: how often it was there, how often null, and one hash over it all.

What came and what is stored, read back from the store, are both counted; equal hashes say that nothing was lost. A hash
goes over the values in the order of the file, as JSON, one a line.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from mecum.domains.transfer.rules.record import Json

_SIZE: Final = 16


def _hash() -> Any:
    return hashlib.blake2b(digest_size=_SIZE)


@dataclass(slots=True)
class _Column:
    count: int = 0
    nulls: int = 0
    came: Any = field(default_factory=_hash)
    stored: Any = None
    """None as long as it says the same as `came`."""
    stored_nulls: int = 0
    reported: int = 0
    example: Any = None


class FieldReckoning:
    """Counts the columns of what was taken in."""

    def __init__(self) -> None:
        self._columns: dict[str, _Column] = {}
        self._rows = 0

    def add(self, came: Sequence[Json], stored: Sequence[Json | None] | None) -> None:
        """Count some rows, and what is stored of each; None where nothing is, as in a dry run."""
        self._rows += len(came)
        if not came:
            return
        there = None if stored is None else [row or {} for row in stored]
        names = list(came[0])
        if all(list(row) == names for row in came):
            for name, values in zip(names, zip(*(row.values() for row in came), strict=True), strict=True):
                self._column(name, values, None if there is None else [row.get(name) for row in there])
            return
        for name in dict.fromkeys(name for row in came for name in row):
            places = [place for place, row in enumerate(came) if name in row]
            found = None if there is None else [there[place].get(name) for place in places]
            self._column(name, [came[place][name] for place in places], found)

    def report(self, name: str, value: Any) -> None:
        """Count a value that is none of its field's."""
        column = self._columns.setdefault(name, _Column())
        column.reported += 1
        if column.example is None:
            column.example = value

    def _column(self, name: str, values: Sequence[Any], found: Sequence[Any] | None) -> None:
        column = self._columns.setdefault(name, _Column())
        column.count += len(values)
        column.nulls += values.count(None)
        said = _lines(values)
        if found is not None:
            column.stored_nulls += found.count(None)
            there = _lines(found)
            if column.stored is None and there != said:
                column.stored = column.came.copy()
            if column.stored is not None:
                column.stored.update(there)
        column.came.update(said)

    def view(self, *, dry_run: bool) -> Json:
        """Return `{rows, columns}`, each with its count, nulls and hash as it came and as it is stored."""
        return {"rows": self._rows, "columns": [self._shown(name, dry_run=dry_run) for name in self._columns]}

    def _shown(self, name: str, *, dry_run: bool) -> Json:
        column = self._columns[name]
        came = column.came.hexdigest()
        stored = came if column.stored is None else column.stored.hexdigest()
        return {
            "name": name,
            "count": column.count,
            "nulls": column.nulls,
            "hash": came,
            "stored_nulls": None if dry_run else column.stored_nulls,
            "stored_hash": None if dry_run else stored,
            "reported": column.reported,
            "example": column.example,
        }


def _lines(values: Sequence[Any]) -> bytes:
    return b"".join([orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE) for value in values])


def unequal(fields: Mapping[str, Any]) -> list[str]:
    """Return the columns of which something else is stored than came."""
    return [one["name"] for one in fields["columns"] if one["stored_hash"] not in (None, one["hash"])]
