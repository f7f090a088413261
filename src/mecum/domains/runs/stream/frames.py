"""What a run says, in frames: each is encoded once for all who follow, and not at all where nobody does."""

from abc import ABC, abstractmethod
from typing import ClassVar

import orjson

from mecum.domains.runs.events import RunEnded, TurnEvent
from mecum.kernel import clock

EVENT, DELTA = 0, 1


class Stamp:
    """The time of an envelope as text, made once per millisecond."""

    _at = 0
    _text = b""

    @classmethod
    def of(cls, at: int) -> bytes:
        """Return a moment (milliseconds) as ISO 8601 bytes."""
        if at != cls._at:
            cls._at, cls._text = at, clock.iso(at).encode("ascii")
        return cls._text


class Frame(ABC):
    """One envelope, encoded once for all its followers, and not at all where there are none."""

    # No call of a base's __init__ below: tens of thousands of frames are made in a second.
    __slots__ = ("_body", "seq")
    seq: int
    _body: bytes | None
    ends: bool
    """Whether it is the last one of its run."""

    @property
    def body(self) -> bytes:
        """The envelope as JSON."""
        if self._body is None:
            self._body = self._encoded()
        return self._body

    @property
    def sse(self) -> bytes:
        """The frame as a server-sent event."""
        return b"id: %d\ndata: %b\n\n" % (self.seq, self.body)

    @abstractmethod
    def _encoded(self) -> bytes: ...


class StoredFrame(Frame):
    """An envelope that was read from the store."""

    __slots__ = ("ends",)

    def __init__(self, seq: int, body: bytes, *, ends: bool = False) -> None:
        self.seq, self._body, self.ends = seq, body, ends

    def _encoded(self) -> bytes:
        return self.body


class EventFrame(Frame):
    """An event of a run; `head` is what all envelopes of the run begin with."""

    __slots__ = ("_at", "_fields", "_head", "ends", "event")
    kind: ClassVar[int] = EVENT
    part: ClassVar[int] = 0

    def __init__(self, head: bytes, seq: int, event: TurnEvent) -> None:
        self._head, self._at, self.seq, self.event = head, clock.milliseconds(), seq, event
        self.ends = isinstance(event, RunEnded)
        self._body = None
        self._fields: bytes | None = None

    @property
    def payload(self) -> bytes:
        """What the journal keeps of it: its JSON."""
        return b'{"type":"%b"%b}' % (self.event.type.encode(), self._more())

    def _encoded(self) -> bytes:
        return b'%b,"seq":%d,"ts":"%b","type":"%b"%b}' % (
            self._head, self.seq, Stamp.of(self._at), self.event.type.encode(), self._more(),
        )  # fmt: skip

    def _more(self) -> bytes:
        """The event's own fields, to be put behind others."""
        if self._fields is None:
            said = orjson.dumps(self.event)[1:-1]
            self._fields = b"," + said if said else b""
        return self._fields


class DeltaFrame(Frame):
    """Escaped text (`payload`) that was added to a part, `offset` UTF-8 bytes after its beginning."""

    __slots__ = ("_at", "_head", "_offset", "part", "payload")
    kind: ClassVar[int] = DELTA
    ends = False

    def __init__(self, head: bytes, seq: int, part: int, offset: int, payload: bytes) -> None:
        self._head, self._at, self._offset = head, clock.milliseconds(), offset
        self.seq, self.part, self.payload = seq, part, payload
        self._body = None

    def _encoded(self) -> bytes:
        return b'%b,"seq":%d,"ts":"%b","type":"part.delta","part":%d,"offset":%d,"text":"%b"}' % (
            self._head, self.seq, Stamp.of(self._at), self.part, self._offset, self.payload,
        )  # fmt: skip


Fresh = EventFrame | DeltaFrame
