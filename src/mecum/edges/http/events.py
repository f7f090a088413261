"""A run as server-sent events: what is on disk already, then what comes, until its one terminal event."""

import asyncio
from collections.abc import Sequence

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mecum.domains.runs import api as runs
from mecum.edges.outlet import LINE, Outlet

_PULSE_SECONDS = 15.0
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class SseFollower:
    """Follows one run for one client."""

    def __init__(self, stream: runs.RunStream, after: int) -> None:
        self._stream = stream
        self._sent = after
        self._ended = False
        self._outlet: Outlet | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, outlet: Outlet) -> None:
        """Send what there is and follow from there."""
        self._outlet = outlet
        self._stream.followers.append(self)
        self.catch_up()
        self._timer = asyncio.get_running_loop().call_later(_PULSE_SECONDS, self.pulse)

    def push(self, stream: runs.RunStream, frames: Sequence[runs.Frame]) -> None:
        outlet = self._outlet
        if outlet is None or outlet.busy or self._ended:
            return
        fresh = [frame for frame in frames if frame.seq > self._sent]
        if fresh:
            self._write(outlet, fresh)

    def catch_up(self) -> None:
        """Send everything committed that the client does not have."""
        outlet = self._outlet
        if outlet is None or self._ended:
            return
        frames = self._stream.caught_up(self._sent)
        if frames:
            self._write(outlet, frames)

    def pulse(self) -> None:
        """Say that we are still here, so that nothing on the way takes a thinking model for a dead connection."""
        if self._outlet is not None and not self._ended:
            self._outlet.chunk(b": waiting\n\n")
        self._timer = asyncio.get_running_loop().call_later(_PULSE_SECONDS, self.pulse)

    def leave(self) -> None:
        """Follow no longer."""
        if self._timer is not None:
            self._timer.cancel()
        if self in self._stream.followers:
            self._stream.followers.remove(self)

    def _write(self, outlet: Outlet, frames: Sequence[runs.Frame]) -> None:
        body = frames[0].sse if len(frames) == 1 else b"".join([frame.sse for frame in frames])
        ends = frames[-1].ends
        end = {"type": "http.response.body", "body": body, "more_body": False}
        sent = outlet.write(end) if ends else outlet.chunk(body)
        if sent:
            self._sent, self._ended = frames[-1].seq, ends


class RunEvents(Response):
    """The response of `GET /runs/{id}/events` for an active run."""

    def __init__(self, stream: runs.RunStream, after: int) -> None:
        self._follower = SseFollower(stream, after)
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        outlet = Outlet(send, self._follower.catch_up, scope.get(LINE))
        self._follower.begin(outlet)
        try:
            # Also tells when the response is complete.
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            outlet.closed = True
            self._follower.leave()


class StoredEvents(Response):
    """The same for a run that has settled: its stored parts as deltas, then its end."""

    def __init__(self, frames: Sequence[tuple[int, bytes]]) -> None:
        self._body = b"".join(b"id: %d\ndata: %b\n\n" % frame for frame in frames)
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})
