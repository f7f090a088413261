"""A body that is too large is answered, also to a client that sends all of it before it reads, and closes then."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from factories.served import Served, model_server, product, served

__all__ = ["model_server", "product", "served"]
pytestmark = pytest.mark.slow

MB = 1 << 20
CLOSE = "Connection: close\r\n"


def sized(size: int) -> tuple[str, Iterator[bytes]]:
    """Return a body of `size` bytes with its length told."""
    return f"Content-Length: {size}\r\n", iter([b"x" * MB] * (size // MB))


def chunked(size: int) -> tuple[str, Iterator[bytes]]:
    """Return the same without."""
    piece = b"%x\r\n%b\r\n" % (MB, b"x" * MB)
    return "Transfer-Encoding: chunked\r\n", iter([*[piece] * (size // MB), b"0\r\n\r\n"])


def sent(served: Served, path: str, version: str, more: str, pieces: Iterator[bytes]) -> tuple[bytes, Any]:
    """Send a request to its end, and only then read; return the status line and the JSON that came, up to the end."""
    where = urlsplit(served.url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as client:
        head = f"POST {path} HTTP/{version}\r\nHost: {where.netloc}\r\nAuthorization: Bearer {served.token}\r\n"
        client.sendall(f"{head}Content-Type: application/octet-stream\r\n{more}\r\n".encode())
        for piece in pieces:
            client.sendall(piece)
        came = b"".join(iter(lambda: client.recv(MB), b""))
    top, _, body = came.partition(b"\r\n\r\n")
    return top.partition(b"\r\n")[0], json.loads(body)


@pytest.mark.parametrize(
    ("path", "code"), [("/api/v1/conversations", "request.too_large"), ("/api/v1/files?name=a.bin", "file.too_large")]
)
@pytest.mark.parametrize(
    ("version", "more", "kind"),
    [("1.1", CLOSE, sized), ("1.1", CLOSE, chunked), ("1.0", "", sized)],
    ids=["close", "close and chunked", "the old version"],
)
def test_the_answer_reaches_who_sends_first_and_then_reads(
    served: Served, path: str, code: str, version: str, more: str, kind: Callable[[int], tuple[str, Iterator[bytes]]]
) -> None:
    length, pieces = kind(120 * MB)
    line, problem = sent(served, path, version, length + more, pieces)
    assert (line, problem["code"]) == (b"HTTP/1.1 413 Request Entity Too Large", code)


def test_any_refusal_reaches_them(served: Served) -> None:
    length, pieces = sized(20 * MB)
    line, problem = sent(served, "/api/v1/nothing-here", "1.1", length + CLOSE, pieces)
    assert (line.split()[1], problem["code"]) == (b"404", "request.not_found")
