"""The journal's bytes give back what went in, and what was said, however it was cut into rows."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.streams import STEPS, Step, committed, new_stream, perform, start
from mecum.domains.runs.events import PartReplaced
from mecum.domains.runs.journal import Recovered, pack, replay, unpack
from mecum.domains.runs.stream import DELTA, EVENT, SNAPSHOT, Segment
from mecum.kernel import ids

SEGMENTS = st.builds(
    Segment,
    st.sampled_from([ids.new("run") for _ in range(4)]),
    st.integers(0, 2**32 - 1),
    st.sampled_from([EVENT, DELTA, SNAPSHOT]),
    st.integers(0, 2**16 - 1),
    st.binary(max_size=20),
)


@settings(max_examples=40)
@given(st.lists(SEGMENTS, max_size=8))
def test_what_is_packed_comes_back(segments: list[Segment]) -> None:
    assert list(unpack(pack(segments))) == segments


@settings(max_examples=20)
@given(st.lists(SEGMENTS, max_size=5), st.lists(SEGMENTS, max_size=5))
def test_rows_can_be_put_together(first: list[Segment], second: list[Segment]) -> None:
    assert list(unpack(pack(first) + pack(second))) == first + second


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
            rows.append(pack(frame.segment(stream.id) for stream in streams for frame in committed(stream)))
        if data.draw(st.booleans(), "fold"):
            rows.append(pack(frame.segment(stream.id) for stream in streams for frame in committed(stream)))
            rows = [pack(stream.segment_snapshot() for stream in streams)]
    rows.append(pack(frame.segment(stream.id) for stream in streams for frame in committed(stream)))
    found = replay(rows)
    for stream in streams:
        recovered = found.get(stream.id, Recovered())
        assert recovered.stored_parts() == stream.stored_parts()
        assert recovered.last_seq == stream.seq
        assert recovered.shown is bool(stream.stored_parts())


def test_a_row_read_twice_changes_nothing() -> None:
    stream = new_stream()
    perform(stream, ("text", "once"))
    row = pack(frame.segment(stream.id) for frame in committed(stream))
    assert replay([row, row])[stream.id].stored_parts() == [{"type": "text", "text": "once"}]


def test_a_part_can_be_said_anew() -> None:
    stream = new_stream()
    perform(stream, ("text", "wrong"))
    committed_row = pack(frame.segment(stream.id) for frame in committed(stream))
    event = orjson.dumps({"type": PartReplaced.type, "part": 0, "text": "right"})
    found = replay([committed_row, pack([Segment(stream.id, stream.seq + 1, EVENT, 0, event)])])
    assert found[stream.id].stored_parts() == [{"type": "text", "text": "right"}]


def test_nothing_recovered_was_not_shown() -> None:
    assert not Recovered().shown
    assert replay([]) == {}
