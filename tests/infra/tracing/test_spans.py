"""Spans: who is whose child, and what they may say."""

import pytest

from mecum.infra.tracing.spans import Span, Tracer
from mecum.kernel.errors import Unavailable


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def ended(self, span: Span) -> None:
        self.spans.append(span)


def test_without_a_sink_there_is_no_span() -> None:
    with Tracer().span("turn", run_id="run_1") as span:
        assert span is None


def test_a_span_inside_another_is_its_child() -> None:
    kept = Kept()
    tracer = Tracer(kept)
    with tracer.span("turn", run_id="run_1"):
        with tracer.span("act"):
            pass
        with tracer.span("settle"):
            pass
    with tracer.span("another"):
        pass
    act, settle, turn, another = kept.spans
    assert (act.parent_id, settle.parent_id, turn.parent_id) == (turn.span_id, turn.span_id, None)
    assert act.trace_id == settle.trace_id == turn.trace_id != another.trace_id
    assert (len(turn.trace_id), len(turn.span_id)) == (32, 16)
    assert turn.start <= act.start <= act.end <= turn.end


def test_only_ids_kinds_and_numbers_are_kept() -> None:
    kept = Kept()
    with Tracer(kept).span("turn", run_id="run_1", prompt="secret words", model=None) as span:
        assert span is not None
        span.note(output_tokens=7, text="secret words", kind="x" * 300)
    assert kept.spans[0].attributes == {"run_id": "run_1", "output_tokens": 7, "kind": "x" * 200}


def test_an_error_is_told_by_its_code_or_class() -> None:
    kept = Kept()
    for error in (Unavailable("secret words"), ValueError("secret words")):
        with pytest.raises(type(error)), Tracer(kept).span("turn"):
            raise error
    assert [span.error for span in kept.spans] == ["service.unavailable", "ValueError"]
