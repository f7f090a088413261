"""The short way gives what the careful way would, or says that it cannot."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.inference.wires.deltas import common_chat, common_completion
from mecum.kernel.text import unescape

STORABLE = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=10)


def chunk(text: str, **changed: Any) -> bytes:
    """Return an event as servers write it."""
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": None, **changed}
    return b"data: " + orjson.dumps({"id": "c", "choices": [choice]}) + b"\n\n"


def completion(text: str) -> bytes:
    """Return an event of the older wire."""
    choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": None}
    return b"data: " + orjson.dumps({"id": "c", "choices": [choice]}) + b"\n\n"


@given(st.lists(STORABLE, min_size=1, max_size=4), st.booleans())
def test_slices_are_the_text(texts: list[str], chat: bool) -> None:
    events = b"".join((chunk if chat else completion)(text) for text in texts)
    slices = (common_chat if chat else common_completion)(events)
    if slices is None:
        # Only what orjson writes as a \\u escape needs care.
        assert b"\\u" in events
        return
    assert [unescape(escaped) for escaped, _ in slices] == [text for text in texts if text]
    assert [size for _, size in slices] == [len(text.encode()) for text in texts if text]


def test_the_role_may_stand_before_the_text() -> None:
    event = chunk("x").replace(b'"delta":{', b'"delta":{"role":"assistant",')
    assert common_chat(event) == [(b"x", 1)]


def test_nothing_said_is_nothing() -> None:
    assert common_chat(chunk("")) == []


@pytest.mark.parametrize(
    "events",
    [
        b"",
        b"data: [DONE]\n\n",
        chunk("x") + b"data: [DONE]\n\n",
        chunk("x", finish_reason="stop"),
        chunk("x", index=1),
        chunk("x", delta={"content": "x", "reasoning_content": "y"}),
        chunk("x", delta={"tool_calls": []}),
        chunk("x") + b'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n',
        chunk("x").replace(b'"choices"', b'"usage":{"a":1},"choices"'),
        chunk("x").replace(b'"x"', b'"\\u0000"'),
        chunk("x").replace(b'"x"', b'"\\ud83d"'),
        chunk("x").replace(b'"x"', b'"\xff"'),
        chunk("x") + b"data: {not json}\n\n",
    ],
)
def test_everything_else_is_read_with_care(events: bytes) -> None:
    assert common_chat(events) is None


def test_text_that_looks_like_an_event_is_text_or_read_with_care() -> None:
    for text in ('"delta":{"content":"no"}', '"finish_reason":null', '"choices":[', 'data: {"index":0}'):
        slices = common_chat(chunk(text))
        assert slices is None or [unescape(escaped) for escaped, _ in slices] == [text]
