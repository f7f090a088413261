"""How servers read what does not fit: they cut it away in silence, as Ollama did, or refuse it, as llama.cpp does."""

from dataclasses import dataclass
from typing import Any, Literal

from fakes.steps import Fail, Finish, Say, Step

FRAME = 6
"""Tokens around a message."""


@dataclass(frozen=True)
class Vocabulary:
    """Tokens a byte, of letters and of what is beyond ASCII; any other character of ASCII is a token."""

    letters: float = 0.25
    wide: float = 0.33

    def count(self, text: str) -> int:
        """Return the tokens of a text."""
        data = text.encode()
        letters = sum(chr(byte).isalpha() or byte == 32 for byte in data if byte < 128)
        wide = sum(byte > 127 for byte in data)
        return round(letters * self.letters + wide * self.wide + (len(data) - letters - wide))


@dataclass(frozen=True)
class Reader:
    """A server's way with long requests. `window` is what it has; on Ollama's wire the call may ask for less.

    `cuts`: `messages` leaves out the oldest, and then the head of the last one; `tokens` keeps the last ones of all.
    """

    window: int
    cuts: Literal["messages", "tokens"] | None
    vocabulary: Vocabulary = Vocabulary()

    def steps(self, body: dict[str, Any], needle: str) -> list[Step]:
        """Return the answer: whether the needle was in what was read, and how many tokens that was."""
        window = min(self.window, body.get("options", {}).get("num_ctx", self.window))
        texts = [_text(one) for one in body["messages"]]
        counted = self._counted(texts)
        if counted > window and self.cuts is None:
            return [Fail(400, f"the request exceeds the available context size ({counted} tokens, {window} fit)")]
        if counted > window:
            texts = self._cut(texts, window)
        said = "I saw it." if any(needle in text for text in texts) else "There was none."
        return [Say(said), Finish("stop", self._counted(texts), 4)]

    def _counted(self, texts: list[str]) -> int:
        return sum(FRAME + self.vocabulary.count(text) for text in texts)

    def _cut(self, texts: list[str], window: int) -> list[str]:
        while self.cuts == "messages" and len(texts) > 1 and self._counted(texts) > window:
            texts = texts[1:]
        whole = "\n".join(texts) if self.cuts == "tokens" else texts[0]
        low, high = 0, len(whole)
        while low < high:
            middle = (low + high) // 2
            if FRAME + self.vocabulary.count(whole[middle:]) > window:
                low = middle + 1
            else:
                high = middle
        return [whole[low:]] if self.cuts == "tokens" else [whole[low:], *texts[1:]]


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
