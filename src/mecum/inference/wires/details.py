"""Thoughts and their proofs as the OpenAI wire carries them where a server passes on other vendors' models.

Source: OpenRouter's guide to reasoning tokens, `reasoning_details`: pieces of a type and an index, of which text and
summary grow; they come back unchanged in the assistant's message. And Mistral's to reasoning: the content of an answer
is a list, of chunks of the type `thinking` and `text`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from mecum.inference.exchange import Content, ReasoningContent

_GROW: Final = ("text", "summary")
_PROOFS: Final = ("signature", "data")

Detail = dict[str, Any]


def origin_of(model: str) -> str:
    """Return what the proofs of a model's thoughts are marked with."""
    return f"openai/{model}"


class Details:
    """The pieces of one thought, as they arrive."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], Detail] = {}

    def add(self, pieces: Iterable[Detail]) -> None:
        """Take the pieces of one chunk."""
        for piece in pieces:
            place = (str(piece.get("type")), piece.get("index") or 0)
            before = self._found.setdefault(place, {})
            grown: dict[str, Any] = {
                name: before.get(name, "") + (piece.get(name) or "") for name in _GROW if name in before | piece
            }
            self._found[place] = {**before, **{name: one for name, one in piece.items() if one is not None}, **grown}

    def proof(self) -> str:
        """Return the thought as JSON; empty where nothing in it proves anything."""
        found = list(self._found.values())
        proven = any(detail.get(name) for detail in found for name in _PROOFS)
        return orjson.dumps(found).decode() if proven else ""


def details_in(content: Iterable[Content], origin: str) -> list[Detail]:
    """Return the details to send back: those of thoughts that came from this model."""
    proofs = [item.signature for item in content if isinstance(item, ReasoningContent) and item.origin == origin]
    return [detail for proof in proofs if proof for detail in orjson.loads(proof)]


def thoughts_in(content: Iterable[Content]) -> str:
    """Return what was thought in the open, as text."""
    return "".join(item.text for item in content if isinstance(item, ReasoningContent) and not item.signature)


def pieces_of(content: Any) -> Iterator[tuple[bool, str]]:
    """Yield the texts of a content, each with whether it was thought."""
    if isinstance(content, str):
        yield False, content
        return
    chunks: list[Detail] = [chunk for chunk in content if isinstance(chunk, dict)] if isinstance(content, list) else []  # pyright: ignore[reportUnknownVariableType]
    for chunk in chunks:
        if isinstance(text := chunk.get("text"), str):
            yield False, text
        elif "thinking" in chunk:
            yield True, "".join(text for _, text in pieces_of(chunk["thinking"]))
