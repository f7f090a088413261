"""Values written as text: JSON, Python's own way of writing, and PostgreSQL's arrays. Read, never run, and bounded."""

import json
import re
from typing import Any, Final

import orjson

_LONGEST: Final = 1 << 20
"""A longer text is left as it is."""
_DEEPEST: Final = 40
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<string>[rub]?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))
      | (?P<number>[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign>[\[\](){},:])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))", re.DOTALL)
_PLAIN: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v", "0": "\0", "\n": ""}
_WORDS: Final = {"True": True, "False": False, "None": None, "true": True, "false": False, "null": None, "nan": None}
_ARRAY: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^",{}]*))\s*(,|$)', re.DOTALL)


class Illiterate(ValueError):
    """This is written in none of the ways."""


def read(text: str) -> Any:
    """Return the value that a text writes; raises Illiterate for one that writes none."""
    start = text.lstrip()[:1]
    if not start or start not in "[{(\"'" or len(text) > _LONGEST:
        raise Illiterate
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return _Reader(text).whole()
    except Illiterate:
        if start == "{":
            return _array(text.strip())
        raise


class _Reader:
    """Reads Python's literals: what `repr` writes of texts, numbers, lists, tuples, sets and dictionaries."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def whole(self) -> Any:
        value = self._value(0)
        if self._text[self._at :].strip():
            raise Illiterate
        return value

    def _next(self) -> tuple[str, str]:
        found = _TOKEN.match(self._text, self._at)
        if found is None or found.lastgroup is None:
            raise Illiterate
        self._at = found.end()
        return found.lastgroup, found.group(found.lastgroup)

    def _peek(self) -> str:
        at = self._at
        while at < len(self._text) and self._text[at].isspace():
            at += 1
        return self._text[at : at + 1]

    def _value(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise Illiterate
        kind, said = self._next()
        if kind == "string":
            return _string(said)
        if kind == "number":
            return _number(said)
        if kind == "word":
            if said not in _WORDS:
                raise Illiterate
            return _WORDS[said]
        if said == "{":
            return self._braces(depth)
        if said in "[(":
            return self._items("]" if said == "[" else ")", depth)
        raise Illiterate

    def _items(self, end: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while self._peek() != end:
            items.append(self._value(depth + 1))
            if not self._comma(end):
                break
        self._expect(end)
        return items

    def _braces(self, depth: int) -> Any:
        if self._peek() == "}":
            self._expect("}")
            return {}
        first = self._value(depth + 1)
        if self._peek() != ":":
            rest = self._items("}", depth) if self._comma("}") else self._closed()
            return [first, *rest]
        pairs: dict[str, Any] = {}
        key = first
        while True:
            self._expect(":")
            pairs[_key(key)] = self._value(depth + 1)
            if not self._comma("}") or self._peek() == "}":
                break
            key = self._value(depth + 1)
        self._expect("}")
        return pairs

    def _closed(self) -> list[Any]:
        self._expect("}")
        return []

    def _comma(self, end: str) -> bool:
        """Pass a comma; False where the end is there."""
        if self._peek() == end:
            return False
        self._expect(",")
        return True

    def _expect(self, sign: str) -> None:
        if self._next() != ("sign", sign):
            raise Illiterate


def _key(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(token: str) -> float:
    try:
        return float(token) if any(sign in token for sign in ".eE") else int(token)
    except ValueError as error:
        # More digits than a number may have.
        raise Illiterate from error


def _string(token: str) -> str:
    raw = token[0] == "r"
    body = token[token.index(token[-1]) + 1 : -1]
    return body if raw or "\\" not in body else _ESCAPE.sub(_unescaped, body)


def _unescaped(found: re.Match[str]) -> str:
    two, four, eight, octal, other = found.groups()
    digits = two or four or eight
    if digits or octal:
        number = int(digits, 16) if digits else int(octal, 8)
        return chr(number) if number <= 0x10FFFF else found.group()
    return _PLAIN.get(other, other if other in "'\"\\" else found.group())


def _array(text: str) -> list[Any]:
    """Return the elements of `{a,"b c",NULL}`; raises Illiterate for what is none."""
    if not text.endswith("}") or text[1:].lstrip().startswith("'"):
        # What begins with such a quote was to be a dictionary, and is broken.
        raise Illiterate
    body = text[1:-1]
    if not body.strip():
        return []
    items: list[Any] = []
    at = 0
    while True:
        found = _ARRAY.match(body, at)
        if found is None:
            raise Illiterate
        quoted, bare, end = found.groups()
        if quoted is None and not bare.strip():
            raise Illiterate
        items.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else _bare(bare.strip()))
        at = found.end()
        if end == "":
            return items


def _bare(word: str) -> Any:
    return None if word == "NULL" else word
