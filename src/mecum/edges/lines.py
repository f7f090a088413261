"""The server's protocols, with a short way out for the frames of a stream.

A frame that goes through ASGI costs a coroutine, a message, and the framing of a library that checks it again. While a
client reads, a frame can be framed in one expression and handed to the connection. Measured with 1,000 sockets at 20
frames a second: a fifth of all CPU. Whenever anything is in the way the frame takes the ordinary way, which waits.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from mecum.edges.outlet import LINE

_SHORT: Final = 125
_MIDDLE: Final = 65_535
_LINGER_SECONDS: Final = 30
_LINGER_SILENCE: Final = 5
_LINGER_BYTES: Final = 1 << 30


class SocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket connection that is a line."""

    def handle_connect(self, event: Any) -> None:
        """See the base; the application's task has not begun yet."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast(dict[str, Any], self.scope)[LINE] = self

    def write(self, *payloads: bytes) -> bool:
        """See `Line`."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or not self.handshake_complete:
            return False
        frames = [_text_frame(payload) for payload in payloads]
        self.transport.write(frames[0] if len(frames) == 1 else b"".join(frames))
        return True


class HttpProtocol(HttpToolsProtocol):
    """An HTTP connection that is a line for the response it is sending, whole or in chunks."""

    def on_message_begin(self) -> None:
        """See the base, which makes the scope of a request here."""
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[LINE] = self

    def write(self, *payloads: bytes) -> bool:
        """See `Line`."""
        cycle = self.cycle
        if self.flow.write_paused or cycle.disconnected or cycle.response_complete or not cycle.chunked_encoding:
            return False
        piece = payloads[0] if len(payloads) == 1 else b"".join(payloads)
        self.transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        return True

    def answer(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """See `ResponseLine`."""
        cycle = self.cycle
        if self.flow.write_paused or cycle.disconnected or cycle.response_started or not cycle.keep_alive:
            return False
        # Where requests are waiting behind this one, the cycle is of the last of them.
        if self.pipeline or cycle.scope["method"] == "HEAD":
            return False
        head = b"".join([b"%b: %b\r\n" % header for header in headers])
        if head.count(b"\n") != len(headers) or head.count(b"\r") != len(headers):
            return False
        cycle.response_started = cycle.response_complete = True
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[status], head, body))
        cycle.message_event.set()
        cycle.on_response()
        return True

    @property
    def refusing(self) -> bool:
        """See `ResponseLine`."""
        cycle = self.cycle
        return not (cycle.keep_alive or cycle.disconnected or self.pipeline) and cycle.more_body

    async def linger(self) -> None:
        """See `ResponseLine`, and RFC 9112, section 9.6.

        Closing while bytes of the client lie unread resets the connection, and the answer is lost on its way. So the
        sending half is closed, and what comes is thrown away: at most so much, and so long.
        """
        cycle = self.cycle
        if self.transport.can_write_eof():
            self.transport.write_eof()
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                await _drained(cycle)
        except TimeoutError:
            pass
        cycle.response_complete = True
        self.transport.close()
        cycle.on_response()


async def _drained(cycle: Any) -> None:
    """Throw the rest of a request away; raises TimeoutError when the client falls silent."""
    left = _LINGER_BYTES
    while left > 0 and cycle.more_body:
        async with asyncio.timeout(_LINGER_SILENCE):
            message = await cycle.receive()
        if message["type"] == "http.disconnect":
            return
        left -= len(message["body"])


def _text_frame(payload: bytes) -> bytes:
    """Return a whole, unmasked text frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size <= _SHORT:
        return b"\x81%c%b" % (size, payload)
    if size <= _MIDDLE:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), payload)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), payload)
