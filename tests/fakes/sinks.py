"""A sink that keeps what an adapter pushed, and checks what the port promises of it."""

import asyncio
from typing import Any, Literal

from mecum.inference.exchange import Passage
from mecum.kernel.text import is_storable, unescape


class Recorder:
    """Everything pushed, in order, as (kind, value); `whole` is the text joined."""

    def __init__(self) -> None:
        self.events: list[tuple[str, object]] = []
        self.said: list[str] = []
        self.thought: list[str] = []
        self.calls: dict[int, list[str]] = {}
        self.tokens: list[dict[str, Any]] = []
        self.citations: list[Passage] = []
        self.phases: list[str] = []
        self.undecoded = 0
        self.spoken = asyncio.Event()

    @property
    def whole(self) -> str:
        """The answer's text."""
        return "".join(self.said)

    def text(self, escaped: bytes, size: int) -> None:
        text = unescape(escaped)
        assert is_storable(text), "text() takes only what can be stored"
        assert size == len(text.encode()), "the size is that of the decoded text in UTF-8 bytes"
        assert escaped, "nothing is not pushed"
        self.undecoded += 1
        self._say(text)

    def raw_text(self, text: str) -> None:
        self._say(text)

    def reasoning(self, text: str) -> None:
        self.thought.append(text)
        self.events.append(("reasoning", text))

    def logprobs(self, tokens: list[dict[str, Any]]) -> None:
        self.tokens.extend(tokens)
        self.events.append(("logprobs", tokens))

    def tool_call(self, index: int, call_id: str | None, name: str | None, arguments: str) -> None:
        call = self.calls.setdefault(index, ["", "", ""])
        for place, piece in enumerate((call_id or "", name or "", arguments)):
            call[place] += piece
        self.events.append(("tool_call", (index, call_id, name, arguments)))

    def citation(self, passage: Passage) -> None:
        self.citations.append(passage)
        self.events.append(("citation", passage))

    def phase(self, name: Literal["loading", "searching", "thinking", "writing"]) -> None:
        self.phases.append(name)
        self.events.append(("phase", name))

    def _say(self, text: str) -> None:
        self.spoken.set()
        self.said.append(text)
        self.events.append(("text", text))
