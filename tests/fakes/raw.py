"""A server that answers with exactly these bytes, for what no well-behaved server would say."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Sequence[bytes | float | None]
"""Bytes are written, a number is a pause in seconds, None ends the connection."""


@dataclass
class Raw:
    """What was asked of the server, and how many connections it had."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list[bytes])
    connections: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client left in the middle of an answer."""

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def answering(*answers: Answer) -> AsyncGenerator[Raw]:
    """Serve on loopback; the n-th request gets the n-th answer, those after the last get the last."""
    raw = Raw()
    writers: list[asyncio.StreamWriter] = []
    tasks: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw.connections += 1
        writers.append(writer)
        tasks.append(asyncio.current_task())
        try:
            while request := await _request(reader):
                raw.requests.append(request)
                await _say(answers[min(len(raw.requests), len(answers)) - 1], reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            raw.gone.set()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.wait([asyncio.create_task(asyncio.sleep(0)), *filter(None, tasks)], timeout=5)


async def _request(reader: asyncio.StreamReader) -> bytes:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + (await reader.readexactly(int(lengths[0].partition(b":")[2])) if lengths else b"")


async def _say(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for step in answer:
        if step is None:
            writer.close()
            await writer.wait_closed()
            raise ConnectionError
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
            continue
        try:
            async with asyncio.timeout(step):
                left = await reader.read(1)
        except TimeoutError:
            continue
        if not left:
            raise ConnectionResetError
