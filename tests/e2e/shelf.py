"""A file server on loopback for the browser tests: one file, whole at once or held in its middle."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Shelf:
    """Gives out `data` at `url`; what is below `/held` stops half-way until `go_on` is set."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.go_on = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                half = len(shelf.data) // 2
                page = self.path.startswith("/page")
                data = b"<!doctype html><title>Not a model</title>" if page else shelf.data
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Content-Type", "text/html" if page else "application/octet-stream")
                self.end_headers()
                try:
                    if self.path.startswith("/held"):
                        self.wfile.write(data[:half])
                        self.wfile.flush()
                        shelf.go_on.wait(30)
                        data = data[half:]
                    self.wfile.write(data)
                except OSError:
                    return

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
                return

        return Handler
