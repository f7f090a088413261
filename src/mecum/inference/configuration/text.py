"""A configuration's text, JSON or YAML, with its values at once and its lines when somebody asks for them."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal, cast

import orjson

from mecum.inference.configuration import json_text
from mecum.inference.configuration.errors import ConfigurationTooLarge, DuplicateKey, SyntaxBroken, TooDeep
from mecum.inference.configuration.problems import Path, Place, Problem

Format = Literal["json", "yaml"]
MOST_BYTES: Final = 32 << 20
_DEEPEST: Final = 64


@dataclass(frozen=True, slots=True)
class Parsed:
    """`tree` is the object of the text, empty where `problems` says that it is none."""

    tree: Mapping[str, Any]
    problems: tuple[Problem, ...]
    places: "Places"


class Places:
    """Where the paths of a text stand; found out when first asked."""

    def __init__(self, find: Callable[[], dict[Path, Place]]) -> None:
        self._find = find

    def __call__(self, path: Path) -> Place | None:
        """Return the place of `path`, or that of its nearest ancestor that stands there."""
        for length in range(len(path), 0, -1):
            if (place := self._found.get(path[:length])) is not None:
                return place
        return None

    @cached_property
    def _found(self) -> dict[Path, Place]:
        return self._find()


def format_of(name: str) -> Format:
    """Return the format of a file by its name."""
    return "yaml" if name.endswith((".yaml", ".yml")) else "json"


def parse(body: bytes, form: Format, file: str | None = None) -> Parsed:
    """Return what `body` says; whatever is wrong with it is in the problems, with `file` and its line."""
    if len(body) > MOST_BYTES:
        said = f"{len(body) >> 20} MB; at most {MOST_BYTES >> 20} MB are read."
        return _nothing(Problem(ConfigurationTooLarge, said, (), file))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return _nothing(Problem(SyntaxBroken, "Not UTF-8 text.", (), file, line, 1))
    parsed = _from_yaml(text) if form == "yaml" else _from_json(text)
    return replace(parsed, problems=tuple(replace(problem, file=file) for problem in parsed.problems))


def _nothing(*problems: Problem) -> Parsed:
    return Parsed({}, problems, Places(dict))


def _from_yaml(text: str) -> Parsed:
    # Not at the top: most folders have no YAML.
    from mecum.inference.configuration.yaml_text import read_yaml  # noqa: PLC0415

    value, places, problems = read_yaml(text)
    if problems:
        return Parsed({}, tuple(problems), Places(lambda: places))
    return _object({} if value is None else value, Places(lambda: places))


def _from_json(text: str) -> Parsed:
    if not text.strip():
        return _nothing()
    body = text.encode("utf-8")
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        said = f"Not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}."
        return _nothing(Problem(SyntaxBroken, said, (), None, max(error.lineno, 1), max(error.colno, 1)))
    keys, deepest = _measured(value)
    if deepest > _DEEPEST:
        return _nothing(Problem(TooDeep, f"Nested more than {_DEEPEST} deep.", (), None, 1, 1))
    if json_text.keys_in(body) != keys:
        return _nothing(*_twice(text))
    return _object(value, Places(lambda: dict(_places(text))))


def _object(value: Any, places: Places) -> Parsed:
    if not isinstance(value, dict):
        return _nothing(Problem(SyntaxBroken, "A configuration is an object of named things.", (), None, 1, 1))
    return Parsed(cast("dict[str, Any]", value), (), places)


def _measured(value: Any) -> tuple[int, int]:
    """Return how many keys there are, and how deep the deepest value lies."""
    keys, depth, level = 0, 0, [value]
    while level:
        inner: list[Any] = []
        for item in level:
            if type(item) is dict:
                keys += len(item)  # pyright: ignore[reportUnknownArgumentType]
                inner.extend(item.values())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            elif type(item) is list:
                inner.extend(item)  # pyright: ignore[reportUnknownArgumentType]
        level, depth = inner, depth + 1
    return keys, depth


def _places(text: str) -> list[tuple[Path, Place]]:
    starts = [0]
    starts.extend(offset + 1 for offset, character in enumerate(text) if character == "\n")
    found: list[tuple[Path, Place]] = []
    for path, offset in json_text.offsets(text):
        line = bisect_right(starts, offset)
        found.append((path, (line, offset - starts[line - 1] + 1)))
    return found


def _twice(text: str) -> list[Problem]:
    seen: dict[Path, Place] = {}
    problems: list[Problem] = []
    for path, place in _places(text):
        if path in seen and isinstance(path[-1], str):
            said = f"`{path[-1]}` stands twice here, first in line {seen[path][0]}."
            problems.append(Problem(DuplicateKey, said, path, None, *place))
        seen.setdefault(path, place)
    return problems
