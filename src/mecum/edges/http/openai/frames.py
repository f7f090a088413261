"""Taking the frames of a run apart, cheaply: the text of a delta stays the escaped bytes it is."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final

import orjson

from mecum.domains.runs import api as runs
from mecum.kernel.text import escape

_TYPE: Final = b'"type":"'
_PART: Final = b'"part":'
_TEXT: Final = b'"text":"'
_DELTA: Final = b"part.delta"
WAITS: Final = b": waiting\n\n"
"""A comment, so that the client sees that it was heard."""


class Translation(ABC):
    """Turns the frames of one run, in order, into the bytes of another wire. What it is called with was committed."""

    waits: ClassVar[bytes] = WAITS
    """What a client is sent while there is nothing to read."""

    def __init__(self) -> None:
        self._kinds: list[str] = []
        self._tokens: list[dict[str, Any]] = []

    def begin(self) -> bytes:
        """Return what is sent before anything happened."""
        return b""

    def take(self, frame: runs.Frame) -> bytes:
        """Return what a frame is on this wire; nothing for most that are not text."""
        if frame.ends:
            return self.end()
        body = frame.body
        at = body.index(_TYPE) + len(_TYPE)
        if body.startswith(_DELTA, at):
            part_at = body.index(_PART, at) + len(_PART)
            part = int(body[part_at : body.index(b",", part_at)])
            escaped = body[body.index(_TEXT, part_at) + len(_TEXT) : -2]
            return self.reasoning(escaped) if self._kinds[part] == "reasoning" else self.text(escaped)
        return self._event(body[at : body.index(b'"', at)].decode("ascii"), body)

    @abstractmethod
    def text(self, escaped: bytes) -> bytes:
        """Answer text: the inside of a JSON string."""

    @abstractmethod
    def reasoning(self, escaped: bytes) -> bytes:
        """Reasoning text: the inside of a JSON string."""

    @abstractmethod
    def call(self, call_id: str, name: str, arguments: str) -> bytes:
        """A piece of the arguments of the tool call that is being made."""

    @abstractmethod
    def called(self, content: dict[str, Any]) -> bytes:
        """A tool call is complete; `content` is the whole of it."""

    @abstractmethod
    def end(self) -> bytes:
        """The run is over."""

    def logprobs(self, tokens: list[dict[str, Any]]) -> None:
        """How likely the tokens of the next text were."""
        self._tokens.extend(tokens)

    def taken_logprobs(self) -> list[dict[str, Any]]:
        """Return what was told of the text that is said now."""
        tokens, self._tokens = self._tokens, []
        return tokens

    def begins_call(self) -> bytes:
        """A tool call begins."""
        return b""

    def cited(self) -> bytes:
        """The next citation of the answer is there."""
        return b""

    def _event(self, kind: str, body: bytes) -> bytes:
        if kind == "part.started":
            return self._started(orjson.loads(body)["kind"])
        if kind == "part.completed":
            return self._completed(orjson.loads(body)["content"])
        if kind == "tool.args_delta":
            event = orjson.loads(body)
            return self.call(event["call_id"], event["name"], event["text"])
        if kind == "part.logprobs":
            self.logprobs(orjson.loads(body)["tokens"])
        return self.waits if kind == "run.status" else b""

    def _started(self, kind: str) -> bytes:
        self._kinds.append(kind)
        return self.begins_call() if kind == "tool_call" else b""

    def _completed(self, content: dict[str, Any] | None) -> bytes:
        if content is None:
            return b""
        if content["type"] == "tool_call":
            return self.called(content)
        if content["type"] == "citation":
            return self.cited()
        # Text with what cannot be text: as it can be shown.
        return self.text(escape(content["shown"])) if content["type"] == "data" else b""
