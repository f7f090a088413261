"""What a model says, in the run's parts: text exactly, what cannot be text beside it with its bytes."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.streams import Quiet, committed, new_stream
from mecum.domains.runs.stream import EventFrame
from mecum.engine.chat.sink import TurnSink
from mecum.engine.chat.turn import Turn, Wants
from mecum.inference.exchange import Passage
from mecum.kernel import clock
from mecum.kernel.subject import Subject
from mecum.kernel.text import slice_of


def new_turn() -> Turn:
    """Return a turn that is being answered."""
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
        created_ms=clock.milliseconds(),
    )


@pytest.fixture
def turn() -> Turn:
    """Return a turn that is being answered."""
    return new_turn()


def said(turn: Turn) -> list[tuple[str, str]]:
    """Return (kind, text or exact text) of the parts."""
    found: list[tuple[str, str]] = []
    for part in turn.stream.stored_parts():
        if part["type"] == "data":
            found.append(("data", base64.b64decode(part["base64"]).decode("utf-8", "surrogatepass")))
            assert part["media_type"] == "text/plain"
        else:
            found.append((part["type"], part["text"]))
    return found


def types(turn: Turn) -> list[str]:
    """Return the types of all events so far."""
    return [frame.event.type for frame in committed(turn.stream) if isinstance(frame, EventFrame)]


def test_text_goes_through_as_it_came(turn: Turn) -> None:
    sink = TurnSink(turn)
    piece = slice_of('"ä"\n')
    assert turn.first_ms is None
    sink.text(piece.escaped, piece.size)
    first = turn.first_ms
    assert first is not None
    sink.text(b"more", 4)
    sink.raw_text(" and raw")
    sink.raw_text("")
    sink.finish()
    assert turn.first_ms == first
    assert said(turn) == [("text", '"ä"\nmore and raw')]


def test_raw_text_is_the_first_word_too(turn: Turn) -> None:
    TurnSink(turn).raw_text("x")
    assert turn.first_ms is not None


def test_what_cannot_be_text_is_a_part_with_its_bytes(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.raw_text("a\x00b\udc00\ud800\x00c")
    sink.finish()
    assert said(turn) == [("text", "a"), ("data", "\x00"), ("text", "b"), ("data", "\udc00\ud800\x00"), ("text", "c")]


def test_a_pair_cut_in_the_middle_is_one_character(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.raw_text("smile \ud83d")
    sink.raw_text("\ude00!")
    sink.finish()
    assert said(turn) == [("text", "smile 😀!")]


@pytest.mark.parametrize("then", ["text", "citation", "finish", "raw"])
def test_half_a_pair_that_stays_alone_is_kept(turn: Turn, then: str) -> None:
    sink = TurnSink(turn)
    sink.raw_text("half \ud83d")
    if then == "text":
        sink.text(b"x", 1)
    elif then == "citation":
        sink.citation(Passage("Title", "quote", 0, 5))
    elif then == "raw":
        sink.raw_text("y")
    sink.finish()
    assert turn.stream.stored_parts()[1]["base64"] == base64.b64encode(b"\xed\xa0\xbd").decode()


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(), max_size=6), max_size=6))
def test_nothing_of_what_was_said_is_lost(pieces: list[str]) -> None:
    turn = new_turn()
    sink = TurnSink(turn)
    for piece in pieces:
        sink.raw_text(piece)
    sink.finish()
    # Halves side by side are the character they stand for, wherever the model cut.
    whole = "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert "".join(text for _, text in said(turn)) == whole


def test_reasoning_is_shown_in_what_can_be_shown(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.reasoning("hm\x00 \ud800")
    sink.raw_text("So.")
    sink.finish()
    assert said(turn) == [("reasoning", "hm� �"), ("text", "So.")]


def test_a_proof_ends_the_thought_it_is_of(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.reasoning("Hm. ")
    sink.reasoning("So.")
    sink.signed("one", "anthropic/m")
    sink.signed("two", "anthropic/m", redacted=True)
    sink.reasoning("And.")
    sink.raw_text("Blue.")
    sink.finish()
    assert turn.stream.stored_parts() == [
        {"type": "reasoning", "text": "Hm. So.", "signature": "one", "origin": "anthropic/m"},
        {"type": "reasoning", "text": "", "signature": "two", "origin": "anthropic/m", "redacted": True},
        {"type": "reasoning", "text": "And."},
        {"type": "text", "text": "Blue."},
    ]


def test_a_proof_alone_stands_where_it_came(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.raw_text("I look.\ud83d")
    sink.signed("one", "google/m")
    sink.tool_call(0, "call_a", "look", "{}")
    sink.signed("two", "google/m")
    sink.finish()
    found = [(part["type"], part.get("signature")) for part in turn.stream.stored_parts()]
    assert found == [("text", None), ("data", None), ("reasoning", "one"), ("tool_call", None), ("reasoning", "two")]


@pytest.mark.parametrize("then", ["text", "raw", "reasoning", "citation", "signed"])
def test_what_follows_a_call_does_not_swallow_it(turn: Turn, then: str) -> None:
    sink = TurnSink(turn)
    sink.tool_call(0, "call_a", "look", "{}")
    if then == "text":
        sink.text(b"x", 1)
    elif then == "raw":
        sink.raw_text("x")
    elif then == "reasoning":
        sink.reasoning("x")
    elif then == "citation":
        sink.citation(Passage("Title", "quote", 0, 5))
    else:
        sink.signed("proof", "google/m")
    sink.finish()
    call, other = turn.stream.stored_parts()
    assert call == {"type": "tool_call", "call_id": "call_a", "name": "look", "arguments": "{}"}
    assert other["type"] != "tool_call"


def test_tool_calls_come_piece_by_piece_and_are_stored_whole(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.raw_text("I look.")
    sink.tool_call(0, "call_a", "look", "")
    sink.tool_call(0, None, None, '{"at":')
    sink.tool_call(0, None, None, '"x"}')
    sink.tool_call(1, None, "find", "{}")
    sink.finish()
    assert turn.stream.stored_parts() == [
        {"type": "text", "text": "I look."},
        {"type": "tool_call", "call_id": "call_a", "name": "look", "arguments": '{"at":"x"}'},
        {"type": "tool_call", "call_id": "call_1", "name": "find", "arguments": "{}"},
    ]
    assert types(turn).count("tool.args_delta") == 4


def test_a_call_that_is_never_named_is_not_stored(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.tool_call(0, None, None, "")
    sink.finish()
    assert turn.stream.stored_parts() == []


def test_a_citation_is_a_part_and_an_event(turn: Turn) -> None:
    sink = TurnSink(turn)
    sink.raw_text("Proof:")
    sink.citation(Passage("Title", "quote", 3, 8, conversation_id="cnv_1", message_id="msg_1"))
    sink.raw_text(" so.")
    sink.finish()
    content = {
        "type": "citation",
        "conversation_id": "cnv_1",
        "message_id": "msg_1",
        "file_id": None,
        "title": "Title",
        "quote": "quote",
        "start": 3,
        "end": 8,
    }
    assert turn.stream.stored_parts() == [
        {"type": "text", "text": "Proof:"},
        content,
        {"type": "text", "text": " so."},
    ]
    assert "citation.added" in types(turn)


def test_a_phase_is_told_once(turn: Turn) -> None:
    sink = TurnSink(turn)
    for name in ("loading", "loading", "thinking"):
        sink.phase(name)  # pyright: ignore[reportArgumentType]
    assert types(turn) == ["run.status", "run.status"]
