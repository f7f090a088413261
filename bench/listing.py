"""A model server on Ollama's wire that has many models: `python -m bench.listing PORT COUNT DELAY_MS`.

Listing is at once; describing a model takes as long as reading its file does.
"""

import asyncio
import json
import sys
from typing import Any

_TENSORS = 300


def _tags(count: int) -> bytes:
    details = {"family": "llama", "parameter_size": "8.0B", "quantization_level": "Q4_K_M"}
    models = [
        {"name": f"model-{n}:8b", "model": f"model-{n}:8b", "size": 4_700_000_000, "digest": f"{n:064x}"}
        | {"details": details}
        for n in range(1, count + 1)
    ]
    return json.dumps({"models": models}).encode()


def _show() -> bytes:
    """A description as long as a real one, which has its licence and template in it."""
    info = {"general.architecture": "llama", "llama.context_length": 131072}
    tensors = [{"name": f"blk.{n}.attn_q.weight", "type": "Q4_K", "shape": [4096, 4096]} for n in range(_TENSORS)]
    body = {"license": "x" * 12_000, "template": "{{ .Prompt }}", "model_info": info, "tensors": tensors}
    return json.dumps(body | {"capabilities": ["completion", "tools"]}).encode()


async def _serve(port: int, count: int, delay: float) -> None:
    tags, show = _tags(count), _show()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            path = head.split(b" ", 2)[1]
            if path == b"/api/show":
                await asyncio.sleep(delay)
            body = {b"/api/tags": tags, b"/api/show": show}.get(path, b"{}")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    await server.serve_forever()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """Read one request with its body; return its head, nothing when the client has left."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length: Any = next((line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b"0")
    await reader.readexactly(int(length))
    return head


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000))
