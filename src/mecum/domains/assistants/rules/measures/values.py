"""What figures are made from, and what they are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

ENDED: Final = "completed"
STOPPED: Final = "cancelled"
"""A person ended it: this says nothing of the assistant."""
Z_TWO_SIDED: Final = 1.96
Z_ONE_SIDED: Final = 1.645
"""Of the normal distribution, at 5 %."""
Unit = Literal["share", "seconds", "answers", "points"]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the assistant, as it was recorded."""

    at: int
    """When it was over, milliseconds."""
    status: str
    seconds: float | None = None
    revision: int | None = None
    thumb: int | None = None
    cites: bool | None = None
    """Whether it cites a passage it was given; None where it was given none."""

    @property
    def ended(self) -> bool:
        """Whether it came to its end."""
        return self.status == ENDED

    @property
    def counts(self) -> bool:
        """Whether it says anything of the assistant."""
        return self.status != STOPPED


@dataclass(frozen=True, slots=True)
class Reflection:
    """What looking back left behind; moments in milliseconds."""

    tries: int
    """How often it was tried before it could be done for the first time."""
    attempted_at: int
    succeeded_at: int | None
    """For the first time."""
    missing: str | None
    """Why the last one could not be done."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that figures are made from, as it is at one moment."""

    at: int
    answers: Sequence[Answer]
    """The newest first."""
    total: int
    prompt_changed: tuple[int, int] | None = None
    """The version of the assistant, and the moment, of the last change of its prompt."""
    reflection: Reflection | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure. `value` is null until there is enough, and then `missing` says how much is missing."""

    name: str
    label: str
    method: str
    explanation: str
    value: Any = None
    unit: Unit | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    missing: str | None = None


def counted(answers: Sequence[Answer]) -> tuple[int, int]:
    """Return (came to their end, all) of the answers that count."""
    counting = [one for one in answers if one.counts]
    return sum(one.ended for one in counting), len(counting)


def rated(answers: Sequence[Answer]) -> tuple[int, int]:
    """Return (thumbs up, thumbs)."""
    thumbs = [one.thumb for one in answers if one.thumb is not None]
    return sum(thumb > 0 for thumb in thumbs), len(thumbs)


def wilson(good: int, of: int) -> float:
    """Return the lower bound of the 95 % interval of a share.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share, square = good / of, Z_TWO_SIDED**2
    middle = share + square / (2 * of)
    spread = Z_TWO_SIDED * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + square / of))


def z_of(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Return the statistic of the two-proportion z-test, pooled: negative where the share fell."""
    (good, of), (later, among) = before, after
    pooled = (good + later) / (of + among)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / among))
    return 0.0 if error == 0 else (later / among - good / of) / error


def short(share: float) -> float:
    """Return a figure with as many digits as mean anything."""
    return round(share, 3)


def some(number: int, what: str) -> str:
    """Return `1 answer`, `2 answers`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def lacking(number: int, what: str) -> str:
    """Return the sentence that says how much is missing."""
    return f"{some(number, what)} more {'is' if number == 1 else 'are'} needed."
