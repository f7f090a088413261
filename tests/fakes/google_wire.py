"""The Google wire as the Gemini API documents it: every event a whole response with the next parts."""

import json
from collections.abc import Sequence
from typing import Any, Final

from fakes.google_rules import refused
from fakes.http1 import Exchange
from fakes.ollama_wire import OllamaModel
from fakes.steps import Call, Cite, Fail, Finish, Redact, Say, Sign, Step, Think

_SLOT: Final = "@@slot@@"
_KINDS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_REASONS: Final = {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP", "content_filter": "SAFETY"}


def models(names: Sequence[str], token: str | None = None) -> dict[str, Any]:
    """Return the body of GET /v1beta/models; `token`: there is a further page."""
    return {"models": [model(name) for name in names]} | ({"nextPageToken": token} if token else {})


def model(name: str, **more: Any) -> dict[str, Any]:
    """Return an entry of the list of models."""
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.title(),
        "description": "A fake.",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "thinking": True,
        **more,
    }


def error(status: int, message: str, code: str | None) -> dict[str, Any]:
    """Return an error as this wire words it; `code` API_KEY_INVALID or a delay such as `34s` stand in its details."""
    told: dict[str, Any] = {"code": status, "message": message, "status": _KINDS.get(status, "UNKNOWN")}
    if code == "API_KEY_INVALID":
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        told["details"] = [{"@type": kind, "reason": code, "domain": "googleapis.com"}]
    elif code is not None and code.endswith("s"):
        told["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": code}]
    return {"error": told}


def refusal(model: OllamaModel, body: dict[str, Any]) -> str | None:
    """Return why the API would not take this request, or None."""
    return refused(body, model.name)


class GoogleWriter:
    """Writes one answer, streamed or whole."""

    content_type = "text/event-stream"

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._tail = {"modelVersion": exchange.request.model, "responseId": f"r{exchange.request.number}"}
        self._signature: str | None = None
        self._said, self._chunks = "", 0
        self.streamed = ":stream" in exchange.request.path and "alt=sse" in exchange.request.path

    async def open(self) -> None:
        """Nothing comes before the first step on this wire."""

    async def say(self, step: Say) -> None:
        """Send a text."""
        self._said += step.text
        await self._part({"text": _SLOT}, _inside(step))

    async def think(self, step: Think) -> None:
        """Send a summary of a thought."""
        await self._part({"text": step.text, "thought": True})

    async def more(self, step: Sign | Redact | Cite) -> None:
        """Send what only this wire has; a proof waits for the part it belongs to."""
        match step:
            case Sign(signature):
                self._signature = signature
            case Redact():
                pass
            case Cite():
                await self._cite(step)

    async def call(self, step: Call) -> None:
        """Send a whole call."""
        call = {"id": step.call_id, "name": step.name, "args": json.loads(step.arguments)}
        signature, self._signature = self._signature, None
        await self._part({"functionCall": call} | ({"thoughtSignature": signature} if signature else {}))

    async def fail(self, step: Fail) -> None:
        """Send an error in the middle of the stream."""
        await self._event(error(step.status, step.message, step.code))

    async def finish(self, step: Finish) -> None:
        """Send the last event: what proof is left in an empty text, the reason, the counts."""
        signature, self._signature = self._signature, None
        parts = [{"text": "", "thoughtSignature": signature}] if signature else [{"text": ""}]
        candidate = {
            "content": {"parts": parts, "role": "model"},
            "finishReason": _REASONS.get(step.reason, step.reason),
        }
        await self._event({"candidates": [candidate | {"index": 0}], "usageMetadata": _usage(step), **self._tail})

    def whole(self, steps: Sequence[Step], finish: Finish) -> bytes:
        """Return the answer that is not streamed."""
        said = "".join(_inside(step) for step in steps if isinstance(step, Say))
        calls = [
            {"functionCall": {"id": step.call_id, "name": step.name, "args": json.loads(step.arguments)}}
            for step in steps
            if isinstance(step, Call)
        ]
        parts = ([{"text": _SLOT}] if said else []) + calls
        candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": _REASONS[finish.reason], "index": 0}
        return _filled({"candidates": [candidate], "usageMetadata": _usage(finish), **self._tail}, said)

    async def _cite(self, step: Cite) -> None:
        said = self._said.encode()
        start = said.find(step.statement.encode()) if step.statement else 0
        end = start + len((step.statement or step.quote).encode())
        support = {
            "segment": {"startIndex": start, "endIndex": end, "text": step.statement or step.quote},
            "groundingChunkIndices": [self._chunks],
        }
        self._chunks += 1
        chunks = [{"web": {"uri": step.url or "https://example.org/", "title": step.title}}]
        grounding = {"groundingChunks": chunks, "groundingSupports": [support]}
        await self._event({"candidates": [{"index": 0, "groundingMetadata": grounding}], **self._tail})

    async def _part(self, part: dict[str, Any], inside: str = "") -> None:
        candidate = {"content": {"parts": [part], "role": "model"}, "index": 0}
        await self._event({"candidates": [candidate], "usageMetadata": {"promptTokenCount": 1}, **self._tail}, inside)

    async def _event(self, value: dict[str, Any], inside: str = "") -> None:
        await self._exchange.write(b"data: " + _filled(value, inside) + b"\r\n\r\n")


def _filled(value: dict[str, Any], inside: str) -> bytes:
    # This server writes blanks after its commas and colons.
    return json.dumps(value, ensure_ascii=False).encode().replace(_SLOT.encode(), inside.encode("utf-8"))


def _inside(step: Say) -> str:
    return step.escaped if step.escaped is not None else json.dumps(step.text, ensure_ascii=False)[1:-1]


def _usage(step: Finish) -> dict[str, Any]:
    said = (step.output_tokens or 0) - step.thought_tokens
    told = {"promptTokenCount": step.input_tokens or 0, "candidatesTokenCount": said}
    told |= {"cachedContentTokenCount": step.cached_tokens} if step.cached_tokens else {}
    told |= {"thoughtsTokenCount": step.thought_tokens} if step.thought_tokens else {}
    return told | {"totalTokenCount": (step.input_tokens or 0) + (step.output_tokens or 0)}
