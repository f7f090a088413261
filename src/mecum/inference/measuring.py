"""How models really perform: what their answers took and how often they failed, decaying, written down now and then."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mecum.inference.repository import Measurement, MeasurementRepository, keep_measurement
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

_log = logging.getLogger("mecum.models")
_HALF_LIFE_MS: Final = 86_400_000
_STEP_MS: Final = 10_000
"""What decays so slowly need not be looked at for every answer."""
_FLUSH_SECONDS: Final = 5.0
_MOST_MODELS: Final = 2000
_FEWEST_TOKENS: Final = 8
_SHORTEST: Final = 0.05
"""Seconds: what came at once says nothing of a speed."""
_FORGOTTEN: Final = 0.01
_IN_A_ROW: Final = 3
_LATELY_MS: Final = 600_000
"""For how long after a failure a model that only failed is passed over, where another one will do."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What was measured of a model, a day ago counting half. `answers` and `failures` (by error code) are such counts.

    `failure_rate` is the share (0 to 1) of what was asked that failed; speeds are None where nothing measured them.
    """

    tokens_per_second: float | None
    first_token_seconds: float | None
    failure_rate: float | None
    answers: float
    failures: Mapping[str, float]
    measured_at: int
    """Milliseconds since 1970."""


NOTHING: Final = Performance(None, None, None, 0.0, {}, 0)
"""Of a model that was never asked."""


@dataclass(slots=True)
class Aggregate:
    """Decaying sums of one model; `at` is the moment, in milliseconds, that they hold for."""

    at: int
    answers: float = 0.0
    waits: float = 0.0
    wait_seconds: float = 0.0
    tokens: float = 0.0
    token_seconds: float = 0.0
    failures: dict[str, float] = field(default_factory=dict[str, float])
    in_a_row: int = 0
    """Failures since it last answered, as this process saw them; the last of them was at `failed_at`."""
    failed_at: int = 0

    def answered(self, at: int, wait: float | None, tokens: int | None, seconds: float | None) -> None:
        """Count an answer: seconds to its first word, and how many tokens came in how many seconds from there on."""
        self._decay(at)
        self.answers, self.in_a_row = self.answers + 1, 0
        if wait is not None:
            self.waits, self.wait_seconds = self.waits + 1, self.wait_seconds + wait
        if tokens and seconds and tokens >= _FEWEST_TOKENS and seconds >= _SHORTEST:
            self.tokens, self.token_seconds = self.tokens + tokens, self.token_seconds + seconds

    def failed(self, at: int, code: str) -> None:
        """Count a failure."""
        self._decay(at)
        self.failures[code] = self.failures.get(code, 0.0) + 1
        self.in_a_row, self.failed_at = self.in_a_row + 1, at

    def trouble(self, at: int) -> str | None:
        """Return why it is better passed over for now, half a sentence about the model; None where it is not."""
        rate = self.performance().failure_rate
        if self.in_a_row < _IN_A_ROW or at - self.failed_at >= _LATELY_MS or rate is None:
            return None
        worst = max(self.failures, key=lambda code: self.failures[code])
        return f"the last {self.in_a_row} questions to it failed, {rate:.0%} of those of late (mostly {worst})"

    def performance(self) -> Performance:
        """Return what the sums say."""
        failed = sum(self.failures.values())
        asked = self.answers + failed
        return Performance(
            tokens_per_second=self.tokens / self.token_seconds if self.token_seconds else None,
            first_token_seconds=self.wait_seconds / self.waits if self.waits else None,
            failure_rate=failed / asked if asked else None,
            answers=self.answers,
            failures=dict(self.failures),
            measured_at=self.at,
        )

    def _decay(self, at: int) -> None:
        if at - self.at < _STEP_MS:
            return
        share = 0.5 ** ((at - self.at) / _HALF_LIFE_MS)
        self.at = at
        self.answers *= share
        self.waits, self.wait_seconds = self.waits * share, self.wait_seconds * share
        self.tokens, self.token_seconds = self.tokens * share, self.token_seconds * share
        kept = {code: count * share for code, count in self.failures.items()}
        self.failures = {code: count for code, count in kept.items() if count >= _FORGOTTEN}


class Measurements:
    """The aggregates of all models. Noting one touches a few numbers; what changed is written together."""

    def __init__(self, database: Database, flush_seconds: float = _FLUSH_SECONDS) -> None:
        self._database, self._flush_seconds = database, flush_seconds
        self._known: dict[str, Aggregate] = {}
        self._changed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def load(self) -> None:
        """Take up what earlier processes measured."""
        async with self._database.reading(None) as scope:
            for row in await MeasurementRepository().all(scope):
                self._known[row.ref] = Aggregate(
                    row.at, row.answers, row.waits, row.wait_seconds, row.tokens, row.token_seconds, dict(row.failures)
                )

    def answered(self, ref: str, wait: float | None, tokens: int | None, seconds: float | None) -> None:
        """Note an answer of the model `ref`; see `Aggregate.answered`."""
        aggregate = self._of(ref)
        if aggregate is not None:
            aggregate.answered(clock.milliseconds(), wait, tokens, seconds)

    def failed(self, ref: str, error: MecumError) -> None:
        """Note that the model `ref` failed."""
        aggregate = self._of(ref)
        if aggregate is not None:
            aggregate.failed(clock.milliseconds(), error.code)

    def find(self, ref: str) -> Performance | None:
        """Return how a model performs; None when it was never asked."""
        known = self._known.get(ref)
        return None if known is None else known.performance()

    def first_word(self, ref: str) -> float | None:
        """Return how many seconds the first word of a model takes; None when nobody knows."""
        known = self._known.get(ref)
        return known.wait_seconds / known.waits if known is not None and known.waits else None

    def failing(self) -> dict[str, str]:
        """Return by reference why models are better passed over for now: they only failed, a while ago at most."""
        now = clock.milliseconds()
        return {ref: why for ref, known in self._known.items() if (why := known.trouble(now)) is not None}

    async def settle(self) -> None:
        """Write what is not yet written."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if taken := self._taken():
            await self._database.commit([keep_measurement(one) for one in taken])

    def _of(self, ref: str) -> Aggregate | None:
        """Return the aggregate to change; None when there are too many models to keep another one."""
        known = self._known.get(ref)
        if known is None:
            if len(self._known) >= _MOST_MODELS:
                return None
            known = self._known[ref] = Aggregate(clock.milliseconds())
        self._changed.add(ref)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._flush_seconds, self._flush)
        return known

    def _flush(self) -> None:
        self._timer = None
        self._database.writer.submit([keep_measurement(one) for one in self._taken()], _written)

    def _taken(self) -> list[Measurement]:
        changed, self._changed = self._changed, set()
        return [_measurement(ref, self._known[ref]) for ref in sorted(changed)]


def _measurement(ref: str, known: Aggregate) -> Measurement:
    return Measurement(
        ref=ref,
        at=known.at,
        answers=known.answers,
        waits=known.waits,
        wait_seconds=known.wait_seconds,
        tokens=known.tokens,
        token_seconds=known.token_seconds,
        failures=known.failures,
    )


def _written(error: MecumError | None) -> None:
    if error is not None:
        _log.warning("what was measured of models was not stored", extra={"code": error.code})
