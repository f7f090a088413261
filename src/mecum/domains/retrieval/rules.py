"""Words: how text becomes words, how a question becomes terms, and where in a text they stand.

A word is a run of letters and digits; a Chinese, Japanese or Korean character is a word by itself, because nothing
there says where one ends. Case and accents make no difference.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_CJK: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_ACCENTS: Final = "\u0300-\u036f"
_WORD: Final = re.compile(f"[{_CJK}]|[^\\W_{_CJK}](?:[^\\W_{_CJK}]|[{_ACCENTS}])*")
_ALONE: Final = re.compile(f"([{_CJK}])")
_ACCENT: Final = re.compile(f"[{_ACCENTS}]+")
_TERM: Final = re.compile(r'"([^"]*)"|(\S+)')
_LONGEST_WORD: Final = 200
_MOST_TERMS: Final = 32
_BEFORE: Final = 60
_SNIPPET: Final = 240


def folded(text: str) -> str:
    """Return `text` without case and accents."""
    if text.isascii():
        return text.lower()
    bare = _ACCENT.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare).casefold()


def words_of(text: str) -> list[str]:
    """Return the folded words of `text`, in order; one beyond 200 characters is cut there."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(folded(text))]


def separated(text: str) -> str:
    """Return `text` folded, with spaces around every character that is a word by itself."""
    if text.isascii():
        return text
    return _ALONE.sub(r" \1 ", folded(text))


def terms_of(query: str) -> list[str]:
    """Return what a person looks for: words and "quoted phrases", at most 32, each with a letter or digit in it."""
    found = (quoted or plain for quoted, plain in _TERM.findall(query))
    return [term for term in found if words_of(term)][:_MOST_TERMS]


def findable_text(parts: Sequence[Mapping[str, Any]]) -> str:
    """Return what the word index holds of a message: its text parts, joined by a line break."""
    return "\n".join(part["text"] for part in parts if part["type"] == "text")


def holder(terms: Sequence[str], *, prefix: bool) -> Callable[[str], bool]:
    """Return what says whether a text holds all terms, as the index would; `prefix`: the last one may go on."""
    wanted = [words_of(term) for term in terms]

    def holds(text: str) -> bool:
        bare = folded(text)
        # Most texts end here: telling words apart is slow.
        if not all(word in bare for term in wanted for word in term):
            return False
        words = [word[:_LONGEST_WORD] for word in _WORD.findall(bare)]
        goes_on = (prefix and place == len(wanted) for place in range(1, len(wanted) + 1))
        return all(
            next(_places(words, term, goes_on=on), None) is not None for term, on in zip(wanted, goes_on, strict=True)
        )

    return holds


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet; `hit`: it is one of the words that were looked for."""

    text: str
    hit: bool


def snippet(text: str, terms: Sequence[str], *, prefix: bool) -> list[Piece]:
    """Return about 240 characters around the first hit, cut into hits and what is between them.

    `prefix`: words that go on after the last term are hits too.
    """
    hits = sorted(_hits(text, terms, prefix=prefix))
    start = _start(text, hits[0][0] if hits else 0)
    end = min(len(text), start + _SNIPPET)
    pieces: list[Piece] = [Piece("…", hit=False)] if start else []
    at = start
    for first, last in hits:
        if first < at or last > end:
            continue
        if first > at:
            pieces.append(Piece(text[at:first], hit=False))
        pieces.append(Piece(text[first:last], hit=True))
        at = last
    rest = text[at:end] + ("…" if end < len(text) else "")
    return [*pieces, Piece(rest, hit=False)] if rest else pieces


def _start(text: str, hit: int) -> int:
    """Where a snippet begins: a little before the hit, at a word."""
    if hit <= _BEFORE:
        return 0
    space = text.find(" ", hit - _BEFORE, hit)
    return space + 1 if space >= 0 else hit - _BEFORE


def _hits(text: str, terms: Sequence[str], *, prefix: bool) -> Iterator[tuple[int, int]]:
    spans = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    words = [folded(text[start:end])[:_LONGEST_WORD] for start, end in spans]
    for place, term in enumerate(terms):
        wanted = words_of(term)
        goes_on = prefix and place == len(terms) - 1
        for at in _places(words, wanted, goes_on=goes_on):
            yield spans[at][0], spans[at + len(wanted) - 1][1]


def _places(words: Sequence[str], wanted: Sequence[str], *, goes_on: bool) -> Iterator[int]:
    whole, last = list(wanted[:-1]), wanted[-1]
    for at in range(len(words) - len(wanted) + 1):
        end = words[at + len(whole)]
        if (end == last or (goes_on and end.startswith(last))) and list(words[at : at + len(whole)]) == whole:
            yield at
