"""How results look: JSON for programs, tabs for pipes, columns for a terminal."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from mecum.edges.cli.visible import one_line, visible


def json(value: object) -> None:
    """Print `value` as JSON, indented."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def json_line(value: object) -> None:
    """Print `value` as one line of JSON, at once."""
    click.echo(orjson.dumps(value))


def line(text: str) -> None:
    """Print one line of text from outside."""
    click.echo(one_line(text))


def block(text: str) -> None:
    """Print text of several lines: exactly as it is into a pipe, harmless on a terminal."""
    click.echo(visible(text) if sys.stdout.isatty() else text)


def raw(text: str) -> None:
    """Print text of our own exactly."""
    click.echo(text, nl=False)


def save(pieces: Iterable[bytes], path: Path | None) -> None:
    """Write bytes as they come to the file at `path`, or to standard output; raises OSError."""
    if path is None or str(path) == "-":
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with path.open("wb") as file:
        file.writelines(pieces)


def notice(text: str) -> None:
    """Say something beside the result, on standard error."""
    click.echo(one_line(text), file=sys.stderr)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows: columns with heads on a terminal, otherwise one line a row with tabs and no heads."""
    cells = [[_cell(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        from mecum.edges.cli.terminal import columns  # noqa: PLC0415 - a pipe needs no rich

        columns(heads, cells)
        return
    for row in cells:
        click.echo("\t".join(row))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(str(value))
