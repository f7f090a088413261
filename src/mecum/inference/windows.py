"""What a model reads at once: how large its window is and who says so, and what a text takes of it.

Before a model has counted, a byte is taken to be a token: no vocabulary that can spell every text makes more of it
(byte-level BPE and byte fallback alike). Once its server has counted, its own figures hold, with a margin.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.exchange import (
    CallContent,
    Content,
    ImageContent,
    ModelMessage,
    ReasoningContent,
    ResultContent,
    TextContent,
)
from mecum.inference.ports import ModelInfo, WindowSource

MESSAGE_TOKENS: Final = 8
"""What a template puts around a message, at most."""
IMAGE_TOKENS: Final = 1600
SMALLEST: Final = 2048
"""The smallest window that a server gives a model by itself."""
SENT_AT_LEAST: Final = 8192
"""The smallest window that is asked for where the call says it."""
ANSWER_ROOM: Final = 2048
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ "
_HIGH: Final = bytes(range(128, 256))
_NOT_LEADING: Final = bytes(range(192))
_MARGIN: Final = 1.15
_LEAST: Final = 0.25
_FEWEST_BYTES: Final = 1024
_MOST_MODELS: Final = 2000
# The longest words of large vocabularies, by tokens a byte.
_RAREST_LETTERS: Final = 1 / 8
_RAREST_WIDE: Final = 1 / 12
_REPEATED: Final = re.compile(r"(.)\1{3,}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Window:
    """How many tokens a model reads at once (None: not known), and who says so.

    `refuses`: whether its server is known to refuse what is too long; another one may cut it and say nothing.
    """

    tokens: int | None = None
    source: WindowSource | None = None
    refuses: bool = False

    @property
    def served(self) -> int | None:
        """The tokens that are really served; None when what is known is only of the model."""
        return None if self.source in ("table", "model") else self.tokens


UNKNOWN: Final = Window()


def window_of(info: ModelInfo, known: ModelCapabilities) -> Window:
    """Return how much a model reads at once: what a person says, what its server does, what the table has.

    Where we send the size, or start the process, what a person says is only the most.
    """
    said, source = known.context_length, known.sources.get("context_length")
    if source == "explicit" and said is not None:
        ours = info.window_from in ("sent", "started") and info.context_length is not None
        return Window(min(said, info.context_length or said) if ours else said, "configured", info.refuses)
    if info.context_length is not None:
        return Window(info.context_length, info.window_from, info.refuses)
    return Window(said, None if said is None else "table", info.refuses)


def as_learned(known: Window, tokens: int | None) -> Window:
    """Return a window when its server said how much it takes, refusing more; what a person says stays the most."""
    if tokens is None or (known.source == "configured" and tokens >= (known.tokens or tokens)):
        return known
    return Window(tokens, "learned", refuses=True)


def bytes_of(item: Content) -> int:
    """Return how many bytes of UTF-8 a content is sent as; an image counts as its tokens, old reasoning as nothing."""
    if isinstance(item, ImageContent):
        return IMAGE_TOKENS
    if isinstance(item, ReasoningContent):
        # What was thought goes back only while its answer is being made.
        return 0
    text = text_of(item)
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def text_of(item: Content) -> str:
    """Return what of a content is text on a wire."""
    if isinstance(item, TextContent):
        return item.text
    if isinstance(item, CallContent):
        return item.name + item.arguments
    return item.content if isinstance(item, ResultContent) else ""


def most_tokens(message: ModelMessage) -> int:
    """Return how many tokens a message can be at most, of whatever model; an image is estimated."""
    return most_of((message,))


def most_of(messages: Iterable[ModelMessage]) -> int:
    """Return how many tokens messages can be at most. Every turn asks this of all it sends."""
    most = 0
    for message in messages:
        most += MESSAGE_TOKENS
        for item in message.content:
            if isinstance(item, TextContent) and item.text.isascii():
                most += len(item.text)
            else:
                most += bytes_of(item)
    return most


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes by what they are: letters and spaces, other ASCII, the rest; `leads` are the first bytes of its characters.

    `fixed` is in tokens: what no text says.
    """

    letters: int = 0
    marks: int = 0
    wide: int = 0
    fixed: int = 0
    leads: frozenset[int] = frozenset()

    @property
    def most(self) -> int:
        """The tokens it can be at most."""
        return self.letters + self.marks + self.wide + self.fixed


