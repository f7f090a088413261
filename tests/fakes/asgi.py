"""Calls an ASGI application without a socket, as a browser or a program would."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import orjson

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Answered:
    """A whole response; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


@dataclass
class Browser:
    """Keeps cookies, as a browser does; `headers` go with every request."""

    app: Application
    headers: dict[str, str] = field(default_factory=dict[str, str])
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    set_cookie: str = ""

    async def ask(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        body: bytes | Iterable[bytes] = b"",
        headers: dict[str, str] | None = None,
    ) -> Answered:
        """Send a request; a body in pieces goes without its length."""
        sent = {"host": "127.0.0.1:8321", **self.headers, **(headers or {})}
        if json is not None:
            body, sent["content-type"] = orjson.dumps(json), "application/json"
        if isinstance(body, bytes):
            sent.setdefault("content-length", str(len(body)))
        else:
            sent["transfer-encoding"] = "chunked"
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        exchange = _Exchange([body] if isinstance(body, bytes) else list(body))
        await self.app(self._scope("http", method, path, sent), exchange.receive, exchange.send)
        self._keep(exchange.answered)
        return exchange.answered

    async def open_socket(self, path: str, **headers: str) -> list[Message]:
        """Open a WebSocket and return what the application sent."""
        sent = {"host": "127.0.0.1:8321", **self.headers, **headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        exchange = _Exchange([])
        await self.app(self._scope("websocket", "GET", path, sent), exchange.receive, exchange.send)
        return exchange.sent

    def _scope(self, kind: str, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        where, _, query = path.partition("?")
        return {
            "type": kind,
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
            "client": (self.address, 50000),
            "server": ("127.0.0.1", 8321),
            "subprotocols": [],
            "state": {},
        }

    def _keep(self, answered: Answered) -> None:
        self.set_cookie = answered.headers.get("set-cookie", "")
        for name, morsel in SimpleCookie(self.set_cookie).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value


class _Exchange:
    """The two callables of one request."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self._pieces:
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def answered(self) -> Answered:
        """What was sent, as a response."""
        start = next(message for message in self.sent if message["type"] == "http.response.start")
        body = b"".join(m.get("body", b"") for m in self.sent if m["type"] == "http.response.body")
        headers = {bytes(n).decode("latin-1"): bytes(v).decode("latin-1") for n, v in start["headers"]}
        return Answered(start["status"], headers, body)
