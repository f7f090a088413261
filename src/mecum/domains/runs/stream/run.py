"""One active run in memory: its parts so far, the frames not yet committed, and how to catch a follower up."""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Protocol

import orjson

from mecum.domains.runs.events import (
    LogprobsAdded,
    PartCompleted,
    PartKind,
    PartStarted,
    RunEnded,
    RunModelChanged,
    RunStarted,
    TurnEvent,
)
from mecum.domains.runs.stream.frames import EVENT, DeltaFrame, EventFrame, Frame, Fresh
from mecum.domains.runs.stream.parts import Part
from mecum.infra.storage import Op
from mecum.kernel import ids
from mecum.kernel.errors import MecumError
from mecum.kernel.text import unescape

_NAME_A_MODEL = (RunStarted, RunModelChanged)


class Follower(Protocol):
    """Somebody who reads a run as it happens. Called on the loop, after the commit; must not block."""

    def push(self, stream: "RunStream", frames: Sequence[Frame]) -> None:
        """Take committed frames, in order."""
        ...


class Ticker(Protocol):
    """Who commits: told when a stream has something new."""

    def dirty(self, stream: "RunStream", *, urgent: bool) -> None:
        """`stream` has uncommitted events; `urgent` when they should not wait for the next tick."""
        ...


class RunStream:
    """An active run's log. Everything said about the run goes through here, in order."""

    __slots__ = (
        "_events",
        "_fresh",
        "_head",
        "_open",
        "_slice_part",
        "_slices",
        "_slices_size",
        "_ticker",
        "_waiting",
        "conversation_id",
        "durable",
        "end_ops",
        "ended",
        "first_tick",
        "followers",
        "id",
        "is_over",
        "message_id",
        "model",
        "model_reason",
        "number",
        "on_settled",
        "parts",
        "person_id",
        "refusal",
        "restored",
        "seq",
        "started_text",
        "stood_in_for",
        "unstreamed",
    )

    def __init__(
        self,
        ticker: Ticker,
        run_id: str,
        conversation_id: str,
        message_id: str,
        person_id: str,
        *,
        seq: int = 0,
        unstreamed: bool = False,
    ) -> None:
        self.id, self.conversation_id, self.message_id, self.person_id = run_id, conversation_id, message_id, person_id
        self.number = ids.number("run", run_id) or 0
        self._ticker = ticker
        self._head = (
            f'{{"v":1,"run_id":"{run_id}","conversation_id":"{conversation_id}","message_id":"{message_id}"'.encode()
        )
        self.seq = self.durable = seq
        self.parts: list[Part] = []
        self.restored: list[dict[str, Any]] = []
        """Parts that an earlier process showed."""
        self.followers: list[Follower] = []
        self.unstreamed = unstreamed
        self.model: str | None = None
        self.model_reason: str | None = None
        self.stood_in_for: str | None = None
        """The model that was wanted, where another one answers."""
        self.started_text = False
        self.ended: RunEnded | None = None
        self.end_ops: Sequence[Op] = ()
        self.refusal: MecumError | None = None
        """Why its end could not be stored."""
        self.on_settled: list[Any] = []
        self.first_tick: int | None = None
        self.is_over = False
        """Whether its end is on disk, or cannot be."""
        self._waiting: list[asyncio.Future[None]] = []
        self._events: list[Fresh] = []
        """Committed events other than deltas."""
        self._fresh: list[Fresh] = []
        self._slices: list[bytes] = []
        self._slices_size = 0
        self._slice_part = 0
        self._open = -1

    # What the stages say

    def emit(self, event: TurnEvent, *, urgent: bool = False) -> None:
        """Append an event."""
        self._cut()
        self._note(event)
        self.seq += 1
        self._fresh.append(EventFrame(self._head, self.seq, event))
        self._ticker.dirty(self, urgent=urgent)

    def text(self, kind: PartKind, escaped: bytes, size: int) -> None:
        """Append text to the open part of this kind, beginning one when there is none."""
        if self._open < 0 or self.parts[self._open].kind != kind:
            self.close_part()
            self.open_part(kind)
        if self._slices and self._slice_part != self._open:
            self._cut()
        self._slice_part = self._open
        self._slices.append(escaped)
        self._slices_size += size
        # The first words are never held back; everything after comes in frames.
        urgent = not self.started_text
        self.started_text = True
        self._ticker.dirty(self, urgent=urgent and not self.unstreamed)

    def open_part(self, kind: PartKind) -> int:
        """Begin a part and return its index."""
        self._open = len(self.parts)
        self.emit(PartStarted(self._open, kind))
        return self._open

    def close_part(self, content: dict[str, Any] | None = None) -> None:
        """End the open part, if there is one; `content` is the whole of a part that is not text."""
        if self._open >= 0:
            index, self._open = self._open, -1
            self.emit(PartCompleted(index, content))

    def end(self, event: RunEnded, ops: Sequence[Op]) -> None:
        """Say how the run ended; `ops` are committed together with it. Nothing may follow."""
        self.ended, self.end_ops = event, ops
        self.emit(event, urgent=self.unstreamed)

    async def wait(self) -> None:
        """Return when it is over. Whoever waits may leave; that ends nothing."""
        if not self.is_over:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    # What the log asks

    def over(self) -> None:
        """Tell whoever waits that its end is on disk, or cannot be."""
        self.is_over = True
        for waiting in self._waiting:
            # Who hung up meanwhile is told nothing.
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    def take(self) -> list[Fresh]:
        """Return what is not yet committed, and forget that it is not."""
        self._cut()
        fresh, self._fresh = self._fresh, []
        return fresh

    def committed(self, fresh: Sequence[Fresh]) -> None:
        """Remember committed events for those who join later."""
        if fresh:
            self.durable = fresh[-1].seq
        for frame in fresh:
            if frame.kind == EVENT:
                self._events.append(frame)

    def refuse(self, error: MecumError) -> Frame:
        """Return the end of a run that cannot be stored, in the place of what it said last."""
        self.seq, self.refusal = self.seq + 1, error
        return EventFrame(
            self._head, self.seq, RunEnded("failed", None, {"code": error.code, "message": error.message})
        )

    def caught_up(self, after: int) -> list[Frame]:
        """Return the committed frames beyond `after`, deltas joined: what a follower who has `after` still needs."""
        frames: list[Frame] = []
        part = 0
        for frame in self._events:
            if frame.seq > after:
                part = self._join(frames, part, after, frame.seq)
                frames.append(frame)
                after = frame.seq
        self._join(frames, part, after, self.durable)
        return frames

    def snapshot(self) -> bytes:
        """Return what stands in the journal for everything committed so far."""
        parts = [
            {"kind": p.kind, "text": unescape(p.escaped), "content": p.content, "logprobs": p.logprobs}
            for p in self.parts
        ]
        told = {"model": self.model, "model_reason": self.model_reason, "stood_in_for": self.stood_in_for}
        return orjson.dumps({"parts": parts, **told})

    def stored_parts(self) -> list[dict[str, Any]]:
        """Return the parts so far as the record keeps them; empty text parts are left out."""
        self._cut()
        return self.restored + [part.stored() for part in self.parts if part.content is not None or part.size]

    def _join(self, frames: list[Frame], index: int, after: int, upto: int) -> int:
        """Append the text between two events, from part `index` on; return the part that was open at the second."""
        for part in self.parts[index:]:
            begin, end = bisect_right(part.seqs, after), bisect_right(part.seqs, upto)
            if begin < end:
                last, text = part.seqs[end - 1], b"".join(part.frames[begin:end])
                frames.append(DeltaFrame(self._head, last, index, part.offsets[begin], text))
            if end < len(part.seqs) or index + 1 == len(self.parts):
                break
            index += 1
        return index

    def _cut(self) -> None:
        """Turn the waiting slices into one delta."""
        if not self._slices:
            return
        escaped = self._slices[0] if len(self._slices) == 1 else b"".join(self._slices)
        part = self.parts[self._slice_part]
        self.seq += 1
        self._fresh.append(DeltaFrame(self._head, self.seq, self._slice_part, part.size, escaped))
        part.add(self.seq, escaped, self._slices_size)
        self._slices, self._slices_size = [], 0

    def _note(self, event: TurnEvent) -> None:
        if isinstance(event, _NAME_A_MODEL):
            self.model, self.model_reason = event.model, event.model_reason
            self.stood_in_for = (
                event.stood_in_for if isinstance(event, RunStarted) else self.stood_in_for or event.failed
            )
        elif isinstance(event, PartStarted):
            self.parts.append(Part(event.kind))
        elif isinstance(event, LogprobsAdded):
            self.parts[event.part].know(event.tokens)
        elif isinstance(event, PartCompleted):
            self.parts[event.part].completed = True
            self.parts[event.part].content = event.content
