"""The values of fields: from the wire to a column and back, and what one behaves as that is none of the choices."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

import orjson

from mecum.domains.assistants.model import FIELDS, Field
from mecum.kernel import clock, ids
from mecum.kernel.text import is_storable

State = dict[str, Any]
"""Fields by name, as the wire has them; what is null is left out."""

_WORDS: Final = frozenset({"line", "prose", "choice", "reference"})
_JSON: Final[dict[str, tuple[type, ...]]] = {"list": (list,), "map": (dict,), "list_or_map": (list, dict)}
_SHOWN: Final = 60
"""Characters of a word that is refused."""
_PREFIX: Final = {"assistant": "ast", "prompt": "prm"}


def to_column(field: Field, value: Any) -> Any:
    """Return what the column of `field` takes for a value of the wire; raises ValueError with what is wrong."""
    if value is None:
        return None
    if field.kind in _WORDS:
        return _text(field, value)
    if field.kind in _JSON:
        return _json(field, value)
    if field.kind in ("whole", "number"):
        return _number(field, value)
    if field.kind == "flag":
        return _of_type(value, bool, "yes or no")
    if field.kind == "moment":
        return _moment(value)
    if field.kind in _PREFIX:
        return _id(_PREFIX[field.kind], value)
    raise ValueError("is no value that a column holds")


def to_wire(field: Field, stored: Any) -> Any:
    """Return what the wire shows for a column as the database gave it, null where nothing is stored."""
    if stored is None:
        return None
    if field.kind in _JSON:
        return orjson.loads(stored) if isinstance(stored, str | bytes) else stored
    if field.kind == "moment":
        return clock.iso(clock.to_milliseconds(stored) if isinstance(stored, datetime) else stored)
    if field.kind in _PREFIX and isinstance(stored, int):
        return ids.text(_PREFIX[field.kind], stored)
    return bool(stored) if field.kind == "flag" else stored


def to_driver(value: Any) -> Any:
    """Return what a prepared statement takes for a value that `to_column` gave, ids aside."""
    if isinstance(value, datetime):
        return clock.to_milliseconds(value)
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def behaves_as(field: Field, value: Any) -> Any:
    """Return what a field's value (as the wire has it) behaves as: itself, or the default."""
    if value is None or is_unknown(field, value):
        return field.default
    return value


def is_unknown(field: Field, value: Any) -> bool:
    """Whether a value is none of the choices there are."""
    return field.kind == "choice" and value is not None and value not in field.choices


def effective(facet: str, state: Mapping[str, Any]) -> State:
    """Return every field of a facet as it behaves."""
    return {field.name: behaves_as(field, state.get(field.name)) for field in FIELDS[facet]}


def reports(facet: str, state: Mapping[str, Any], kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is no value of its field: `{field, value, behaves_as}`."""
    odd = {field.name: state[field.name] for field in FIELDS[facet] if is_unknown(field, state.get(field.name))}
    defaults = {field.name: field.default for field in FIELDS[facet]}
    return [
        {"field": name, "value": value, "behaves_as": defaults.get(name)} for name, value in {**odd, **kept}.items()
    ]


def _text(field: Field, value: Any) -> str:
    text: str = _of_type(value, str, "a text")
    if not is_storable(text):
        raise ValueError("must hold no NUL character and no half of a surrogate pair")
    if field.longest is not None and len(text) > field.longest:
        raise ValueError(f"must be at most {field.longest} characters long")
    return text


def _json(field: Field, value: Any) -> Any:
    wanted = _JSON[field.kind]
    if not isinstance(value, wanted):
        raise ValueError(" or ".join("a list" if kind is list else "an object" for kind in wanted) + " is wanted")
    if field.choices and (strange := [one for one in cast("list[Any]", value) if one not in field.choices]):
        raise ValueError(f"{str(strange[0])[:_SHOWN]!r} is none of {', '.join(field.choices)}")
    try:
        orjson.dumps(value)
    except TypeError as error:
        raise ValueError("must be JSON without halves of surrogate pairs, and integers of at most 64 bits") from error
    return value


def _number(field: Field, value: Any) -> float:
    kinds = (int,) if field.kind == "whole" else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise ValueError("a whole number is wanted" if field.kind == "whole" else "a number is wanted")
    if not (field.least or 0) <= value <= (field.most if field.most is not None else value):
        raise ValueError(f"must be from {field.least:g} to {field.most:g}")
    return value


def _of_type(value: Any, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{name} is wanted")
    return value


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("a moment is wanted")
    moment = datetime.fromisoformat(value)
    # A moment without a zone would be another one on another machine.
    if moment.tzinfo is None:
        raise ValueError("a moment with its time zone is wanted")
    return clock.from_milliseconds(clock.to_milliseconds(moment.astimezone(UTC)))


def _id(prefix: str, value: Any) -> str:
    if not isinstance(value, str) or not ids.is_id(value, prefix):
        raise ValueError(f"an id that begins with {prefix}_ is wanted")
    return value
