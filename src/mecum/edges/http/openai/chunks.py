"""The chunks of a streamed completion. Source: the OpenAI API reference, "The chat completion chunk object"."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson

from mecum.edges.http.openai.annotations import cited
from mecum.edges.http.openai.completed import finish_reason, usage_of
from mecum.edges.http.openai.errors import error_object, failure_of
from mecum.edges.http.openai.frames import Translation
from mecum.edges.http.problems import status_of
from mecum.engine.chat.called import Ending
from mecum.inference.wires.logprobs import side_by_side

DONE: Final = b"data: [DONE]\n\n"


class Chunks(Translation):
    """Chunks of either kind. `head` opens every chunk up to its choices, `ending` tells how the run stands."""

    object: str = ""

    def __init__(self, completion_id: str, created: int, ending: Callable[[], Ending], *, with_usage: bool) -> None:
        super().__init__()
        self._id, self._created, self._ending = completion_id, created, ending
        self._tail = b',"usage":null}\n\n' if with_usage else b"}\n\n"
        self._with_usage = with_usage
        self._head = b""
        self._called = False

    def end(self) -> bytes:
        """Return the last chunks, or the error that a client raises when it meets it."""
        ending = self._ending()
        if (failure := failure_of(ending)) is not None:
            return b"data: " + orjson.dumps({"error": error_object(failure, status_of(failure))}) + b"\n\n"
        last = self.opening() + self.last(finish_reason(ending, called=self._called))
        if self._with_usage:
            last += self._start() + b'"choices":[],"usage":' + orjson.dumps(usage_of(ending.usage)) + b"}\n\n"
        return last + DONE

    def opening(self) -> bytes:
        """Return what comes before the first piece of the answer, once."""
        return b""

    @abstractmethod
    def last(self, reason: str) -> bytes:
        """Return the chunk that says why the answer ended."""

    def choice(self, inside: bytes) -> bytes:
        """Return a chunk with this inside of its one choice."""
        return b'%b"choices":[{"index":0,%b}]%b' % (self._start(), inside, self._tail)

    def _start(self) -> bytes:
        if not self._head:
            head = {"id": self._id, "object": self.object, "created": self._created, "model": self._ending().model}
            self._head = b"data: " + orjson.dumps(head)[:-1] + b","
        return self._head


class ChatChunks(Chunks):
    """Chunks of a chat completion; `parts` are those of the answer so far."""

    object = "chat.completion.chunk"

    def __init__(
        self,
        completion_id: str,
        created: int,
        ending: Callable[[], Ending],
        *,
        with_usage: bool,
        parts: Callable[[], Sequence[Mapping[str, Any]]] = tuple,
    ) -> None:
        super().__init__(completion_id, created, ending, with_usage=with_usage)
        self._parts, self._cited = parts, 0
        self._opened = False
        self._calls = -1
        self._named = False

    def opening(self) -> bytes:
        """Return the chunk that says who speaks, once."""
        if self._opened:
            return b""
        self._opened = True
        return self._delta(b'{"role":"assistant","content":"","refusal":null}')

    def text(self, escaped: bytes) -> bytes:
        """See `Translation`."""
        return self.opening() + self._delta(b'{"content":"%b"}' % escaped, self._likelihood())

    def reasoning(self, escaped: bytes) -> bytes:
        """See `Translation`; the field is the one that most servers of open models use."""
        return self.opening() + self._delta(b'{"reasoning_content":"%b"}' % escaped)

    def begins_call(self) -> bytes:
        """See `Translation`."""
        self._calls += 1
        self._named, self._called = False, True
        return b""

    def call(self, call_id: str, name: str, arguments: str) -> bytes:
        """See `Translation`; id and name come with the first piece."""
        piece: dict[str, Any] = {"index": self._calls, "function": {"arguments": arguments}}
        if not self._named:
            self._named = True
            piece |= {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        return self.opening() + self._delta(orjson.dumps({"tool_calls": [piece]}))

    def called(self, content: dict[str, Any]) -> bytes:
        """See `Translation`."""
        return b"" if self._named else self.call(content["call_id"], content["name"], content["arguments"])

    def cited(self) -> bytes:
        """See `Translation`."""
        self._cited += 1
        found = cited(self._parts())[self._cited - 1]
        return b"" if found is None else self.opening() + self._delta(orjson.dumps({"annotations": [found.nested]}))

    def last(self, reason: str) -> bytes:
        """See `Chunks`."""
        # A last token may have had no text of its own.
        told = self._likelihood()
        return self.choice(b'"delta":{},"logprobs":%b,"finish_reason":"%b"' % (told, reason.encode()))

    def _delta(self, delta: bytes, told: bytes = b"null") -> bytes:
        return self.choice(b'"delta":%b,"logprobs":%b,"finish_reason":null' % (delta, told))

    def _likelihood(self) -> bytes:
        return orjson.dumps({"content": self.taken_logprobs(), "refusal": None}) if self._tokens else b"null"


class TextChunks(Chunks):
    """Chunks of a text completion: they have no place for anything but text."""

    object = "text_completion"
    _offset = 0
    """How many characters were told of."""

    def text(self, escaped: bytes) -> bytes:
        """See `Translation`."""
        return self.choice(b'"text":"%b","logprobs":%b,"finish_reason":null' % (escaped, self._likelihood()))

    def reasoning(self, escaped: bytes) -> bytes:
        """See `Translation`."""
        return b""

    def call(self, call_id: str, name: str, arguments: str) -> bytes:
        """See `Translation`."""
        return b""

    def called(self, content: dict[str, Any]) -> bytes:
        """See `Translation`."""
        return b""

    def last(self, reason: str) -> bytes:
        """See `Chunks`."""
        told = self._likelihood()
        return self.choice(b'"text":"","logprobs":%b,"finish_reason":"%b"' % (told, reason.encode()))

    def _likelihood(self) -> bytes:
        if not self._tokens:
            return b"null"
        tokens = self.taken_logprobs()
        offset, self._offset = self._offset, self._offset + sum(len(token["token"]) for token in tokens)
        return orjson.dumps(side_by_side(tokens, offset))
