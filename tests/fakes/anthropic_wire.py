"""The Anthropic wire as the Messages API documents it: events by name, blocks with a start, deltas and a stop."""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from fakes.anthropic_rules import refused
from fakes.http1 import Exchange
from fakes.ollama_wire import OllamaModel
from fakes.steps import Call, Cite, Fail, Finish, Redact, Say, Sign, Step, Think

_SLOT: Final = "@@slot@@"
_KINDS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}
_REASONS: Final = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}
_YES, _NO = {"supported": True}, {"supported": False}


def models(names: Sequence[str], last: str | None = None, *, more: bool = False) -> dict[str, Any]:
    """Return the body of GET /v1/models."""
    data = [model(name) for name in names]
    last_id = last or (names[-1] if names else None)
    return {"data": data, "has_more": more, "first_id": names[0] if names else None, "last_id": last_id}


def model(name: str, *, adaptive: bool = True, told: bool = True) -> dict[str, Any]:
    """Return an entry of the list of models; not `told`: by a server that only copies the wire."""
    entry: dict[str, Any] = {
        "type": "model",
        "id": name,
        "display_name": name.title(),
        "created_at": "2026-06-01T00:00:00Z",
    }
    if not told:
        return entry
    thinking = {"supported": True, "types": {"adaptive": _YES if adaptive else _NO, "enabled": _YES}}
    levels = dict.fromkeys(("low", "medium", "high"), _YES) | {"xhigh": _NO, "max": _YES}
    capabilities = {
        "batch": _YES,
        "citations": _YES,
        "code_execution": _YES,
        "context_management": {"supported": True},
        "effort": {"supported": adaptive, **(levels if adaptive else dict.fromkeys(levels, _NO))},
        "image_input": _YES,
        "pdf_input": _YES,
        "structured_outputs": _YES,
        "thinking": thinking,
    }
    return entry | {"max_input_tokens": 200_000, "max_tokens": 64_000, "capabilities": capabilities}


def error(status: int, message: str, code: str | None) -> dict[str, Any]:
    """Return an error as this wire words it."""
    kind = code if code in _KINDS.values() else _KINDS.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_fake"}


def refusal(_model: OllamaModel, body: dict[str, Any]) -> str | None:
    """Return why the API would not take this request, or None."""
    return refused(body)


class AnthropicWriter:
    """Writes one answer, streamed or whole."""

    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, exchange: Exchange) -> None:
        body: dict[str, Any] = exchange.request.json
        self._exchange = exchange
        self._message: dict[str, Any] = {
            "id": f"msg_{exchange.request.number}",
            "type": "message",
            "role": "assistant",
            "model": body.get("model", ""),
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
        }
        self._index = -1
        self._open: str | None = None
        self.streamed = bool(body.get("stream"))

    async def open(self) -> None:
        """Send what comes before the first step."""
        usage = {"input_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}
        await self._event({"type": "message_start", "message": {**self._message, "usage": usage}})
        await self._event({"type": "ping"})

    async def say(self, step: Say) -> None:
        """Send a text delta."""
        await self._block("text", {"type": "text", "text": ""})
        await self._delta({"type": "text_delta", "text": _SLOT}, _inside(step))

    async def think(self, step: Think) -> None:
        """Send a thinking delta."""
        await self._block("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        await self._delta({"type": "thinking_delta", "thinking": step.text})

    async def more(self, step: Sign | Redact | Cite) -> None:
        """Send what only this wire has."""
        match step:
            case Sign(signature):
                await self._block("thinking", {"type": "thinking", "thinking": "", "signature": ""})
                half = len(signature) // 2
                for piece in (signature[:half], signature[half:]):
                    await self._delta({"type": "signature_delta", "signature": piece})
                await self._close()
            case Redact(data):
                await self._close()
                await self._block("redacted", {"type": "redacted_thinking", "data": data})
                await self._close()
            case Cite():
                await self._delta({"type": "citations_delta", "citation": _citation(step)})

    async def call(self, step: Call) -> None:
        """Send a tool call: id and name first, then its arguments in pieces."""
        await self._close()
        await self._block("tool", {"type": "tool_use", "id": step.call_id, "name": step.name, "input": {}})
        size = max(1, -(-len(step.arguments) // step.pieces))
        for at in range(0, len(step.arguments), size):
            await self._delta({"type": "input_json_delta", "partial_json": step.arguments[at : at + size]})
        await self._close()

    async def fail(self, step: Fail) -> None:
        """Send an error in the middle of the stream."""
        await self._event(error(step.status, step.message, step.code))

    async def finish(self, step: Finish) -> None:
        """Send the end: the open block's, the reason and the counts, the message's."""
        await self._close()
        reason = {"stop_reason": _REASONS.get(step.reason, step.reason), "stop_sequence": None}
        await self._event({"type": "message_delta", "delta": reason, "usage": _usage(step)})
        await self._event({"type": "message_stop"})

    def whole(self, steps: Sequence[Step], finish: Finish) -> bytes:
        """Return the answer that is not streamed."""
        said = "".join(_inside(step) for step in steps if isinstance(step, Say))
        calls = [
            {"type": "tool_use", "id": step.call_id, "name": step.name, "input": orjson.loads(step.arguments)}
            for step in steps
            if isinstance(step, Call)
        ]
        blocks = ([{"type": "text", "text": _SLOT}] if said else []) + calls
        reason = _REASONS.get(finish.reason, finish.reason)
        return _filled({**self._message, "content": blocks, "stop_reason": reason, "usage": _usage(finish)}, said)

    async def _block(self, kind: str, block: dict[str, Any]) -> None:
        if self._open == kind:
            return
        await self._close()
        self._index += 1
        self._open = kind
        await self._event({"type": "content_block_start", "index": self._index, "content_block": block})

    async def _close(self) -> None:
        if self._open is not None:
            self._open = None
            await self._event({"type": "content_block_stop", "index": self._index})

    async def _delta(self, delta: dict[str, Any], inside: str = "") -> None:
        await self._event({"type": "content_block_delta", "index": self._index, "delta": delta}, inside)

    async def _event(self, value: dict[str, Any], inside: str = "") -> None:
        await self._exchange.write(f"event: {value['type']}\ndata: ".encode() + _filled(value, inside) + b"\n\n")


def _citation(step: Cite) -> dict[str, Any]:
    if step.url is not None:
        told = {"url": step.url, "title": step.title, "cited_text": step.quote, "encrypted_index": "x"}
        return {"type": "web_search_result_location", **told}
    return {
        "type": "search_result_location",
        "cited_text": step.quote,
        "title": step.title,
        "source": "record",
        "search_result_index": step.source,
        "start_block_index": 0,
        "end_block_index": 1,
    }


def _filled(value: dict[str, Any], inside: str) -> bytes:
    # The inside goes in as it is: orjson could neither write a lone surrogate nor choose its escapes.
    return orjson.dumps(value).replace(_SLOT.encode(), inside.encode("utf-8"))


def _inside(step: Say) -> str:
    return step.escaped if step.escaped is not None else orjson.dumps(step.text)[1:-1].decode()


def _usage(step: Finish) -> dict[str, Any]:
    return {
        "input_tokens": (step.input_tokens or 0) - step.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": step.cached_tokens,
        "output_tokens": step.output_tokens or 0,
        "output_tokens_details": {"thinking_tokens": step.thought_tokens},
    }
