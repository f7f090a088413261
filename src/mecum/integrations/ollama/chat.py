"""The Ollama wire: one model of an Ollama server, streamed as NDJSON.

Source: Ollama's api.md, "Generate a chat completion" and "Generate a completion" (raw mode).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from mecum.inference.errors import AnswerCutShort, ModelCrashed
from mecum.inference.exchange import Answer, AnswerSink, LogprobSink, ModelRequest, StopReason, Usage
from mecum.inference.keeping import written
from mecum.inference.ports import ModelInfo
from mecum.inference.wires.failures import broken_off, discreet, failure_of, inside, unreachable
from mecum.inference.wires.logprobs import tokens_of
from mecum.inference.wires.openai import parse_json
from mecum.inference.wires.relays import relay_of
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.integrations.ollama.projection import body_of
from mecum.kernel import ids
from mecum.kernel.errors import MecumError
from mecum.kernel.text import unescape

_STOP: Final[dict[str, StopReason]] = {"stop": "stop", "length": "length"}
_CRASH: Final = re.compile(r"runner process (has terminated|no longer running)|unexpected EOF", re.IGNORECASE)
# Most tokens: printable ASCII with nothing escaped, so that the slice is as long as its text.
_PLAIN: Final = re.compile(rb"[ !#-\[\]-~]*")
# Still safe undecoded: no control character and no \u, which may hide NUL or half a surrogate pair.
_SAFE: Final = re.compile(rb'(?:[^"\\\x00-\x1f]|\\["\\/bfnrt])*')


class OllamaChat:
    """One model of the Ollama server at `base_url` (no path). `keep` says how long it stays in memory."""

    def __init__(
        self,
        net: Net,
        base_url: str,
        model: ModelInfo,
        key: str | None = None,
        *,
        timeout: float = 600.0,
        keep: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self._net = net
        self._base = base_url.rstrip("/")
        self._model = model
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._timeout, self._keep = timeout, keep
        self._relay = relay_of("ollama", self._base, local=model.local)

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer `request`; raises the errors of `inference.errors`."""
        raw = request.mode == "raw"
        body = body_of(request, self._model)
        body.update(self._keep() if request.keep is None else {"keep_alive": written(request.keep)})
        call = Outgoing(
            "POST",
            self._base + ("/api/generate" if raw else "/api/chat"),
            purpose="model.chat",
            headers=self._headers,
            body=orjson.dumps(body),
            timeout=self._timeout,
            private=True,
            paced=True,
            relay=self._relay,
        )
        stream = OllamaStream(sink, raw=raw, told="logprobs" in body)
        try:
            await self._net.stream(call, stream)
            answer = stream.finish()
        except NetUnavailable as error:
            raise unreachable(error) from error
        except MecumError as error:
            discreet(error, self._headers)
            raise
        answer.window = body["options"]["num_ctx"]
        return answer


class OllamaStream:
    """Reads the records of one answer, one JSON object a line, and pushes them into a sink.

    `told`: whether it was asked for that they say how likely tokens were.
    """

    def __init__(self, sink: AnswerSink, *, raw: bool, told: bool = False) -> None:
        self._sink = sink
        self._likely: LogprobSink | None = sink if told and isinstance(sink, LogprobSink) else None
        self._raw = raw
        self._open = b'"response":"' if raw else b'"message":{"role":"assistant","content":"'
        self._close = b'","done":false}' if raw else b'"},"done":false}'
        self._rest = b""
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._calls = 0
        self._last: dict[str, Any] | None = None
        self._failure: MecumError | None = None

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        self._status, self._headers = status, headers

    def body(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        if self._status != 200:
            self._rest = data
            return
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            if not self._common(data, start, end):
                self._record(data[start:end])
            start = end + 1
        self._rest = data[start:]

    def finish(self) -> Answer:
        """Return how the answer ended; raises the vendor-neutral error when it did not end well."""
        if self._status != 200:
            raise _translated(self._status, self._rest, self._headers)
        self._record(self._rest)
        if self._rest.strip() and self._failure is not None:
            self._failure = broken_off(self._failure)
        if self._failure is not None:
            raise self._failure
        if self._last is None:
            raise AnswerCutShort("Ollama ended the stream before the answer was complete.")
        reason = "tool_calls" if self._calls else _STOP.get(self._last.get("done_reason") or "stop", "other")
        return Answer(reason, usage_of(self._last), self._last.get("model"))

    def _common(self, data: bytes, start: int, end: int) -> bool:
        """Push the text of a line of the common shape without decoding it; False when the line needs care."""
        at = data.find(self._open, start, end)
        if at < 0 or not data.endswith(self._close, start, end) or self._failure is not None:
            return False
        at, end = at + len(self._open), end - len(self._close)
        if _PLAIN.fullmatch(data, at, end):
            if end > at:
                self._sink.text(data[at:end], end - at)
            return True
        if not _SAFE.fullmatch(data, at, end):
            return False
        return self._escaped(data[at:end])

    def _escaped(self, piece: bytes) -> bool:
        try:
            size = len(unescape(piece).encode()) if b"\\" in piece else len(piece.decode().encode())
        except UnicodeError:
            return False
        self._sink.text(piece, size)
        return True

    def _record(self, line: bytes) -> None:
        if self._failure is not None or not line.strip():
            return
        try:
            record = parse_json(line)
        except MecumError as error:
            self._failure = error
            return
        if "error" in record:
            self._failure = inside(_translated(500, line))
            return
        if self._likely is not None and (told := record.get("logprobs")):
            self._likely.logprobs(tokens_of({"content": told}))
        self._push(record if self._raw else record.get("message") or {})
        if record.get("done"):
            self._last = record

    def _push(self, message: dict[str, Any]) -> None:
        calls: list[dict[str, Any]] = message.get("tool_calls") or []
        if thinking := message.get("thinking"):
            self._sink.reasoning(thinking)
        if text := message.get("response" if self._raw else "content"):
            self._sink.raw_text(text)
        for call in calls:
            function: dict[str, Any] = call.get("function") or {}
            arguments = orjson.dumps(function.get("arguments") or {}).decode()
            # Older servers number no calls; the canonical history needs an id to bind the result to.
            self._sink.tool_call(self._calls, call.get("id") or ids.new("call"), function.get("name"), arguments)
            self._calls += 1


def usage_of(record: dict[str, Any]) -> Usage:
    """Translate the counts and durations (nanoseconds) of the last record."""
    told = {name: value for name, value in record.items() if name.endswith(("_count", "_duration"))}
    return Usage(record.get("prompt_eval_count"), record.get("eval_count"), raw=told or None)


def _translated(status: int, body: bytes, headers: dict[bytes, bytes] | None = None) -> MecumError:
    error = failure_of(status, body, headers)
    if status >= 500 and _CRASH.search(error.message):
        return ModelCrashed(error.message, status=status)
    return error
