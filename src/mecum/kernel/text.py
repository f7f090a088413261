"""Text that is stored exactly: what a person may send, what a model may have sent, and its JSON form."""

import base64
import json
import re
from dataclasses import dataclass
from typing import Final

import orjson

BACKSLASH: Final = ord("\\")
QUOTE: Final = ord('"')
NEWLINE: Final = ord("\n")
CARRIAGE_RETURN: Final = ord("\r")
"""Bytes to look for: a number is found in bytes without the error that Python makes and drops for bytes in bytes."""
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether both databases can keep `text`: no NUL and no unpaired surrogate."""
    return "\x00" not in text and _SURROGATE.search(text) is None


def shown(text: str) -> str:
    """Return `text` with NUL and unpaired surrogates replaced by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text.replace("\x00", "\ufffd"))


def exact_base64(text: str) -> str:
    """Return base64 of the exact bytes of a text that cannot be stored as text (surrogates as WTF-8)."""
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def escape(text: str) -> bytes:
    """Return `text` as the inside of a JSON string, UTF-8, without the quotes; `text` must be storable or shown."""
    return orjson.dumps(text)[1:-1]


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a JSON string: `escaped` UTF-8 bytes without quotes, `size` in UTF-8 bytes of the decoded text."""

    escaped: bytes
    size: int


def slice_of(text: str) -> Slice:
    """Return the slice for a decoded text."""
    return Slice(escape(text), len(text.encode("utf-8")))


def unescape(escaped: bytes) -> str:
    """Return the text inside a JSON string; unpaired surrogates survive as Python surrogates."""
    quoted = b'"' + escaped + b'"'
    try:
        text: str = orjson.loads(quoted)
    except orjson.JSONDecodeError:
        text = json.loads(quoted.decode("utf-8", "replace"), strict=False)
    return text
