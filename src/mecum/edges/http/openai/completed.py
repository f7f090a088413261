"""A completion as a whole. Source: the OpenAI API reference, "The chat completion object", "The completion object"."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mecum.edges.http.openai.annotations import annotations_of
from mecum.engine.chat.called import CalledRun, Ending
from mecum.inference.exchange import StopReason, Usage
from mecum.inference.wires.logprobs import side_by_side

_REASONS: Final[Mapping[StopReason | None, str]] = {
    "length": "length",
    "tool_calls": "tool_calls",
    "refusal": "content_filter",
}


def finish_reason(ending: Ending, *, called: bool) -> str:
    """Return why the answer ended; some servers say `stop` where the model made calls (`called`)."""
    reason = _REASONS.get(ending.stop_reason, "stop")
    return "tool_calls" if called and reason == "stop" else reason


def usage_of(usage: Usage | None) -> dict[str, Any] | None:
    """Return the usage, or None when the model's server did not count both sides."""
    if usage is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    found: dict[str, Any] = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
    if usage.cached_tokens is not None:
        found["prompt_tokens_details"] = {"cached_tokens": usage.cached_tokens}
    if usage.reasoning_tokens is not None:
        found["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    return found


def text_of(parts: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of an answer; what cannot be text as it can be shown."""
    return "".join(part["text"] if part["type"] == "text" else part["shown"] for part in parts if _is_text(part))


def logprobs_of(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return how likely the tokens of an answer were, where that was asked for."""
    return [token for part in parts for token in part.get("logprobs") or ()]


def chat_completion(run: CalledRun, completion_id: str, metadata: Mapping[str, str] | None) -> dict[str, Any]:
    """Return a chat completion."""
    message = _message(run.parts)
    choice = {
        "index": 0,
        "message": message,
        "logprobs": {"content": tokens, "refusal": None} if (tokens := logprobs_of(run.parts)) else None,
        "finish_reason": finish_reason(run.ending, called="tool_calls" in message),
    }
    named = {} if metadata is None else {"metadata": dict(metadata)}
    return {**_head(run, completion_id, "chat.completion"), "choices": [choice], **_usage(run), **named}


def text_completion(run: CalledRun, completion_id: str) -> dict[str, Any]:
    """Return a text completion."""
    reason = finish_reason(run.ending, called=False)
    told = side_by_side(tokens) if (tokens := logprobs_of(run.parts)) else None
    choice = {"index": 0, "text": text_of(run.parts), "logprobs": told, "finish_reason": reason}
    return {**_head(run, completion_id, "text_completion"), "choices": [choice], **_usage(run)}


def _is_text(part: Mapping[str, Any]) -> bool:
    return part["type"] in ("text", "data")


def _head(run: CalledRun, completion_id: str, kind: str) -> dict[str, Any]:
    return {"id": completion_id, "object": kind, "created": run.created_ms // 1000, "model": run.ending.model}


def _usage(run: CalledRun) -> dict[str, Any]:
    return {"usage": usage_of(run.ending.usage)}


def _message(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    calls = [part for part in parts if part["type"] == "tool_call"]
    said = any(_is_text(part) for part in parts)
    message: dict[str, Any] = {
        "role": "assistant",
        "content": text_of(parts) if said or not calls else None,
        "refusal": None,
    }
    if calls:
        message["tool_calls"] = [
            {"id": c["call_id"], "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}}
            for c in calls
        ]
    if notes := annotations_of(parts):
        message["annotations"] = [one.nested for one in notes]
    if thoughts := "".join(part["text"] for part in parts if part["type"] == "reasoning"):
        message["reasoning_content"] = thoughts
    return message
