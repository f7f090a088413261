"""A server of one file on loopback: with and without ranges, cut off midway, sending on, or answering other things."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast


@dataclass
class FileServer:
    """The file, how it is given out, and what was asked. `cuts` says after how many bytes an answer breaks off."""

    data: bytes = b""
    ranges: bool = True
    etag: str | None = '"one"'
    cuts: list[int] = field(default_factory=list[int])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    status: int | None = None
    send_on: str | None = None
    length: bool = True
    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])
    hold: asyncio.Event | None = None
    """Waited for in the middle of an answer."""
    answering: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"http://127.0.0.1:{self.port}/files/tiny.gguf"

    @property
    def ranges_asked(self) -> list[str | None]:
        """The Range header of every request."""
        return [headers.get("range") for _, headers in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and hang up."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self.answering.add(task)
        task.add_done_callback(self.answering.discard)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.asked.append((first.split()[1], headers))
        status, start, said = self._head(headers)
        body = b"" if status in (302, 416) else self.data[start:]
        if self.length:
            said["Content-Length"] = str(len(body))
        said["Connection"] = "close"
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in said.items())]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        sent = body[: self.cuts.pop(0)] if self.cuts and status < 300 else body
        if self.hold is not None and status < 300:
            writer.write(sent[: len(sent) // 2])
            await writer.drain()
            await self.hold.wait()
            sent = sent[len(sent) // 2 :]
        writer.write(sent)
        await writer.drain()

    def _head(self, headers: dict[str, str]) -> tuple[int, int, dict[str, str]]:
        said = dict(self.headers)
        if self.send_on is not None:
            return 302, 0, {**said, "Location": self.send_on}
        if self.etag:
            said["ETag"] = self.etag
        asked = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
        same = headers.get("if-range", self.etag) == self.etag
        if self.status is not None or asked is None or not self.ranges or not same:
            return self.status or 200, 0, said
        start = int(asked[1])
        if start >= len(self.data):
            return 416, 0, said
        return 206, start, {**said, "Content-Range": f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"}


@asynccontextmanager
async def serving(data: bytes = b"") -> AsyncGenerator[FileServer]:
    """Run the server."""
    files = FileServer(data)
    server = await asyncio.start_server(files.serve, "127.0.0.1", 0)
    files.port = server.sockets[0].getsockname()[1]
    try:
        yield files
    finally:
        server.close()
        for task in files.answering:
            task.cancel()
        await asyncio.gather(*files.answering, return_exceptions=True)
