"""Parts of messages out of foreign text: exact, whatever it holds."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final, cast

from mecum.domains.conversations.api import exact_part
from mecum.domains.transfer.rules.exact import cleaned, data_part, storable_part
from mecum.domains.transfer.rules.record import Json, Report
from mecum.kernel.text import is_storable, shown

_LARGEST: Final = 2**31


def said(value: Any, kind: str = "text") -> list[Json]:
    """Return the part for a text (or bytes that are none, or another value), none for nothing."""
    if value is None or value == "" or value == b"":
        return []
    if isinstance(value, str):
        return [exact_part(value, kind)]
    if isinstance(value, bytes):
        encoded = base64.b64encode(value).decode("ascii")
        readable = shown(value.decode("utf-8", "replace"))
        return [{"type": "data", "media_type": "application/octet-stream", "base64": encoded, "shown": readable}]
    return [data_part(value)]


def part(value: Json) -> list[Json]:
    """Return one of our parts as it can be stored, followed by its exact bytes where that is not the same."""
    return storable_part(value, Report())


def call(call_id: Any, name: Any, arguments: Any) -> list[Json]:
    """Return the part of a tool call; arguments that are no JSON text are written as one."""
    written = arguments if isinstance(arguments, str) and _is_json(arguments) else _json(arguments)
    return part({"type": "tool_call", "call_id": str(call_id), "name": str(name or "tool"), "arguments": written})


def result(call_id: Any, name: Any, content: Any, *, is_error: bool = False) -> list[Json]:
    """Return the part of a tool's result."""
    text = content if isinstance(content, str) else _json(content)
    made: Json = {"type": "tool_result", "call_id": str(call_id), "name": str(name or "tool"), "content": text}
    return part({**made, "is_error": True} if is_error else made)


def text_or_none(value: Any, most: int | None = None) -> str | None:
    """Return a text as both databases can keep it, None for anything else and for an empty one."""
    return shown(value)[:most] if isinstance(value, str) and value else None


def texts(values: Any) -> list[str]:
    """Return the texts of a list that say something, as both databases can keep them; none for anything else."""
    given = cast("list[Any]", values) if isinstance(values, list) else []
    return [shown(value) for value in given if isinstance(value, str) and value.strip()]


def whole(value: Any) -> int | None:
    """Return a number that fits its column, None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST else None


def number(value: Any) -> float | None:
    """Return a finite number, also one written as text; None for anything else."""
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and abs(found) < float("inf") else None


def temperature(value: Any) -> float | None:
    """Return a temperature that a conversation may have."""
    found = number(value)
    return found if found is not None and 0 <= found <= 2 else None


def kept(values: Mapping[Any, Any]) -> Json:
    """Return what is not nothing of these values, as JSON that can be stored."""
    return {shown(str(name)): plain(value) for name, value in values.items() if value not in (None, "", [], {})}


def plain(value: Any) -> Any:
    """Return a value as JSON that can be stored; bytes and texts that cannot are given with their exact bytes."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, str) and not is_storable(value):
        return said(value)[0]
    return cleaned(value)


def parsed(value: Any) -> Any:
    """Return the value of a JSON text, None where it is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _is_json(value: str) -> bool:
    return isinstance(parsed(value), dict)


def _json(value: Any) -> str:
    return json.dumps({"input": value} if isinstance(value, str) else value, ensure_ascii=False, default=str)
