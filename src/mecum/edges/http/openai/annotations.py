"""What a model's vendor says it took from where, as annotations of the answer's text.

Source: the OpenAI API reference, `url_citation` of "The chat completion object" and of `output_text`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Annotation:
    """The characters of a text, from `start` to before `end`, that the page at `url` proves."""

    start: int
    end: int
    title: str
    url: str

    @property
    def told(self) -> dict[str, Any]:
        """As responses tell it."""
        return {"type": "url_citation", **self._inside()}

    @property
    def nested(self) -> dict[str, Any]:
        """As chat completions tell it."""
        return {"type": "url_citation", "url_citation": self._inside()}

    def _inside(self) -> dict[str, Any]:
        return {"start_index": self.start, "end_index": self.end, "title": self.title, "url": self.url}


def cited(parts: Sequence[Part], before: int = 0) -> list[Annotation | None]:
    """Return an annotation for each citation among `parts`, in order; None for one that names no page.

    `before` is how many characters of the answer come before these parts. Where the vendor does not say which
    characters a source proves, they are those since the citations before it.
    """
    found: list[Annotation | None] = []
    at = since = 0
    fresh = False
    for part in parts:
        if part["type"] == "citation":
            found.append(_annotation(part, since, at, before))
            fresh = True
        elif part["type"] in ("text", "data"):
            since, fresh = (at if fresh else since), False
            at += length_of(part)
    return found


def annotations_of(parts: Sequence[Part], before: int = 0) -> list[Annotation]:
    """Return the annotations that can be told."""
    return [one for one in cited(parts, before) if one is not None]


def length_of(part: Part) -> int:
    """Return how many characters of the answer a part is."""
    if part["type"] == "text":
        return len(part["text"])
    return len(part["shown"]) if part["type"] == "data" else 0


def _annotation(part: Part, since: int, at: int, before: int) -> Annotation | None:
    url = part.get("url")
    if not url:
        return None
    start, end = part.get("said") or (since + before, at + before)
    start, end = max(0, start - before), min(at, end - before)
    return Annotation(min(start, end), end, part["title"], url)
