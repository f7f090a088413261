"""What chat completions reject, from the OpenAI API reference and its errors."""

import re
from collections.abc import Iterator
from typing import Any, Final

_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ROLES: Final = {"system", "developer", "user", "assistant", "tool"}
_PARTS: Final = {"user": {"text", "image_url"}, "system": {"text"}, "assistant": {"text"}, "tool": {"text"}}
_LONGEST_ID: Final = 40

Message = dict[str, Any]


def refused(body: dict[str, Any]) -> str | None:
    """Return why the API would not take this request, or None."""
    return next(_problems(body.get("messages") or []), None)


def thoughtless(body: dict[str, Any]) -> str | None:
    """Return why DeepSeek's API would not take this request, from its guide to thinking; or None."""
    messages: list[Message] = body["messages"]
    called = [one for one in messages if one.get("tool_calls")]
    missing = any(not isinstance(one.get("reasoning_content"), str) for one in called)
    return "The `reasoning_content` in the thinking mode must be passed back to the API." if missing else None


def unproven(body: dict[str, Any], proof: str) -> str | None:
    """Return why OpenRouter would not take this request: a detail that is not as it came; or None."""
    messages: list[Message] = body["messages"]
    details: list[dict[str, Any]] = [one for message in messages for one in message.get("reasoning_details", [])]
    foreign = any(detail.get("signature") != proof or not detail.get("type") for detail in details)
    return "Invalid `signature` in `reasoning_details`" if foreign else None


def _problems(messages: list[Message]) -> Iterator[str]:
    if not messages:
        yield "'messages' is too short"
    waiting: list[str] = []
    for place, message in enumerate(messages):
        at = f"messages[{place}]"
        if message["role"] not in _ROLES:
            yield f"Invalid value at {at}.role"
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                yield f"{at}: role 'tool' must be a response to a preceding message with 'tool_calls'."
            else:
                waiting.remove(message["tool_call_id"])
        elif waiting:
            yield f"{at}: an assistant message with 'tool_calls' must be followed by tool messages for {waiting}"
        calls: list[dict[str, Any]] = message.get("tool_calls") or []
        waiting += [call["id"] for call in calls]
        yield from (f"{at}: {problem}" for problem in _message(message))
    if waiting:
        yield "An assistant message with 'tool_calls' must be followed by tool messages"


def _message(message: Message) -> Iterator[str]:
    calls: list[dict[str, Any]] = message.get("tool_calls") or []
    content: Any = message.get("content")
    if content is None and not calls:
        yield "expected a string, got null"
    if content and not isinstance(content, str):
        parts: list[dict[str, Any]] = content
        kinds = _PARTS[message["role"]]
        yield from (f"content type {part['type']}" for part in parts if part["type"] not in kinds)
    if "tool_calls" in message and not calls:
        yield "[] is too short - 'tool_calls'"
    if len({call["id"] for call in calls}) < len(calls):
        yield "Duplicate value for 'tool_call_id'"
    for call in calls:
        if len(call["id"]) > _LONGEST_ID:
            yield "tool_calls.id: string too long"
        if not _NAME.fullmatch(call["function"]["name"]):
            yield "tool_calls.function.name: string does not match pattern '^[a-zA-Z0-9_-]+$'"
        if not isinstance(call["function"]["arguments"], str):
            yield "tool_calls.function.arguments: expected a string"
