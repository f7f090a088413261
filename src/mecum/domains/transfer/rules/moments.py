"""Moments as other programs write them: seconds, milliseconds, ISO dates with and without a zone."""

import math
import re
from datetime import UTC, datetime
from typing import Any, Final

from mecum.kernel import clock

_MILLISECONDS_FROM: Final = 100_000_000_000
"""Seconds since 1970 reach this in the year 5138; milliseconds did in 1973."""
_MOST: Final = 253_402_300_799_999
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")


class Impossible(ValueError):
    """This is no moment."""


def moment(value: Any) -> int | None:
    """Return milliseconds since 1970, None for nothing; raises Impossible. A date without a zone is in UTC."""
    if value is None or value == "":
        return None
    found = _number(value) if isinstance(value, int | float) and not isinstance(value, bool) else _date(value)
    if not 0 <= found <= _MOST:
        raise Impossible
    return found


def moment_or_none(value: Any) -> int | None:
    """Return milliseconds since 1970, None for nothing and for what is no moment."""
    try:
        return moment(value)
    except Impossible:
        return None


def _number(value: float) -> int:
    if isinstance(value, float) and not math.isfinite(value):
        raise Impossible
    if abs(value) > _MOST:
        raise Impossible
    return round(value) if abs(value) >= _MILLISECONDS_FROM else round(value * 1000)


def _date(value: Any) -> int:
    if not isinstance(value, str):
        raise Impossible
    try:
        found = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
        return clock.to_milliseconds(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise Impossible from error
