"""The least HTTP/1.1 server a fake model needs: sees every connection, every request and every departure."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from mecum.kernel import clock


class Gone(Exception):
    """The connection ended, by either side."""


@dataclass(frozen=True)
class Received:
    """A request as it arrived. `at` is `clock.monotonic()` seconds when its last byte was read."""

    number: int
    connection: int
    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def model(self) -> str:
        """The model asked for, or an empty string."""
        if named := re.search(r"/models/([^:/?]+):", self.path):
            return unquote(named[1])
        value = self.json
        return str(value.get("model", "")) if isinstance(value, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


class Exchange:
    """One request and the answer being written to it."""

    def __init__(self, request: Received, connection: "Connection") -> None:
        self.request = request
        self.split = 0
        self.started = False
        self._connection = connection

    def reply(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        """Send a whole JSON answer."""
        body = value if isinstance(value, bytes) else orjson.dumps(value)
        extra = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        self.started = True
        self._connection.send(_head(status, extra) + body)

    def start(self, content_type: str) -> None:
        """Send the head of a streamed answer."""
        self.started = True
        extra = {"Content-Type": content_type, "Cache-Control": "no-cache", "Transfer-Encoding": "chunked"}
        self._connection.send(_head(200, extra))

    async def write(self, data: bytes) -> None:
        """Send a piece of the body; raises Gone when nobody listens any more."""
        size = self.split or len(data)
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            self._connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            if self.split:
                await asyncio.sleep(0)  # a write of its own
        await self._connection.drained()

    def end(self) -> None:
        """End a streamed answer."""
        self._connection.send(b"0\r\n\r\n")

    def drop(self) -> None:
        """Break the connection."""
        self._connection.abort()


class Connection(asyncio.Protocol):
    """One client's connection: requests one after the other, the handler's task while one is answered."""

    def __init__(self, number: int, watch: "Watch") -> None:
        self._number = number
        self._watch = watch
        self._buffer = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._current: Received | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._dropped = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._watch.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._writable.set()
        self._watch.closed(self, None if self._dropped else self._current)
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def send(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            raise Gone
        self._transport.write(data)

    async def drained(self) -> None:
        await self._writable.wait()

    def abort(self) -> None:
        self._dropped = True
        if self._transport is not None:
            self._transport.abort()

    def _next(self) -> None:
        if self._current is not None or (request := self._parse()) is None:
            return
        self._current = request
        self._watch.received(request)
        self._task = asyncio.get_running_loop().create_task(self._answer(Exchange(request, self)))

    async def _answer(self, exchange: Exchange) -> None:
        try:
            await self._watch.handler(exchange)
        except Gone:
            return
        self._current, self._task = None, None
        self._next()

    def _parse(self) -> Received | None:
        head, separator, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not separator:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        taken = _chunked(rest) if "chunked" in headers.get("transfer-encoding", "") else _sized(rest, headers)
        if taken is None:
            return None
        body, used = taken
        del self._buffer[: len(head) + 4 + used]
        return Received(self._watch.next_number(), self._number, clock.monotonic(), method, path, headers, body)


@dataclass
class Watch:
    """What a connection reports to, and who answers its requests."""

    handler: Callable[[Exchange], Awaitable[None]]
    opened: Callable[[Connection], None]
    closed: Callable[[Connection, Received | None], None]
    received: Callable[[Received], None]
    next_number: Callable[[], int]


def _sized(rest: bytes, headers: dict[str, str]) -> tuple[bytes, int] | None:
    size = int(headers.get("content-length", "0"))
    return (rest[:size], size) if len(rest) >= size else None


def _chunked(rest: bytes) -> tuple[bytes, int] | None:
    body, at = b"", 0
    while (line_end := rest.find(b"\r\n", at)) >= 0:
        size = int(rest[at:line_end], 16)
        data_end = line_end + 2 + size
        if len(rest) < data_end + 2:
            return None
        if size == 0:
            return body, data_end + 2
        body += rest[line_end + 2 : data_end]
        at = data_end + 2
    return None


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}\r\n{lines}\r\n".encode("latin-1")


_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