def size_of(messages: Iterable[ModelMessage]) -> Size:
    """Return the size of messages."""
    fixed = 0
    texts: list[str] = []
    for message in messages:
        fixed += MESSAGE_TOKENS
        for item in message.content:
            fixed += IMAGE_TOKENS if isinstance(item, ImageContent) else 0
            texts.append(text_of(item))
    return text_size("".join(texts), fixed)


def text_size(text: str, fixed: int = 0) -> Size:
    """Return the size of a text, and of `fixed` tokens."""
    data = text.encode("utf-8", "surrogatepass")
    letters = len(data) - len(data.translate(None, _LETTERS))
    wide = 0 if text.isascii() else len(data) - len(data.translate(None, _HIGH))
    leads = frozenset(data.translate(None, _NOT_LEADING)) if wide else frozenset[int]()
    return Size(letters, len(data) - letters - wide, wide, fixed, leads)


@dataclass(slots=True)
class _Seen:
    """Tokens a byte as one model's server counted them: the least and the most, of letters and of other scripts."""

    letters: tuple[float, float] | None = None
    wide: tuple[float, float] | None = None
    leads: set[int] = field(default_factory=set[int])
    proved: int = 0
    """The most tokens it counted: its window is no smaller."""


_NOTHING: Final = _Seen()


class Counts:
    """What servers counted, by model; kept in memory only, as it is learned again at once."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def estimate(self, ref: str, size: Size, *, guess: float = 1.0) -> int:
        """Return how many tokens a size is for a model, rather too many than too few.

        `guess` is what a letter is taken to be before the model has counted: 1 is certain, and for prose far too much.
        """
        seen = self._seen.get(ref, _NOTHING)
        letters = guess if seen.letters is None else min(1.0, max(seen.letters[1] * _MARGIN, _LEAST))
        known = seen.wide is not None and size.leads <= seen.leads
        wide = min(1.0, max(seen.wide[1] * _MARGIN, _LEAST)) if known and seen.wide is not None else 1.0
        return -int(-(size.letters * letters + size.marks + size.wide * wide) // 1) + size.fixed

    def likely(self, ref: str, size: Size) -> int:
        """Return how many tokens a size is rather too few than too many: more than that is surely too long."""
        seen = self._seen.get(ref, _NOTHING)
        letters = _LEAST if seen.letters is None else seen.letters[0]
        wide = _LEAST if seen.wide is None else seen.wide[0]
        return -int(-((size.letters + size.marks) * letters + size.wide * wide) // 1) + size.fixed

    def too_few(self, ref: str, size: Size, messages: Iterable[ModelMessage], counted: int) -> bool:
        """Return whether a count cannot be that of these messages; what is repeated in them may be one token."""
        if counted >= self._fewest(ref, size):
            return False
        once = "".join(_REPEATED.sub(r"\1", text_of(item)) for message in messages for item in message.content)
        return counted < self._fewest(ref, text_size(once))

    def _fewest(self, ref: str, size: Size) -> int:
        seen = self._seen.get(ref, _NOTHING)
        letters = _RAREST_LETTERS if seen.letters is None else min(seen.letters[0] / 2, _RAREST_LETTERS)
        wide = _RAREST_WIDE if seen.wide is None else min(seen.wide[0] / 2, _RAREST_WIDE)
        return int((size.letters + size.marks) * letters + size.wide * wide)

    def proved(self, ref: str) -> int:
        """Return the most tokens that a model was seen to take."""
        return self._seen.get(ref, _NOTHING).proved

    def saw(self, ref: str, counted: int) -> None:
        """Take it that a model read so many tokens at once."""
        seen = self._of(ref)
        seen.proved = max(seen.proved, counted)

    def learn(self, ref: str, size: Size, counted: int) -> None:
        """Take what a server counted of messages it surely read whole."""
        total = size.letters + size.marks + size.wide
        if total < _FEWEST_BYTES or counted <= 0:
            return
        seen = self._of(ref)
        if size.letters > 0.8 * total:
            seen.letters = _widened(seen.letters, counted / total)
        elif size.wide > 0.3 * total:
            rest = (size.letters + size.marks) * (seen.letters[0] if seen.letters else _LEAST)
            seen.wide = _widened(seen.wide, max(counted - rest, 0) / size.wide)
            seen.leads |= size.leads

    def _of(self, ref: str) -> _Seen:
        seen = self._seen.get(ref)
        if seen is None:
            if len(self._seen) >= _MOST_MODELS:
                self._seen.clear()
            seen = self._seen[ref] = _Seen()
        return seen


def _widened(known: tuple[float, float] | None, rate: float) -> tuple[float, float]:
    return (rate, rate) if known is None else (min(known[0], rate), max(known[1], rate))
