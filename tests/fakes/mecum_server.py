"""A scripted Mecum: the REST contract on a real socket, for what a true server cannot be made to do on demand."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import orjson
import uvicorn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

TOKEN = "mk_scripted"
DROP: dict[str, Any] = {"type": "the connection breaks here"}
HANG: dict[str, Any] = {"type": "nothing more until the run is cancelled"}


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """A canned answer: status and JSON, or exact bytes."""

    value: Any = None
    status: int = 200

    @property
    def data(self) -> bytes:
        """The body."""
        if self.value is None:
            return b""
        return self.value if isinstance(self.value, bytes) else orjson.dumps(self.value)


@dataclass
class ScriptedApp:
    """An ASGI application. `answers` maps `METHOD path` to an Answer; `script` is what the events of any run are.

    `script` envelopes need only what differs: seq, run and ids are filled in. DROP breaks the connection once, HANG
    waits for the cancel, after which `run.cancelled` ends the run.
    """

    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict[str, Answer | list[Answer]])
    script: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    seen: list[Seen] = field(default_factory=list[Seen])
    hanging: threading.Event = field(default_factory=threading.Event)
    start_error: Exception | None = None
    stopped: bool = False

    def __post_init__(self) -> None:
        self.state = SimpleNamespace(local_token=TOKEN)
        self._dropped: set[int] = set()
        self._cancelled = asyncio.Event()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or live through a lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        request = await _read(scope, receive)
        self.seen.append(request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            await _reply(send, problem(401, "auth.required", "Say who you are."))
        elif request.path.endswith("/events"):
            await self._stream(int(request.query.get("after", "0")), send)
        else:
            await _reply(send, self._answer(request))

    def requests(self, method: str, path: str) -> list[Seen]:
        """Return what arrived for one method and path below /api/v1."""
        return [seen for seen in self.seen if seen.method == method and seen.path == f"/api/v1{path}"]

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self.start_error is not None:
            raise self.start_error
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stopped = True
        await send({"type": "lifespan.shutdown.complete"})

    def _answer(self, request: Seen) -> Answer:
        key = f"{request.method} {request.path.removeprefix('/api/v1')}"
        found = self.answers.get(key)
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        if found is not None:
            return found
        if key == "POST /runs":
            return Answer({"id": "run_1", "conversation_id": "cnv_1", "message_id": "msg_2"}, 202)
        if key == "POST /runs/run_1/cancel":
            self._cancelled.set()
            return Answer({}, 202)
        if key == "GET /health":
            return Answer({"status": "ok"})
        return problem(404, "request.not_found", f"There is no {key}.")

    async def _stream(self, after: int, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for place, envelope in enumerate(self.script):
            if envelope is DROP and place not in self._dropped:
                self._dropped.add(place)
                return  # without the last chunk: uvicorn breaks the connection
            if envelope is HANG:
                self.hanging.set()
                await self._cancelled.wait()
                await _event(send, place + 1, {"type": "run.cancelled", "message": None})
                break
            if envelope is not DROP and place + 1 > after:
                await _event(send, place + 1, envelope)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class MecumServer:
    """The ScriptedApp in `app`, which may be replaced, behind a loopback port; a context manager."""

    def __init__(self) -> None:
        self.app = ScriptedApp()
        config = uvicorn.Config(
            self._pass_on, host="127.0.0.1", port=0, interface="asgi3", log_config=None, lifespan="off", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            threading.Event().wait(0.005)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(5)

    async def _pass_on(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def problem(status: int, code: str, detail: str, **more: Any) -> Answer:
    """Return a problem+json answer."""
    return Answer({"status": status, "code": code, "title": code, "detail": detail, **more}, status)


def delta(text: str, offset: int, part: int = 0) -> dict[str, Any]:
    """Return a part.delta."""
    return {"type": "part.delta", "part": part, "offset": offset, "text": text}


def started(part: int = 0, kind: str = "text") -> dict[str, Any]:
    """Return a part.started."""
    return {"type": "part.started", "part": part, "kind": kind}


def completed(*texts: str) -> dict[str, Any]:
    """Return a run.completed whose message has these text parts."""
    parts = [{"type": "text", "text": text} for text in texts]
    return {"type": "run.completed", "message": {"id": "msg_2", "parts": parts}}


async def _read(scope: MutableMapping[str, Any], receive: Receive) -> Seen:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode()))
    return Seen(scope["method"], scope["path"], query, headers, body)


async def _reply(send: Send, answer: Answer) -> None:
    headers = [(b"content-length", str(len(answer.data)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.data, "more_body": False})


async def _event(send: Send, seq: int, envelope: dict[str, Any]) -> None:
    whole = {"v": 1, "seq": seq, "conversation_id": "cnv_1", "run_id": "run_1", "message_id": "msg_2", **envelope}
    body = b"id: %d\ndata: %b\n\n" % (seq, orjson.dumps(whole))
    await send({"type": "http.response.body", "body": body, "more_body": True})
