"""What narrows a search down: `after:2026-01 tag:work`, taken out of what a person typed.

A word with a colon that names no filter is a word like any other.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mecum.domains.retrieval.errors import FilterInvalid, ZoneUnknown
from mecum.domains.retrieval.ports import Filters, Kept
from mecum.domains.retrieval.rules import folded

_ROLES: Final = {"me": "user", "user": "user", "assistant": "assistant", "model": "assistant"}
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_OFFSET: Final = re.compile(r"([+-])(\d{2}):?(\d{2})")
_DECEMBER: Final = 12


def filters_of(query: str, zone: str | None) -> tuple[Filters, str]:
    """Return the filters in `query` and the rest of it; days begin when they do in `zone` (UTC without).

    `zone` is a name such as `Europe/Rome`, or an offset such as `+02:00`. Raises FilterInvalid, ZoneUnknown.
    """
    where, wanted = zone_of(zone), Filters()
    for found in _FILTER.finditer(query):
        not_, name, value = bool(found[1]), found[2].lower(), (found[3] if found[3] is not None else found[4]).strip()
        if not value:
            raise FilterInvalid(f"After `{name}:` something is missing.", filter=name, value=value)
        if not_ and name not in _TURNED:
            raise FilterInvalid(f"`{name}:` cannot be turned round.", filter=name, value=value)
        wanted = _TAKERS[name](wanted, value, where, not_)
    return wanted, _FILTER.sub(" ", query)


def zone_of(name: str | None) -> tzinfo:
    """Return a time zone; raises ZoneUnknown."""
    if not name:
        return UTC
    if offset := _OFFSET.fullmatch(name):
        away = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        try:
            return timezone(-away if offset[1] == "-" else away)
        except ValueError as error:
            raise ZoneUnknown(zone=name) from error
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneUnknown(zone=name) from error


def _span(name: str, value: str, zone: tzinfo) -> tuple[int, int]:
    """Return the first moment of a day, month or year, and the first one after it."""
    found = _DATE.fullmatch(value)
    try:
        if found is None:
            raise ValueError(value)
        year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        first = date(year, month, day)
        if found[3]:
            end = first + timedelta(days=1)
        elif found[2]:
            end = date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
        else:
            end = date(year + 1, 1, 1)
        return _moment(first, zone), _moment(end, zone)
    except (ValueError, OverflowError) as error:
        sentence = f"`{name}:` takes a day, a month or a year, as in `{name}:2026-01-31`; `{value}` is none."
        raise FilterInvalid(sentence, filter=name, value=value) from error


def _moment(day: date, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def _after(wanted: Filters, value: str, zone: tzinfo, _: bool) -> Filters:
    moment, _end = _span("after", value, zone)
    return replace(wanted, after=moment if wanted.after is None else max(wanted.after, moment))


def _before(wanted: Filters, value: str, zone: tzinfo, _: bool) -> Filters:
    moment, _end = _span("before", value, zone)
    return replace(wanted, before=moment if wanted.before is None else min(wanted.before, moment))


def _on(wanted: Filters, value: str, zone: tzinfo, _: bool) -> Filters:
    first, end = _span("on", value, zone)
    return replace(
        wanted,
        after=first if wanted.after is None else max(wanted.after, first),
        before=end if wanted.before is None else min(wanted.before, end),
    )


def _tag(wanted: Filters, value: str, _: tzinfo, not_: bool) -> Filters:
    key = folded(" ".join(value.split()))
    return replace(wanted, without=(*wanted.without, key)) if not_ else replace(wanted, tags=(*wanted.tags, key))


def _from(wanted: Filters, value: str, _: tzinfo, __: bool) -> Filters:
    role = _ROLES.get(value.lower())
    if role is None:
        raise FilterInvalid(f"`from:` takes `me` or `assistant`, not `{value}`.", filter="from", value=value)
    return replace(wanted, role=role)


def _is(wanted: Filters, value: str, _: tzinfo, not_: bool) -> Filters:
    if value.lower() != "archived":
        raise FilterInvalid(f"`is:` takes `archived`, not `{value}`.", filter="is", value=value)
    return replace(wanted, archived=not not_)


def _project(wanted: Filters, value: str, _: tzinfo, not_: bool) -> Filters:
    key = folded(" ".join(value.split()))
    return replace(wanted, outside=(*wanted.outside, key)) if not_ else replace(wanted, project=key)


def _kept(kind: str) -> "_Taker":
    """What a conversation is kept under; `repository.COLUMNS` says where, `bootstrap` who knows the names."""

    def take(wanted: Filters, value: str, _: tzinfo, not_: bool) -> Filters:
        return replace(wanted, kept=(*wanted.kept, Kept(kind, " ".join(value.split()), not_)))

    return take


_Taker = Callable[[Filters, str, tzinfo, bool], Filters]
_TAKERS: Final[dict[str, _Taker]] = {
    "after": _after,
    "before": _before,
    "on": _on,
    "tag": _tag,
    "assistant": _kept("assistant"),
    "project": _project,
    "from": _from,
    "is": _is,
}
_TURNED: Final = _TAKERS.keys() - {"after", "before", "on", "from"}
"""Those that a dash turns round."""
_FILTER: Final = re.compile(rf'(?<!\S)(-?)({"|".join(_TAKERS)}):(?:"([^"]*)"|(\S*))', re.IGNORECASE)
