"""What is known of a pool's member from the requests it was given: how busy, how quick, whether it answers at all."""

import zlib
from collections.abc import Callable
from typing import Final

from mecum.inference.errors import ModelLimited
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 60.0
_LONGEST_TOLD: Final = 3600.0
_SMALLEST: Final = 0.001
_WEIGHT: Final = 0.3
_HALF_LIFE: Final = 30.0
"""Seconds after which a measured wait counts half: who was slow is tried again, by and by."""
_TYPICAL_TOKENS: Final = 100


class Health:
    """One member. Moments are seconds of `now`, a clock that never goes back."""

    def __init__(self, ref: str, now: Callable[[], float] = clock.monotonic) -> None:
        self.ref = ref
        self.outstanding = 0
        self.failures = 0
        """In a row."""
        self.out_until = 0.0
        self.told = False
        """Whether the member itself said until when to leave it alone."""
        self.trying = False
        """Whether a request is under way that shows whether it is back."""
        self._now = now
        self._waiting: dict[object, float] = {}
        self._wait: float | None = None
        self._token: float | None = None
        self._measured_at = 0.0

    @property
    def ready(self) -> bool:
        """Whether it may be asked: it is not out, and nobody is just finding out whether it is back."""
        return self._now() >= self.out_until and not (self.failures and self.trying)

    @property
    def rest(self) -> float:
        """The seconds for which it is out."""
        return max(0.0, self.out_until - self._now())

    def expected(self, otherwise: float) -> float:
        """Return the seconds that an answer takes here: measured, or `otherwise`; never less than somebody waits now.

        A member that has gone slow is known by those who wait for their first word, before it has said one.
        """
        now = self._now()
        measured = self.measured
        known = otherwise if measured is None else measured
        longest = max((now - since for since in self._waiting.values()), default=0.0)
        return max(known, longest, _SMALLEST)

    @property
    def measured(self) -> float | None:
        """The seconds an answer took here lately; None when there was none."""
        if self._wait is None:
            return None
        taken = self._wait + _TYPICAL_TOKENS * (self._token or 0.0)
        return float(taken * 0.5 ** ((self._now() - self._measured_at) / _HALF_LIFE))

    def begin(self) -> object:
        """A request goes there; return what to give to the others."""
        one = object()
        self.outstanding += 1
        self._waiting[one] = self._now()
        self.trying = self.trying or self.failures > 0
        return one

    def first(self, one: object) -> None:
        """Its first word came."""
        since = self._waiting.pop(one, None)
        if since is not None:
            self._wait = _mixed(self._wait, self._now() - since)
            self._measured_at = self._now()
        self._back()

    def end(self, one: object) -> None:
        """It is over, however."""
        self.outstanding -= 1
        self._waiting.pop(one, None)
        if not self._waiting:
            self.trying = False

    def speed(self, tokens: int, seconds: float) -> None:
        """So many tokens took so long after the first."""
        if tokens > 0 and seconds > 0:
            self._token = _mixed(self._token, seconds / tokens)

    def answered(self) -> None:
        """It answered to the end, or refused the request for a reason of the request's own."""
        self._back()

    def failed(self, error: MecumError) -> None:
        """It did not: leave it alone for a while, longer every time, as long as it says itself where it does."""
        now, told = self._now(), error.details.get("retry_after")
        if isinstance(error, ModelLimited) and isinstance(told, int | float):
            self.failures, self.told = self.failures + 1, True
            self.out_until = max(self.out_until, now + min(float(told), _LONGEST_TOLD))
        elif now >= self.out_until:
            # What was under way when it fell falls with it: that is one failure, not many.
            self.failures, self.told = self.failures + 1, False
            self.out_until = now + self._pause()

    def _pause(self) -> float:
        """Between half and all of it, by the member's name: all members that fall together do not rise together."""
        longest = min(_FIRST_PAUSE * 2.0 ** min(self.failures - 1, 20), _LONGEST_PAUSE)
        share = zlib.crc32(f"{self.ref} {self.failures}".encode()) / 0xFFFFFFFF
        return longest * (0.5 + share / 2)

    def _back(self) -> None:
        self.failures, self.out_until, self.told, self.trying = 0, 0.0, False, False


def _mixed(before: float | None, now: float) -> float:
    return now if before is None else before + _WEIGHT * (now - before)
