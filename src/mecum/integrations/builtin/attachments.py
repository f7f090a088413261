"""Text files that came with a message: what is asked about them is apart from what they say."""

import re
from collections.abc import Iterator
from typing import Final

from mecum.inference.exchange import ModelMessage, ModelRequest, Passage, TextContent

# As the engine writes a text file into a message.
_FILE: Final = re.compile(r"\[attached file (?P<name>[^\n]+)\]\n(?P<text>.*)\n\[end of (?P=name)\]\n?", re.DOTALL)
_OTHER: Final = re.compile(r"\[attached file [^\n]+\): its content is not text\]")
_MOST_CHARACTERS: Final = 100_000


def asked(request: ModelRequest) -> str:
    """Return the person's last message without what is attached to it."""
    return "".join(item for item in _texts(_last(request)) if not (_FILE.fullmatch(item) or _OTHER.fullmatch(item)))


def attached(request: ModelRequest) -> tuple[Passage, ...]:
    """Return the text files of the last message, together at most 100,000 characters, as passages to quote from."""
    left, found = _MOST_CHARACTERS, list[Passage]()
    for match in filter(None, map(_FILE.fullmatch, _texts(_last(request)))):
        text = match["text"][:left]
        left -= len(text)
        if text:
            found.append(Passage(match["name"], text, 0, len(text), file_id=_id_of(match["name"], request)))
    return tuple(found)


def _last(request: ModelRequest) -> ModelMessage | None:
    return next((message for message in reversed(request.messages) if message.role == "user"), None)


def _texts(message: ModelMessage | None) -> Iterator[str]:
    return (item.text for item in (message.content if message else ()) if isinstance(item, TextContent))


def _id_of(name: str, request: ModelRequest) -> str | None:
    """A file that was recalled too is known by its id."""
    return next((passage.file_id for passage in request.passages if passage.file_id and passage.title == name), None)
