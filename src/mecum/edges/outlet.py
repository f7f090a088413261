"""Sending frames to a client without a task per frame, and without a queue that a slow client could fill.

An ASGI `send` rarely has to wait. It is run in place; when it does wait, the rest of it becomes a task, and until that
is done nothing more is offered: the follower then catches up from the log, deltas joined, instead of queueing.
"""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping, Sequence
from typing import Any, Final, Protocol, cast

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
LINE: Final = "mecum.line"
"""Where the scope of a connection has its line, if the server offers one."""


class Line(Protocol):
    """The short way out to one client, past ASGI."""

    def write(self, *payloads: bytes) -> bool:
        """Send text frames, or pieces of a response's body, at once; False when they must take the ordinary way."""
        ...


class ResponseLine(Line, Protocol):
    """The same for one HTTP response."""

    def answer(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """Send a whole response in one piece; `headers` (names in lower case) have its length. False as above."""
        ...

    @property
    def refusing(self) -> bool:
        """Whether this response ends the connection while the client still sends its request."""
        ...

    async def linger(self) -> None:
        """End such a response, all of which was sent, and close once the client had the time to read it."""
        ...


class Outlet:
    """One client's `send`, and its line where the server offers one."""

    def __init__(self, send: Send, on_free: Callable[[], None], line: Line | None = None) -> None:
        self._send = send
        self._on_free = on_free
        self._line = line
        self._rest: asyncio.Task[None] | None = None
        self.closed = False

    @property
    def busy(self) -> bool:
        """Whether the last message is still on its way out."""
        return self._rest is not None

    def text(self, *bodies: bytes) -> int:
        """Send text frames of a WebSocket, in order; return how many the client could take now."""
        if self._rest is not None or self.closed:
            return 0
        if self._line is not None and self._line.write(*bodies):
            return len(bodies)
        for number, body in enumerate(bodies):
            if not self.write({"type": "websocket.send", "text": body.decode("utf-8")}):
                return number
        return len(bodies)

    def chunk(self, body: bytes) -> bool:
        """Send a piece of a response that goes on; see `write`."""
        if self._rest is not None or self.closed:
            return False
        if self._line is not None and self._line.write(body):
            return True
        return self.write({"type": "http.response.body", "body": body, "more_body": True})

    def write(self, message: Message) -> bool:
        """Send `message` if the client can take it now; False when it cannot, or is gone."""
        if self._rest is not None or self.closed:
            return False
        sending = cast(Coroutine[Any, None, None], self._send(message))
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return True
        except (OSError, RuntimeError):
            # The client hung up: its handler learns of it by itself.
            self.closed = True
            return False
        self._rest = asyncio.ensure_future(self._finish(sending, waits_for))
        return True

    async def _finish(self, sending: Coroutine[Any, None, None], waits_for: Any) -> None:
        try:
            await _continued(sending, waits_for)
        except (OSError, RuntimeError):
            self.closed = True
        self._rest = None
        if not self.closed:
            self._on_free()


@types.coroutine
def _continued(sending: Coroutine[Any, None, None], waits_for: Any) -> Generator[Any, None, None]:
    yield waits_for
    yield from sending  # pyright: ignore[reportGeneralTypeIssues, reportReturnType]
