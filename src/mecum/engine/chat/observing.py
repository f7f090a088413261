"""What a settled turn adds to the numbers, and to the errors that are counted."""

from mecum.engine.chat.turn import Turn
from mecum.infra.tracing.groups import ErrorGroups
from mecum.infra.tracing.metrics import Metrics


class Observer:
    """Looks at every turn once, when it has settled."""

    def __init__(self, metrics: Metrics, groups: ErrorGroups) -> None:
        self._metrics, self._groups = metrics, groups

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
