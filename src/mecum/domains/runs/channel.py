"""The personal channel: what changed, told to every tab and device of a person; seven days of it can be asked for."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mecum.domains.runs.repository import RunRepository, insert_event
from mecum.infra.storage import Scope
from mecum.infra.storage.writer import Writer
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

EVENTS_KEPT_SECONDS = 7 * 24 * 3600
Listener = Callable[["News"], None]
Changed = Callable[[Scope, int, int], Awaitable[Sequence[str]]]
"""Returns at most so many ids of the subject's conversations in which something happened since a moment (ms)."""

_MOST = 1000
_OVERLAP_MS = 10_000
"""A change is stored a little before it is told, and two at once may be told in another order than they were stored."""


@dataclass(frozen=True, slots=True)
class News:
    """One event of the channel."""

    person_id: str
    seq: int
    body: bytes


class PersonChannel:
    """Numbers and hands out the events of all persons. Events hold ids and kinds, never text.

    Numbers are milliseconds, raised where two would be the same, so they go on after any restart. What happens in a
    turn is told live and not stored a second time: who asks for what was missed is told which conversations changed
    since. Other changes are stored with the change itself. Who asks may be told something twice, and misses nothing.
    """

    def __init__(self, repository: RunRepository, writer: Writer, changed: Changed) -> None:
        self._repository, self._writer, self._changed = repository, writer, changed
        self._began = clock.milliseconds()
        self._seqs: dict[str, int] = {}
        self._listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self.beyond: Callable[[Subject, str, dict[str, Any]], None] | None = None
        """Called with every event in a process that nobody is connected to: the one that has the listeners tells it."""

    async def tell(self, scope: Scope, kind: str, **ids: Any) -> None:
        """Store an event with the scope's change, and tell it when the scope has committed."""
        subject = scope.subject
        await self._repository.add_event(scope, clock.milliseconds(), _kept(kind, ids))
        scope.after_commit.append(lambda: self.say(subject, kind, **ids))

    def record(self, subject: Subject, kind: str, **ids: Any) -> None:
        """Store an event of its own, and tell it."""
        self._writer.submit([insert_event(subject, clock.milliseconds(), _kept(kind, ids))], _unheard)
        self.say(subject, kind, **ids)

    def say(self, subject: Subject, kind: str, **ids: Any) -> None:
        """Tell an event whose change is on disk."""
        if self.beyond is not None:
            self.beyond(subject, kind, ids)
        person = subject.person_id
        at = clock.milliseconds()
        seq = self._seqs[person] = max(self.last_seq(person) + 1, at)
        listeners = self._listeners.get(person)
        if listeners:
            news = News(person, seq, _envelope(seq, at, {"type": kind, **ids}))
            for listener in list(listeners):
                listener(news)

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
        return self._seqs.get(person_id, self._began)

    async def since(self, scope: Scope, seq: int) -> list[bytes] | None:
        """Return envelopes that tell what happened beyond `seq`, or None when lists must be read again."""
        newest, now = self.last_seq(scope.subject.person_id), clock.milliseconds()
        if seq == newest:
            return []
        if seq > newest or seq < now - EVENTS_KEPT_SECONDS * 1000:
            return None
        kept = await self._repository.events_since(scope, seq - _OVERLAP_MS, _MOST)
        changed = await self._changed(scope, seq - _OVERLAP_MS, _MOST)
        if _MOST in (len(kept), len(changed)):
            return None
        told: list[dict[str, Any]] = [orjson.loads(body) for body in kept]
        told += [{"type": "conversation.updated", "conversation_id": conversation_id} for conversation_id in changed]
        return [_envelope(newest, now, event) for event in told]


def _kept(kind: str, ids: dict[str, Any]) -> str:
    return orjson.dumps({"type": kind, **ids}).decode()


def _envelope(seq: int, at: int, event: dict[str, Any]) -> bytes:
    return orjson.dumps({"v": 1, "channel": "me", "seq": seq, "ts": clock.iso(at), **event})


def _unheard(_: MecumError | None) -> None:
    """An event that could not be stored was told all the same; who was away reads it with the next one."""
