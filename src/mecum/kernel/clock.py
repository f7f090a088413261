"""The only source of time: aware UTC and milliseconds since 1970."""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the current moment, aware, in UTC, cut to whole milliseconds."""
    return from_milliseconds(milliseconds())


def milliseconds() -> int:
    """Return milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


def nanoseconds() -> int:
    """Return nanoseconds since 1970-01-01 UTC, as traces want them."""
    return time.time_ns()


def monotonic() -> float:
    """Return seconds of a clock that never goes back, for durations."""
    return time.monotonic()


def from_milliseconds(value: int) -> datetime:
    """Return the aware UTC moment for `value` milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=value)


def to_milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970; raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def iso(value: int) -> str:
    """Return `2026-11-21T06:40:00.123Z` for milliseconds since 1970."""
    whole, part = divmod(value, 1000)
    return f"{_seconds(whole)}.{part:03d}Z"


def offset() -> str:
    """Return how far this machine's clock on the wall is from UTC now, as `+02:00`."""
    said = time.strftime("%z")
    return f"{said[:3]}:{said[3:5]}"


@lru_cache(maxsize=64)
def _seconds(whole: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
