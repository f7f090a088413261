"""Questions about dates: which day, how long until, what date after."""

import calendar
import re
from collections.abc import Callable
from datetime import date
from string import capwords
from typing import Final

from mecum.integrations.builtin.dates import MONTHS, Ambiguous, read_date, read_duration, said
from mecum.integrations.builtin.reply import Question, Reply, say

Rule = Callable[[re.Match[str], date], str | None]


def answer(question: Question) -> Reply | None:
    """Return the answer to a question about dates, or None when it is none."""
    today = question.now.date()
    for form, rule in _RULES:
        match = form.fullmatch(question.plain)
        if match is None:
            continue
        try:
            text = rule(match, today)
        except Ambiguous as error:
            text = str(error)
        except (OverflowError, ValueError):
            text = "That is outside the calendar I know (years 1 to 9999)."
        if text is not None:
            return say(text)
    return None


def _today(_: re.Match[str], today: date) -> str:
    return f"Today is **{said(today)}**."


def _which_day(match: re.Match[str], today: date) -> str | None:
    day = read_date(match["date"], today, ahead=match["tense"] != "was")
    if day is None:
        return None
    verb = "is" if day == today else "was" if day < today else "will be"
    subject = "That" if any(figure.isdigit() for figure in match["date"]) else capwords(match["date"])
    return f"{subject} {verb} **{said(day)}**."


def _between(match: re.Match[str], today: date) -> str | None:
    first, second = read_date(match["a"], today), read_date(match["b"], today)
    if first is None or second is None:
        return None
    unit, days = match["unit"], abs((second - first).days)
    return f"From {said(first)} to {said(second)}: **{_counted(days, unit)}**."


def _until(match: re.Match[str], today: date) -> str | None:
    day = read_date(match["date"], today)
    if day is None:
        return None
    if day < today:
        return f"{said(day)} was **{_counted((today - day).days, match['unit'])}** ago."
    return f"Until {said(day)}: **{_counted((day - today).days, match['unit'])}**."


def _since(match: re.Match[str], today: date) -> str | None:
    day = read_date(match["date"], today, ahead=False)
    if day is None:
        return None
    return f"Since {said(day)}: **{_counted((today - day).days, match['unit'])}**."


def _shifted(match: re.Match[str], today: date) -> str | None:
    duration = read_duration(match["duration"])
    named = match.groupdict().get("date") or "today"
    start = read_date(named, today)
    if duration is None or duration.seconds or start is None:
        return None
    sign = -1 if match["way"] in ("before", "ago", "minus", "subtract") else 1
    return f"{_phrase(match['duration'], match['way'], start, today)}: **{said(duration.after(start, sign))}**."


def _phrase(duration: str, way: str, start: date, today: date) -> str:
    if way == "ago":
        return _upper(f"{duration} ago")
    word = "before" if way in ("before", "minus", "subtract") else "after"
    return _upper(f"{duration} {word} {'today' if start == today else said(start)}")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _leap(match: re.Match[str], _: date) -> str:
    year = int(match["year"])
    return f"**{'Yes' if calendar.isleap(year) else 'No'}**: {year} has {365 + calendar.isleap(year)} days."


def _week(_: re.Match[str], today: date) -> str:
    return f"It is week **{today.isocalendar().week}** of {today.isocalendar().year} (ISO 8601)."


def _month_length(match: re.Match[str], today: date) -> str:
    month = next(number for number, name in enumerate(MONTHS) if number and name[:3] == match["month"][:3])
    year = int(match["year"] or today.year)
    return f"{MONTHS[month].title()} {year} has **{calendar.monthrange(year, month)[1]} days**."


def _counted(days: int, unit: str | None) -> str:
    if unit == "weeks":
        weeks, rest = divmod(days, 7)
        return _plural(weeks, "week") + (f" and {_plural(rest, 'day')}" if rest else "")
    return _plural(days, "day")


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_UNIT: Final = r"(?:how (?:many (?P<unit>days|weeks)|long)(?: is it| are there| has it been| to go| left)?|days)"
_NAMES: Final = "|".join(f"{name}|{name[:3]}" for name in MONTHS[1:])
_RULES: Final[tuple[tuple[re.Pattern[str], Rule], ...]] = tuple(
    (re.compile(form), rule)
    for form, rule in (
        (r"what (?:day|date|weekday)(?: of the week)? is (?:it|today)(?: today| now)?", _today),
        (r"(?:what is )?(?:the |today's |the current |current )+date(?: today| now)?|date|what is today", _today),
        (r"what week(?: number)? is (?:it|this)(?: now| today)?|what is the week number|week number", _week),
        (r"is (?P<year>\d{1,4}) a leap year", _leap),
        (rf"how many days (?:are there |are |does |has )?(?:in )?(?P<month>{_NAMES})(?: have)?(?: (?P<year>\d{{4}}))?",
         _month_length),
        (rf"{_UNIT} (?:between|from) (?P<a>.+?) (?:and|to|until|till) (?P<b>.+)", _between),
        (rf"{_UNIT} (?:until|till|to|before) (?P<date>.+)", _until),
        (rf"{_UNIT} since (?P<date>.+)", _since),
        ((r"(?:what|which) (?:date|day|weekday)(?: of the week)?(?: is it| is| was it| was| will it be| will be)? "
         r"(?P<duration>[\w ,]+?) (?P<way>from|after|before) (?P<date>.+)"), _shifted),
        ((r"(?:what|which) (?:date|day|weekday)(?: of the week)?(?: is it| is| will it be| will be)? (?P<way>in) "
         r"(?P<duration>[\w ,]+)"), _shifted),
        (r"(?:what|which) (?:date|day|weekday)(?: of the week)? was(?: it)? (?P<duration>[\w ,]+?) (?P<way>ago)",
         _shifted),
        (r"(?P<duration>[\w ,]+?) (?P<way>from|after|before) (?P<date>.+)", _shifted),
        (r"(?P<duration>[\w ,]+?) (?P<way>ago)", _shifted),
        (r"(?P<way>add) (?P<duration>[\w ,]+?) to (?P<date>.+)", _shifted),
        (r"(?P<way>subtract) (?P<duration>[\w ,]+?) from (?P<date>.+)", _shifted),
        (r"(?P<date>.+?) (?P<way>plus|minus) (?P<duration>[\w ,]+)", _shifted),
        (r"(?:what|which) (?:date|day|weekday)(?: of the week)? (?P<tense>is|was|will be|will) (?P<date>.+?)(?: be)?",
         _which_day),
        (r"(?:what is )(?P<tense>)(?P<date>tomorrow|yesterday)(?:'s date)?", _which_day),
        (r"when (?P<tense>is|was) (?P<date>.+)", _which_day),
    )
)  # fmt: skip
