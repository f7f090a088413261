"""Ask the model, and write down what it says as it says it."""

from mecum.domains.runs.events import ContextReport, RunStarted
from mecum.engine.chat.context import fitted
from mecum.engine.chat.sink import TurnSink
from mecum.engine.chat.turn import Turn
from mecum.inference.errors import ModelUnavailable
from mecum.inference.ports import ModelRequest
from mecum.kernel import clock


class Act:
    """Needs a turn with its choice of model. `context_length` is what a person set for local models, if anything."""

    def __init__(self, context_length: int | None = None) -> None:
        self._context_length = context_length

    async def __call__(self, turn: Turn) -> None:
        choice = turn.choice
        if choice is None:
            raise ModelUnavailable
        wants = turn.wants
        messages, report = fitted(turn.history, choice.info, wants.mode)
        turn.report = report
        turn.request = ModelRequest(
            model=choice.info.name,
            messages=messages,
            mode=wants.mode,
            temperature=choice.temperature if wants.temperature is None else wants.temperature,
            context_length=self._context_length,
            passages=turn.passages,
            tools=tuple(wants.tool_specs()),
            parameters=wants.parameters,
            priority=turn.priority,
        )
        if not turn.passed:
            turn.stream.emit(RunStarted(choice.info.ref, choice.reason))
        if report["dropped"] or turn.passages:
            turn.stream.emit(ContextReport(report))
        turn.asked_ms, turn.loaded = clock.milliseconds(), False
        sink = TurnSink(turn)
        try:
            turn.answer = await choice.model.answer(turn.request, sink)
        finally:
            sink.finish()
