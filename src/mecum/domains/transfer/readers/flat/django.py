"""The flat table as `dumpdata` writes it, or as a list of objects by column."""

from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.assistants.ports import flat_table
from mecum.domains.transfer.readers.flat.things import Things
from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Found, Skipped
from mecum.domains.transfer.rules.record import Json

_MODEL: Final = frozenset({"model", "fields"})


def knows(value: Any) -> bool:
    """Whether this is an element of such a file."""
    return is_object(value) and (_is_model(value) or flat_table.is_flat(value))


def read(source: Source) -> Iterator[Found]:
    """Return its assistants, prompts and documents, in its order."""
    things = Things()
    for place, value in enumerate(elements(source.file)):
        if not is_object(value):
            yield Skipped("assistant", f"{source.name}#{place}", "it is no row", pieces.kept({"": value}))
        elif _is_model(value):
            table = str(value["model"]).lower().replace(".", "_", 1)
            row = _row(value)
            yield from things.of(table, row, flat=table == flat_table.ASSISTANTS or flat_table.is_flat(row))
        elif flat_table.is_flat(value):
            yield from things.of(flat_table.ASSISTANTS, value, flat=True)
        else:
            yield Skipped("assistant", f"{source.name}#{place}", "it is no assistant", pieces.kept(value))
    yield from things.rest()


def _is_model(value: Json) -> bool:
    return value.keys() >= _MODEL and isinstance(value["model"], str) and is_object(value["fields"])


def _row(value: Json) -> Json:
    fields: Json = value["fields"]
    return {"id": value["pk"], **fields} if "pk" in value else fields
