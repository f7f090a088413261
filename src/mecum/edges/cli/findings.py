"""Problems of a configuration, and what became of an older one, as the command line prints them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import click
import orjson

from mecum.edges.cli import render

INVALID: Final = 2
"""The exit code when a text does not hold, the same as for a request that cannot be right."""


def say(problems: Iterable[Mapping[str, Any]], file: str | None = None) -> None:
    """Print each problem in a line: `models.json:12: role_mappings.planner: …`."""
    for problem in problems:
        place = problem["file"] or file or "text"
        line = f":{problem['line']}" if problem["line"] else ""
        key = f" {problem['key']}:" if problem["key"] else ""
        kind = "warning" if problem["warning"] else "error"
        render.line(f"{place}{line}: {kind} {problem['code']}:{key} {problem['message']}")


def say_upgraded(steps: Iterable[Mapping[str, Any]]) -> None:
    """Print what became of each field that moved."""
    for step in steps:
        to = f"→ {step['to']}" if step["to"] else "carried along"
        render.line(f"{step['key']} {to}: {step['reason']}")


def shown(value: object) -> str:
    """Return a value on one line."""
    return orjson.dumps(value).decode()


def text_of(file: Path) -> str:
    """Return the text of a file, or of standard input for `-`; raises what click says of one that is no text."""
    try:
        with click.open_file(str(file), encoding="utf-8-sig") as opened:
            text: str = opened.read()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{file} is not UTF-8 text.") from error
    return text


def format_of(file: Path) -> str:
    """Return how a file is written, by its name."""
    return "yaml" if file.suffix in (".yaml", ".yml") else "json"
