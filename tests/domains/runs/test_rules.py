"""A settled run told again from what is stored."""

from typing import Any

import orjson
import pytest

from mecum.domains.runs.rules import stored_events

RUN: dict[str, Any] = {
    "id": "run_1",
    "conversation_id": "cnv_1",
    "message_id": "msg_1",
    "last_seq": 9,
    "status": "completed",
    "error": None,
}
MESSAGE: dict[str, Any] = {
    "parts": [
        {"type": "reasoning", "text": "Hm."},
        {"type": "tool_call", "call_id": "c", "name": "look", "arguments": "{}"},
        {"type": "text", "text": "Ä🙂"},
    ]
}


def told(after: int, message: dict[str, Any] | None = MESSAGE, **changed: Any) -> list[dict[str, Any]]:
    """Return the envelopes for a client who has `after`."""
    return [orjson.loads(body) for _, body in stored_events({**RUN, **changed}, message, after)]


@pytest.mark.parametrize("after", [9, 10, 1000])
def test_who_has_the_end_needs_nothing(after: int) -> None:
    assert told(after) == []


@pytest.mark.parametrize("after", [0, 1, 8])
def test_everybody_else_gets_the_parts_and_the_end(after: int) -> None:
    events = told(after)
    assert [event["type"] for event in events] == [
        *("part.started", "part.delta", "part.completed"),
        *("part.started", "part.completed"),
        *("part.started", "part.delta", "part.completed"),
        "run.completed",
    ]
    # Only the end has the last number: who loses the connection before it is told everything again.
    assert [event["seq"] for event in events] == [8] * (len(events) - 1) + [9]
    assert all((event["v"], event["run_id"], event["message_id"]) == (1, "run_1", "msg_1") for event in events)


def test_text_is_told_from_its_beginning_and_other_parts_whole() -> None:
    events = told(0)
    assert [(e["part"], e["offset"], e["text"]) for e in events if e["type"] == "part.delta"] == [
        (0, 0, "Hm."),
        (2, 0, "Ä🙂"),
    ]
    assert [e["content"] for e in events if e["type"] == "part.completed"] == [None, MESSAGE["parts"][1], None]
    assert events[-1]["message"] == MESSAGE


def test_a_run_without_an_answer_still_ends() -> None:
    events = told(0, None, status="failed", error={"code": "model.unavailable", "message": "No."})
    assert [event["type"] for event in events] == ["run.failed"]
    assert events[0]["error"]["code"] == "model.unavailable"
    assert events[0]["message"] is None
