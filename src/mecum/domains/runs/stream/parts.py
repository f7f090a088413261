"""A part of an answer while it is made."""

from array import array
from dataclasses import dataclass, field
from typing import Any

from mecum.domains.runs.events import PartKind
from mecum.kernel.text import unescape


@dataclass(slots=True)
class Part:
    """A part of the answer being made: escaped text by frame, with the seq and offset each frame began at."""

    kind: PartKind
    frames: list[bytes] = field(default_factory=lambda: [])
    seqs: "array[int]" = field(default_factory=lambda: array("Q"))
    offsets: "array[int]" = field(default_factory=lambda: array("Q"))
    size: int = 0
    content: dict[str, Any] | None = None
    completed: bool = False
    logprobs: list[dict[str, Any]] | None = None

    def add(self, seq: int, escaped: bytes, size: int) -> None:
        """Append the text of one frame."""
        self.frames.append(escaped)
        self.seqs.append(seq)
        self.offsets.append(self.size)
        self.size += size

    def know(self, tokens: list[dict[str, Any]]) -> None:
        """Remember how likely tokens were."""
        if self.logprobs is None:
            self.logprobs = []
        self.logprobs.extend(tokens)

    @property
    def escaped(self) -> bytes:
        """All text so far."""
        return b"".join(self.frames)

    def stored(self) -> dict[str, Any]:
        """Return the part as the record keeps it."""
        if self.content is not None:
            return self.content
        return with_logprobs({"type": self.kind, "text": unescape(self.escaped)}, self.logprobs)


def with_logprobs(part: dict[str, Any], logprobs: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Return the part of the record, with how likely its tokens were where somebody asked for that."""
    return {**part, "logprobs": logprobs} if logprobs else part
