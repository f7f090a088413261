"""Our own file of an assistant: one JSON object with everything there is of it, and a hash by which it is known.

`{format, version, sha256, assistant}`; `sha256` is that of `assistant` as canonical JSON, with its keys in order and
no blanks, in UTF-8.
"""

import base64
import hashlib
import json
from typing import Any, Final

from mecum.domains.transfer.rules.record import Json

FORMAT: Final = "mecum.assistant"
VERSION: Final = 1


def digest(assistant: Json) -> str:
    """Return the hash of an assistant's content, in hexadecimal."""
    return hashlib.sha256(canonical(assistant)).hexdigest()


def canonical(value: Any) -> bytes:
    """Return a JSON value as bytes that are the same for the same value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def sheet(record: Json, picture: tuple[str, bytes] | None) -> Json:
    """Return an assistant as the file has it; `picture` is its media type and its bytes."""
    if picture is None:
        return record
    media_type, data = picture
    return {**record, "picture": {"media_type": media_type, "base64": base64.b64encode(data).decode("ascii")}}


def written(assistant: Json) -> Json:
    """Return the file."""
    return {"format": FORMAT, "version": VERSION, "sha256": digest(assistant), "assistant": assistant}
