"""The journal's bytes give back what went in, and what was said, however it was cut into rows."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.streams import STEPS, Step, committed, new_stream, perform, start
from mecum.domains.runs.events import LogprobsAdded, PartReplaced, PartStarted, RunModelChanged, RunStarted
from mecum.domains.runs.journal import SNAPSHOT, Recovered, Segment, pack, pack_snapshots, replay, unpack
from mecum.domains.runs.stream import DELTA, EVENT, DeltaFrame, EventFrame, Fresh, RunStream
from mecum.kernel import ids

NUMBERS = st.integers(0, 2**63 - 1)
SEQS = st.integers(0, 2**32 - 1)
DELTAS = st.builds(DeltaFrame, st.just(b""), SEQS, st.integers(0, 2**16 - 1), st.just(0), st.binary(max_size=20))
EVENTS = st.builds(EventFrame, st.just(b""), SEQS, st.builds(PartStarted, st.integers(0, 9), st.just("text")))
SAID = st.lists(st.tuples(NUMBERS, st.lists(DELTAS | EVENTS, max_size=3)), max_size=4)
Said = list[tuple[int, list[Fresh]]]


def row_of(*streams: RunStream) -> bytes:
    """Return the row of what runs said since the last one."""
    return pack((stream.number, committed(stream)) for stream in streams)


def snapshots_of(*streams: RunStream) -> bytes:
    """Return a row that stands for everything before it."""
    return pack_snapshots((stream.number, stream.seq, stream.snapshot()) for stream in streams)


@settings(max_examples=40)
@given(SAID)
def test_what_is_packed_comes_back(said: Said) -> None:
    assert list(unpack(pack(said))) == [
        Segment(ids.text("run", number), frame.seq, frame.kind, frame.part, frame.payload)
        for number, frames in said
        for frame in frames
    ]


@settings(max_examples=20)
@given(SAID, SAID)
def test_rows_can_be_put_together(first: Said, second: Said) -> None:
    assert list(unpack(pack(first) + pack(second))) == list(unpack(pack(first + second)))


def test_segments_name_what_they_hold() -> None:
    stream = new_stream()
    start(stream)
    perform(stream, ("text", "x"))
    kinds = [segment.kind for segment in unpack(row_of(stream) + snapshots_of(stream))]
    assert kinds == [EVENT, EVENT, DELTA, SNAPSHOT]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 2), STEPS), max_size=5), st.data())
def test_replaying_gives_the_parts_of_every_run(chapters: list[tuple[int, list[Step]]], data: st.DataObject) -> None:
    streams = [new_stream() for _ in range(3)]
    rows: list[bytes] = []
    for stream in streams:
        start(stream)
    for index, steps in chapters:
        for step in steps:
            perform(streams[index], step)
        if data.draw(st.booleans(), "tick"):
            rows.append(row_of(*streams))
        if data.draw(st.booleans(), "fold"):
            rows.append(row_of(*streams))
            rows = [snapshots_of(*streams)]
    rows.append(row_of(*streams))
    found = replay(rows)
    for stream in streams:
        recovered = found.get(stream.id, Recovered())
        assert recovered.stored_parts() == stream.stored_parts()
        assert recovered.last_seq == stream.seq
        assert recovered.shown is bool(stream.stored_parts())


def test_a_row_read_twice_changes_nothing() -> None:
    stream = new_stream()
    perform(stream, ("text", "once"))
    row = row_of(stream)
    assert replay([row, row])[stream.id].stored_parts() == [{"type": "text", "text": "once"}]


def test_a_part_can_be_said_anew() -> None:
    stream = new_stream()
    perform(stream, ("text", "wrong"))
    committed_row = row_of(stream)
    stream.emit(PartReplaced(0, "right"))
    found = replay([committed_row, row_of(stream)])
    assert found[stream.id].stored_parts() == [{"type": "text", "text": "right"}]


def test_how_likely_tokens_were_comes_back() -> None:
    stream = new_stream()
    token: dict[str, Any] = {"token": "a", "logprob": -0.5, "bytes": None, "top_logprobs": []}
    rows: list[bytes] = []
    for _ in range(2):
        if not stream.parts:
            stream.open_part("text")
        stream.emit(LogprobsAdded(0, [token]))
        perform(stream, ("text", "a"))
        rows.append(row_of(stream))
    whole: list[dict[str, Any]] = [{"type": "text", "text": "aa", "logprobs": [token, token]}]
    assert replay(rows)[stream.id].stored_parts() == stream.stored_parts() == whole
    snapshot = pack_snapshots([(stream.number, stream.seq, stream.snapshot())])
    assert replay([snapshot])[stream.id].stored_parts() == whole


@pytest.mark.parametrize("folded", [False, True])
def test_whom_the_model_stood_in_for_comes_back(folded: bool) -> None:
    known, passed = new_stream(), new_stream()
    known.emit(RunStarted("up/second", "up/test did not answer", "up/test"))
    start(passed)
    for model, failed in (("up/second", "up/test"), ("up/third", "up/second")):
        passed.emit(RunModelChanged(model, f"{failed} did not answer", failed, "model.limited"))
    rows = [row_of(known, passed)]
    found = replay([snapshots_of(known, passed)] if folded else rows)
    assert [found[stream.id].stood_in_for for stream in (known, passed)] == ["up/test", "up/test"]
    assert [known.stood_in_for, passed.stood_in_for] == ["up/test", "up/test"]


def test_nothing_recovered_was_not_shown() -> None:
    assert not Recovered().shown
    assert replay([]) == {}
