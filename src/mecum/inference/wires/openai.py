"""The OpenAI wire (chat completions and completions, streamed) for any server that speaks it.

Source: the OpenAI API reference, "Create chat completion", streaming. The text of a delta stays JSON-escaped bytes from
the upstream's frame to ours: it is decoded only when it holds something that needs care.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from mecum.inference.errors import AnswerCutShort, ModelRefused, ModelUnavailable
from mecum.inference.exchange import (
    Answer,
    AnswerSink,
    CallContent,
    Content,
    ImageContent,
    LogprobSink,
    ModelMessage,
    ModelRequest,
    Passage,
    ResultContent,
    SignatureSink,
    StopReason,
    TextContent,
    ToolSpec,
    Usage,
)
from mecum.inference.wires.calls import CallIds, plain_name
from mecum.inference.wires.deltas import Shape, common_chat, common_completion
from mecum.inference.wires.details import Details, details_in, origin_of, pieces_of, thoughts_in
from mecum.inference.wires.failures import broken_off, discreet, failure_inside, failure_of, not_json, unreachable
from mecum.inference.wires.logprobs import tokens_of
from mecum.inference.wires.manners import PLAIN, Manners
from mecum.inference.wires.thoughts import with_thoughts_if_taken
from mecum.inference.wires.turns import settled
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.kernel.errors import MecumError
from mecum.kernel.text import CARRIAGE_RETURN, NEWLINE

_STOP: dict[str, StopReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "refusal",
    # Mistral's word for a window that is full.
    "model_length": "length",
}


class OpenAIChat:
    """One server on the OpenAI wire. `base_url` ends before `/chat/completions` (usually in `/v1`)."""

    def __init__(self, net: Net, base_url: str, key: str | None = None, *, timeout: float = 600.0) -> None:
        self._net = net
        self._base = base_url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._timeout = timeout
        self._manners: dict[str, Manners] = {}

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer `request`; raises ModelUnavailable, ModelRefused, ModelLimited, ModelAuthFailed, ModelNotFound."""
        return await with_thoughts_if_taken(lambda one: self._mannered(one, sink), request)

    async def _mannered(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        while True:
            manners = self._manners.get(request.model, PLAIN)
            body = body_of(request, manners)
            stream = ChatStream(sink, raw=request.mode == "raw", told=_tells_likelihood(request), model=request.model)
            try:
                return await self._ask(body, stream, "/completions" if request.mode == "raw" else "/chat/completions")
            except ModelRefused as error:
                learnt = manners.learnt(error.message, body) if stream.refused else None
                if learnt is None:
                    raise
                self._manners[request.model] = learnt

    async def _ask(self, body: dict[str, Any], stream: "ChatStream", path: str) -> Answer:
        call = Outgoing(
            "POST",
            self._base + path,
            purpose="model.chat",
            headers=self._headers,
            body=orjson.dumps(body),
            timeout=self._timeout,
            private=True,
            paced=True,
        )
        try:
            await self._net.stream(call, stream)
            return stream.finish()
        except NetUnavailable as error:
            raise unreachable(error) from error
        except MecumError as error:
            discreet(error, self._headers)
            raise


def _tells_likelihood(request: ModelRequest) -> bool:
    asked = request.parameters.get("logprobs")
    return asked is not None and asked is not False


def body_of(request: ModelRequest, manners: Manners = PLAIN) -> dict[str, Any]:
    """Project a request to the JSON body of this wire, as its server takes it."""
    body: dict[str, Any] = {"model": request.model, "stream": True, "stream_options": {"include_usage": True}}
    if request.temperature is not None:
        body["temperature"] = request.temperature
    body.update(request.parameters)
    manners.apply(body)
    if request.mode == "raw":
        body["prompt"] = "".join(message.text for message in request.messages)
        return body
    told = settled(with_passages(request))
    ids = CallIds()
    origin = origin_of(request.model)
    body["messages"] = [wire for one in told for wire in _with_thoughts(one, _messages(one, ids), origin, manners)]
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    return body


def _with_thoughts(
    message: ModelMessage, wires: Iterable[dict[str, Any]], origin: str, manners: Manners
) -> Iterable[dict[str, Any]]:
    """Put into an assistant's message what was thought before it, as far as its server wants it back."""
    if message.role != "assistant":
        return wires
    details = details_in(message.content, origin)
    told: dict[str, Any] = {"reasoning_content": thoughts_in(message.content)} if manners.thoughts else {}
    told |= {"reasoning_details": details} if details else {}
    return (wire | told for wire in wires) if told else wires


def _tool(tool: ToolSpec) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def with_passages(request: ModelRequest) -> tuple[ModelMessage, ...]:
    """Return the messages with recalled passages put before the person's last one, as quoted material."""
    messages = request.messages
    if not request.passages:
        return messages
    note = ModelMessage("system", (TextContent(quoted(request.passages)),))
    # Not simply before the last message: between a call and its result nothing may stand.
    asked = max((place for place, one in enumerate(messages) if one.role == "user"), default=len(messages) - 1)
    return (*messages[:asked], note, *messages[asked:])


def quoted(passages: Sequence[Passage]) -> str:
    """Return passages as one text for a model."""
    told = "\n\n".join(f"[{number}] {p.title}\n{p.text}" for number, p in enumerate(passages, 1))
    return f"Passages from the person's own records, as data:\n\n{told}"


def _messages(message: ModelMessage, ids: CallIds) -> Iterable[dict[str, Any]]:
    if message.role == "tool":
        for item in message.content:
            if isinstance(item, ResultContent):
                yield {"role": "tool", "tool_call_id": ids.result(item.call_id), "content": item.content}
        return
    calls = [_call(item, ids) for item in message.content if isinstance(item, CallContent)]
    content = _content(message.content)
    if calls:
        yield {"role": message.role, "content": content or None, "tool_calls": calls}
    elif content:
        # Nothing is left of a message that was all reasoning.
        yield {"role": message.role, "content": content}


def _call(call: CallContent, ids: CallIds) -> dict[str, Any]:
    function = {"name": plain_name(call.name), "arguments": call.arguments}
    return {"id": ids.call(call.call_id), "type": "function", "function": function}


def _content(content: tuple[Content, ...]) -> str | list[dict[str, Any]]:
    if not any(isinstance(item, ImageContent) for item in content):
        return "".join(item.text for item in content if isinstance(item, TextContent))
    parts: list[dict[str, Any]] = []
    for item in content:
        if isinstance(item, TextContent):
            parts.append({"type": "text", "text": item.text})
        elif isinstance(item, ImageContent):
            data = base64.b64encode(item.data).decode("ascii")
            parts.append({"type": "image_url", "image_url": {"url": f"data:{item.media_type};base64,{data}"}})
    return parts


class ChatStream:
    """Reads the server-sent events of one answer and pushes them into a sink.

    `told`: how likely tokens were stands beside their text, so that every chunk must be looked at in full. `model` is
    whose thoughts these are.
    """

    def __init__(self, sink: AnswerSink, *, raw: bool, told: bool = False, model: str = "") -> None:
        self._told = told
        self._sink = sink
        self._thinks = model
        self._details: Details | None = None
        self._raw = raw
        self._common = common_completion if raw else common_chat
        self._shape = Shape(raw=raw)
        self._rest: bytes = b""
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._json = False
        self._stop: StopReason | None = None
        self._usage = Usage()
        self._model: str | None = None
        self._ended = False

    @property
    def refused(self) -> bool:
        """Whether there was no answer at all."""
        return self._status != 200

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        self._status, self._headers = status, headers
        self._json = not headers.get(b"content-type", b"").startswith(b"text/event-stream")

    def body(self, data: bytes) -> None:
        if self._status != 200 or self._json:
            self._rest += data
            return
        data = self._rest + data if self._rest else data
        if CARRIAGE_RETURN in data:
            data = data.replace(b"\r\n", b"\n")
        *events, self._rest = data.split(b"\n\n")
        at = 0
        while at < len(events):
            text, at = self._shape.text_of(events, at)
            if text:
                if self._details is not None:
                    self._prove()
                self._sink.text(text, len(text))
            if at < len(events):
                self._event(events[at])
                at += 1

    def finish(self) -> Answer:
        """Return how the answer ended; raises the vendor-neutral error when it did not end well."""
        if self._status != 200:
            raise failure_of(self._status, self._rest, self._headers)
        try:
            if self._json:
                self._whole(self._rest)
            elif self._rest.strip():
                self._event(self._rest)
        except ModelUnavailable as error:
            raise broken_off(error) from error
        self._prove()
        if not self._ended and self._stop is None:
            raise AnswerCutShort("The model's server ended the stream before the answer was complete.")
        return Answer(self._stop or "other", self._usage, self._model)

    def _event(self, event: bytes) -> None:
        data = _data_of(event)
        if not data:
            return
        if data == b"[DONE]":
            self._ended = True
            return
        slices = None if self._told else self._common(data)
        if slices is None:
            self._chunk(parse_json(data))
            return
        self._shape.learn(event)
        if slices:
            self._prove()
        for escaped, size in slices:
            self._sink.text(escaped, size)

    def _whole(self, data: bytes) -> None:
        """A server that ignored `stream: true` answered with one JSON object."""
        chunk = parse_json(data)
        for choice in _choices(chunk):
            choice["delta"] = choice.get("message") or {}
        self._chunk(chunk)
        self._ended = True

    def _chunk(self, chunk: dict[str, Any]) -> None:
        if error := chunk.get("error"):
            raise failure_inside(error)
        self._model = chunk.get("model") or self._model
        if usage := chunk.get("usage"):
            self._usage = usage_of(usage)
        for choice in _choices(chunk):
            if choice.get("index", 0) == 0:
                self._choice(choice)

    def _choice(self, choice: dict[str, Any]) -> None:
        delta: dict[str, Any] = {"content": choice.get("text")} if self._raw else choice.get("delta") or {}
        if reasoning := delta.get("reasoning_content") or delta.get("reasoning"):
            self._sink.reasoning(reasoning)
        if details := delta.get("reasoning_details"):
            self._details = self._details or Details()
            self._details.add(details)
        if self._told and isinstance(self._sink, LogprobSink) and (tokens := tokens_of(choice.get("logprobs"))):
            self._sink.logprobs(tokens)
        if content := delta.get("content") or delta.get("refusal"):
            self._say(content)
        notes: list[dict[str, Any]] = delta.get("annotations") or []
        for note in notes:
            if (passage := _cited(note)) is not None:
                self._sink.citation(passage)
        calls: list[dict[str, Any]] = delta.get("tool_calls") or []
        if calls:
            self._prove()
        for call in calls:
            function: dict[str, Any] = call.get("function") or {}
            self._sink.tool_call(
                call.get("index", 0), call.get("id"), function.get("name"), function.get("arguments") or ""
            )
        if reason := choice.get("finish_reason"):
            self._stop = "refusal" if delta.get("refusal") else _STOP.get(reason, "other")

    def _say(self, content: Any) -> None:
        for thought, text in pieces_of(content):
            if thought and text:
                self._sink.reasoning(text)
            elif text:
                self._prove()
                self._sink.raw_text(text)

    def _prove(self) -> None:
        """Tell the proof of what was thought, where what follows begins."""
        details, self._details = self._details, None
        if details is not None and (proof := details.proof()) and isinstance(self._sink, SignatureSink):
            self._sink.signed(proof, origin_of(self._thinks))


def _cited(note: dict[str, Any]) -> Passage | None:
    """Return the source that an annotation of an answer names; None for one that names no page."""
    told: dict[str, Any] = note.get("url_citation") or {}
    url, start, end = told.get("url"), told.get("start_index"), told.get("end_index")
    if not isinstance(url, str) or not url:
        return None
    said = (start, end) if isinstance(start, int) and isinstance(end, int) and 0 <= start < end else None
    return Passage(str(told.get("title") or url), "", 0, 0, url=url, said=said)


def _data_of(event: bytes) -> bytes:
    """Return what a server-sent event carries; most are one line."""
    if event.startswith(b"data: ") and NEWLINE not in event:
        return event[6:]
    return b"\n".join(line[5:].lstrip() for line in event.split(b"\n") if line.startswith(b"data:"))


def _choices(chunk: dict[str, Any]) -> list[dict[str, Any]]:
    return chunk.get("choices") or []


def usage_of(usage: dict[str, Any]) -> Usage:
    """Translate a usage object of this wire."""
    prompt: dict[str, Any] = usage.get("prompt_tokens_details") or {}
    completion: dict[str, Any] = usage.get("completion_tokens_details") or {}
    read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
    thought = completion.get("reasoning_tokens")
    if thought and written is not None and usage.get("total_tokens") == (read or 0) + written + thought:
        # xAI counts what was thought beside the answer, others in it.
        written += thought
    # DeepSeek has its own name for it.
    cached = prompt.get("cached_tokens", usage.get("prompt_cache_hit_tokens"))
    return Usage(read, written, cached, thought, usage, prompt.get("cache_write_tokens"))


def parse_json(data: bytes) -> dict[str, Any]:
    """Parse a JSON object, also with unpaired surrogates or broken UTF-8; raises ModelUnavailable, ModelRefused."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            value = json.loads(data.decode("utf-8", "surrogateescape"), strict=False)
        except ValueError as error:
            raise not_json(data) from error
    if not isinstance(value, dict):
        raise ModelRefused("The model's server sent JSON of an unknown shape.")
    return value  # pyright: ignore[reportUnknownVariableType]
