"""Runs that say what a test tells them to, and followers that put together what they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from hypothesis import strategies as st

from mecum.domains.runs.events import CitationAdded, RunEnded, RunStarted, RunStatus
from mecum.domains.runs.stream import Frame, Fresh, RunStream
from mecum.kernel import ids
from mecum.kernel.text import slice_of

STORABLE = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=12)
Step = tuple[str, Any]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["text", "reasoning"]), STORABLE),
        st.tuples(st.just("whole"), STORABLE),
        st.tuples(st.just("close"), st.none()),
        st.tuples(st.just("status"), st.none()),
        st.tuples(st.just("commit"), st.none()),
    ),
    max_size=15,
)


def perform(stream: RunStream, step: Step) -> None:
    """Let the run say one thing."""
    kind, value = step
    if kind in ("text", "reasoning"):
        piece = slice_of(value)
        stream.text("text" if kind == "text" else "reasoning", piece.escaped, piece.size)
    elif kind == "whole":
        content = {"type": "citation", "title": value, "quote": value}
        stream.close_part()
        part = stream.open_part("citation")
        stream.close_part(content)
        stream.emit(CitationAdded(part, content))
    elif kind == "close":
        stream.close_part()
    elif kind == "status":
        stream.emit(RunStatus("thinking"))


@dataclass
class Quiet:
    """A ticker that never ticks: the test commits by itself."""

    urgent: list[bool] = field(default_factory=list[bool])

    def dirty(self, stream: RunStream, *, urgent: bool) -> None:
        self.urgent.append(urgent)


@dataclass
class Told:
    """A client by the book: takes from a delta only what lies beyond the bytes it has."""

    parts: dict[int, bytes] = field(default_factory=dict[int, bytes])
    kinds: dict[int, str] = field(default_factory=dict[int, str])
    contents: dict[int, Any] = field(default_factory=dict[int, Any])
    seqs: list[int] = field(default_factory=list[int])
    ends: list[str] = field(default_factory=list[str])

    def push(self, stream: RunStream, frames: Sequence[Frame]) -> None:
        """See `Follower`."""
        for frame in frames:
            self.take(orjson.loads(frame.body))

    def take(self, event: dict[str, Any]) -> None:
        """Take one envelope."""
        self.seqs.append(event["seq"])
        if event["type"] == "part.started":
            self.kinds[event["part"]] = event["kind"]
        elif event["type"] == "part.delta":
            had = self.parts.setdefault(event["part"], b"")
            assert event["offset"] <= len(had), "bytes are missing"
            self.parts[event["part"]] = had + event["text"].encode()[len(had) - event["offset"] :]
        elif event["type"] == "part.completed" and event["content"] is not None:
            self.contents[event["part"]] = event["content"]
        elif event["type"].removeprefix("run.") in ("completed", "cancelled", "failed", "interrupted"):
            self.ends.append(event["type"])

    @property
    def stored(self) -> list[dict[str, Any]]:
        """The parts, as the record keeps them."""
        whole = [
            self.contents.get(index) or {"type": self.kinds[index], "text": self.parts.get(index, b"").decode()}
            for index in sorted(self.kinds)
        ]
        return [part for part in whole if part.get("text", "…")]

    def copy(self) -> "Told":
        """Return a client with the same past."""
        return Told(dict(self.parts), dict(self.kinds), dict(self.contents), list(self.seqs), list(self.ends))


def new_stream(ticker: Any = None, **more: Any) -> RunStream:
    """Return a run that has said nothing."""
    made = (ids.new("run"), ids.new("cnv"), ids.new("msg"), "per_ada")
    return RunStream(ticker or Quiet(), *made, **more)


def committed(stream: RunStream) -> list[Fresh]:
    """Do what the log does at a tick: take what is new, and say that it is on disk."""
    fresh = stream.take()
    stream.committed(fresh)
    return fresh


def start(stream: RunStream) -> None:
    """Say that a model was chosen."""
    stream.emit(RunStarted("up/test", "You chose it."))


def end(stream: RunStream, status: str = "completed") -> None:
    """Say how the run ended."""
    stream.close_part()
    stream.end(RunEnded(status, {"id": stream.message_id}), ())
