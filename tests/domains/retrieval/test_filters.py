"""What a person types, taken apart into filters and words."""

from datetime import UTC, datetime

import pytest

from mecum.domains.retrieval.errors import FilterInvalid, ZoneUnknown
from mecum.domains.retrieval.filters import filters_of
from mecum.domains.retrieval.ports import Filters, Kept


def moment(*date: int, hour: int = 0) -> int:
    return int(datetime(*date, hour, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("after:2026", Filters(after=moment(2026, 1, 1))),
        ("after:2026-02", Filters(after=moment(2026, 2, 1))),
        ("before:2026-02-03", Filters(before=moment(2026, 2, 3))),
        ("on:2026-12", Filters(after=moment(2026, 12, 1), before=moment(2027, 1, 1))),
        ("on:2028-02-29", Filters(after=moment(2028, 2, 29), before=moment(2028, 3, 1))),
        ("on:2026", Filters(after=moment(2026, 1, 1), before=moment(2027, 1, 1))),
        ("after:2025 after:2026", Filters(after=moment(2026, 1, 1))),
        ("before:2026 on:2025", Filters(after=moment(2025, 1, 1), before=moment(2026, 1, 1))),
        ('tag:Work tag:"To  Do"', Filters(tags=("work", "to do"))),
        ("-tag:Straße", Filters(without=("strasse",))),
        ("from:me", Filters(role="user")),
        ("assistant:letters", Filters(kept=(Kept("assistant", "letters"),))),
        ('-Assistant:"Short  Letters"', Filters(kept=(Kept("assistant", "Short Letters", not_=True),))),
        ("FROM:assistant", Filters(role="assistant")),
        ("is:archived", Filters(archived=True)),
        ("-is:archived", Filters(archived=False)),
    ],
)
def test_filters(query: str, wanted: Filters) -> None:
    found, rest = filters_of(query, None)
    assert (found, rest.strip()) == (wanted, "")


@pytest.mark.parametrize("query", ["std::vector", "https://mecum.example/a", "10:30", "tags:x", "x-tag:y", "--tag:z"])
def test_a_colon_alone_is_no_filter(query: str) -> None:
    assert filters_of(query, None) == (Filters(), query)


def test_what_is_left_are_the_words() -> None:
    found, rest = filters_of('ferry tag:work "to Rome" after:2026', None)
    assert rest.split() == ["ferry", '"to', 'Rome"']
    assert found.tags == ("work",)


@pytest.mark.parametrize(
    "query",
    [
        "after:",
        "after:soon",
        "on:2026-13",
        "on:2026-02-30",
        "before:0000",
        "from:you",
        "is:open",
        "-from:me",
        "assistant:",
        'tag:""',
    ],
)
def test_what_cannot_be_read_is_said(query: str) -> None:
    with pytest.raises(FilterInvalid) as error:
        filters_of(query, None)
    assert error.value.details["filter"] in query


def test_days_are_those_of_the_zone() -> None:
    assert filters_of("after:2026-07-01", "Europe/Rome")[0].after == moment(2026, 6, 30, hour=22)
    assert filters_of("after:2026-01-01", "Europe/Rome")[0].after == moment(2025, 12, 31, hour=23)
    assert filters_of("after:2026-01-01", "-05:00")[0].after == moment(2026, 1, 1, hour=5)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "../etc/passwd", "+99:00", "\x00"])
def test_a_zone_that_is_none(zone: str) -> None:
    with pytest.raises(ZoneUnknown):
        filters_of("after:2026", zone)
