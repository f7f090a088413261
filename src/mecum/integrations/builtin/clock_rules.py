"""Questions about the time of day, here and in other time zones."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from mecum.integrations.builtin.dates import read_duration, said
from mecum.integrations.builtin.reply import Question, Reply, say

_TIME: Final = r"(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))? ?(?P<half>am|pm|a\.m|p\.m)?(?: ?o'clock)?"
_PLACES: Final = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "cst": "America/Chicago", "mst": "America/Denver", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "jst": "Asia/Tokyo", "ist": "Asia/Kolkata",
    "bst": "Europe/London", "germany": "Europe/Berlin", "france": "Europe/Paris", "italy": "Europe/Rome",
    "spain": "Europe/Madrid", "uk": "Europe/London", "england": "Europe/London", "japan": "Asia/Tokyo",
    "china": "Asia/Shanghai", "beijing": "Asia/Shanghai", "india": "Asia/Kolkata", "delhi": "Asia/Kolkata",
    "new delhi": "Asia/Kolkata", "mumbai": "Asia/Kolkata", "bangalore": "Asia/Kolkata", "korea": "Asia/Seoul",
    "washington": "America/New_York", "boston": "America/New_York", "miami": "America/New_York",
    "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "la": "America/Los_Angeles",
    "nyc": "America/New_York", "california": "America/Los_Angeles", "texas": "America/Chicago",
    "munich": "Europe/Berlin", "hamburg": "Europe/Berlin", "geneva": "Europe/Zurich", "milan": "Europe/Rome",
    "barcelona": "Europe/Madrid", "rio": "America/Sao_Paulo", "brazil": "America/Sao_Paulo",
    "switzerland": "Europe/Zurich", "netherlands": "Europe/Amsterdam", "sweden": "Europe/Stockholm",
    "poland": "Europe/Warsaw", "turkey": "Europe/Istanbul", "egypt": "Africa/Cairo", "kenya": "Africa/Nairobi",
}  # fmt: skip


def answer(question: Question) -> Reply | None:
    """Return the answer to a question about the time, or None when it is none."""
    for form, rule in _RULES:
        if match := form.fullmatch(question.plain):
            text = rule(match, question.now)
            if text is not None:
                return say(text)
    return None


def zone_of(name: str) -> tzinfo | None:
    """Return the time zone of a city, country, abbreviation or IANA name; None where it is not known."""
    key = name.strip().lower().removeprefix("the ")
    found = _PLACES.get(key) or _cities().get(key)
    try:
        return None if found is None else ZoneInfo(found)
    except ZoneInfoNotFoundError:
        return None


@cache
def _cities() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(available_timezones()):
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/")):
            found.setdefault(name.rpartition("/")[2].replace("_", " ").lower(), name)
        found[name.lower()] = name
    return found


def _now(_: re.Match[str], now: datetime) -> str:
    return f"It is **{now:%H:%M}** ({said(now.date())}, {_offset(now)})."


def _elsewhere(match: re.Match[str], now: datetime) -> str:
    zone = zone_of(match["place"])
    if zone is None:
        return _unknown(match["place"])
    there = now.astimezone(zone)
    return f"It is **{there:%H:%M}** in {_titled(match['place'])} ({said(there.date())}, {_offset(there)})."


def _later(match: re.Match[str], now: datetime) -> str | None:
    duration = read_duration(match["duration"])
    if duration is None or duration.months:
        return None
    moment = now + timedelta(days=duration.days, seconds=duration.seconds)
    return f"In {match['duration']}: **{moment:%H:%M}** on {said(moment.date())}."


def _converted(match: re.Match[str], now: datetime) -> str | None:
    time = _time(match)
    if time is None:
        return None
    places = (match["from"], match["to"])
    zones = [zone_of(place) for place in places]
    for place, zone in zip(places, zones, strict=True):
        if zone is None:
            return _unknown(place) if match["h"] and ("time" in match[0] or ":" in match[0]) else None
    start = now.astimezone(zones[0]).replace(hour=time[0], minute=time[1], second=0, microsecond=0)
    there = start.astimezone(zones[1])
    day = "" if there.date() == start.date() else f" on {said(there.date())}"
    return f"{start:%H:%M} in {_titled(places[0])} is **{there:%H:%M}** in {_titled(places[1])}{day}."


def _time(match: re.Match[str]) -> tuple[int, int] | None:
    hour, minute, half = int(match["h"]), int(match["m"] or 0), (match["half"] or "")[:1]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _unknown(place: str) -> str:
    return f"I know no time zone for {_titled(place)}. Name a larger city, or a zone such as Europe/Berlin."


def _titled(place: str) -> str:
    return place.upper() if len(place) <= 4 and place in _PLACES else place.title()


def _offset(moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], str | None]], ...]] = tuple(
    (re.compile(form), rule)
    for form, rule in (
        (r"what time (?:is it|will it be|is) (?:in )?(?P<duration>[\w ,]+?)(?: from now)?", _later),
        (r"(?:what is |what )?(?:the |current |local )*time(?: is it)?(?: here)?(?: right| just)?(?: now)?", _now),
        ((r"(?:what is |what )?(?:the |current |local )*time(?: is it)?(?: right)?(?: now)? in (?P<place>[\w /_+-]+?)"
         r"(?: right)?(?: now)?"), _elsewhere),
        ((rf"(?:what is |what time is |convert |when it is )?{_TIME} (?:in )?(?P<from>[\w /_]+?)(?: time)?,? "
         r"(?:in|to)(?: the)? (?P<to>[\w /_]+?)(?: time)?"), _converted),
    )
)  # fmt: skip
