"""A server in a thread that answers every request with the same bytes, whatever they are, and hangs up."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Generator

PAGE = b"<html><body>It works!</body></html>"


def whole(body: bytes, kind: str = "application/json") -> bytes:
    """Return a response of HTTP with status 200."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def half(body: bytes, kind: str = "text/event-stream") -> bytes:
    """Return a response that ends with the connection, before it is complete."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode() + body


def torn(body: bytes, kind: str = "text/event-stream") -> bytes:
    """Return a response that says it is longer than what comes of it."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 9000\r\n\r\n".encode() + body


@contextlib.contextmanager
def saying(models: bytes, answer: bytes, tls: ssl.SSLContext | None = None) -> Generator[str]:
    """Serve `models` to who lists models and `answer` to who asks one; yield the address."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            # A client that refuses the certificate leaves in the middle of the greeting.
            with contextlib.suppress(OSError), contextlib.closing(_greeted(connection, tls)) as greeted:
                asked = greeted.recv(65536)
                greeted.sendall(models if asked.startswith(b"GET") else answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def _greeted(connection: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    if tls is None:
        return connection
    try:
        return tls.wrap_socket(connection, server_side=True)
    except OSError:
        connection.close()
        raise
