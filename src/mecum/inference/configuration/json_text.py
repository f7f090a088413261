"""Where everything stands in a JSON text. The values themselves come from a fast parser; this is for mistakes."""

import json
import re
from collections.abc import Iterator
from typing import Final

from mecum.inference.configuration.problems import Path

_WORD: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?')


def keys_in(body: bytes) -> int:
    """Return how many keys a valid JSON text has, those that stand twice counted twice."""
    found = _STRING.findall(body)
    return len(found) - found.count(b"")


def offsets(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the path and the offset of every key and every item of a list in a valid JSON text, in its order."""
    path: list[str | int] = []
    open_: list[str] = []
    wants_key = False
    for match in _WORD.finditer(text):
        word = match[0]
        if word in "]}":
            path.pop()
            open_.pop()
            wants_key = False
        elif word == ",":
            wants_key = open_[-1] == "{"
            path[-1] = path[-1] if wants_key else _after(path[-1])
        elif word != ":":
            if wants_key:
                path[-1] = json.loads(word, strict=False)
            if open_ and (wants_key or open_[-1] == "["):
                yield tuple(path), match.start()
            wants_key = word == "{"
            if word in "[{":
                open_.append(word)
                path.append("" if wants_key else 0)


def _after(step: str | int) -> int:
    return step + 1 if isinstance(step, int) else 0
