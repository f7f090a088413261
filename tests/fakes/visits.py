"""A client of an ASGI application that stays: reads as it likes, stops reading, speaks, leaves."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson

from fakes.asgi import Application, Message


class Visit:
    """One open exchange: a socket, or a streamed response. While `reading` is clear, what is sent to it waits."""

    def __init__(self, app: Application, scope: dict[str, Any], body: bytes = b"") -> None:
        self.sent: list[Message] = []
        self.waiting = 0
        self.reading = asyncio.Event()
        self.reading.set()
        self.broken = False
        self._said: asyncio.Queue[Message] = asyncio.Queue()
        serving: Any = app(scope, self._said.get, self._send)
        self._task: asyncio.Task[None] = asyncio.create_task(serving)
        first: Message = {"type": "websocket.connect"}
        if scope["type"] == "http":
            first = {"type": "http.request", "body": body, "more_body": False}
        self._said.put_nowait(first)

    def say(self, message: Any) -> None:
        """Send JSON, or a text as it is, to the socket."""
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        self._said.put_nowait({"type": "websocket.receive", "text": text})

    def say_bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        self._said.put_nowait({"type": "websocket.receive", "bytes": data})

    async def leave(self) -> None:
        """Hang up, and wait until the application has noticed."""
        self.reading.set()
        kind = "websocket" if any(m["type"].startswith("websocket") for m in self.sent) else "http"
        self._said.put_nowait({"type": f"{kind}.disconnect", "code": 1001})
        async with asyncio.timeout(10):
            await self._task

    async def over(self) -> None:
        """Wait until the application has said everything."""
        await self.until(lambda: any(m["type"] == "http.response.body" and not m.get("more_body") for m in self.sent))
        await self.leave()

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until `condition` holds."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.005)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """What a socket was sent, as JSON."""
        return [orjson.loads(message["text"]) for message in self.sent if message["type"] == "websocket.send"]

    @property
    def body(self) -> bytes:
        """The body of a response so far."""
        return b"".join(message.get("body", b"") for message in self.sent if message["type"] == "http.response.body")

    @property
    def events(self) -> list[dict[str, Any]]:
        """The server-sent events so far; each must have its id."""
        found: list[dict[str, Any]] = []
        for block in self.body.decode().split("\n\n")[:-1]:
            number, data = block.split("\n")
            found.append(orjson.loads(data.removeprefix("data: ")))
            assert number == f"id: {found[-1]['seq']}"
        return found

    async def _send(self, message: Message) -> None:
        if self.broken:
            raise OSError("the client is gone")
        self.waiting += 1
        if not self.reading.is_set():
            await self.reading.wait()
        self.waiting -= 1
        self.sent.append(message)
