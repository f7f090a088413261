"""How results look: JSON for programs, tabs for pipes, columns for a terminal."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import click
import orjson

from mecum.edges.cli.visible import one_line, visible

State = Literal["ok", "warning", "error"]
_MARKS: Final[dict[State, tuple[str, str]]] = {
    "ok": ("green", "ok"),
    "warning": ("yellow", "note"),
    "error": ("red", "FAIL"),
}


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
        _columns(heads, cells)
        return
    for row in cells:
        click.echo("\t".join(row))


def checks(results: Iterable[tuple[State, str, str, str | None]]) -> None:
    """Print checks as (state, name, finding, what to do), in colour on a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for state, name, finding, remedy in results:
        colour, mark = _MARKS[state]
        console.print(Text.assemble((f"{mark:<5}", colour), (f"{name}: ", "bold"), one_line(finding)))
        if remedy is not None:
            console.print(Text(f"      {one_line(remedy)}"))


def _columns(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for number, head in enumerate(heads):
        # Ids come first and must stay whole: they are what the next command needs.
        shown.add_column(head, no_wrap=number == 0, overflow="fold" if number == 0 else "ellipsis")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(shown)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(str(value))
