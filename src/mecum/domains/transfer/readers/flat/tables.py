"""The flat table in a SQLite file."""

from collections.abc import Iterator, Mapping
from typing import Any

from mecum.domains.assistants.ports import flat_table
from mecum.domains.transfer.readers.flat.things import Things
from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.rules.incoming import Found
from mecum.infra.storage.foreign import ForeignStore


def knows(tables: Mapping[str, Any]) -> bool:
    """Whether one of the tables is the flat one, or one of what assistants name by the framework's names."""
    return any(flat_table.is_flat(columns) or table in flat_table.TABLES for table, columns in tables.items())


def read(source: Source) -> Iterator[Found]:
    """Return what assistants name, then the assistants."""
    things = Things()
    with ForeignStore(source.file) as store:
        flat = [table for table, columns in store.tables.items() if flat_table.is_flat(columns)]
        links = {f"{table}_{field}": (table, field) for table in flat for field in flat_table.LINKS}
        for table in sorted(store.tables.keys() - {*flat, *links}):
            for row in store.rows(table):
                yield from things.of(table, row, flat=False)
        for table in flat:
            linked = {
                f: _linked(store, name) for name, (of, f) in links.items() if of == table and name in store.tables
            }
            key = "id" if "id" in store.tables[table] else None
            for row in store.rows(table):
                beside = {} if key is None else {field: found.get(row[key], []) for field, found in linked.items()}
                yield from things.of(table, {**beside, **row}, flat=True)
    yield from things.rest()


def _linked(store: ForeignStore, table: str) -> dict[Any, list[Any]]:
    """Return the documents of each assistant out of the table between them."""
    found: dict[Any, list[Any]] = {}
    for row in store.rows(table):
        ours, theirs = pair(row)
        found.setdefault(ours, []).append(theirs)
    return found


def pair(row: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the assistant and the other one of a row of a table between two."""
    columns = [name for name in row if name != "id"]
    ours = next((name for name in columns if name.endswith("assistant_id")), columns[0])
    return row[ours], next((row[name] for name in columns if name != ours), None)
