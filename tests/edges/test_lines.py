"""The short way out: a real client reads frames of every size, and one that does not read is not queued for."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from websockets.asyncio.client import connect

from mecum.edges.lines import HttpProtocol, SocketProtocol
from mecum.edges.outlet import LINE, Line, ResponseLine

pytestmark = pytest.mark.slow

TEXTS = ["", "a", "ä" * 62, "b" * 125, "c" * 126, "🙂" * 16_383, "d" * 65_535, "e" * 65_536, "f" * 200_000]
ENDLESS = "x" * 60_000


class App:
    """Says `TEXTS` by the line, then ends by the ordinary way; to `/endless` as long as the line takes it."""

    def __init__(self) -> None:
        self.refused = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        line: Line = scope[LINE]
        if scope["type"] == "http":
            assert not line.write(b"too early")
            await send({"type": "http.response.start", "status": 200, "headers": []})
        else:
            await receive()
            assert not line.write(b"too early")
            await send({"type": "websocket.accept"})
        if scope["path"] == "/endless":
            for _ in range(10_000):
                if not line.write(ENDLESS.encode()):
                    self.refused.set()
                    return
        else:
            first, *others = [text.encode() for text in TEXTS if text or scope["type"] != "http"]
            assert line.write(first)
            assert line.write(*others)
        if scope["type"] == "http":
            await send({"type": "http.response.body", "body": b"end", "more_body": False})
        else:
            await send({"type": "websocket.close"})
        assert not line.write(b"too late")


class Whole:
    """Answers each path in one piece by the line where it can, else by the ordinary way; notes which it was."""

    def __init__(self) -> None:
        self.by_line: list[bool] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        line: ResponseLine = scope[LINE]
        body = scope["path"].encode()
        headers = [(b"content-length", b"%d" % len(body)), *given(scope)]
        self.by_line.append(line.answer(200, headers, body))
        if not self.by_line[-1]:
            await send({"type": "http.response.start", "status": 200, "headers": headers[:1]})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


@asynccontextmanager
async def served(app: App | Whole) -> AsyncGenerator[str]:
    """Serve `app` with our protocols; return its host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            http=HttpProtocol,
            ws=SocketProtocol,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def test_frames_of_every_size_reach_a_socket() -> None:
    async with served(App()) as place, connect(f"ws://{place}/", max_size=None, compression=None) as client:
        assert [text async for text in client] == TEXTS


async def test_pieces_of_every_size_reach_a_response() -> None:
    async with served(App()) as place, httpx2.AsyncClient() as client:
        for _ in range(2):
            answered = await client.get(f"http://{place}/")
            assert answered.text == "".join(TEXTS) + "end"


@pytest.mark.parametrize("kind", ["socket", "response"])
async def test_a_client_that_does_not_read_is_not_queued_for(kind: str) -> None:
    app = App()
    async with served(app) as place:
        host, _, port = place.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
        upgrade = (
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        )
        more = upgrade if kind == "socket" else ""
        writer.write(f"GET /endless HTTP/1.1\r\nHost: {place}\r\n{more}\r\n".encode())
        async with asyncio.timeout(20):
            await app.refused.wait()
        assert not reader.at_eof()
        writer.transport.abort()


def given(scope: Any) -> list[tuple[bytes, bytes]]:
    """The header that a request asks for, as a file's name may hold anything."""
    return [(b"x-name", bytes.fromhex(value.decode())) for name, value in scope["headers"] if name == b"x-hex"]


async def exchanged(place: str, *requests: str, ends: bytes) -> bytes:
    """Send `requests` at once over one connection; return what came back, up to `ends`."""
    host, _, port = place.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write("".join(f"{line}\r\nHost: {place}\r\n\r\n" for line in requests).encode())
    async with asyncio.timeout(10):
        came = await reader.readuntil(ends)
    writer.close()
    return came


async def test_a_whole_response_is_answered_in_one_piece_and_the_connection_goes_on() -> None:
    app = Whole()
    async with served(app) as place, httpx2.AsyncClient() as client:
        for path in ("/one", "/two"):
            answered = await client.get(f"http://{place}{path}", headers={"x-hex": b"a b".hex()})
            assert (answered.text, answered.headers["x-name"]) == (path, "a b")
    assert app.by_line == [True, True]


async def test_requests_sent_behind_one_another_are_answered_in_order() -> None:
    app = Whole()
    async with served(app) as place:
        came = await exchanged(place, *(f"GET /{n} HTTP/1.1" for n in range(4)), ends=b"\r\n\r\n/3")
    assert [part[-2:] for part in came.split(b"HTTP/1.1 200 OK")[1:]] == [b"/0", b"/1", b"/2", b"/3"]


@pytest.mark.parametrize("hidden", [b"a\r\nx-more: 1", b"a\nb", b"a\rb"])
async def test_a_line_break_inside_a_header_never_gets_out(hidden: bytes) -> None:
    app = Whole()
    async with served(app) as place, httpx2.AsyncClient() as client:
        answered = await client.get(f"http://{place}/file", headers={"x-hex": hidden.hex()})
    assert answered.text == "/file"
    assert "x-more" not in answered.headers
    assert app.by_line == [False]


async def test_what_has_no_body_or_ends_the_connection_takes_the_ordinary_way() -> None:
    app = Whole()
    async with served(app) as place, httpx2.AsyncClient() as client:
        assert (await client.head(f"http://{place}/a")).headers["content-length"] == "2"
        assert (await client.get(f"http://{place}/b", headers={"connection": "close"})).text == "/b"
    assert app.by_line == [False, False]
