"""What a settled turn adds to the log, the numbers, what is known of its model, and the errors that are counted."""

import logging
from collections.abc import Callable
from typing import Final

from mecum.engine.chat.turn import Turn
from mecum.inference.errors import DID_NOT_BEGIN, ModelUnavailable
from mecum.inference.measuring import Measurements
from mecum.inference.ports import ModelInfo
from mecum.infra.tracing.groups import ErrorGroups
from mecum.infra.tracing.metrics import Metrics
from mecum.kernel.errors import MecumError

_log: Final = logging.getLogger("mecum.turns")


class Observer:
    """Looks at every turn once, when it has settled."""

    def __init__(
        self, metrics: Metrics, groups: ErrorGroups, measurements: Measurements, doubt: Callable[[str], None]
    ) -> None:
        self._metrics, self._groups, self._measurements = metrics, groups, measurements
        self._doubt = doubt
        """Told of an endpoint of which a model did not answer."""

    def __call__(self, turn: Turn) -> None:
        metrics = self._metrics
        metrics.turns.add(turn.kind, turn.status)
        if turn.finished_ms is not None:
            metrics.turn_seconds.observe((turn.finished_ms - turn.created_ms) / 1000, turn.kind)
        if turn.first_ms is not None:
            metrics.first_token.observe((turn.first_ms - turn.created_ms) / 1000)
        usage = turn.answer.usage if turn.answer is not None else None
        if usage is not None:
            metrics.tokens.add("in", by=usage.input_tokens or 0)
            metrics.tokens.add("out", by=usage.output_tokens or 0)
        if turn.error is not None:
            metrics.errors.add(turn.error.code)
            self._groups.note(turn.error, turn.error, turn.run_id)
        self._tell(turn)
        self._measure(turn)

    def _tell(self, turn: Turn) -> None:
        """Log how the turn ended: each that failed, all of them only for whoever asked for so much."""
        level = logging.DEBUG if turn.error is None else logging.WARNING
        if not _log.isEnabledFor(level):
            return
        code = None if turn.error is None else turn.error.code
        model = None if turn.choice is None else turn.choice.info.ref
        ended = {"run_id": turn.run_id, "status": turn.status, "kind": turn.kind, "model": model, "code": code}
        _log.log(level, "run ended", extra=ended)

    def _measure(self, turn: Turn) -> None:
        for passed in turn.passed:
            self._failed(passed.info, passed.error)
        choice = turn.choice
        if choice is None or turn.asked_ms is None or choice.info.recalls:
            return
        if turn.answer is None:
            # What a person stopped or asked wrongly says nothing of the model.
            if isinstance(turn.error, DID_NOT_BEGIN):
                self._failed(choice.info, turn.error)
            return
        wait = seconds = None
        if turn.begun_ms is not None and turn.finished_ms is not None:
            wait = None if turn.loaded else (turn.begun_ms - turn.asked_ms) / 1000
            seconds = (turn.finished_ms - turn.begun_ms) / 1000
        self._measurements.answered(choice.info.ref, wait, turn.answer.usage.output_tokens, seconds)

    def _failed(self, info: ModelInfo, error: MecumError) -> None:
        self._measurements.failed(info.ref, error)
        if isinstance(error, ModelUnavailable):
            self._doubt(info.endpoint)
