"""What a rule is asked and what it answers: pieces of text, proofs, a tool to call."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from mecum.inference.exchange import ModelRequest, Passage

_POLITE: Final = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|please|kindly|just|now|and)\b[ ,]*|"
    r"(?:can|could|would|will) you (?:please )?|(?:please )?tell me |i (?:want|need) to know |do you know )+"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """The text before this is proved by a passage."""

    passage: Passage


@dataclass(frozen=True, slots=True)
class Called:
    """A tool to call, with its arguments."""

    name: str
    arguments: dict[str, str]


Piece = Said | Cited | Called
Reply = tuple[Piece, ...]


@dataclass(frozen=True)
class Question:
    """What the person wrote last, the moment it is answered (in their time zone), and the whole request."""

    text: str
    now: datetime
    request: ModelRequest
    attached: tuple[Passage, ...] = ()
    """The text files that came with it."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Where an answer may be quoted from: what is attached, then what was recalled."""
        return (*self.attached, *self.request.passages)

    @cached_property
    def plain(self) -> str:
        """The text in small letters, without politeness, spare blanks and the last mark."""
        text = re.sub(r"\s+", " ", self.text.replace("’", "'")).strip().lower()
        text = re.sub(r"(?:[ ?.]|(?<!\d)!)+$", "", text)
        bare = _POLITE.sub("", text)
        bare = re.sub(r",? (?:please|thanks|thank you)$", "", bare)
        return (bare or text).replace("what's", "what is").replace("how's", "how is").replace("who's", "who is")


def say(text: str) -> Reply:
    """Return a reply of one piece of text."""
    return (Said(text),)
