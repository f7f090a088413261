"""Noticing the first output of an answer at no cost for the rest of it."""

from collections.abc import Callable
from typing import ClassVar, Final, Literal, cast

from mecum.inference.exchange import AnswerSink, Passage, SignatureSink

_OUTPUT: Final = ("text", "raw_text", "reasoning", "tool_call", "citation")


class FirstOutput:
    """A sink before another one, until something is said; then it steps aside and its methods are the other's own.

    A call more for every token of a thousand streams would cost more than choosing where they come from. `begins` is
    called once, before the first output is passed on; `lives` whenever the model says what it is doing. It never holds
    a method of its own: that cycle was left to the collector at every answer, a tenth of a turn's CPU.
    """

    _output: ClassVar[tuple[str, ...]] = _OUTPUT

    def __init__(self, sink: AnswerSink, begins: Callable[[], None], lives: Callable[[], None]) -> None:
        self._sink, self._begins, self._lives = sink, begins, lives
        self.begun = False

    def text(self, escaped: bytes, size: int) -> None:
        self._begin()
        self._sink.text(escaped, size)

    def raw_text(self, text: str) -> None:
        self._begin()
        self._sink.raw_text(text)

    def reasoning(self, text: str) -> None:
        self._begin()
        self._sink.reasoning(text)

    def tool_call(self, index: int, call_id: str | None, name: str | None, arguments: str) -> None:
        self._begin()
        self._sink.tool_call(index, call_id, name, arguments)

    def citation(self, passage: Passage) -> None:
        self._begin()
        self._sink.citation(passage)

    def phase(self, name: Literal["loading", "searching", "thinking", "writing"]) -> None:
        self._lives()
        self._sink.phase(name)

    def _begin(self) -> None:
        if self.begun:
            return
        self.begun = True
        for name in self._output:
            setattr(self, name, getattr(self._sink, name))
        self._begins()


class _FirstSigned(FirstOutput):
    """The same before a sink that keeps signatures."""

    _output = (*_OUTPUT, "signed")

    def signed(self, signature: str, origin: str, *, redacted: bool = False) -> None:
        self._begin()
        cast(SignatureSink, self._sink).signed(signature, origin, redacted=redacted)


def before(sink: AnswerSink, begins: Callable[[], None], lives: Callable[[], None]) -> FirstOutput:
    """Return what notices the first output on its way to `sink`, and keeps signatures where that does."""
    # Not by `isinstance`, which looks a protocol up by its members: that costs as much as choosing who answers.
    kind = _FirstSigned if hasattr(sink, "signed") else FirstOutput
    return kind(sink, begins, lives)
