"""What the Messages API rejects, from its reference and its guides to tool use, thinking, caching and images."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

_ID: Final = re.compile(r"[a-zA-Z0-9_-]+")
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_ALLOWED: Final = {
    "user": {"text", "image", "tool_result", "document", "search_result"},
    "assistant": {"text", "tool_use", "thinking", "redacted_thinking"},
}
_IMAGES: Final = {"image/jpeg", "image/png", "image/gif", "image/webp"}
_THOUGHTS: Final = ("thinking", "redacted_thinking")

Block = dict[str, Any]


def signature(model: str, text: str) -> str:
    """Return the proof this vendor's fake gives for a thought; it accepts no other."""
    return f"anthropic:{model}:{len(text)}:{sum(map(ord, text))}"


def refused(body: dict[str, Any], *, proofs: bool = False) -> str | None:
    """Return why the API would not take this request, or None; with `proofs` signatures are checked too."""
    return next(_problems(body, proofs), None)


def _problems(body: dict[str, Any], proofs: bool) -> Iterator[str]:
    yield from _head(body)
    messages: list[dict[str, Any]] = body.get("messages") or []
    if not messages:
        yield "messages: at least one message is required"
        return
    told = [(message["role"], _blocks(message["content"])) for message in messages]
    yield from _turns(told)
    for place, (role, blocks) in enumerate(told):
        if not blocks:
            yield f"messages.{place}: all messages must have non-empty content"
        for block in blocks:
            yield from (f"messages.{place}: {problem}" for problem in _block(role, block))
    yield from _tools(told, body)
    yield from _thinking(told, body)
    yield from _cached(told, body)
    if proofs:
        yield from _proofs(told, body)


def _blocks(content: Any) -> list[Block]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _head(body: dict[str, Any]) -> Iterator[str]:
    if not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
        yield "max_tokens: field required"
    if not 0 <= body.get("temperature", 1) <= 1:
        yield "temperature: range: 0..1"
    if any(not text.strip() for text in body.get("stop_sequences", [])):
        yield "stop_sequences: each stop sequence must contain non-whitespace"
    if any(not block["text"].strip() for block in _blocks(body.get("system") or [])):
        yield "system: text content blocks must be non-empty"


def _turns(told: list[tuple[str, list[Block]]]) -> Iterator[str]:
    roles = [role for role, _ in told]
    if set(roles) - {"user", "assistant"}:
        yield "messages: Unexpected role. Allowed roles are user and assistant"
    if roles[0] != "user":
        yield "messages: first message must use the user role"
    if any(one == other for one, other in pairwise(roles)):
        yield "messages: roles must alternate between user and assistant"
    if roles[-1] != "user":
        yield "This model does not support assistant message prefill. The conversation must end with a user message."


def _block(role: str, block: Block) -> Iterator[str]:
    kind = block["type"]
    if kind not in _ALLOWED[role]:
        yield f"{kind} is not allowed in a message of the {role}"
    elif kind == "text" and not block["text"].strip():
        yield "text content blocks must contain non-whitespace text"
    elif kind == "image" and (block["source"]["media_type"] not in _IMAGES or not block["source"]["data"]):
        yield "image: unsupported source"
    elif kind == "tool_use":
        yield from _call(block)
    elif kind == "tool_result" and block.get("is_error") and not block.get("content"):
        yield "tool_result: content cannot be empty if is_error is true"
    elif kind == "thinking" and not block.get("signature"):
        yield "thinking.signature: field required"


def _call(block: Block) -> Iterator[str]:
    if not _ID.fullmatch(block["id"]):
        yield "tool_use.id: string should match pattern '^[a-zA-Z0-9_-]+$'"
    if not _NAME.fullmatch(block["name"]):
        yield "tool_use.name: string should match pattern '^[a-zA-Z0-9_-]{1,128}$'"
    if not isinstance(block["input"], dict):
        yield "tool_use.input: input should be a valid dictionary"


def _tools(told: list[tuple[str, list[Block]]], body: dict[str, Any]) -> Iterator[str]:
    used: list[str] = []
    asked: list[str] = []
    for place, (_, blocks) in enumerate(told):
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if sorted(results) != sorted(asked):
            yield f"messages.{place}: tool_use ids and the tool_result blocks immediately after do not match"
        if any(block["type"] != "tool_result" for block in blocks[: len(results)]):
            yield f"messages.{place}: tool_result blocks must come first"
        asked = [block["id"] for block in blocks if block["type"] == "tool_use"]
        used += asked
    if asked:
        yield "tool_use ids were found without tool_result blocks immediately after"
    if len(set(used)) < len(used):
        yield "messages: tool_use ids must be unique"
    if used and not body.get("tools"):
        yield "Requests which include tool_use or tool_result blocks must define tools"
    if body.get("tool_choice") and not body.get("tools"):
        yield "tool_choice may only be specified while providing tools"


def _thinking(told: list[tuple[str, list[Block]]], body: dict[str, Any]) -> Iterator[str]:
    thinking: dict[str, Any] = body.get("thinking") or {}
    choice: dict[str, Any] = body.get("tool_choice") or {}
    if thinking.get("type") not in ("enabled", "adaptive"):
        return
    if choice.get("type") in ("any", "tool"):
        yield "Thinking may not be enabled when tool_choice forces tool use"
    if body.get("temperature", 1) != 1 or "top_k" in body:
        yield "temperature may only be set to 1 when thinking is enabled"
    if thinking["type"] == "adaptive":
        return
    if not 1024 <= thinking["budget_tokens"] < body["max_tokens"]:
        yield "thinking.budget_tokens: must be at least 1024 and below max_tokens"
    place = len(told) - 1
    while place > 1 and any(block["type"] == "tool_result" for block in told[place][1]):
        place -= 2
    started = told[place + 1][1] if place + 1 < len(told) else []
    if started and started[0]["type"] not in _THOUGHTS:
        yield f"messages.{place + 1}.content.0.type: Expected `thinking` or `redacted_thinking`"


def _cached(told: list[tuple[str, list[Block]]], body: dict[str, Any]) -> Iterator[str]:
    marked = [block for _, blocks in told for block in blocks if "cache_control" in block]
    count = len(marked) + sum("cache_control" in block for block in _blocks(body.get("system") or []))
    if count > 4:
        yield "A maximum of 4 blocks with cache_control may be provided"
    if any(block["type"] in _THOUGHTS for block in marked):
        yield "thinking: cache_control is not permitted"


def _proofs(told: list[tuple[str, list[Block]]], body: dict[str, Any]) -> Iterator[str]:
    for place, (_, blocks) in enumerate(told):
        for block in blocks:
            text = block.get("thinking") or ""
            proof = block.get("signature") if block["type"] == "thinking" else block.get("data")
            if block["type"] in _THOUGHTS and proof != signature(body["model"], text):
                yield f"messages.{place}: Invalid `signature` in `thinking` block"
