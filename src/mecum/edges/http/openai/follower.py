"""A run streamed to a client of this surface, in the bytes that a translation makes of its frames."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mecum.domains.runs import api as runs
from mecum.edges.http.openai.errors import rendered
from mecum.edges.http.openai.frames import Translation
from mecum.edges.http.problems import REQUEST_ID, Renderer, status_of
from mecum.edges.outlet import LINE, Outlet
from mecum.kernel.errors import MecumError

_HEADERS: Final = ((b"cache-control", b"no-cache, no-transform"), (b"x-accel-buffering", b"no"))
Failure = Callable[[], MecumError | None]
"""Says why a run that is over has no whole answer."""


@dataclass(frozen=True, slots=True)
class Framing:
    """What the stream is declared as, and how an error is said that comes before its first byte."""

    media_type: bytes
    rendered: Renderer

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of the answer."""
        return [(b"content-type", self.media_type), *_HEADERS]


EVENTS: Final = Framing(b"text/event-stream; charset=utf-8", rendered)


class _Follower:
    """Sends the head with the first bytes: a run that fails before them is answered with a status of its own."""

    def __init__(self, stream: runs.RunStream, translation: Translation, failure: Failure, framing: Framing) -> None:
        self._stream, self._translation, self._failure = stream, translation, failure
        self._framing = framing
        self._seen = 0
        self._waiting = b""
        self._ends = self._headed = self._over = False
        self._outlet: Outlet | None = None
        self._request_id = ""

    def begin(self, outlet: Outlet, request_id: str) -> None:
        """Send what there is and follow from there."""
        self._outlet, self._request_id = outlet, request_id
        self._waiting = self._translation.begin()
        self._stream.followers.append(self)
        self.catch_up()

    def push(self, stream: runs.RunStream, frames: Sequence[runs.Frame]) -> None:
        """See `runs.Follower`."""
        if self._outlet is not None and not self._outlet.busy and not self._ends:
            self._take(frames)
            self._send(self._outlet)

    def catch_up(self) -> None:
        """Send everything committed that the client does not have."""
        if self._outlet is None or self._over:
            return
        if not self._ends:
            self._take(self._stream.caught_up(self._seen))
        self._send(self._outlet)

    def leave(self) -> None:
        """Follow no longer."""
        if self in self._stream.followers:
            self._stream.followers.remove(self)

    def _take(self, frames: Sequence[runs.Frame]) -> None:
        for frame in frames:
            if frame.seq <= self._seen:
                continue
            if frame.ends and not self._headed and not self._waiting and (error := self._failure()) is not None:
                self._refuse(error)
                return
            self._waiting += self._translation.take(frame)
            self._ends = frame.ends
        # Not the last one's: a joined delta may come after an event that is younger.
        self._seen = max([self._seen, *(frame.seq for frame in frames)])

    def _send(self, outlet: Outlet) -> None:
        if self._over or not (self._waiting or self._ends):
            return
        if not self._headed:
            self._headed = outlet.write(
                {"type": "http.response.start", "status": 200, "headers": self._framing.headers}
            )
        if self._ends:
            sent = outlet.write({"type": "http.response.body", "body": self._waiting, "more_body": False})
        else:
            sent = outlet.chunk(self._waiting)
        if sent:
            self._waiting, self._over = b"", self._ends

    def _refuse(self, error: MecumError) -> None:
        response = self._framing.rendered(error, status_of(error), self._request_id)
        head = {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        self._headed = self._outlet is not None and self._outlet.write(head)
        self._waiting, self._ends = bytes(response.body), True


class CallEvents(Response):
    """The streamed answer of an active run."""

    def __init__(
        self, stream: runs.RunStream, translation: Translation, failure: Failure, framing: Framing = EVENTS
    ) -> None:
        self._follower = _Follower(stream, translation, failure, framing)
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        outlet = Outlet(send, self._follower.catch_up, scope.get(LINE))
        self._follower.begin(outlet, str(scope.get(REQUEST_ID, "")))
        try:
            # Also tells when the response is complete.
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            outlet.closed = True
            self._follower.leave()


def told_again(frames: Sequence[tuple[int, bytes]], translation: Translation) -> Response:
    """Return the same for a run that is over: its stored parts, then its end."""
    last = len(frames) - 1
    pieces = [translation.begin()]
    pieces += [translation.take(runs.StoredFrame(seq, body, ends=n == last)) for n, (seq, body) in enumerate(frames)]
    return Response(b"".join(pieces), 200, media_type="text/event-stream")
