"""The way into an application in this process: its lifespan, and requests without a socket."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast
from urllib.parse import unquote

from mecum.edges.cli.wire import Call, Receiver
from mecum.kernel import clock
from mecum.kernel.errors import Conflict, Unavailable

_Message = MutableMapping[str, Any]
Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]],
    Awaitable[None],
]
_STOP_SECONDS = 15.0
_BUSY = "store.busy"
_BUSY_SECONDS = 15.0
_PAUSE_SECONDS = 0.1


class Lifespan:
    """Starts and stops an ASGI application; what its start raises comes out unchanged."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._inbox: asyncio.Queue[_Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[_Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def start(self) -> None:
        """Run the application's start to its end."""
        self._task = asyncio.create_task(self._run())
        await self._inbox.put({"type": "lifespan.startup"})
        await self._next()

    async def stop(self) -> None:
        """Run the application's stop; gives up after some seconds."""
        if self._task is None or self._task.done():
            return
        await self._inbox.put({"type": "lifespan.shutdown"})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._next()
                await self._task

    async def _run(self) -> None:
        await self._app(
            {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, self._inbox.get, self._outbox.put
        )

    async def _next(self) -> None:
        """Wait for the application's word, or for its end without one."""
        task = cast("asyncio.Task[None]", self._task)
        word = asyncio.create_task(self._outbox.get())
        await asyncio.wait({word, task}, return_when=asyncio.FIRST_COMPLETED)
        if word.done() and word.result()["type"].endswith(".complete"):
            return
        # The word is a failure, or there is none: the reason is what the application raised.
        word.cancel()
        await task
        raise Unavailable("The application did not start.")


class InProcessWire:
    """Calls `app` directly, with the local token it made when it started."""

    def __init__(self, app: Application, place: str, patience: float = _BUSY_SECONDS) -> None:
        self._app = app
        self._patience = patience
        self._lifespan = Lifespan(app)
        self._place = place

    @property
    def place(self) -> str:
        """The data folder."""
        return self._place

    @property
    def local(self) -> bool:
        """It is this very process."""
        return True

    async def open(self) -> None:
        """Start the application; raises what its start raises.

        A folder that another short command holds is waited for.
        """
        deadline = clock.monotonic() + self._patience
        while True:
            try:
                await self._lifespan.start()
            except Conflict as error:
                if error.code != _BUSY or clock.monotonic() > deadline:
                    raise
            else:
                return
            await asyncio.sleep(_PAUSE_SECONDS)
            self._lifespan = Lifespan(self._app)

    async def close(self) -> None:
        """Stop the application."""
        await self._lifespan.stop()

    async def exchange(self, call: Call, receiver: Receiver) -> None:
        """Run one request through the application."""
        exchange = _Exchange(call, receiver)
        await self._app(self._scope(call), exchange.receive, exchange.send)

    def _scope(self, call: Call) -> dict[str, Any]:
        path, _, query = call.path.partition("?")
        headers = {"host": "127.0.0.1", "authorization": f"Bearer {self._token()}", **call.headers}
        headers["content-length"] = str(len(call.body))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": call.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
            "state": dict(self._lifespan.state),
        }

    def _token(self) -> str:
        return str(cast("Any", self._app).state.local_token)


class _Exchange:
    """The two callables of one request."""

    def __init__(self, call: Call, receiver: Receiver) -> None:
        self._body: bytes | None = call.body
        self._receiver = receiver
        self._over = asyncio.Event()

    async def receive(self) -> _Message:
        """Give the body once; after that only the end of the response ends the wait."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: _Message) -> None:
        """Push a piece of the response on."""
        if message["type"] == "http.response.start":
            headers = {bytes(name).lower(): bytes(value) for name, value in message.get("headers", ())}
            self._receiver.head(message["status"], headers)
        elif message["type"] == "http.response.body":
            self._receiver.body(message.get("body", b""))
            if not message.get("more_body", False):
                self._over.set()
