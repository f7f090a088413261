"""One active run: offsets in bytes, every old position caught up exactly, parts as the record keeps them."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.streams import STEPS, Quiet, Step, Told, committed, end, new_stream, perform, start
from mecum.domains.runs.stream import DELTA, EVENT, Frame, Stamp


def bodies(frames: Sequence[Frame]) -> list[dict[str, Any]]:
    """Return the frames' envelopes."""
    return [orjson.loads(frame.body) for frame in frames]


def test_an_envelope_has_everything_in_it() -> None:
    stream = new_stream()
    start(stream)
    frame = committed(stream)[0]
    said = orjson.loads(frame.body)
    assert {name: said[name] for name in ("v", "run_id", "conversation_id", "message_id", "seq", "type")} == {
        "v": 1,
        "run_id": stream.id,
        "conversation_id": stream.conversation_id,
        "message_id": stream.message_id,
        "seq": 1,
        "type": "run.started",
    }
    assert said["ts"].endswith("Z")

    assert frame.sse == b"id: 1\ndata: " + frame.body + b"\n\n"
    assert not frame.ends


def test_the_time_of_a_millisecond_is_made_once() -> None:
    first = Stamp.of(1_700_000_000_123)
    assert first == b"2023-11-14T22:13:20.123Z"
    assert Stamp.of(1_700_000_000_123) is first
    assert Stamp.of(1_700_000_000_124) != first


def test_offsets_count_bytes_of_the_part() -> None:
    stream = new_stream()
    told = Told()
    for text in ("a", "ä", "🙂", '"\\\n'):
        perform(stream, ("text", text))
        told.push(stream, committed(stream))
    frames = bodies(stream.caught_up(0))
    assert [frame["offset"] for frame in frames if frame["type"] == "part.delta"] == [0]
    assert told.parts[0] == 'aä🙂"\\\n'.encode()
    assert stream.parts[0].size == len(told.parts[0])


def test_only_the_first_words_are_urgent() -> None:
    ticker = Quiet()
    stream = new_stream(ticker)
    perform(stream, ("text", "a"))
    perform(stream, ("text", "b"))
    assert ticker.urgent == [False, True, False]
    quiet = Quiet()
    unstreamed = new_stream(quiet, unstreamed=True)
    perform(unstreamed, ("text", "a"))
    assert quiet.urgent == [False, False]
    end(unstreamed)
    assert quiet.urgent[-1]


def test_slices_of_a_tick_are_one_delta() -> None:
    stream = new_stream()
    for text in ("a", "b", "c"):
        perform(stream, ("text", text))
    frames = committed(stream)
    assert [frame["type"] for frame in bodies(frames)] == ["part.started", "part.delta"]
    assert bodies(frames)[-1]["text"] == "abc"


def test_another_kind_of_text_is_another_part() -> None:
    stream = new_stream()
    for step in (("reasoning", "hm"), ("text", "so"), ("text", " it is"), ("reasoning", "wait")):
        perform(stream, step)
    assert stream.stored_parts() == [
        {"type": "reasoning", "text": "hm"},
        {"type": "text", "text": "so it is"},
        {"type": "reasoning", "text": "wait"},
    ]


def test_empty_parts_are_not_stored_and_earlier_ones_stay_in_front() -> None:
    stream = new_stream()
    stream.restored = [{"type": "text", "text": "before"}]
    stream.open_part("text")
    stream.close_part()
    stream.close_part()
    perform(stream, ("whole", "t"))
    assert stream.stored_parts() == [
        {"type": "text", "text": "before"},
        {"type": "citation", "title": "t", "quote": "t"},
    ]


def test_the_end_is_the_last_frame_and_the_only_one_that_ends() -> None:
    stream = new_stream()
    start(stream)
    perform(stream, ("text", "x"))
    end(stream, "cancelled")
    frames = committed(stream)
    assert [frame.ends for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert bodies(frames)[-1]["type"] == "run.cancelled"
    assert bodies(stream.caught_up(0))[-1]["type"] == "run.cancelled"


def test_what_is_committed_is_taken_once() -> None:
    stream = new_stream()
    start(stream)
    perform(stream, ("text", "x"))
    assert [frame.kind for frame in committed(stream)] == [EVENT, EVENT, DELTA]
    assert stream.take() == []
    stream.committed([])


def test_a_run_goes_on_counting_where_the_last_process_ended() -> None:
    stream = new_stream(seq=7)
    start(stream)
    assert committed(stream)[0].seq == 8
    assert stream.caught_up(8) == []


@pytest.mark.parametrize("after", range(6))
def test_what_is_not_on_disk_is_shown_to_nobody(after: int) -> None:
    stream = new_stream()
    start(stream)
    perform(stream, ("text", "kept"))
    committed(stream)
    perform(stream, ("text", " not yet"))
    stream.take()
    assert all(frame.seq <= 3 for frame in stream.caught_up(after))


def play(steps: list[Step]) -> tuple[Told, list[Told], Any]:
    """Let a run say `steps`; return who heard all of it, who left after each frame, and the run."""
    stream, whole, left = new_stream(), Told(), [Told()]
    start(stream)
    for step in steps:
        if step[0] == "commit":
            for frame in committed(stream):
                whole.push(stream, [frame])
                left.append(whole.copy())
        else:
            perform(stream, step)
    for frame in committed(stream):
        whole.push(stream, [frame])
        left.append(whole.copy())
    return whole, left, stream


@settings(max_examples=40)
@given(STEPS)
def test_who_listens_has_what_is_stored(steps: list[Step]) -> None:
    whole, _, stream = play(steps)
    assert whole.stored == stream.stored_parts()
    assert whole.seqs == list(range(1, stream.seq + 1))


@settings(max_examples=40)
@given(STEPS, st.booleans())
def test_who_left_anywhere_catches_up_exactly(steps: list[Step], over: bool) -> None:
    whole, left, stream = play(steps)
    if over:
        end(stream)
        whole.push(stream, committed(stream))
    for late in left:
        after = late.seqs[-1] if late.seqs else 0
        frames = stream.caught_up(after)
        for cut in range(1, len(frames)):
            slow = late.copy()
            slow.push(stream, frames[:cut])
            slow.push(stream, stream.caught_up(frames[cut - 1].seq))
            assert slow.stored == whole.stored, (after, cut)
        late.push(stream, frames)
        assert late.parts == whole.parts, after
        assert late.stored == whole.stored
        assert late.ends == whole.ends == (["run.completed"] if over else [])
        assert (frames[-1].seq if frames else after) == stream.durable
