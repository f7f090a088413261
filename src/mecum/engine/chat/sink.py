"""What a model pushes, written into the run log: text as it is, what cannot be text as a part with its exact bytes."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from mecum.domains.runs import api as runs
from mecum.domains.runs.events import CitationAdded, RunStatus, ToolArgumentsDelta
from mecum.engine.chat.turn import Turn
from mecum.inference.exchange import Passage
from mecum.kernel import clock
from mecum.kernel.text import escape, exact_base64, is_storable, shown, slice_of

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]+")


@dataclass(slots=True)
class _Call:
    call_id: str
    name: str
    arguments: str = ""


class TurnSink:
    """See `AnswerSink`."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._stream: runs.RunStream = turn.stream
        self._held = ""
        self._phase: str | None = None
        self._calls: dict[int, _Call] = {}
        self._calling = False
        self._thought: list[str] = []

    def text(self, escaped: bytes, size: int) -> None:
        if self._held:
            self._release()
        if self._calling:
            self._finish_calls()
        if self._turn.first_ms is None:
            self._first()
        self._stream.text("text", escaped, size)

    def raw_text(self, text: str) -> None:
        text, self._held = self._held + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            # The second half of a pair may come with the next piece.
            text, self._held = text[:-1], text[-1]
        text = (
            text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if not is_storable(text) else text
        )
        at = 0
        for match in _UNSTORABLE.finditer(text):
            self._plain(text[at : match.start()])
            self._exact(match.group())
            at = match.end()
        self._plain(text[at:])

    def reasoning(self, text: str) -> None:
        if self._calling:
            self._finish_calls()
        self._begin()
        if not self._thinks():
            self._thought.clear()
        self._thought.append(shown(text))
        piece = slice_of(self._thought[-1])
        self._stream.text("reasoning", piece.escaped, piece.size)

    def signed(self, signature: str, origin: str, *, redacted: bool = False) -> None:
        if self._held:
            self._release()
        self._begin()
        self._finish_calls()
        text = "".join(self._thought) if self._thinks() and not redacted else ""
        if not text:
            self._stream.close_part()
            self._stream.open_part("reasoning")
        content: dict[str, Any] = {"type": "reasoning", "text": text, "signature": signature, "origin": origin}
        self._stream.close_part(content | ({"redacted": True} if redacted else {}))

    def logprobs(self, tokens: list[dict[str, Any]]) -> None:
        if self._held:
            self._release()
        if self._calling:
            self._finish_calls()
        parts = self._stream.parts
        if not parts or parts[-1].kind != "text" or parts[-1].completed:
            self._stream.close_part()
            self._stream.open_part("text")
        self._stream.emit(runs.LogprobsAdded(len(parts) - 1, tokens))

    def tool_call(self, index: int, call_id: str | None, name: str | None, arguments: str) -> None:
        self._begin()
        call = self._calls.get(index)
        if call is None:
            self._finish_calls()
            call = self._calls[index] = _Call(call_id or f"call_{index}", shown(name or ""))
            self._stream.close_part()
            self._stream.open_part("tool_call")
            self._calling = True
        call.arguments += shown(arguments)
        self._stream.emit(ToolArgumentsDelta(len(self._stream.parts) - 1, call.call_id, call.name, shown(arguments)))

    def citation(self, passage: Passage) -> None:
        if self._held:
            self._release()
        at = len(self._stream.parts)
        content: dict[str, Any] = {
            "type": "citation",
            "conversation_id": passage.conversation_id,
            "message_id": passage.message_id,
            "file_id": passage.file_id,
            "title": passage.title,
            "quote": passage.text,
            "start": passage.start,
            "end": passage.end,
        }
        if passage.url is not None:
            content["url"] = passage.url
        if passage.said is not None:
            content["said"] = [*passage.said]
        self._whole("citation", content)
        self._stream.emit(CitationAdded(at, content))

    def phase(self, name: Literal["loading", "searching", "thinking", "writing"]) -> None:
        if name != self._phase:
            self._phase = name
            self._turn.loaded = self._turn.loaded or name == "loading"
            self._stream.emit(RunStatus(name), urgent=True)

    def still_waiting(self) -> None:
        """Say that the model has said nothing yet, unless it said what it is doing."""
        if self._turn.begun_ms is None and self._phase is None:
            self._phase = "silent"
            self._stream.emit(RunStatus("silent"), urgent=True)

    def finish(self) -> None:
        """End what is open."""
        if self._held:
            self._release()
        self._finish_calls()
        self._stream.close_part()

    def _first(self) -> None:
        """The first text."""
        self._turn.first_ms = clock.milliseconds()
        self._begin()

    def _begin(self) -> None:
        """The first of anything: from here on no other model is asked."""
        if self._turn.begun_ms is None:
            self._turn.begun_ms = clock.milliseconds()

    def _thinks(self) -> bool:
        """Whether the part being written is reasoning."""
        parts = self._stream.parts
        return bool(parts) and parts[-1].kind == "reasoning" and not parts[-1].completed

    def _plain(self, text: str) -> None:
        if text:
            if self._calling:
                self._finish_calls()
            if self._turn.first_ms is None:
                self._first()
            self._stream.text("text", escape(text), len(text.encode("utf-8")))

    def _exact(self, text: str) -> None:
        content = {"type": "data", "media_type": "text/plain", "base64": exact_base64(text), "shown": shown(text)}
        self._whole("data", content)

    def _release(self) -> None:
        held, self._held = self._held, ""
        self._exact(held)

    def _whole(self, kind: Literal["citation", "data"], content: dict[str, Any]) -> None:
        if self._calling:
            self._finish_calls()
        self._begin()
        self._stream.close_part()
        self._stream.open_part(kind)
        self._stream.close_part(content)

    def _finish_calls(self) -> None:
        """End the call that was being written; calls come one after the other."""
        for call in self._calls.values():
            if call.name or call.arguments:
                content = {"type": "tool_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments}
                self._stream.close_part(content)
        self._calls = {index: _Call("", "") for index in self._calls}
        self._calling = False
