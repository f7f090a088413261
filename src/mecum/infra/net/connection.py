"""One keep-alive HTTP/1.1 connection as an asyncio protocol; httptools parses, we only route."""

import asyncio
from typing import Protocol, cast

import httptools

from mecum.infra.net.beat import Beat
from mecum.infra.net.calls import EndedEarly, NetUnavailable, Outgoing, Receiver
from mecum.kernel import clock


class _Parser(Protocol):
    """What we use of httptools.HttpResponseParser (it ships no types)."""

    def feed_data(self, data: bytes) -> None: ...
    def get_status_code(self) -> int: ...
    def should_keep_alive(self) -> bool: ...


class Connection(asyncio.Protocol):
    """Carries one exchange at a time."""

    def __init__(self, beat: Beat) -> None:
        self._beat = beat
        self._file: int | None = None
        self._streams = False
        self._transport: asyncio.Transport | None = None
        self._parser: _Parser = self._fresh_parser()
        self._receiver: Receiver | None = None
        self._done: asyncio.Future[int] | None = None
        self._headers: dict[bytes, bytes] = {}
        self._pieces: list[bytes] = []
        """What one read brought of the body. A server sends a piece for every token, and many come in one read."""
        self._until_close = self._headed = False
        self._paced = self._joined = False
        self._timeout = 0.0
        self._last_read = 0.0
        self.untouched = True
        self.reusable = True
        self.idle_since = 0.0

    async def exchange(self, call: Outgoing, receiver: Receiver) -> int:
        """Send `call`, push the response, return its status; raises NetUnavailable."""
        self.untouched = True
        transport = self._transport
        if transport is None or transport.is_closing():
            raise NetUnavailable("The connection was closed.")
        self._receiver, self._done = receiver, asyncio.get_running_loop().create_future()
        self._headers, self._until_close, self._paced, self._headed = {}, False, call.paced, False
        self._timeout, self._last_read = call.timeout, clock.monotonic()
        if call.flow is not None:
            call.flow.bind(self)
        transport.write(_request_bytes(call))
        try:
            return await self._done
        finally:
            self._receiver = self._done = None
            self._follow()

    def close(self) -> None:
        """Hang up now."""
        self.reusable = False
        self._follow()
        if self._transport is not None:
            self._transport.abort()

    def check_silence(self, now: float) -> None:
        """Fail the exchange when nothing was read for its timeout."""
        if now - self._last_read > self._timeout:
            # It took the request in, and may be at work on it: not to be asked a second time.
            self.untouched = False
            self._fail(NetUnavailable(f"Nothing arrived for {self._timeout:.0f} seconds."))

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # What is encrypted only its own transport can read.
        if transport.get_extra_info("ssl_object") is None and (own := transport.get_extra_info("socket")) is not None:
            self._file = own.fileno()

    def data_received(self, data: bytes) -> None:
        self._last_read = clock.monotonic()
        self.untouched = False
        if self._receiver is None:
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            # What the receiver raised, which is the caller's own error and not the server's.
            self._fail(error.__context__ or error)
        except httptools.HttpParserError as error:
            self._deliver()  # what came before it is still the answer's
            self._fail(NetUnavailable("The server's answer is not HTTP.", reason=str(error)))
        else:
            self._deliver()
            if self._streams and not self._joined and self._beat.pays:
                self._join()

    def connection_lost(self, exc: Exception | None) -> None:
        self.reusable = False
        self._follow()
        if self._done is None or self._done.done():
            return
        if self._until_close and exc is None:
            self._done.set_result(self._parser.get_status_code())
        else:
            kind = EndedEarly if self._headed else NetUnavailable
            self._done.set_exception(kind("The server ended the connection early.", reason=str(exc or "closed")))

    # httptools callbacks

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if self._receiver is None:
            # A second answer to one request: whatever it is, it is not read.
            self.reusable = False
        if self._parser.get_status_code() < 200:
            return
        self._headed = True
        headers = self._headers
        self._until_close = b"content-length" not in headers and b"transfer-encoding" not in headers
        if self._receiver is not None:
            self._receiver.head(self._parser.get_status_code(), headers)

    def on_body(self, data: bytes) -> None:
        self._pieces.append(data)
        if not self._streams and self._paced:
            self._streams = True
            self._beat.begins()

    # read by the beat

    def rest(self) -> None:
        """See `beat.Read`."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """See `beat.Read`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _join(self) -> None:
        """Be read by the beat, when this streams and that pays."""
        if self._file is not None and self._receiver is not None:
            self._joined = self._beat.join(self._file, self)

    def _follow(self) -> None:
        """Be read as bytes arrive: the response is over, or nobody wants it."""
        if self._streams:
            self._streams = self._joined = False
            self._beat.ends()
            if self._file is not None:
                self._beat.leave(self._file)

    def on_message_complete(self) -> None:
        self._headers = {}
        if self._parser.get_status_code() < 200:
            # What is only said meanwhile ("100 Continue"); the answer follows.
            return
        self._deliver()
        self._receiver = None
        self.reusable = self.reusable and self._parser.should_keep_alive()
        if self._done is not None and not self._done.done():
            self._done.set_result(self._parser.get_status_code())

    def _deliver(self) -> None:
        """Push what came of the body as one piece."""
        if not self._pieces:
            return
        pieces, self._pieces = self._pieces, []
        try:
            if self._receiver is not None:
                self._receiver.body(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        except Exception as error:  # noqa: BLE001 - the receiver's own: whoever waits for this exchange gets it
            self._fail(error)

    def _fresh_parser(self) -> _Parser:
        return cast(_Parser, httptools.HttpResponseParser(self))

    def _fail(self, error: BaseException) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(error)
        self.close()


def _request_bytes(call: Outgoing) -> bytes:
    target = call.target()
    lines = [f"{call.method} {target.path} HTTP/1.1", f"Host: {target.name}"]
    lines += [f"{name}: {value}" for name, value in call.headers.items()]
    if call.body or call.method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(call.body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line break inside a header")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + call.body
