"""Values of JSON as a reader needs them, whatever stands there."""

from collections.abc import Iterator
from typing import Any, TypeGuard, cast

from mecum.domains.transfer.rules.record import Json


def is_object(value: Any) -> TypeGuard[Json]:
    """Whether this is an object."""
    return isinstance(value, dict)


def object_of(value: Any) -> Json:
    """Return an object, an empty one for anything else."""
    return cast("Json", value) if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """Return a list, an empty one for anything else."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def objects_of(value: Any) -> list[Json]:
    """Return the objects of a list."""
    return [item for item in list_of(value) if is_object(item)]


def upwards(nodes: dict[str, Json], key: Any, parent: str) -> Iterator[str]:
    """Return the keys from here to the root, by the name of what holds the parent; a cycle is gone through once."""
    for _ in range(len(nodes)):
        if key is None or str(key) not in nodes:
            return
        yield str(key)
        key = nodes[str(key)].get(parent)
