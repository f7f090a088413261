"""What grammars leave out of a JSON schema: limits of numbers, at least of those that are not whole.

Source: JSON Schema 2020-12, "Validation", section 6.2.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

Json = Any
Schema = Mapping[str, Any]
_TINY: Final = 1e-9
_BREAKS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "minimum": lambda value, limit: value < limit,
    "maximum": lambda value, limit: value > limit,
    "exclusiveMinimum": lambda value, limit: value <= limit,
    "exclusiveMaximum": lambda value, limit: value >= limit,
    "multipleOf": lambda value, limit: limit > 0 and abs(value / limit - round(value / limit)) > _TINY,
}


def limits_numbers(schema: Json) -> bool:
    """Whether any limit of a number stands in the schema."""
    if isinstance(schema, Mapping):
        inner = cast(Schema, schema)
        return any(name in inner for name in _BREAKS) or any(limits_numbers(value) for value in inner.values())
    return isinstance(schema, list) and any(limits_numbers(value) for value in cast(list[Json], schema))


def broken_limit(schema: Schema, value: Json) -> str | None:
    """Return which limit of the schema the value breaks, as a phrase with its place, or None."""
    return next(_broken(schema, value, "the answer", schema, frozenset()), None)


def _broken(schema: Json, value: Json, at: str, root: Schema, followed: frozenset[str]) -> Iterator[str]:
    """Yield what is broken; `followed` are the references that led to here, with this value."""
    if not isinstance(schema, Mapping):
        return
    own = cast(Schema, schema)
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(own, value, at)
    for inner, part, place in _inside(own, value, at):
        yield from _broken(inner, part, place, root, frozenset())
    reference = own.get("$ref")
    if isinstance(reference, str) and reference not in followed:
        yield from _broken(_named(reference, root), value, at, root, followed | {reference})
    for inner in own.get("allOf") or ():
        yield from _broken(inner, value, at, root, followed)
    for name in ("anyOf", "oneOf"):
        found = [next(_broken(one, value, at, root, followed), None) for one in own.get(name) or ()]
        # Which of them was meant is not known: one that holds is enough.
        if found and None not in found:
            yield str(found[0])


def _number(schema: Schema, value: float, at: str) -> Iterator[str]:
    for name, breaks in _BREAKS.items():
        limit = schema.get(name)
        if isinstance(limit, int | float) and not isinstance(limit, bool) and breaks(value, limit):
            yield f"{at} is {value}, against its {name} of {limit}"


def _inside(schema: Schema, value: Json, at: str) -> Iterable[tuple[Json, Json, str]]:
    if isinstance(value, Mapping):
        known: Schema = schema.get("properties") or {}
        rest = schema.get("additionalProperties")
        for name, part in cast(Schema, value).items():
            yield known.get(name, rest), part, f"{at}.{name}"
    elif isinstance(value, list):
        first: Sequence[Json] = schema.get("prefixItems") or ()
        for number, part in enumerate(cast(list[Json], value)):
            inner = first[number] if number < len(first) else schema.get("items")
            yield inner, part, f"{at}[{number}]"


def _named(reference: str, root: Schema) -> Json:
    """Return what a reference within the schema names, or None."""
    found: Json = root
    for step in reference.removeprefix("#").split("/")[1:]:
        if not isinstance(found, Mapping):
            return None
        found = cast(Schema, found).get(step.replace("~1", "/").replace("~0", "~"))
    return found if reference.startswith("#") else None
