"""What took how long, as spans. Without anybody who wants them a span costs next to nothing."""

import os
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Protocol

from mecum.kernel import clock

Value = str | int | float | bool
ATTRIBUTES: Final = frozenset(
    "run_id conversation_id message_id request_id job_id kind status code model endpoint attempt phase method route "
    "input_tokens output_tokens database".split()
)
"""The attributes a span may have; any other is left out, so that no text gets in by mistake."""
_LONGEST: Final = 200


@dataclass(slots=True)
class Span:
    """A named stretch of time in a trace. Ids are hexadecimal, moments nanoseconds since 1970."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str | None
    start: int
    end: int = 0
    attributes: dict[str, Value] = field(default_factory=dict[str, Value])
    error: str | None = None

    def note(self, **attributes: Value | None) -> None:
        """Add attributes: ids, kinds and numbers."""
        for name, value in attributes.items():
            if name in ATTRIBUTES and value is not None:
                self.attributes[name] = value[:_LONGEST] if isinstance(value, str) else value


class SpanSink(Protocol):
    """Who takes spans that ended. Never blocks."""

    def ended(self, span: Span) -> None:
        """Take a span."""
        ...


_NOTHING: Final = nullcontext[None]()
_current: ContextVar[Span | None] = ContextVar("mecum.span", default=None)


class Tracer:
    """Makes spans; with no sink none at all."""

    def __init__(self, sink: SpanSink | None = None) -> None:
        self._sink = sink

    def span(self, name: str, **attributes: Value | None) -> AbstractContextManager[Span | None]:
        """Time what happens inside; below another span of this task it is its child."""
        return _NOTHING if self._sink is None else self._timed(self._sink, name, attributes)

    @contextmanager
    def _timed(self, sink: SpanSink, name: str, attributes: Mapping[str, Value | None]) -> Generator[Span]:
        parent = _current.get()
        span = Span(
            name,
            parent.trace_id if parent else os.urandom(16).hex(),
            os.urandom(8).hex(),
            parent.span_id if parent else None,
            clock.nanoseconds(),
        )
        span.note(**attributes)
        token = _current.set(span)
        try:
            yield span
        except BaseException as error:
            span.error = getattr(error, "code", type(error).__name__)
            raise
        finally:
            _current.reset(token)
            span.end = clock.nanoseconds()
            sink.ended(span)
