"""Time: aware, whole milliseconds, one shape on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.kernel import clock

MOMENTS = st.integers(min_value=0, max_value=253402300799999)


def test_now_is_aware_and_in_whole_milliseconds() -> None:
    now = clock.now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(clock.milliseconds() - clock.to_milliseconds(now)) < 10_000


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.to_milliseconds(datetime(2026, 11, 21))  # noqa: DTZ001 - that is what is refused


def test_other_zones_are_the_same_moment() -> None:
    east = datetime(2026, 11, 21, 9, tzinfo=timezone(timedelta(hours=3)))
    assert clock.to_milliseconds(east) == clock.to_milliseconds(datetime(2026, 11, 21, 6, tzinfo=UTC))


@given(MOMENTS)
def test_milliseconds_survive(value: int) -> None:
    assert clock.to_milliseconds(clock.from_milliseconds(value)) == value


@given(MOMENTS)
def test_iso_is_what_the_standard_library_reads(value: int) -> None:
    written = clock.iso(value)
    assert len(written) == len("2026-11-21T06:40:00.123Z")
    assert datetime.fromisoformat(written) == clock.from_milliseconds(value)


def test_monotonic_goes_on() -> None:
    assert clock.monotonic() <= clock.monotonic()
