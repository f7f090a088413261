"""Values of the flat table, whatever stands there: what each says, what a field here takes of it, and what it cannot.

Three things come of a value: what it says (`said`: a text that writes a list is that list, `t` is true), what the field
stores (`stored`, as the wire has it), and whether that fits. What does not fit is kept as it was said and the field
behaves as by default; nothing at all (an empty list where a number is wanted) fits, and stores nothing.
"""

import math
import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, cast

from mecum.domains.assistants.model import Field
from mecum.domains.assistants.rules.flat import literals
from mecum.kernel import clock
from mecum.kernel.text import is_storable

LARGEST: Final = 65_536
"""Numbers of the largest vector."""
_TRUE: Final = frozenset({"t", "true", "1", "yes", "y", "on"})
_FALSE: Final = frozenset({"f", "false", "0", "no", "n", "off"})
_FLOAT: Final = 4
_HEX: Final = re.compile(r"[0-9a-fA-F]{32}")
_WHOLE: Final = 2**53
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")
_FIRST_MS: Final = 100_000_000_000
_LAST_MS: Final = 253_402_300_799_999


class Fitted(NamedTuple):
    """What came of a value."""

    said: Any
    stored: Any
    fits: bool = True


Fit = Callable[[Field, Any], Fitted]


def fitted(field: Field, value: Any) -> Fitted:
    """Return what comes of a value for a field that is a column."""
    if value is None:
        return _NOTHING
    return _FITS[field.kind](field, value)


def original(value: Any) -> str | None:
    """Return an id of the flat table as it is compared: 32 hexadecimal digits are a UUID; None for nothing."""
    if value is None or value == "":
        return None
    text = str(value).strip()
    if _HEX.fullmatch(text) and not text.isdecimal():
        low = text.lower()
        return f"{low[:8]}-{low[8:12]}-{low[12:16]}-{low[16:20]}-{low[20:]}"
    return text.lower() if text.count("-") == 4 else text


def shown(original_id: str) -> Any:
    """Return an id as the flat table has it: a number where it is one."""
    return (
        int(original_id) if original_id.isascii() and original_id.isdecimal() and len(original_id) < 19 else original_id
    )


def flag(value: Any) -> bool | None:
    """Return yes or no, None for what is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return value == 1
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _TRUE else False if word in _FALSE else None
    return None


def moment(value: Any) -> str | None:
    """Return a moment as ISO text, to the microsecond where there are any; None for what is none."""
    try:
        found = _moment(value)
    except (ValueError, OverflowError, OSError):
        return None
    at = clock.to_milliseconds(found)
    if not 0 <= at <= _LAST_MS:
        return None
    rest = found.microsecond % 1000
    return f"{clock.iso(at)[:-1]}{rest:03d}Z" if rest else clock.iso(at)


def vector(value: Any) -> list[float] | None:
    """Return the numbers of a vector: a list, a text that writes one, or little-endian floats of four bytes."""
    if isinstance(value, bytes):
        size, rest = divmod(len(value), _FLOAT)
        if rest or not 1 < size <= LARGEST:
            return None
        return list(struct.unpack(f"<{size}f", value))
    items = _read(value)
    if not isinstance(items, list) or not items or len(cast("list[Any]", items)) > LARGEST:
        return None
    numbers: list[float] = []
    for item in cast("list[Any]", items):
        number = _number(item)
        if number is None:
            return None
        numbers.append(float(number))
    return numbers


def plain_number(value: float) -> float:
    """Return a whole number as one: both databases and every format then say the same."""
    return int(value) if abs(value) < _WHOLE and value == int(value) else value


def empty(value: Any) -> bool:
    """Whether a value says nothing."""
    return value is None or value in ("", [], {})


def items(value: Any) -> list[Any] | None:
    """Return the ids of several things: a list, or a text that writes one; None for anything else."""
    said = _read(value)
    if said is None or said == "":
        return []
    if isinstance(said, str):
        said = [word.strip() for word in said.split(",")]
    if not isinstance(said, list):
        return None
    found = cast("list[Any]", said)
    return found if all(isinstance(one, str | int) and not isinstance(one, bool) for one in found) else None


def written(value: Any) -> Any:
    """Return what a text writes, the text itself where it writes nothing."""
    return _read(value)


def _read(value: Any) -> Any:
    """Return what a text writes, the text itself where it writes nothing."""
    if not isinstance(value, str):
        return value
    try:
        return literals.read(value)
    except literals.Illiterate:
        return value


def _text(field: Field, value: Any) -> Fitted:
    if isinstance(value, str):
        stored = value
    elif isinstance(value, bool | int | float):
        stored = str(value).lower() if isinstance(value, bool) else str(value)
    elif isinstance(value, list) and value and all(isinstance(one, str) for one in cast("list[Any]", value)):
        stored = ", ".join(cast("list[str]", value))
    else:
        return _odd(value)
    if not is_storable(stored) or (field.longest is not None and len(stored) > field.longest):
        return Fitted(value, None, fits=False)
    return Fitted(value, stored)


def worded(field: Field, value: Any) -> Fitted:
    """Return what comes of a value for a text that was JSON there."""
    return _text(field, _read(value))


def _choice(field: Field, value: Any) -> Fitted:
    found = _text(field, value)
    return Fitted(found.said, None) if found.stored == "" else found


def _json(field: Field, value: Any) -> Fitted:
    said = _read(value)
    wanted = {"list": list, "map": dict}.get(field.kind, (list, dict))
    if isinstance(said, wanted):
        return Fitted(said, said)
    if isinstance(said, str) and said and field.kind != "map":
        # Words, one after the other.
        return Fitted(said, [word.strip() for word in said.split(",") if word.strip()])
    return _odd(said)


def _figure(field: Field, value: Any) -> Fitted:
    said = _read(value)
    found = _number(said)
    if found is None:
        return _odd(said)
    said = plain_number(found)
    if field.kind == "whole":
        if found != int(found):
            return Fitted(said, None, fits=False)
        found = int(found)
    if not (field.least or 0) <= found <= (field.most if field.most is not None else found):
        return Fitted(said, None, fits=False)
    return Fitted(said, said if field.kind == "number" else found)


def _flag(_: Field, value: Any) -> Fitted:
    found = flag(value)
    return Fitted(found, found) if found is not None else _odd(_read(value))


def _time(_: Field, value: Any) -> Fitted:
    said = moment(value)
    if said is None:
        return _odd(value)
    return Fitted(said, said if len(said) == _ISO else said[: _ISO - 1] + "Z")


def _odd(value: Any) -> Fitted:
    """What fits nowhere, unless it says nothing."""
    return Fitted(value, None, fits=empty(value))


def _number(value: Any) -> float | None:
    """Return a finite number, also one written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = int(value) if value.strip().lstrip("+-").isdecimal() and len(value) < 19 else float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _moment(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("no moment")
    if not isinstance(value, str):
        seconds = value / 1000 if abs(value) >= _FIRST_MS else value
        return datetime.fromtimestamp(seconds, UTC)
    found = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


_NOTHING: Final = Fitted(None, None)
_ISO: Final = len("2026-11-21T06:40:00.123Z")
_FITS: Final[dict[str, Fit]] = {
    "line": _text,
    "prose": _text,
    "choice": _choice,
    "flag": _flag,
    "whole": _figure,
    "number": _figure,
    "moment": _time,
    "list": _json,
    "map": _json,
    "list_or_map": _json,
}
