"""How a request of ours looks on the Anthropic wire: system prompt, turns, tools, what to keep for the next time.

Source: the Messages API reference, "Create a Message", and the guides to tool use, thinking and prompt caching. Rules
it checks: turns alternate and begin with the user, a tool_use is answered by a tool_result at the beginning of the next
turn, ids are unique and of letters, digits, `_` and `-`, no text is empty, thinking comes back unchanged or not at all.
"""

import base64
from collections.abc import Sequence
from typing import Any, Final

from mecum.inference.exchange import (
    CallContent,
    Content,
    ImageContent,
    ModelRequest,
    Passage,
    ReasoningContent,
    ResultContent,
    TextContent,
    ToolSpec,
)
from mecum.inference.ports import ModelInfo
from mecum.inference.wires.calls import CallIds, plain_name
from mecum.inference.wires.images import without_images
from mecum.inference.wires.openai import quoted
from mecum.inference.wires.turns import NOTHING, Exchanged, alternating, arguments_of, cycle_start
from mecum.integrations.anthropic.abilities import Abilities
from mecum.integrations.anthropic.parameters import parameters_of

_KEEP: Final = {"type": "ephemeral"}
_UNCACHED: Final = ("thinking", "redacted_thinking")

Block = dict[str, Any]


def origin_of(model: str) -> str:
    """Return what the proofs of a model's thoughts are marked with."""
    return f"anthropic/{model}"


def body_of(request: ModelRequest, model: ModelInfo, abilities: Abilities) -> dict[str, Any]:
    """Return the JSON body for /v1/messages; raises ModelRefused."""
    seen = without_images(request) if model.vision is False else request
    quotable = bool(abilities.citations and "response_format" not in request.parameters)
    system, turns = alternating(seen.messages)
    start = cycle_start(turns)
    wire = _Turns(origin_of(request.model), turns, start)
    told = wire.told()
    told[start]["content"][:0] = _passages(request.passages, quotable=quotable)
    body: dict[str, Any] = {"model": request.model, "stream": True, "messages": told}
    body |= parameters_of(request, abilities, thought=wire.thought)
    if system:
        body["system"] = [{"type": "text", "text": system, "cache_control": _KEEP}]
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    elif wire.called:
        # A history with calls is refused when no tools are declared.
        body["tools"] = [{"name": name, "input_schema": {"type": "object"}} for name in wire.called]
        body["tool_choice"] = {"type": "none"}
    if request.temperature is not None:
        body["temperature"] = request.temperature
    _keep(told, start)
    return body


class _Turns:
    """Projects turns; the ids of calls are made fit for the wire, and unique, in one go."""

    def __init__(self, origin: str, turns: Sequence[Exchanged], start: int) -> None:
        self._origin, self._turns, self._start = origin, turns, start
        self._ids = CallIds()
        self.called: dict[str, None] = {}
        """The names of the tools that calls are of."""
        self.thought = True
        """Whether the answer that tools interrupted, if there is one, begins with its thoughts."""

    def told(self) -> list[dict[str, Any]]:
        """Return the messages of the wire."""
        found: list[dict[str, Any]] = []
        for place, turn in enumerate(self._turns):
            blocks = [block for item in turn.content for block in self._block(item, current=place > self._start)]
            if place == self._start + 1:
                self.thought = bool(blocks) and blocks[0]["type"] in _UNCACHED
            # A turn of nothing but thoughts that may not be shown must stay a turn: the others alternate around it.
            found.append({"role": turn.role, "content": blocks or [_text(NOTHING)]})
        return found

    def _block(self, item: Content, *, current: bool) -> list[Block]:
        match item:
            case TextContent(text):
                return [_text(text)]
            case ImageContent(media_type, data):
                source = {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode("ascii")}
                return [{"type": "image", "source": source}]
            case CallContent():
                return [self._call(item)]
            case ResultContent():
                return [self._result(item)]
            case ReasoningContent():
                return [_thought(item)] if current and item.signature and item.origin == self._origin else []

    def _call(self, call: CallContent) -> Block:
        name = plain_name(call.name)
        self.called[name] = None
        return {"type": "tool_use", "id": self._ids.call(call.call_id), "name": name, "input": arguments_of(call)}

    def _result(self, result: ResultContent) -> Block:
        block: Block = {"type": "tool_result", "tool_use_id": self._ids.result(result.call_id)}
        block["content"] = result.content if result.content.strip() else NOTHING
        return block | ({"is_error": True} if result.is_error else {})


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _thought(item: ReasoningContent) -> Block:
    if item.redacted:
        return {"type": "redacted_thinking", "data": item.signature}
    return {"type": "thinking", "thinking": item.text, "signature": item.signature}


def _passages(passages: Sequence[Passage], *, quotable: bool) -> list[Block]:
    if not passages:
        return []
    return [_quotable(passage) for passage in passages] if quotable else [_text(quoted(passages))]


def _quotable(passage: Passage) -> Block:
    """A passage as a search result, which the model cites by its number."""
    source = passage.message_id or passage.file_id or passage.conversation_id or passage.title or "record"
    return {
        "type": "search_result",
        "source": source,
        "title": passage.title or source,
        "content": [_text(passage.text)],
        "citations": {"enabled": True},
    }


def _tool(tool: ToolSpec) -> dict[str, Any]:
    wire: dict[str, Any] = {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
    return wire | ({} if tool.strict is None else {"strict": tool.strict})


def _keep(told: list[dict[str, Any]], start: int) -> None:
    """Mark what the next request will begin with: all of this one, and all before the question.

    The first serves the next step of this answer; the second the next question, whose passages are others.
    """
    for place in {start - 1, len(told) - 1} - {-1}:
        block: Block = told[place]["content"][-1]
        if block["type"] not in _UNCACHED:
            block["cache_control"] = _KEEP
