"""A conversation goes on with any model after any other: no vendor rejects its history, and the record loses nothing.

Each answer is written on its vendor's wire, read by its adapter and stored as the record stores it; each request is
projected from that record and judged by rules written from the vendor's documentation.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.sides import REFUSED, SIDES, Side
from factories.streams import Quiet, new_stream
from fakes.sinks import Recorder
from fakes.steps import Call, Say, Step, Think
from mecum.engine.chat.sink import TurnSink
from mecum.engine.chat.stages import load
from mecum.engine.chat.turn import Turn, Wants
from mecum.inference.exchange import (
    Content,
    ImageContent,
    ModelMessage,
    ModelRequest,
    Passage,
    ResultContent,
    TextContent,
    ToolSpec,
)
from mecum.kernel.subject import Subject

EXAMPLES = 25
ROUNDS = 4
PNG = b"\x89PNG\r\n\x1a\n"
TOOLS = (ToolSpec("look", "Looks.", {"type": "object"}),)

PICTURE = "iVBORw0KGgo"
"""What every picture begins with on the wire; a text with these letters would be counted as one."""
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12).filter(lambda t: PICTURE not in t)
calls = st.builds(
    Call,
    name=st.sampled_from(["look", "default_api.look", "ns:find", "1st"]),
    arguments=st.sampled_from(["{}", '{"q": "ä"}', '{"a": {"b": [1, 2]}}']),
    call_id=st.sampled_from(["call_1", "toolu_01", "functions.look:0", "x" * 60, "é"]),
)


@dataclass(frozen=True)
class Round:
    """A question and its answer. `heard` is the share of the answer that arrived, `answered` of its calls."""

    question: str
    image: bool
    thoughts: list[str]
    sealed: bool
    said: list[str]
    calls: list[Call]
    after: list[str]
    heard: float
    refused: bool
    answered: float
    passages: bool
    tools: bool


rounds = st.builds(
    Round,
    question=texts,
    image=st.booleans(),
    thoughts=st.lists(texts.filter(bool), max_size=2),
    sealed=st.booleans(),
    said=st.lists(texts, max_size=2),
    calls=st.lists(calls, max_size=3, unique_by=lambda call: call.call_id),
    after=st.lists(texts, max_size=1),
    heard=st.one_of(st.just(1.0), st.floats(0, 1)),
    refused=st.booleans(),
    answered=st.sampled_from([0.0, 0.5, 1.0, 1.0]),
    passages=st.booleans(),
    tools=st.booleans(),
)


@dataclass
class Record:
    """What is kept: messages with their parts, as JSON."""

    rows: list[tuple[Any, bytes]] = field(default_factory=list[tuple[Any, bytes]])

    def add(self, role: str, parts: list[dict[str, Any]]) -> None:
        self.rows.append((role, orjson.dumps(parts)))

    def history(self) -> tuple[ModelMessage, ...]:
        """Return the messages as the turn loads them."""
        told: list[ModelMessage] = []
        for role, parts in self.rows:
            content = [_content(part) for part in orjson.loads(parts)]
            told += load.messages_of(role, content) if content else []
        return tuple(told)


def _content(part: dict[str, Any]) -> Content:
    return ImageContent("image/png", PNG) if part["type"] == "image" else load.PROJECT[part["type"]](part)


@pytest.mark.parametrize("first", SIDES)
@pytest.mark.parametrize("second", SIDES)
def test_no_history_is_rejected_and_nothing_is_lost(first: str, second: str) -> None:
    switches = 0

    @settings(max_examples=EXAMPLES)
    @given(st.lists(rounds, min_size=ROUNDS, max_size=ROUNDS))
    def converse(plan: list[Round]) -> None:
        nonlocal switches
        record = Record([("system", orjson.dumps([{"type": "text", "text": "Be brief."}]))])
        sides = [SIDES[first], SIDES[second]]
        for number, one in enumerate(plan):
            asyncio.run(_turn(record, one, sides[number % 2]))
        switches += len(plan) - 1

    converse()
    assert switches >= EXAMPLES * (ROUNDS - 1)


def test_at_least_two_thousand_switches_are_tried() -> None:
    pairs = len(SIDES) * (len(SIDES) - 1)
    assert pairs * EXAMPLES * (ROUNDS - 1) >= 2000


async def _turn(record: Record, one: Round, side: Side) -> None:
    """Ask `side`, whatever the last one left behind: a question, or calls whose results now are there."""
    looked = record.rows[-1][0] == "assistant" and b'"tool_result"' in record.rows[-1][1] and not one.image
    if not looked:
        image = [{"type": "image", "file_id": "fil_1"}] if one.image else []
        record.add("user", [*image, {"type": "text", "text": one.question or "?"}])
    before = list(record.rows)
    request = ModelRequest(
        side.info.name,
        record.history(),
        passages=(Passage("Trip", "We go to Rome.", 0, 14),) if one.passages else (),
        tools=TOOLS if one.tools else (),
        parameters=dict(side.parameters),
    )
    body = side.body(request)
    assert side.refused(orjson.loads(orjson.dumps(body))) is None
    _all_is_told(request, body)
    parts = await _answer(side, request, one)
    assert record.rows == before
    results = [
        {"type": "tool_result", "call_id": p["call_id"], "name": p["name"], "content": f"saw {n}", "is_error": n == 1}
        for n, p in enumerate(part for part in parts if part["type"] == "tool_call")
    ]
    kept = parts + results[: round(len(results) * one.answered)]
    if kept:
        record.add("assistant", kept)


async def _answer(side: Side, request: ModelRequest, one: Round) -> list[dict[str, Any]]:
    """Let `side` answer and return the parts that are stored; everything that was heard is in them."""
    steps: list[Step] = side.signed([Think(text) for text in one.thoughts], one.sealed)
    steps += [Say(text) for text in one.said]
    steps += [replace(call, index=number) for number, call in enumerate(one.calls)]
    steps += [Say(text) for text in one.after]
    data = await side.written(request, [*steps, REFUSED] if one.refused and not one.calls else steps)
    data = data[: round(len(data) * one.heard)]
    turn = _new_turn()
    sink, recorder = TurnSink(turn), Recorder()
    answer = side.heard(data, sink)
    sink.finish()
    side.heard(data, recorder)
    parts: list[dict[str, Any]] = orjson.loads(orjson.dumps(turn.stream.stored_parts()))
    assert _joined(parts, "text") == recorder.whole
    assert _joined(parts, "reasoning") == "".join(recorder.thought)
    made = [[part["call_id"], part["name"], part["arguments"]] for part in parts if part["type"] == "tool_call"]
    assert made == list(recorder.calls.values())
    if answer is not None:
        assert recorder.whole == "".join([*one.said, *one.after])
        assert "".join(recorder.thought) == "".join(one.thoughts)
        assert [orjson.loads(call[2]) for call in made] == [orjson.loads(call.arguments) for call in one.calls]
        proved = [part for part in parts if part.get("signature")]
        assert bool(proved) == bool(side.prove and (one.thoughts or (one.sealed and "claude" in side.name)))
    return parts


def _all_is_told(request: ModelRequest, body: dict[str, Any]) -> None:
    """Every word, picture and result of the history is in the request."""
    told = "\n".join(_strings(body))
    for message in request.messages:
        for item in message.content:
            if isinstance(item, TextContent) and item.text.strip():
                assert item.text in told
    results = [item for m in request.messages for item in m.content if isinstance(item, ResultContent)]
    assert all(item.content in told for item in results)
    images = sum(isinstance(item, ImageContent) for m in request.messages for item in m.content)
    assert told.count(PICTURE) == images
    assert ("We go to Rome." in told) == bool(request.passages)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _strings(item)


def _joined(parts: list[dict[str, Any]], kind: str) -> str:
    return "".join(part["text"] for part in parts if part["type"] == kind)


def _new_turn() -> Turn:
    stream = new_stream(Quiet())
    return Turn(
        subject=Subject("org_0000000000001", "per_0000000000ada"),
        kind="chat",
        run_id=stream.id,
        conversation_id=stream.conversation_id,
        user_message_id=None,
        message_id=stream.message_id,
        parent_id=None,
        wants=Wants(),
        stream=stream,
        created_ms=0,
    )
