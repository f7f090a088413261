"""The personal channel: what changed, told to every tab and device of a person, kept for seven days."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from mecum.domains.runs.repository import RunRepository, insert_event
from mecum.infra.storage import Database, Op, Scope
from mecum.infra.storage.writer import Writer
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

EVENTS_KEPT_SECONDS = 7 * 24 * 3600
Listener = Callable[["News"], None]


_STORE_SECONDS = 0.2
_SKIPPED = 1_000_000


@dataclass(frozen=True, slots=True)
class News:
    """One event of the channel: its envelope and the write that stores it."""

    person_id: str
    seq: int
    body: bytes
    op: Op


class PersonChannel:
    """Numbers, stores and hands out the events of all persons. Events hold ids and kinds, never text.

    An event is told at once and stored with the others of the next 200 ms: what it tells of is on disk already. After a
    crash the numbering goes on far beyond anything that may have been told, so a client who missed some is sent to read
    its lists again.
    """

    def __init__(self, repository: RunRepository, writer: Writer) -> None:
        self._repository, self._writer = repository, writer
        self._unstored: list[Op] = []
        self._timer: asyncio.TimerHandle | None = None
        self._seqs: dict[str, int] = {}
        self._listeners: defaultdict[str, list[Listener]] = defaultdict(list)

    async def load(self, database: Database) -> None:
        """Continue the numbering of the last process."""
        async with database.reading(None) as scope:
            self._seqs = {person: seq + _SKIPPED for person, seq in (await self._repository.event_seqs(scope)).items()}

    def news(self, subject: Subject, kind: str, **ids: Any) -> News:
        """Make an event; the caller calls `publish` when the change it tells of is on disk."""
        seq = self._seqs.get(subject.person_id, 0) + 1
        self._seqs[subject.person_id] = seq
        at = clock.milliseconds()
        body = orjson.dumps({"v": 1, "channel": "me", "seq": seq, "ts": clock.iso(at), "type": kind, **ids})
        op = insert_event(
            {
                "organisation_id": subject.organisation_id,
                "person_id": subject.person_id,
                "at": at,
                "seq": seq,
                "body": body.decode(),
            }
        )
        return News(subject.person_id, seq, body, op)

    async def tell(self, scope: Scope, kind: str, **ids: Any) -> None:
        """Tell of a scope's change when the scope has committed."""
        subject = scope.subject
        scope.after_commit.append(lambda: self.publish(self.news(subject, kind, **ids)))

    def publish(self, news: News) -> None:
        """Hand an event to everybody who listens, and store it."""
        self._unstored.append(news.op)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_STORE_SECONDS, self.store)
        for listener in list(self._listeners[news.person_id]):
            listener(news)

    def store(self) -> None:
        """Store what was told since the last time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ops, self._unstored = self._unstored, []
        if ops:
            self._writer.submit(ops, _unheard)

    def listen(self, person_id: str, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every event from now on; the returned function ends it."""
        self._listeners[person_id].append(listener)

        def leave() -> None:
            self._listeners[person_id].remove(listener)
            if not self._listeners[person_id]:
                del self._listeners[person_id]

        return leave

    def last_seq(self, person_id: str) -> int:
        """Return the number of the person's newest event."""
        return self._seqs.get(person_id, 0)

    async def since(self, scope: Scope, seq: int) -> list[bytes] | None:
        """Return the envelopes beyond `seq`, or None when they are no longer all there and lists must be read again."""
        newest = self.last_seq(scope.subject.person_id)
        if seq >= newest:
            return [] if seq == newest else None
        self.store()
        found = await self._repository.events_after(scope, seq)
        if not found or found[0][0] > seq + 1 or found[-1][0] < newest:
            return None
        return [body.encode() for _, body in found]


def _unheard(_: MecumError | None) -> None:
    """An event that could not be stored was told all the same; who missed it reads its lists again."""
