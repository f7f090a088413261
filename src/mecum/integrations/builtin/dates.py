"""Dates and durations in words: read, never guessed."""

import calendar
import re
from datetime import date, timedelta
from typing import Final

MONTHS: Final = tuple(name.lower() for name in calendar.month_name)
WEEKDAYS: Final = tuple(name.lower() for name in calendar.day_name)
_MONTH: Final = "(?P<month>" + "|".join(f"{name}|{name[:3]}" for name in MONTHS[1:]) + r")\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:,? (?P<year>\d{4}))?"
_WRITTEN: Final = (
    re.compile(rf"(?:the )?{_DAY}(?: of)? {_MONTH}{_YEAR}"),
    re.compile(rf"{_MONTH} (?:the )?{_DAY}{_YEAR}"),
)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIGURES: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_WEEKDAY: Final = re.compile(rf"(next|last|this|on|coming)? ?({'|'.join(WEEKDAYS)})")
_FIXED: Final = {
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "new year": (1, 1),
    "new years": (1, 1),
    "new year's": (1, 1),
    "new year's day": (1, 1),
    "new year's eve": (12, 31),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
    "the end of the year": (12, 31),
}
_RELATIVE: Final = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1, "the day after tomorrow": 2}
_COUNTS: Final = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"a": 1, "an": 1}
_PART: Final = re.compile(rf"(\d+|{'|'.join(_COUNTS)}) (second|minute|hour|day|week|fortnight|month|year)s?")
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600}
_DAYS: Final = {"day": 1, "week": 7, "fortnight": 14}
_MOST_MONTHS: Final = 12 * 9000


class Ambiguous(ValueError):
    """The text may mean two dates, or none; the message says which."""


class Duration:
    """A length of time as people say it: whole months, days and seconds, kept apart."""

    def __init__(self, months: int = 0, days: int = 0, seconds: int = 0) -> None:
        self.months = months
        self.days = days
        self.seconds = seconds

    def after(self, day: date, sign: int = 1) -> date:
        """Return the date this long after `day`; raises OverflowError, ValueError outside the calendar."""
        if abs(self.months) > _MOST_MONTHS:
            raise OverflowError
        months = day.year * 12 + day.month - 1 + sign * self.months
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=sign * self.days)


def read_duration(text: str) -> Duration | None:
    """Return the duration in `text` ("2 weeks and 3 days"), or None."""
    rest = re.sub(r",| and ", " ", text)
    parts = _PART.findall(rest)
    if not parts or _PART.sub("", rest).strip():
        return None
    total = Duration()
    for count, unit in parts:
        number = _COUNTS.get(count) if count in _COUNTS else int(count)
        number = number or 0
        total.seconds += number * _SECONDS.get(unit, 0)
        total.days += number * _DAYS.get(unit, 0)
        total.months += number * {"month": 1, "year": 12}.get(unit, 0)
    return total


def read_date(text: str, today: date, *, ahead: bool = True) -> date | None:
    """Return the date in `text` or None; raises Ambiguous.

    A date without a year is the next one from today, or with `ahead=False` the last one.
    """
    text = text.strip().removeprefix("on ")
    if text in _RELATIVE:
        return today + timedelta(days=_RELATIVE[text])
    if text in _FIXED:
        return _nearest(*_FIXED[text], today, ahead)
    if match := _WEEKDAY.fullmatch(text):
        return _weekday(match[1] or "", WEEKDAYS.index(match[2]), today)
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _FIGURES.fullmatch(text):
        return _figures(int(match[1]), int(match[2]), int(match[3]), text)
    return _written(text, today, ahead)


def _written(text: str, today: date, ahead: bool) -> date | None:
    for form in _WRITTEN:
        if match := form.fullmatch(text):
            month = next(number for number, name in enumerate(MONTHS) if number and name[:3] == match["month"][:3])
            if match["year"]:
                return _day(int(match["year"]), month, int(match["day"]), text)
            return _nearest(month, int(match["day"]), today, ahead)
    return None


def _nearest(month: int, day: int, today: date, ahead: bool) -> date:
    step = 1 if ahead else -1
    for year in range(today.year, today.year + 9 * step, step):
        if day > calendar.monthrange(year, month)[1]:
            continue
        found = date(year, month, day)
        if (found - today).days * step >= 0:
            return found
    raise Ambiguous(f"{MONTHS[month].title()} has no day {day}.")


def _weekday(which: str, weekday: int, today: date) -> date:
    distance = (weekday - today.weekday()) % 7
    if which == "last":
        return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)
    if which in ("next", "coming"):
        return today + timedelta(days=distance or 7)
    return today + timedelta(days=distance)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Ambiguous(f"There is no date {text}.") from error


def _figures(first: int, second: int, year: int, text: str) -> date:
    if first <= 12 and second <= 12 and first != second:
        one, two = date(year, second, first), date(year, first, second)
        raise Ambiguous(
            f"{text} may be {said(one)} or {said(two)}. Write it as {one.isoformat()} or {two.isoformat()}."
        )
    return _day(year, second, first, text) if first > 12 else _day(year, first, second, text)


def said(day: date) -> str:
    """Return `Saturday 21 November 2026`."""
    return f"{WEEKDAYS[day.weekday()].title()} {day.day} {MONTHS[day.month].title()} {day.year}"
