"""Reads YAML of the kind configurations are written in: the core values of version 1.2, no anchors, no tags.

Built from the parser's events, so that nothing recurses and every key keeps its line. The parser's own constructor
would read `no` as false and `10:30` as a number, as YAML 1.1 did.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, cast

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from mecum.inference.configuration.errors import DuplicateKey, SyntaxBroken, TooDeep
from mecum.inference.configuration.problems import Path, Place, Problem

_NULL: Final = {"", "~", "null", "Null", "NULL"}
_BOOLEAN: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,40}")
_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_DEEPEST: Final = 64
_SMALLEST: Final = -(2**63)
_LARGEST: Final = 2**64 - 1
"""Beyond these a whole number is read as any other, as in JSON."""


class _Refused(Exception):
    """Ends the reading."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


@dataclass(slots=True)
class _Reading:
    """What was read so far; `open_` are the containers around the next value, the innermost last."""

    root: Any = None
    open_: list[Any] = field(default_factory=list[Any])
    path: list[str | int] = field(default_factory=list[str | int])
    wants_key: bool = False
    places: dict[Path, Place] = field(default_factory=dict[Path, Place])
    problems: list[Problem] = field(default_factory=list[Problem])

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        at = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self.open_.pop()
            self.path.pop()
            self._after_value()
        elif isinstance(event, AliasEvent):
            raise _refused("Anchors and aliases (`&`, `*`) are not read here: write the value out.", at)
        elif isinstance(event, ScalarEvent):
            self._scalar(event, at)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._container({} if isinstance(event, MappingStartEvent) else [], event, at)

    def _scalar(self, event: Any, at: Place) -> None:
        if self.wants_key:
            self.path[-1] = str(event.value)
            if tuple(self.path) in self.places:
                self.problems.append(Problem(DuplicateKey, _TWICE.format(event.value), tuple(self.path), None, *at))
            self.places.setdefault(tuple(self.path), at)
            self.wants_key = False
            return
        _no_tag(event, at)
        self._put(_value(event.value) if event.implicit[0] else event.value, at)
        self._after_value()

    def _container(self, made: Any, event: Any, at: Place) -> None:
        if self.wants_key:
            raise _refused("A key must be a word.", at)
        _no_tag(event, at)
        if len(self.open_) >= _DEEPEST:
            raise _Refused(Problem(TooDeep, f"Nested more than {_DEEPEST} deep.", (), None, *at))
        self._put(made, at)
        self.open_.append(made)
        self.wants_key = isinstance(made, dict)
        self.path.append("" if self.wants_key else 0)

    def _put(self, value: Any, at: Place) -> None:
        if not self.open_:
            self.root = value
            return
        around = self.open_[-1]
        if self.path and isinstance(self.path[-1], int):
            self.places[tuple(self.path)] = at
            around.append(value)
        else:
            around[self.path[-1]] = value

    def _after_value(self) -> None:
        if self.open_:
            step = self.path[-1]
            self.wants_key = not isinstance(step, int)
            if isinstance(step, int):
                self.path[-1] = step + 1


_TWICE: Final = "`{}` stands twice here."


def read_yaml(text: str) -> tuple[Any, dict[Path, Place], list[Problem]]:
    """Return the value, the place of every key and item, and what is wrong with the text."""
    reading = _Reading()
    # libyaml where it is there; the same events without it, slower.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    documents = 0
    try:
        for event in cast("Iterator[Any]", yaml.parse(text, Loader=loader)):  # pyright: ignore[reportUnknownMemberType]
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise _refused("One document only: a second one begins here.", _mark(event.start_mark))
            reading.take(event)
    except _Refused as refused:
        reading.problems.append(refused.problem)
    except yaml.MarkedYAMLError as error:
        said = ", ".join(part for part in (error.context, error.problem) if part)
        place = _mark(error.problem_mark or error.context_mark)
        said += _hint(text, place[0])
        reading.problems.append(Problem(SyntaxBroken, f"Not valid YAML: {said}.", (), None, *place))
    except yaml.YAMLError as error:
        # A character that may not stand in any text.
        reading.problems.append(Problem(SyntaxBroken, f"Not valid YAML: {str(error).splitlines()[0]}.", (), None, 1, 1))
    return reading.root, reading.places, reading.problems


def _refused(message: str, at: Place) -> _Refused:
    return _Refused(Problem(SyntaxBroken, message, (), None, *at))


def _mark(mark: Any) -> Place:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _hint(text: str, line: int) -> str:
    """The parser's sentence about a tab does not name it."""
    there = text.splitlines()[line - 1 : line]
    return (
        "; indent with spaces, not with tabs" if there and "\t" in there[0][: -len(there[0].lstrip()) or None] else ""
    )


def _no_tag(event: Any, at: Place) -> None:
    if event.tag is not None and event.tag != "!":
        raise _refused(f"Tags such as `{event.tag}` are not read here.", at)


def _value(plain: str) -> object:
    if plain in _NULL:
        return None
    if plain in _BOOLEAN:
        return _BOOLEAN[plain]
    if _INTEGER.fullmatch(plain) and _SMALLEST <= (number := int(plain)) <= _LARGEST:
        return number
    return float(plain) if _NUMBER.fullmatch(plain) else plain
