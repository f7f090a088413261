"""Makes a message of what was typed and what was piped in."""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mecum.edges.cli.client import Client, Content
from mecum.kernel.text import is_storable

# A longer pipe becomes a file: the message stays readable, and the server decides how much fits the model.
INLINE_BYTES: Final = 64 * 1024
_FENCE: Final = re.compile("`{3,}")


@dataclass(frozen=True, slots=True)
class Piped:
    """What was piped in, as text for the message or as a file beside it."""

    text: str | None = None
    name: str | None = None
    data: bytes = b""


def piped(data: bytes) -> Piped:
    """Return what a pipe's bytes become: text when they are some, without the line feed that ends it."""
    if not data:
        return Piped()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Piped(name="stdin.bin", data=data)
    if not is_storable(text):
        return Piped(name="stdin.bin", data=data)
    if len(data) > INLINE_BYTES:
        return Piped(name="stdin.txt", data=data)
    return Piped(text=text.removesuffix("\n").removesuffix("\r"))


def message(typed: str, below: str | None, *, raw: bool) -> str:
    """Return what was typed, with the piped text below it in a fence (in raw mode as it is)."""
    if below is None:
        return typed
    if not typed:
        return below
    if raw:
        return f"{typed}\n{below}"
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(below))])
    return f"{typed}\n\n{fence}\n{below}\n{fence}"


def upload(client: Client, name: str, data: bytes) -> dict[str, Any]:
    """Store a file and return it; the server finds its type out by itself."""
    guess = mimetypes.guess_type(name)[0] or "application/octet-stream"
    stored: dict[str, Any] = client.ask("POST", "/files", Content(data, guess), query={"name": name})
    return stored


def upload_file(client: Client, path: Path) -> dict[str, Any]:
    """Store the file at `path` and return it; raises OSError."""
    return upload(client, path.name, path.read_bytes())
