"""Thoughts and their proofs on the OpenAI wire, as servers that pass on other vendors' models carry them."""

from typing import Any

import orjson
import pytest

from fakes.sinks import Recorder
from mecum.inference.exchange import CallContent, ModelMessage, ModelRequest, ReasoningContent, TextContent
from mecum.inference.wires.openai import ChatStream, body_of

TEXT = {"type": "reasoning.text", "index": 0, "format": "anthropic-claude-v1"}
SEALED = {"type": "reasoning.encrypted", "index": 1, "data": "c2VhbGVk", "id": "rs_1"}
LOOK = {"index": 0, "id": "c1", "function": {"name": "look", "arguments": "{}"}}


class Keeper(Recorder):
    """A sink that keeps proofs too."""

    def signed(self, signature: str, origin: str, *, redacted: bool = False) -> None:
        self.events.append(("signed", (orjson.loads(signature), origin, redacted)))


def read(sink: Recorder, *deltas: dict[str, Any]) -> list[tuple[str, object]]:
    """Return what is pushed for an answer of these deltas."""
    stream = ChatStream(sink, raw=False, model="vendor/m")
    stream.head(200, {b"content-type": b"text/event-stream"})
    for delta in deltas:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        stream.body(b"data: " + orjson.dumps({"id": "1", "choices": [choice]}) + b"\n\n")
    stream.body(b"data: [DONE]\n\n")
    stream.finish()
    return sink.events


def thought(text: str, **more: Any) -> dict[str, Any]:
    """Return a delta of a thought."""
    return {"content": "", "reasoning": text, "reasoning_details": [{**TEXT, "text": text, **more}]}


@pytest.mark.parametrize("after", [{"content": "Blue."}, {"tool_calls": [LOOK]}, {}], ids=["text", "call", "nothing"])
def test_a_proof_stands_between_the_thought_and_what_follows(after: dict[str, Any]) -> None:
    signed = {"reasoning_details": [{**TEXT, "signature": "sig"}, SEALED]}
    events = read(Keeper(), thought("Let me "), thought("see."), signed, after)
    whole = [{**TEXT, "text": "Let me see.", "signature": "sig"}, SEALED]
    assert events[:3] == [
        ("reasoning", "Let me "),
        ("reasoning", "see."),
        ("signed", (whole, "openai/vendor/m", False)),
    ]
    assert len(events) == 3 + bool(after)


def test_each_thought_has_its_own_proof() -> None:
    first = [thought("a", signature="1"), {"content": "x"}, {"content": "y"}, {"content": "z"}]
    events = read(Keeper(), *first, thought("b", signature="2"), {"content": "w"})
    assert [kind for kind, _ in events] == ["reasoning", "signed", *["text"] * 3, "reasoning", "signed", "text"]
    proofs: list[Any] = [value for kind, value in events if kind == "signed"]
    assert [told[0]["text"] for told, _, _ in proofs] == ["a", "b"]


def test_a_thought_without_a_proof_is_kept_as_text_alone() -> None:
    assert read(Keeper(), thought("Hm."), {"content": "x"}) == [("reasoning", "Hm."), ("text", "x")]


def test_a_sink_that_keeps_no_record_hears_no_proofs() -> None:
    assert [kind for kind, _ in read(Recorder(), thought("a", signature="1"), {"content": "x"})] == [
        "reasoning",
        "text",
    ]


def test_a_proof_goes_back_to_the_model_it_came_from_and_to_no_other() -> None:
    details = [{**TEXT, "text": "Hm.", "signature": "sig"}]
    mine = ReasoningContent("Hm.", orjson.dumps(details).decode(), "openai/vendor/m")
    other = ReasoningContent("Oh.", "proof", "anthropic/m")
    answered = ModelMessage("assistant", (mine, other, CallContent("c1", "look", "{}")))
    asked = (ModelMessage("user", (TextContent("a"),)), answered)
    sent = body_of(ModelRequest("vendor/m", asked))["messages"][1]
    assert (sent["reasoning_details"], "reasoning_content" in sent) == (details, False)
    assert "reasoning_details" not in body_of(ModelRequest("vendor/n", asked))["messages"][1]


def test_an_answer_in_chunks_as_mistral_writes_it() -> None:
    chunk = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}, {"type": "text", "text": "."}]}
    deltas = [
        {"content": [chunk]},
        {"content": [{"type": "text", "text": "Bl"}, {"type": "reference"}]},
        {"content": "ue."},
    ]
    assert read(Keeper(), *deltas) == [("reasoning", "Hm."), ("text", "Bl"), ("text", "ue.")]


@pytest.mark.parametrize("content", [[], [1], [{"type": "thinking", "thinking": None}], {"a": 1}])
def test_what_is_no_text_is_passed_over(content: Any) -> None:
    assert [kind for kind, _ in read(Keeper(), {"content": content}, {"content": "x"})][-1:] == ["text"]
