"""What Ollama's /api/chat cannot read, from its api.md: the types of what a message holds."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

_ROLES: Final = {"system", "user", "assistant", "tool"}


def refused(body: dict[str, Any]) -> str | None:
    """Return why the server would not take this request, or None."""
    return next(_problems(body.get("messages") or []), None)


def _problems(messages: list[dict[str, Any]]) -> Iterator[str]:
    if not messages:
        # An empty list only loads the model.
        yield "messages: nothing to answer"
    for message in messages:
        if message["role"] not in _ROLES:
            yield "invalid role"
        if not isinstance(message.get("content", ""), str):
            yield "cannot unmarshal into Go struct field of type string"
        calls: list[dict[str, Any]] = message.get("tool_calls") or []
        if any(not isinstance(call["function"]["arguments"], dict) for call in calls):
            yield "cannot unmarshal into Go struct field of type api.ToolCallFunctionArguments"
        if message["role"] == "tool" and not message.get("tool_name"):
            yield "a result without the name of its tool"
        yield from _images(message.get("images") or [])


def _images(images: list[str]) -> Iterator[str]:
    for image in images:
        try:
            base64.b64decode(image, validate=True)
        except binascii.Error:
            yield "illegal base64 data"
