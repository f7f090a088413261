"""One model on the Anthropic wire, streamed.

Source: the Messages API reference, "Streaming messages": message_start, then per block content_block_start, _delta and
_stop, then message_delta with the stop reason and the counts, then message_stop; ping and error at any moment.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from mecum.inference.errors import AnswerCutShort, ModelRefused, NotAModelServer
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest, Passage, StopReason, Usage
from mecum.inference.ports import ModelInfo
from mecum.inference.wires.events import JsonEvents, say, sign
from mecum.inference.wires.failures import discreet, failure_of, inside, unreachable
from mecum.inference.wires.thoughts import with_thoughts_if_taken
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.integrations.anthropic.abilities import Abilities
from mecum.integrations.anthropic.projection import body_of, origin_of
from mecum.kernel.errors import MecumError

VERSION: Final = "2023-06-01"
_STOP: Final[dict[str, StopReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
}
# Errors in a stream that began with 200 have a type and no status.
_STATUS: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
}

Event = dict[str, Any]


class AnthropicChat:
    """One model of the server whose `base` ends before `/messages`."""

    def __init__(
        self,
        net: Net,
        base: str,
        model: ModelInfo,
        abilities: Abilities,
        headers: Mapping[str, str],
        *,
        timeout: float = 600.0,
    ) -> None:
        self._net, self._base, self._model, self._abilities = net, base, model, abilities
        self._headers = {**headers, "Content-Type": "application/json", "Accept": "text/event-stream"}
        self._timeout = timeout

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer `request`; raises the errors of `inference.errors`."""
        if request.mode == "raw":
            raise ModelRefused("A model on the Anthropic wire only chats: it cannot continue a text as it is.")
        return await with_thoughts_if_taken(lambda one: self._ask(one, sink), request)

    async def _ask(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        call = Outgoing(
            "POST",
            f"{self._base}/messages",
            purpose="model.chat",
            headers=self._headers,
            body=orjson.dumps(body_of(request, self._model, self._abilities)),
            timeout=self._timeout,
            private=True,
            paced=True,
        )
        stream = MessageStream(sink, origin_of(request.model), request.passages)
        try:
            await self._net.stream(call, stream.events)
            return stream.finish()
        except NetUnavailable as error:
            raise unreachable(error) from error
        except MecumError as error:
            discreet(error, self._headers)
            raise


class MessageStream:
    """Reads the events of one answer and pushes them into a sink; `events` takes the response."""

    def __init__(self, sink: AnswerSink, origin: str, passages: tuple[Passage, ...] = ()) -> None:
        self.events = JsonEvents(self._take, failure_of)
        self._sink, self._origin, self._passages = sink, origin, passages
        self._calls: dict[int, int] = {}
        self._written: set[int] = set()
        self._signature = ""
        self._usage: dict[str, Any] = {}
        self._model: str | None = None
        self._stop: StopReason | None = None
        self._ended = False

    def finish(self) -> Answer:
        """Return how the answer ended; raises the vendor-neutral error when it did not end well."""
        self.events.finish()
        if not self._ended:
            raise AnswerCutShort("The model's server ended the stream before the answer was complete.")
        return Answer(self._stop or "other", usage_of(self._usage), self._model)

    def _take(self, event: Event) -> None:
        match event.get("type"):
            case "content_block_delta":
                self._delta(event.get("index", 0), event.get("delta") or {})
            case "content_block_start":
                self._begin(event.get("index", 0), event.get("content_block") or {})
            case "content_block_stop":
                self._end(event.get("index", 0))
            case "message_start":
                self._head(event.get("message") or {})
            case "message_delta":
                self._tail(event.get("delta") or {}, event.get("usage") or {})
            case "message_stop":
                self._ended = True
            case "message":
                self._whole(event)
            case "error" | None:
                raise error_of(event)
            case _:
                # ping, and what a later version may add
                pass

    def _head(self, message: Event) -> None:
        self._model = message.get("model")
        self._usage.update(message.get("usage") or {})

    def _tail(self, delta: Event, usage: dict[str, Any]) -> None:
        if reason := delta.get("stop_reason"):
            self._stop = _STOP.get(reason, "other")
        self._usage.update({name: value for name, value in usage.items() if value is not None})

    def _whole(self, message: Event) -> None:
        """A server that ignored `stream: true` answered with one message."""
        self._head(message)
        blocks: list[Event] = message.get("content") or []
        for index, block in enumerate(blocks):
            self._begin(index, block)
            self._end(index)
        self._tail(message, {})
        self._ended = True

    def _begin(self, index: int, block: Event) -> None:
        match block.get("type"):
            case "text":
                say(self._sink, block.get("text") or "")
                citations: list[dict[str, Any]] = block.get("citations") or []
                for citation in citations:
                    self._cite(citation)
            case "thinking":
                self._sink.phase("thinking")
                self._think(block.get("thinking") or "")
                self._signature = block.get("signature") or ""
            case "redacted_thinking":
                sign(self._sink, block.get("data") or "", self._origin, redacted=True)
            case "tool_use":
                number = self._calls[index] = len(self._calls)
                self._sink.tool_call(number, block.get("id"), block.get("name"), "")
                if block.get("input"):
                    self._arguments(index, orjson.dumps(block["input"]).decode())
            case _:
                pass

    def _delta(self, index: int, delta: Event) -> None:
        match delta.get("type"):
            case "text_delta":
                say(self._sink, delta.get("text") or "")
            case "input_json_delta":
                self._arguments(index, delta.get("partial_json") or "")
            case "thinking_delta":
                self._think(delta.get("thinking") or "")
            case "signature_delta":
                self._signature += delta.get("signature") or ""
            case "citations_delta":
                self._cite(delta.get("citation") or {})
            case _:
                pass

    def _end(self, index: int) -> None:
        signature, self._signature = self._signature, ""
        sign(self._sink, signature, self._origin)
        if index in self._calls and index not in self._written:
            # A tool without parameters is called with no arguments at all.
            self._arguments(index, "{}")

    def _arguments(self, index: int, piece: str) -> None:
        if piece and index in self._calls:
            self._written.add(index)
            self._sink.tool_call(self._calls[index], None, None, piece)

    def _think(self, text: str) -> None:
        if text:
            self._sink.reasoning(text)

    def _cite(self, citation: dict[str, Any]) -> None:
        number = citation.get("search_result_index")
        if isinstance(number, int) and 0 <= number < len(self._passages):
            self._sink.citation(self._passages[number])
            return
        title = citation.get("title") or citation.get("document_title") or citation.get("url") or ""
        start, end = citation.get("start_char_index") or 0, citation.get("end_char_index") or 0
        url = citation.get("url") or citation.get("source")
        self._sink.citation(Passage(str(title), str(citation.get("cited_text") or ""), start, end, url=_page(url)))


def _page(url: object) -> str | None:
    """A source may be anything a caller named so; a page is one that can be gone to."""
    return url if isinstance(url, str) and url.startswith(("http://", "https://")) else None


def error_of(event: Event) -> MecumError:
    """Return the error an event or a body with 200 tells of."""
    error: Any = event.get("error")
    if not isinstance(error, dict):
        return NotAModelServer("This server does not speak Anthropic's wire.")
    kind = str(error.get("type"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return inside(failure_of(_STATUS.get(kind, 500), orjson.dumps(event)))


def usage_of(told: dict[str, Any]) -> Usage:
    """Translate the counts: what came from the cache or went into it counts as input too."""
    cached, created = told.get("cache_read_input_tokens"), told.get("cache_creation_input_tokens")
    fresh = told.get("input_tokens")
    details: dict[str, Any] = told.get("output_tokens_details") or {}
    return Usage(
        None if fresh is None else fresh + (cached or 0) + (created or 0),
        told.get("output_tokens"),
        cached,
        details.get("thinking_tokens"),
        told or None,
        created,
    )
