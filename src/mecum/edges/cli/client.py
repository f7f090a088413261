"""The client of the REST API, in plain calls, over any wire."""

import itertools
import os
import queue
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, cast
from urllib.parse import quote, urlencode

import orjson

from mecum.edges.cli.loop import Loop
from mecum.edges.cli.outcome import Refusal, kind_of_status
from mecum.edges.cli.wire import TIMEOUT_SECONDS, Call, Wire
from mecum.kernel.errors import Kind, Unavailable

API: Final = "/api/v1"
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Content:
    """A request body that is not JSON: its bytes and media type."""

    data: bytes
    media_type: str = "application/octet-stream"


class Stranger(Unavailable):
    """What answers there does not speak Mecum's API."""

    code = "cli.stranger"


class Client:
    """Calls the application; a context manager that opens and closes the way to it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._loop = Loop()
        self._command = f"cli_{os.urandom(6).hex()}"
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self._loop.__enter__()
        try:
            self._loop.run(self._wire.open())
        except BaseException:
            self._loop.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._loop.run(self._wire.close())
        finally:
            self._loop.__exit__(kind, error, trace)

    @property
    def place(self) -> str:
        """Where the application is, for messages to people."""
        return self._wire.place

    @property
    def local(self) -> bool:
        """Whether the application sees the same files as we do: it runs on this machine."""
        return self._wire.local

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON at `path`; query values of None are left out. Raises Refusal or Unavailable."""
        return self.ask("GET", path, query=query)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, Any] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Any:
        """Send `body` (JSON, or Content as it is); return the JSON of the answer, None when it has none."""
        with self.begin(method, path, body, query=query, timeout=timeout) as arriving:
            whole = b"".join(arriving)
        try:
            return orjson.loads(whole) if whole else None
        except orjson.JSONDecodeError as error:
            raise Stranger(f"What answers at {self.place} does not speak Mecum's API.") from error

    def items(self, path: str, most: int | None = None, **query: Any) -> Iterator[dict[str, Any]]:
        """Walk the list at `path` page by page, at most `most` items."""
        left, cursor = most, query.pop("cursor", None)
        while left is None or left > 0:
            page = self.get(path, limit=_PAGE if left is None else min(left, _PAGE), cursor=cursor, **query)
            yield from page["items"]
            cursor = page.get("next_cursor")
            left = None if left is None else left - len(page["items"])
            if cursor is None:
                return

    def begin(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> "Arriving":
        """Start a call and return what arrives once its head is there; raises Refusal for an error status."""
        content = _content(body)
        # What the server's log calls this call.
        sent = {
            "Accept": "application/json",
            "X-Request-Id": f"{self._command}.{next(self._numbers)}",
            **(headers or {}),
        }
        if content is not None:
            sent["Content-Type"] = content.media_type
        call = Call(method, _target(path, query or {}), sent, b"" if content is None else content.data, timeout)
        arriving = Arriving()
        arriving.carry(self._loop, self._wire, call)
        try:
            arriving.check()
        except BaseException:
            arriving.close()
            raise
        return arriving


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    headers: dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


class Arriving:
    """The body of a response as it arrives: an iterator of bytes that survives Ctrl-C between two of them."""

    def __init__(self) -> None:
        self._arrivals: queue.SimpleQueue[_Head | bytes | _End] = queue.SimpleQueue()
        self._head: _Head | None = None
        self._ended = False

    # Receiver, called on the loop

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """The status and headers are there."""
        self._arrivals.put(_Head(status, headers))

    def body(self, data: bytes) -> None:
        """Some bytes are there."""
        if data:
            self._arrivals.put(data)

    # the reader's side

    def carry(self, loop: Loop, wire: Wire, call: Call) -> None:
        """Start the exchange on the loop."""
        self._future = loop.start(self._exchange(wire, call))

    def check(self) -> None:
        """Wait for the head; raises Refusal when the status says so."""
        arrival = self._arrivals.get()
        if not isinstance(arrival, _Head):
            self._end(arrival)
            raise Unavailable("The server ended the connection without an answer.")
        self._head = arrival
        if arrival.status >= 400:
            raise refusal(arrival.status, b"".join(self))

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The headers of the response, names in lower case."""
        return {} if self._head is None else self._head.headers

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        arrival = self._arrivals.get()
        if isinstance(arrival, bytes):
            return arrival
        self._end(arrival)
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading; hangs up when the response is not over."""
        self._future.cancel()

    async def _exchange(self, wire: Wire, call: Call) -> None:
        error: BaseException | None = None
        try:
            await wire.exchange(call, self)
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._arrivals.put(_End(error))

    def _end(self, arrival: object) -> None:
        self._ended = True
        if isinstance(arrival, _End) and arrival.error is not None:
            raise arrival.error


class Envelopes:
    """The envelopes of an event stream, one by one."""

    def __init__(self, arriving: Arriving) -> None:
        self._arriving = arriving
        self._rest = b""
        self._ready: deque[dict[str, Any]] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        while not self._ready:
            self._take(next(self._arriving))
        return self._ready.popleft()

    def close(self) -> None:
        """Stop listening; the run goes on."""
        self._arriving.close()

    def _take(self, data: bytes) -> None:
        *events, self._rest = (self._rest + data).replace(b"\r\n", b"\n").split(b"\n\n")
        for event in events:
            lines = [line[5:].lstrip() for line in event.split(b"\n") if line.startswith(b"data:")]
            payload = b"\n".join(lines)
            if payload:
                self._ready.append(orjson.loads(payload))


def refusal(status: int, body: bytes) -> Refusal:
    """Return the error for a response with an error status: its problem, or the little that is known."""
    kind: Kind = kind_of_status(status)
    try:
        problem = orjson.loads(body)
    except orjson.JSONDecodeError:
        problem = None
    if not isinstance(problem, dict) or "code" not in problem:
        if kind == "not_found":
            # Ours says so with a code.
            return Refusal({"status": status, "code": Stranger.code, "detail": Stranger.__doc__}, "unavailable")
        problem = {"status": status, "code": "http.unexpected", "detail": f"The server answered {status}."}
    return Refusal(cast("dict[str, Any]", problem), kind)


def part(segment: str) -> str:
    """Return `segment` as one piece of a path."""
    return quote(segment, safe="")


def _content(body: object) -> Content | None:
    if body is None or isinstance(body, Content):
        return body
    return Content(orjson.dumps(body), "application/json")


def _target(path: str, query: Mapping[str, Any]) -> str:
    given = {name: _words(value) for name, value in query.items() if value is not None}
    return f"{API}{path}?{urlencode(given, doseq=True, quote_via=quote)}" if given else API + path


def _words(value: object) -> list[str]:
    """Return the values of one name: a list stands for as many."""
    return [_word(one) for one in cast("list[object]", value)] if isinstance(value, list) else [_word(value)]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
