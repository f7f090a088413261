"""A model server on the OpenAI wire: `markdown` is one long answer, `new-ttft50-n100-itl20` one never seen before.

The second one names its pace as the fake model server does. What it says is said once only, so that an answer that was
asked for again cannot pass for one that was kept.
"""

import json
import re
import secrets
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

CHARACTERS: Final = 21_224
EVENTS: Final = 2_000
SECONDS: Final = 10.0
END: Final = "This is the last line."
_SECTION: Final = """\
## Part {n}: what a stream is made of

A paragraph with **bold**, *italic*, `code`, a [link](https://example.org/{n}) and a formula such as
$a_{n}^2 + b^2 = c^2$. It goes on for a second line, so that the block stays open for a while, and ends here.

1. The first of {n} points
2. The second, with a list inside
   - inner *one*
   - inner **two**

| name | value | note |
|---|---:|---|
| alpha {n} | 1.5 | a cell with `code` |
| beta {n} | 2.25 | another cell |

```python
def part_{n}(values: list[int]) -> int:
    \"\"\"Return the sum of the squares.\"\"\"
    return sum(value * value for value in values if value % {n} == 0)
```

> A quotation, because answers have those, too.

"""


def answer() -> str:
    """Return the answer: as many sections as fit, filled up to the exact length."""
    text = "# A long answer\n\n"
    number = 1
    while len(text) + len(section := _SECTION.format(n=number)) + len(END) < CHARACTERS:
        text += section
        number += 1
    return text + "word ".ljust(CHARACTERS - len(text) - len(END) - 2, ".") + "\n\n" + END


@contextmanager
def serving() -> Generator[int, None, None]:
    """Serve on a free port of this machine; gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _paced(model: str) -> Iterator[str]:
    """Yield the pieces of an answer when they are due."""
    named = re.fullmatch(r"new-ttft(\d+)-n(\d+)-itl(\d+)", model)
    if named:
        first, count, gap = (int(number) for number in named.groups())
        pieces = (f" {secrets.token_hex(3)}" for _ in range(count))
        wait, pause = first / 1e3, gap / 1e3
    else:
        text = answer()
        pieces = (text[len(text) * n // EVENTS : len(text) * (n + 1) // EVENTS] for n in range(EVENTS))
        wait, pause = 0.0, SECONDS / EVENTS
    began = time.monotonic() + wait
    for number, piece in enumerate(pieces):
        time.sleep(max(0.0, began + pause * number - time.monotonic()))
        yield piece


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": "markdown", "object": "model"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for piece in _paced(asked["model"]):
                self._event({"index": 0, "delta": {"content": piece}, "finish_reason": None})
            self._event({"index": 0, "delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            return  # whoever asked was killed

    def _event(self, choice: dict[str, object]) -> None:
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "markdown", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has above
        """Say nothing."""
