"""Ask the model, and write down what it says as it says it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from mecum.domains.runs.events import ContextReport, RunStarted
from mecum.engine.chat.context import UNKNOWN_WINDOW, Fitted, besides, fitted, judged, report_of, shortened
from mecum.engine.chat.projects import ProjectFiles, told_of
from mecum.engine.chat.shortening import Shortening
from mecum.engine.chat.sink import TurnSink
from mecum.engine.chat.turn import Turn
from mecum.inference.errors import ContextTooLong, ModelRefused, ModelUnavailable
from mecum.inference.exchange import Answer, ImageContent, ModelRequest
from mecum.inference.keeping import KEEP
from mecum.inference.ports import ModelInfo, WindowSource
from mecum.inference.registry import Choice
from mecum.inference.windows import ANSWER_ROOM, SENT_AT_LEAST, Counts, Window, size_of
from mecum.kernel import clock
from mecum.kernel.text import slice_of

STILL_SECONDS: Final = 8.0
"""After how long without anything it is said that the model is still waited for."""
Learn = Callable[[ModelInfo, int], None]
"""Takes a model and how many tokens its server says it takes."""
_OURS: Final = ("sent", "started")
"""Windows that we ask for ourselves: a refusal says nothing of the model."""


class Act:
    """Needs a turn with its choice of model.

    `context_length` is what a person set for local models, if anything; `learn` is told what a server says it takes.
    """

    def __init__(
        self,
        shortening: Shortening,
        files: ProjectFiles,
        context_length: int | None = None,
        counts: Counts | None = None,
        learn: Learn | None = None,
    ) -> None:
        self._shortening, self._files, self._context_length, self._learn = shortening, files, context_length, learn
        self._counts = counts or Counts()
        self._untempered: set[str] = set()
        """The models that refused any temperature since the start."""

    async def __call__(self, turn: Turn) -> None:
        choice = turn.choice
        if choice is None:
            raise ModelUnavailable
        window = self._window(choice)
        beyond = besides(tuple(turn.wants.tool_specs()), turn.passages)
        if turn.wants.project is not None:
            await self._files(turn, choice.info.ref, window.tokens, beyond)
        found = await self._fitted(turn, choice, window, beyond)
        turn.request = self._request(turn, choice, window, found, beyond)
        report = turn.report = _report(turn, choice, window, found)
        if not turn.passed:
            turn.stream.emit(RunStarted(choice.info.ref, choice.reason, turn.stood_in_for))
            if turn.begins_with:
                piece = slice_of(turn.begins_with)
                turn.stream.text("text", piece.escaped, piece.size)
        if report["dropped"] or report["summarised"] or turn.passages or "project" in report:
            turn.stream.emit(ContextReport(report))
        turn.asked_ms, turn.loaded = clock.milliseconds(), False
        sink = TurnSink(turn)
        still = asyncio.get_running_loop().call_later(STILL_SECONDS, sink.still_waiting)
        try:
            turn.answer = await self._asked(turn, choice, turn.request, sink)
        except ContextTooLong as error:
            found, choice, turn.request = self._shorter(turn, choice, found, error)
            turn.answer = await self._asked(turn, choice, turn.request, sink)
        finally:
            still.cancel()
            sink.finish()
        self._compare(turn, choice, found, turn.answer)
        if choice.info.ref in self._untempered:
            _own_temperature(turn, choice)

    async def _asked(self, turn: Turn, choice: Choice, request: ModelRequest, sink: TurnSink) -> Answer:
        """Ask; once more without a temperature that nobody asked for in this turn, where the model takes none."""
        try:
            return await choice.model.answer(request, sink)
        except ModelRefused as error:
            said = "temperature" in error.message.lower()
            if not said or request.temperature is None or _demanded(turn) or turn.begun_ms is not None:
                raise
        self._untempered.add(choice.info.ref)
        turn.request = replace(request, temperature=None)
        return await choice.model.answer(turn.request, sink)

    def _window(self, choice: Choice) -> Window:
        """What a person set for local models is the most that is asked for."""
        window, ours = choice.window, choice.info.window_from == "sent"
        if self._context_length is None or not ours:
            return window
        return replace(window, tokens=min(self._context_length, window.tokens or self._context_length))

    async def _fitted(self, turn: Turn, choice: Choice, window: Window, beyond: int) -> Fitted:
        """What fits, with a summary of what does not where there is one."""
        ref, whole = choice.info.ref, turn.wants.mode == "raw"
        found = fitted(turn.history, window, ref, self._counts, besides=beyond, whole=whole)
        if not found.dropped and not turn.unread:
            turn.summarise = None
            return found
        return await self._shortening(turn, found, window.tokens, ref, beyond)

    def _request(self, turn: Turn, choice: Choice, window: Window, found: Fitted, beyond: int) -> ModelRequest:
        wants, parameters, keep = turn.wants, turn.wants.parameters, None
        if KEEP in parameters:
            # No parameter of the answer: models that nobody here loads need not know it.
            parameters = dict(parameters)
            keep = parameters.pop(KEEP)
        return ModelRequest(
            model=choice.info.name,
            messages=found.messages,
            mode=wants.mode,
            temperature=None if choice.info.ref in self._untempered and not _demanded(turn) else _wanted(turn, choice),
            context_length=self._context_length,
            passages=turn.passages,
            tools=tuple(wants.tool_specs()),
            parameters=parameters,
            priority=turn.priority,
            tokens=self._most(found, choice, beyond),
            window_limit=window.tokens if window.source == "configured" else None,
            keep=keep,
        )

    def _shorter(
        self, turn: Turn, choice: Choice, before: Fitted, error: ContextTooLong
    ) -> tuple[Fitted, Choice, ModelRequest]:
        """Leave out more of the history and say so; raises the error where that cannot be.

        Its server says how much it takes, or half of what was sent is tried.
        """
        if turn.begun_ms is not None or turn.request is None or turn.wants.mode == "raw":
            raise error
        said = error.details.get("window")
        told: int | None = said if isinstance(said, int) else None
        beyond, ref = besides(turn.request.tools, turn.passages), choice.info.ref
        limit = told or before.tokens // 2
        found: Fitted | None
        if self._files.fewer(turn, ref, limit, beyond):
            found = fitted(turn.history, Window(limit), ref, self._counts, besides=beyond)
        else:
            found = shortened(turn.history, before, limit, ref, self._counts, beyond)
        if found is None:
            raise error
        if told is not None and self._learn is not None and choice.info.window_from not in _OURS:
            self._learn(choice.info, told)
        turn.choice = choice = replace(choice, window=Window(told, "learned", refuses=True))
        turn.request = replace(turn.request, messages=found.messages, tokens=self._most(found, choice, beyond))
        turn.report = _report(turn, choice, choice.window, found)
        turn.stream.emit(ContextReport(turn.report))
        turn.asked_ms = clock.milliseconds()
        return found, choice, turn.request

    def _most(self, found: Fitted, choice: Choice, beyond: int) -> int:
        """Return what a window must hold for certain."""
        if found.tokens + ANSWER_ROOM <= SENT_AT_LEAST and found.exact:
            return found.tokens
        return self._counts.estimate(choice.info.ref, size_of(found.messages)) + beyond

    def _compare(self, turn: Turn, choice: Choice, found: Fitted, answer: Answer) -> None:
        """Hold what the server counted against what it was sent."""
        report = turn.report
        if report is None:
            return
        window = choice.window
        if answer.window is not None:
            source: WindowSource = "started" if choice.info.window_from == "started" else "sent"
            # A server asked for more than a model was made for gives less.
            window = Window(answer.window, "model" if window.tokens is None else source, window.refuses)
            report["window"], report["window_from"] = answer.window, source
        report["counted_tokens"] = answer.usage.input_tokens
        if found.short:
            return
        beyond = besides(tuple(turn.wants.tool_specs()), turn.passages)
        report["flag"] = judged(found, beyond, window, choice.info.ref, self._counts, answer.usage)
        if report["flag"] is not None and report["flag"]["code"] != UNKNOWN_WINDOW:
            turn.stream.emit(ContextReport(report))


def _wanted(turn: Turn, choice: Choice) -> float | None:
    """Return the temperature that is wanted, whoever wants it."""
    return choice.temperature if turn.wants.temperature is None else turn.wants.temperature


def _demanded(turn: Turn) -> bool:
    """Whether this very request asked for its temperature: then it is that one or a refusal."""
    return turn.wants.temperature is not None and not turn.wants.temperature_kept


def _own_temperature(turn: Turn, choice: Choice) -> None:
    """Say that the answer is at the model's own temperature, where another one was wanted."""
    wanted, report = _wanted(turn, choice), turn.report
    if wanted is None or turn.request is None or turn.request.temperature is not None or report is None:
        return
    if report["flag"] is None:
        said = f"This model takes no temperature: it answered at its own, not at {wanted:g}."
        report["flag"] = {"code": "temperature", "message": said}
        turn.stream.emit(ContextReport(report))


def _report(turn: Turn, choice: Choice, window: Window, found: Fitted) -> dict[str, Any]:
    report = report_of(found, window, unread=turn.unread, unseen=_unseen(turn, choice))
    if turn.wants.project is not None:
        told_of(turn, report)
    return report


def _unseen(turn: Turn, choice: Choice) -> int:
    """Return how many images the model is only told of."""
    if choice.info.vision is not False or choice.info.recalls or not turn.sees:
        return 0
    return sum(isinstance(item, ImageContent) for message in turn.history for item in message.content)
