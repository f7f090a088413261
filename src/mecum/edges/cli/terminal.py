"""Columns and colours, for people; rich heeds NO_COLOR and leaves colours out of pipes by itself."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mecum.edges.cli.visible import one_line

State = Literal["ok", "warning", "error"]
_KEPT_CELLS: Final = 30
_GAP: Final = 2
_MARKS: Final[dict[State, tuple[str, str]]] = {
    "ok": ("green", "ok"),
    "warning": ("yellow", "note"),
    "error": ("red", "FAIL"),
}


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as the terminal allows; the last column gives way first, the first one never."""
    console, shown = Console(highlight=False), Table(box=None, pad_edge=False, header_style="")
    room = console.width
    for number, head in enumerate(heads):
        width = max([cell_len(head), *(cell_len(row[number]) for row in rows)])
        if number == len(heads) - 1:
            width = min(width, max(room, cell_len(head)))
        elif number:
            # Ids come first: they are what the next command needs.
            width = min(width, _KEPT_CELLS)
        # Said, not left to the table: where all are too wide it would take as much from each.
        shown.add_column(head, no_wrap=True, overflow="ellipsis", width=width)
        room -= width + _GAP
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)


def checks(results: Iterable[tuple[State, str, str, str | None]]) -> None:
    """Print checks as (state, name, finding, what to do)."""
    console = Console(highlight=False, soft_wrap=True)
    for state, name, finding, remedy in results:
        colour, mark = _MARKS[state]
        console.print(Text.assemble((f"{mark:<5}", colour), (f"{name}: ", "bold"), one_line(finding)))
        if remedy is not None:
            console.print(Text(f"     {one_line(remedy)}"))
