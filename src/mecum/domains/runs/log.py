"""The run log: everything is on disk before anybody is shown it.

One tick serves all active runs: it takes what they said since the last one, commits it as one journal row together
with whatever settles, and only then hands the frames to the followers. An idle server ticks at once; a busy one every
40 ms; one that cannot keep up stretches the tick instead of queueing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from mecum.domains.runs import journal
from mecum.domains.runs.repository import append_journal, clear_journal
from mecum.domains.runs.stream import Fresh, RunStream
from mecum.infra.storage import Op
from mecum.infra.storage.writer import Writer, commit
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

TICK = 0.040
_LONGEST = 0.250
_CLEAR_EVERY = 256
_RETRY_SECONDS = 1.0
_BEHIND = 2
_REST = 2.2
"""From one tick to the next it takes at least so many times what one costs: wider frames when there is much to do."""
_Taken = list[tuple[RunStream, list[Fresh]]]


class RunLog:
    """The log of all active runs of this process. One per process, on one event loop."""

    def __init__(self, writer: Writer, *, writer_id: int, first_row: int = 1, tick: float = TICK) -> None:
        self._writer = writer
        self._writer_id = writer_id
        self._row = first_row
        self._cleared = first_row
        self._tick = self._gap = tick
        self._active: dict[str, RunStream] = {}
        self._dirty: dict[str, RunStream] = {}
        self._urgent: dict[str, RunStream] = {}
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self._soon: asyncio.Handle | None = None
        self._last = 0.0
        self._spent = 0.0
        """Seconds that reading, writing and telling took since the last tick."""
        self._commits = 0
        self.source: Callable[[], bool | None] | None = None
        """Called at every tick before it takes what there is. True: go on at once; None: no next tick for its sake."""
        self._goes_on = False
        self.settled: Callable[[RunStream], None] | None = None
        """Called when a run's end is on disk; the queue behind it moves on."""

    def open(
        self,
        run_id: str,
        conversation_id: str,
        message_id: str,
        person_id: str,
        *,
        seq: int = 0,
        unstreamed: bool = False,
    ) -> RunStream:
        """Begin the log of a run. `unstreamed`: nobody reads along, so its end does not wait for a tick."""
        stream = RunStream(self, run_id, conversation_id, message_id, person_id, seq=seq, unstreamed=unstreamed)
        self._active[run_id] = stream
        return stream

    def find(self, run_id: str) -> RunStream | None:
        """Return the log of an active run."""
        return self._active.get(run_id)

    def continue_from(self, row: int) -> None:
        """Number journal rows from `row` on; called once, before the first of them."""
        self._row = self._cleared = row

    @property
    def active(self) -> Sequence[RunStream]:
        """All active runs of this process."""
        return list(self._active.values())

    def drop(self, stream: RunStream) -> None:
        """Forget a run that was never stored."""
        self._active.pop(stream.id, None)
        self._dirty.pop(stream.id, None)
        self._urgent.pop(stream.id, None)

    def dirty(self, stream: RunStream, *, urgent: bool) -> None:
        """See `Ticker`."""
        if stream.id not in self._active:
            return
        if urgent:
            self._urgent[stream.id] = stream
            if stream.ended is not None:
                # Nothing comes after it that could go into the same commit.
                self._flush_urgent()
            elif self._soon is None:
                self._soon = asyncio.get_running_loop().call_soon(self._flush_urgent)
        elif stream.id not in self._dirty:
            self._dirty[stream.id] = stream
            # Where nobody reads along, nothing is gained by a tick before the end.
            if self._timer is None and not stream.unstreamed:
                self._arm()

    async def fold(self) -> None:
        """Put one snapshot of every active run in the place of all older rows; return when that is on disk."""
        self._flush({**self._dirty, **self._urgent})
        self._dirty, self._urgent = {}, {}
        folded = [stream for stream in self._active.values() if stream.first_tick is not None]
        row = self._next_row()
        ops = [clear_journal(self._writer_id, row)]
        if folded:
            told = [(stream.number, stream.seq, stream.snapshot()) for stream in folded]
            ops.append(self._append(row, journal.pack_snapshots(told)))
        for stream in folded:
            stream.first_tick = row
        await commit(self._writer, ops)
        self._cleared = row

    async def drain(self, seconds: float) -> None:
        """Wait until every active run has settled, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(stream.wait() for stream in self.active))

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        wait = self._last + self._gap - loop.time()
        self._timer = loop.call_soon(self._on_tick) if wait <= 0 else loop.call_later(wait, self._on_tick)

    def tick(self) -> None:
        """See to it that there is a tick."""
        if self._timer is None:
            self._arm()

    def _on_tick(self) -> None:
        # The timer stays set until the end: what is read here must not ask for a tick of its own.
        loop, began = asyncio.get_running_loop(), clock.monotonic()
        if not self._goes_on:
            self._last = loop.time()
        more = None if self.source is None else self.source()
        self._goes_on = bool(more)
        # A disk that is behind gets wider frames, not a longer queue.
        if self._dirty and self._commits <= _BEHIND:
            dirty, self._dirty = self._dirty, {}
            self._flush(dirty)
        self._spent += clock.monotonic() - began
        if more:
            self._timer = loop.call_soon(self._on_tick)
            return
        self._gap = min(_LONGEST, max(self._tick, _REST * self._spent))
        self._spent = 0.0
        self._timer = None
        if more is not None or self._dirty:
            self._arm()

    def _flush_urgent(self) -> None:
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        urgent, self._urgent = self._urgent, {}
        for run_id in urgent:
            self._dirty.pop(run_id, None)
        self._flush(urgent)

    def _flush(self, streams: dict[str, RunStream]) -> None:
        taken: _Taken = [(stream, fresh) for stream in streams.values() if (fresh := stream.take())]
        if taken:
            self._submit(taken, self._ops(taken))

    def _ops(self, taken: _Taken) -> list[Op]:
        """The writes of what runs said: the end of those that ended, one journal row for all the others."""
        ops: list[Op] = []
        said: list[tuple[int, list[Fresh]]] = []
        for stream, fresh in taken:
            if fresh[-1].ends:
                ops.extend(stream.end_ops)
                continue
            said.append((stream.number, fresh))
            if stream.first_tick is None:
                stream.first_tick = self._row
        if said:
            ops.append(self._append(self._next_row(), journal.pack(said)))
        return ops

    def _append(self, row: int, body: bytes) -> Op:
        return append_journal(row, self._writer_id, clock.milliseconds(), body)

    def _next_row(self) -> int:
        self._row += 1
        return self._row - 1

    def _submit(self, taken: _Taken, ops: list[Op]) -> None:
        self._commits += 1

        def done(error: MecumError | None) -> None:
            self._commits -= 1
            began = clock.monotonic()
            if error is None:
                self._deliver(taken)
            elif error.kind == "unavailable":
                # Nothing was shown that is not stored: try again until the disk takes it.
                asyncio.get_running_loop().call_later(_RETRY_SECONDS, self._submit, taken, ops)
            elif len(taken) > 1:
                # One of them cannot be stored: no other is to be lost with it.
                for one in taken:
                    self._submit([one], self._ops([one]))
            else:
                self._refuse(taken[0][0], error)
            self._spent += clock.monotonic() - began

        self._writer.submit(ops, done)

    def _refuse(self, stream: RunStream, error: MecumError) -> None:
        """End a run that cannot be stored, as when what it belongs to was deleted: it failed, nobody waits for it."""
        end = stream.refuse(error)
        for follower in stream.followers:
            follower.push(stream, [end])
        self._settle(stream)

    def _deliver(self, taken: _Taken) -> None:
        for stream, fresh in taken:
            stream.committed(fresh)
            for follower in stream.followers:
                follower.push(stream, fresh)
            if fresh[-1].ends:
                self._settle(stream)
        self._clear()
        if self._dirty and self._timer is None and not all(s.unstreamed for s in self._dirty.values()):
            self._arm()

    def _settle(self, stream: RunStream) -> None:
        self._active.pop(stream.id, None)
        stream.followers.clear()
        stream.end_ops = ()
        stream.over()
        if self.settled is not None:
            self.settled(stream)

    def _clear(self) -> None:
        """Delete journal rows that no active run needs."""
        if self._active and self._row - self._cleared < _CLEAR_EVERY:
            return
        first = min((s.first_tick for s in self._active.values() if s.first_tick is not None), default=self._row)
        if first - self._cleared >= _CLEAR_EVERY or (first > self._cleared and not self._active):
            self._cleared = first
            self._writer.submit([clear_journal(self._writer_id, first)], _ignore)


def _ignore(_: MecumError | None) -> None:
    """A row that could not be deleted now is deleted with the next ones."""
