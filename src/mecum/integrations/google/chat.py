"""One model on the Google wire, streamed.

Source: the Gemini API reference, "models.streamGenerateContent" with `alt=sse`: every event is a whole response object
with the next parts of the answer; the last one has the finish reason, each the counts so far.
"""

from typing import Any, Final
from urllib.parse import quote

import orjson

from mecum.inference.errors import AnswerCutShort, ModelRefused, NotAModelServer
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest, Passage, StopReason, Usage
from mecum.inference.ports import ModelInfo
from mecum.inference.wires.events import JsonEvents, say, sign
from mecum.inference.wires.failures import discreet, inside, unreachable
from mecum.inference.wires.thoughts import with_thoughts_if_taken
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.integrations.google.failures import google_failure
from mecum.integrations.google.projection import body_of, origin_of
from mecum.kernel import ids
from mecum.kernel.errors import MecumError

_STOP: Final[dict[str, StopReason]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "refusal",
    "RECITATION": "refusal",
    "LANGUAGE": "refusal",
    "BLOCKLIST": "refusal",
    "PROHIBITED_CONTENT": "refusal",
    "SPII": "refusal",
    "IMAGE_SAFETY": "refusal",
    "IMAGE_PROHIBITED_CONTENT": "refusal",
}
_KNOWN: Final = ("candidates", "promptFeedback", "usageMetadata", "modelVersion", "responseId")

Value = dict[str, Any]


class GoogleChat:
    """One model of the server whose `base` ends before `/models`."""

    def __init__(
        self, net: Net, base: str, model: ModelInfo, headers: dict[str, str], *, timeout: float = 600.0
    ) -> None:
        self._net, self._base, self._model = net, base, model
        self._headers = {**headers, "Content-Type": "application/json", "Accept": "text/event-stream"}
        self._timeout = timeout

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer `request`; raises the errors of `inference.errors`."""
        if request.mode == "raw":
            raise ModelRefused("A model on the Google wire only chats: it cannot continue a text as it is.")
        return await with_thoughts_if_taken(lambda one: self._ask(one, sink), request)

    async def _ask(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        call = Outgoing(
            "POST",
            f"{self._base}/models/{quote(request.model, safe='')}:streamGenerateContent?alt=sse",
            purpose="model.chat",
            headers=self._headers,
            body=orjson.dumps(body_of(request, self._model)),
            timeout=self._timeout,
            private=True,
            paced=True,
        )
        stream = ContentStream(sink, origin_of(request.model))
        try:
            await self._net.stream(call, stream.events)
            return stream.finish()
        except NetUnavailable as error:
            raise unreachable(error) from error
        except MecumError as error:
            discreet(error, self._headers)
            raise


class ContentStream:
    """Reads the events of one answer and pushes them into a sink; `events` takes the response."""

    def __init__(self, sink: AnswerSink, origin: str) -> None:
        self.events = JsonEvents(self._take, google_failure)
        self._sink, self._origin = sink, origin
        self._calls = 0
        self._told: list[str] = []
        """What was said so far: where a source proves something is told in its bytes."""
        self._chunks: list[Value] = []
        """The sources so far: supports number them across all events."""
        self._usage: Value = {}
        self._model: str | None = None
        self._stop: StopReason | None = None

    def finish(self) -> Answer:
        """Return how the answer ended; raises the vendor-neutral error when it did not end well."""
        self.events.finish()
        if self._stop is None:
            raise AnswerCutShort("The model's server ended the stream before the answer was complete.")
        reason: StopReason = "tool_calls" if self._stop == "stop" and self._calls else self._stop
        return Answer(reason, usage_of(self._usage), self._model)

    def _take(self, chunk: Value) -> None:
        if error := chunk.get("error"):
            status = error.get("code") if isinstance(error, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            raise inside(google_failure(status if isinstance(status, int) else 500, orjson.dumps(chunk)))
        if not any(name in chunk for name in _KNOWN):
            raise NotAModelServer("This server does not speak Google's wire.")
        self._model = chunk.get("modelVersion") or self._model
        self._usage = chunk.get("usageMetadata") or self._usage
        feedback: Value = chunk.get("promptFeedback") or {}
        if feedback.get("blockReason"):
            self._stop = "refusal"
        candidates: list[Value] = chunk.get("candidates") or []
        for candidate in candidates:
            if candidate.get("index", 0) == 0:
                self._candidate(candidate)

    def _candidate(self, candidate: Value) -> None:
        content: Value = candidate.get("content") or {}
        parts: list[Value] = content.get("parts") or []
        for part in parts:
            self._part(part)
        self._cite(candidate)
        if reason := candidate.get("finishReason"):
            self._stop = _STOP.get(reason, "other")

    def _part(self, part: Value) -> None:
        signature = part.get("thoughtSignature") or ""
        if call := part.get("functionCall"):
            sign(self._sink, signature, self._origin)
            self._call(call)
            return
        text = part.get("text") or ""
        if part.get("thought"):
            if text:
                self._sink.reasoning(text)
        else:
            self._told.append(text)
            say(self._sink, text)
        sign(self._sink, signature, self._origin)

    def _call(self, call: Value) -> None:
        # Older models number no calls; the canonical history needs an id to bind the result to.
        call_id = call.get("id") or ids.new("call")
        self._sink.tool_call(self._calls, call_id, call.get("name"), orjson.dumps(call.get("args") or {}).decode())
        self._calls += 1

    def _cite(self, candidate: Value) -> None:
        told: Value = candidate.get("citationMetadata") or {}
        sources: list[Value] = told.get("citationSources") or told.get("citations") or []
        for source in sources:
            title, url = str(source.get("title") or source.get("uri") or ""), source.get("uri")
            start, end = source.get("startIndex", 0), source.get("endIndex", 0)
            self._sink.citation(Passage(title, "", start, end, url=url, said=self._said(source)))
        grounding: Value = candidate.get("groundingMetadata") or {}
        self._chunks += grounding.get("groundingChunks") or []
        supports: list[Value] = grounding.get("groundingSupports") or []
        for support in supports:
            numbers: list[int] = support.get("groundingChunkIndices") or []
            for number in numbers:
                if 0 <= number < len(self._chunks):
                    self._sink.citation(self._grounded(self._chunks[number], support.get("segment") or {}))

    def _grounded(self, chunk: Value, segment: Value) -> Passage:
        found: Value = chunk.get("web") or chunk.get("retrievedContext") or {}
        title, url = str(found.get("title") or found.get("uri") or ""), found.get("uri")
        start, end = segment.get("startIndex", 0), segment.get("endIndex", 0)
        return Passage(title, str(segment.get("text") or ""), start, end, url=url, said=self._said(segment))

    def _said(self, told: Value) -> tuple[int, int] | None:
        """Return the characters of the answer that a source proves; it tells them as bytes."""
        data, end = "".join(self._told).encode("utf-8", "surrogatepass"), told.get("endIndex") or 0
        start = told.get("startIndex") or 0
        if not 0 <= start < end <= len(data):
            return None
        return len(data[:start].decode("utf-8", "ignore")), len(data[:end].decode("utf-8", "ignore"))


def usage_of(told: Value) -> Usage:
    """Translate the counts: what was thought counts as output too."""
    said, thought = told.get("candidatesTokenCount"), told.get("thoughtsTokenCount")
    return Usage(
        told.get("promptTokenCount"),
        None if said is None and thought is None else (said or 0) + (thought or 0),
        told.get("cachedContentTokenCount"),
        thought,
        told or None,
    )
