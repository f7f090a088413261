"""The journal's bytes: what all active runs said between two ticks, as length-prefixed segments.

A segment is `length:u32 | run id:u64 | seq:u32 | kind:u8 | part:u16 | payload`, big endian, `length` counting what
follows it. A row is committed whole or not at all, so a reader never meets half a segment.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from mecum.domains.runs.stream import DELTA, Fresh, with_logprobs
from mecum.kernel import ids
from mecum.kernel.text import unescape

_HEAD = struct.Struct(">IQIBH")
_AFTER_LENGTH = _HEAD.size - 4
SNAPSHOT = 2
"""The kind, beside those of frames, that stands for everything before it."""


class Segment(NamedTuple):
    """What the journal keeps of a frame: an event's JSON, or the escaped text of a delta."""

    run_id: str
    seq: int
    kind: int
    part: int
    payload: bytes


def pack(said: Iterable[tuple[int, Sequence[Fresh]]]) -> bytes:
    """Return the body of a row: what runs (by their numbers) said."""
    out: list[bytes] = []
    for number, frames in said:
        for frame in frames:
            payload = frame.payload
            out.append(_HEAD.pack(_AFTER_LENGTH + len(payload), number, frame.seq, frame.kind, frame.part))
            out.append(payload)
    return b"".join(out)


def pack_snapshots(told: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Return the body of a row of snapshots: the run's number, its last seq, what `RunStream.snapshot` says."""
    return b"".join(
        _HEAD.pack(_AFTER_LENGTH + len(payload), number, seq, SNAPSHOT, 0) + payload for number, seq, payload in told
    )


def unpack(body: bytes) -> Iterator[Segment]:
    """Return the segments of a journal row."""
    at = 0
    while at < len(body):
        length, run_id, seq, kind, part = _HEAD.unpack_from(body, at)
        start, at = at + _HEAD.size, at + 4 + length
        yield Segment(ids.text("run", run_id), seq, kind, part, body[start:at])


@dataclass(slots=True)
class Recovered:
    """What the journal knows of one run."""

    last_seq: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    model: str | None = None
    model_reason: str | None = None
    stood_in_for: str | None = None

    def stored_parts(self) -> list[dict[str, Any]]:
        """Return the parts as the record keeps them; empty ones are left out."""
        whole = (
            part["content"] or with_logprobs({"type": part["kind"], "text": part["text"]}, part.get("logprobs"))
            for part in self.parts
        )
        return [part for part in whole if part.get("type") not in ("text", "reasoning") or part["text"]]

    @property
    def shown(self) -> bool:
        """Whether anything of the answer could have been seen."""
        return bool(self.stored_parts())

    def apply(self, segment: Segment) -> None:
        """Take the next segment of this run."""
        if segment.kind != SNAPSHOT and segment.seq <= self.last_seq:
            return
        self.last_seq = max(self.last_seq, segment.seq)
        if segment.kind == DELTA:
            self.parts[segment.part]["text"] += unescape(segment.payload)
        elif segment.kind == SNAPSHOT:
            told = orjson.loads(segment.payload)
            self.parts, self.model, self.model_reason = told["parts"], told["model"], told["model_reason"]
            # A process of an older version may have written it, which kept less.
            self.stood_in_for = told.get("stood_in_for")
        else:
            self._event(orjson.loads(segment.payload))

    def _event(self, event: dict[str, Any]) -> None:
        if event["type"] in ("run.started", "run.model_changed"):
            self.model, self.model_reason = event["model"], event["model_reason"]
            self.stood_in_for = event.get("stood_in_for") or self.stood_in_for or event.get("failed")
        elif event["type"] == "part.started":
            self.parts.append({"kind": event["kind"], "text": "", "content": None})
        elif event["type"] == "part.completed":
            self.parts[event["part"]]["content"] = event["content"]
        elif event["type"] == "part.logprobs":
            at: int = event["part"]
            known: list[Any] = self.parts[at].get("logprobs") or []
            self.parts[at]["logprobs"] = [*known, *event["tokens"]]
        elif event["type"] == "part.replaced":
            self.parts[event["part"]]["text"] = event["text"]


def replay(rows: Iterable[bytes]) -> dict[str, Recovered]:
    """Return what the journal rows, in order, say of each run."""
    found: dict[str, Recovered] = {}
    for body in rows:
        for segment in unpack(body):
            found.setdefault(segment.run_id, Recovered()).apply(segment)
    return found
