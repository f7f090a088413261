"""An answer as Ollama tells it: a JSON object a line, or one for the whole.

Source: Ollama's API reference, "Generate a chat completion", "Generate a completion"; durations are in nanoseconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from mecum.edges.http.ollama.errors import sentence
from mecum.edges.http.openai.completed import logprobs_of, text_of
from mecum.edges.http.openai.errors import failure_of
from mecum.edges.http.openai.frames import Translation
from mecum.edges.http.problems import status_of
from mecum.engine.chat.called import called_turn, ending_of
from mecum.engine.chat.turn import Turn
from mecum.inference.exchange import CallContent
from mecum.inference.wires.turns import arguments_of
from mecum.kernel import clock

_NANOSECONDS: Final = 1_000_000
"""In a millisecond."""
Shape = Callable[[dict[str, Any]], dict[str, Any]]


def chat_shape(said: dict[str, Any]) -> dict[str, Any]:
    """Return what a piece of a chat's answer says, in the place where its records say it."""
    return {"message": {"role": "assistant", "content": "", **said}}


def prompt_shape(said: dict[str, Any]) -> dict[str, Any]:
    """Return what a piece of a prompt's answer says; its records have no place for calls."""
    more = {"thinking": said["thinking"]} if "thinking" in said else {}
    return {"response": said.get("content", ""), **more}


@dataclass(frozen=True, slots=True)
class Answering:
    """The run, the model as it was named, and how its records say what is said."""

    turn: Turn
    model: str
    shape: Shape

    def record(self, said: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return a record."""
        head = {"model": self.model, "created_at": clock.iso(clock.milliseconds())}
        return {**head, **self.shape(said), "done": False, **more}

    def end(self) -> dict[str, Any]:
        """Return what the last record adds: why it is over, what was counted, how long it took."""
        turn, usage = self.turn, ending_of(self.turn).usage
        counts = {
            "prompt_eval_count": usage.input_tokens if usage else None,
            "eval_count": usage.output_tokens if usage else None,
        }
        begun, over = turn.started_ms or turn.created_ms, turn.finished_ms or turn.created_ms
        first = turn.first_ms or over
        return {
            "done": True,
            "done_reason": "length" if ending_of(turn).stop_reason == "length" else "stop",
            "total_duration": (over - turn.created_ms) * _NANOSECONDS,
            "load_duration": 0,
            "prompt_eval_duration": (first - begun) * _NANOSECONDS,
            "eval_duration": (over - first) * _NANOSECONDS,
            **{name: count for name, count in counts.items() if count is not None},
        }

    def whole(self) -> dict[str, Any]:
        """Return the answer in one record."""
        parts = called_turn(self.turn).parts
        calls = [_call(part, n) for n, part in enumerate(p for p in parts if p["type"] == "tool_call")]
        thoughts = "".join(part["text"] for part in parts if part["type"] == "reasoning")
        more = ({"thinking": thoughts} if thoughts else {}) | ({"tool_calls": calls} if calls else {})
        likely = {"logprobs": self.likely(tokens)} if (tokens := logprobs_of(parts)) else {}
        return self.record({"content": text_of(parts), **more}, **self.end(), **likely)

    def likely(self, tokens: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return how likely tokens were, with as many alternatives as were asked for; unknown is left out."""
        asked = self.turn.wants.parameters
        most = asked["logprobs"] if self.turn.wants.mode == "raw" else asked.get("top_logprobs", 0)
        return [
            _token(one) | ({"top_logprobs": [_token(top) for top in one["top_logprobs"][:most]]} if most else {})
            for one in tokens
            if one["logprob"] is not None
        ]


class Records(Translation):
    """The lines of a streamed answer."""

    waits = b""

    def __init__(self, answering: Answering) -> None:
        super().__init__()
        self._answering = answering
        self._calls = 0
        # The text of a delta goes in as the escaped bytes it is.
        self._text = self._around("content")
        self._thinking = self._around("thinking")

    def text(self, escaped: bytes) -> bytes:
        """See `Translation`."""
        return self._piece(self._text, escaped)

    def reasoning(self, escaped: bytes) -> bytes:
        """See `Translation`."""
        return self._piece(self._thinking, escaped)

    def call(self, call_id: str, name: str, arguments: str) -> bytes:
        """See `Translation`; calls are told whole."""
        return b""

    def called(self, content: dict[str, Any]) -> bytes:
        """See `Translation`."""
        self._calls += 1
        return _line(self._answering.record({"tool_calls": [_call(content, self._calls - 1)]}))

    def end(self) -> bytes:
        """Return the last line, or the error."""
        failure = failure_of(ending_of(self._answering.turn))
        if failure is not None:
            return _line({"error": sentence(failure, status_of(failure))})
        # A last token may have had no text of its own.
        likely = {"logprobs": self._answering.likely(self.taken_logprobs())} if self._tokens else {}
        return _line(self._answering.record({}, **self._answering.end(), **likely))

    def _around(self, name: str) -> tuple[bytes, bytes]:
        slot = "\x7f"
        value = self._answering.shape({name: slot})
        before, _, after = orjson.dumps(value)[1:-1].partition(slot.encode())
        return before, after

    def _piece(self, around: tuple[bytes, bytes], escaped: bytes) -> bytes:
        head = {"model": self._answering.model, "created_at": clock.iso(clock.milliseconds())}
        likely = b""
        if self._tokens:
            likely = b',"logprobs":' + orjson.dumps(self._answering.likely(self.taken_logprobs()))
        return b'%b,%b%b%b,"done":false%b}\n' % (orjson.dumps(head)[:-1], around[0], escaped, around[1], likely)


def _call(part: Mapping[str, Any], index: int) -> dict[str, Any]:
    arguments = arguments_of(CallContent(part["call_id"], part["name"], part["arguments"]))
    return {"id": part["call_id"], "function": {"index": index, "name": part["name"], "arguments": arguments}}


def _token(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("token", "logprob", "bytes") if told[name] is not None}


def _line(record: Mapping[str, Any]) -> bytes:
    return orjson.dumps(record) + b"\n"
