"""The OpenAI wire, as its servers speak it: models, chat completions, text completions."""

from collections.abc import Sequence
from typing import Any

import orjson

from fakes.http1 import Exchange
from fakes.steps import Call, Cite, Fail, Finish, Say, Sign, Step, Think
from mecum.kernel import clock


def models(names: Sequence[str]) -> dict[str, Any]:
    """Return the body of GET /v1/models."""
    data = [{"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "fake"} for name in names]
    return {"object": "list", "data": data}


def error(status: int, message: str, code: str | None) -> dict[str, Any]:
    """Return an error as this wire words it."""
    kinds = {401: "authentication_error", 429: "rate_limit_error", 500: "server_error"}
    kind = kinds.get(status, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


class OpenAIWriter:
    """Writes one answer, streamed or whole, for /chat/completions or /completions."""

    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, exchange: Exchange) -> None:
        body: dict[str, Any] = exchange.request.json
        self._exchange = exchange
        self._chat = exchange.request.path.endswith("/chat/completions")
        self._head = {
            "id": f"chatcmpl-{exchange.request.number}",
            "object": self._object(bool(body.get("stream"))),
            "created": clock.milliseconds() // 1000,
            "model": body.get("model", ""),
            "system_fingerprint": "fp_fake",
        }
        self.streamed = bool(body.get("stream"))
        options: dict[str, Any] = body.get("stream_options") or {}
        asked = body.get("logprobs")
        self._tells = asked is not None and asked is not False
        self._tops: int = body.get("top_logprobs") or 0
        self._said = ""
        self._with_usage = bool(options.get("include_usage"))

    def _likelihood(self, step: Say) -> dict[str, Any]:
        """A delta is one token."""
        if not self._chat:
            tops = [{step.text: -0.5, "other": -1.5}]
            return {"tokens": [step.text], "token_logprobs": [-0.5], "top_logprobs": tops, "text_offset": [0]}
        one = {"token": step.text, "logprob": -0.5, "bytes": list(step.text.encode())}
        other = {"token": "other", "logprob": -1.5, "bytes": None}
        return {"content": [{**one, "top_logprobs": [one, other][: self._tops]}], "refusal": None}

    def _object(self, streamed: bool) -> str:
        if not self._chat:
            return "text_completion"
        return "chat.completion.chunk" if streamed else "chat.completion"

    async def open(self) -> None:
        """Send what comes before the first step."""
        if self._chat:
            await self._delta({"role": "assistant", "content": "", "refusal": None})

    async def say(self, step: Say) -> None:
        """Send a text delta."""
        self._said += step.text
        said: dict[str, Any] = {"delta": {"content": _SLOT}} if self._chat else {"text": _SLOT}
        told = self._likelihood(step) if self._tells else None
        await self._choice({"index": 0, **said, "logprobs": told, "finish_reason": None}, _inside(step))

    async def think(self, step: Think) -> None:
        """Send a reasoning delta as DeepSeek, vLLM and llama.cpp do."""
        await self._delta({"reasoning_content": step.text})

    async def sign(self, step: Sign) -> None:
        """Send the proof of a thought as OpenRouter does."""
        proof = {"type": "reasoning.text", "text": "", "signature": step.signature, "index": 0}
        await self._delta({"content": "", "reasoning_details": [proof]})

    async def cite(self, step: Cite) -> None:
        """Send where something was taken from, as models that search do."""
        start = self._said.find(step.statement)
        told = {"url": step.url or "https://example.org/", "title": step.title}
        told |= {"start_index": start, "end_index": start + len(step.statement)} if step.statement else {}
        await self._delta({"annotations": [{"type": "url_citation", "url_citation": told}]})

    async def call(self, step: Call) -> None:
        """Send a tool call: name and id first, then its arguments in pieces."""
        function = {"name": step.name, "arguments": ""}
        await self._delta(
            {"tool_calls": [{"index": step.index, "id": step.call_id, "type": "function", "function": function}]}
        )
        size = max(1, -(-len(step.arguments) // step.pieces))
        for at in range(0, len(step.arguments), size):
            piece = {"index": step.index, "function": {"arguments": step.arguments[at : at + size]}}
            await self._delta({"tool_calls": [piece]})

    async def fail(self, step: Fail) -> None:
        """Send an error in the middle of the stream."""
        await self._event(error(step.status, step.message, step.code))

    async def finish(self, step: Finish) -> None:
        """Send the end: the reason, the usage where asked, the mark."""
        if self._chat:
            choice: dict[str, Any] = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": step.reason}
        else:
            choice = {"text": "", "index": 0, "logprobs": None, "finish_reason": step.reason}
        await self._choice(choice)
        if self._with_usage:
            await self._event({**self._head, "choices": [], "usage": _usage(step)})
        await self._exchange.write(b"data: [DONE]\n\n")

    def whole(self, steps: Sequence[Step], finish: Finish) -> bytes:
        """Return the answer that is not streamed."""
        inside = "".join(_inside(step) for step in steps if isinstance(step, Say))
        choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": finish.reason}
        if self._chat:
            choice["message"] = {"role": "assistant", "content": _SLOT, "refusal": None, **_extras(steps)}
        else:
            choice["text"] = _SLOT
        return _filled({**self._head, "choices": [choice], "usage": _usage(finish)}, inside)

    async def _delta(self, delta: dict[str, Any]) -> None:
        await self._choice({"index": 0, "delta": delta, "logprobs": None, "finish_reason": None})

    async def _choice(self, choice: dict[str, Any], inside: str = "") -> None:
        value = {**self._head, "choices": [choice]} | ({"usage": None} if self._with_usage else {})
        await self._event(value, inside)

    async def _event(self, value: dict[str, Any], inside: str = "") -> None:
        await self._exchange.write(b"data: " + _filled(value, inside) + b"\n\n")


_SLOT = "@@slot@@"


def _filled(value: dict[str, Any], inside: str) -> bytes:
    # The inside goes in as it is: orjson could neither write a lone surrogate nor choose its escapes.
    return orjson.dumps(value).replace(_SLOT.encode(), inside.encode("utf-8"))


def _inside(step: Say) -> str:
    return step.escaped if step.escaped is not None else orjson.dumps(step.text)[1:-1].decode()


def _extras(steps: Sequence[Step]) -> dict[str, Any]:
    calls = [
        {"id": step.call_id, "type": "function", "function": {"name": step.name, "arguments": step.arguments}}
        for step in steps
        if isinstance(step, Call)
    ]
    thoughts = "".join(step.text for step in steps if isinstance(step, Think))
    return ({"tool_calls": calls} if calls else {}) | ({"reasoning_content": thoughts} if thoughts else {})


def _usage(step: Finish) -> dict[str, Any]:
    put, out = step.input_tokens or 0, step.output_tokens or 0
    details = {
        "prompt_tokens_details": {"cached_tokens": step.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
    return {"prompt_tokens": put, "completion_tokens": out, "total_tokens": put + out, **details}
