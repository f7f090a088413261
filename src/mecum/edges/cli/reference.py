"""Writes the page docs/reference/cli.md, from the commands themselves, to standard output."""

import inspect
import sys
from collections.abc import Iterator

import click

from mecum.edges.cli.options import COMMON
from mecum.edges.cli.outcome import EXIT_CODES, INTERRUPTED, READER_GONE
from mecum.edges.cli.root import root

_HEAD = """# Command line

Written by `python -m mecum.edges.cli.reference` from the commands themselves; do not edit.

A command talks to the server that holds the data folder, or to `--server URL`; when no server runs it opens the folder
itself. Ids may be given by their unique beginning, and `last` names the latest. Results go to standard output, one line
a row with tabs when that is not a terminal; everything else goes to standard error.
"""


def markdown() -> str:
    """Return the whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    context = click.Context(root, info_name="mecum")
    yield from _common(context)
    yield from _exit_codes()
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        if command is not None:
            yield from _command(command, click.Context(command, info_name=name, parent=context))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    depth = "##" if context.parent is not None and context.parent.parent is None else "###"
    yield f"{depth} `{context.command_path}`\n"
    if not isinstance(command, click.Group):
        yield f"```\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```\n"
    yield _prose(command.help or "")
    yield from _options(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _command(below, click.Context(below, info_name=name, parent=context))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = _records([item for item in command.params if item.name not in COMMON], context)
    if records:
        yield from _table("option", records)


def _records(parameters: list[click.Parameter], context: click.Context) -> list[tuple[str, str]]:
    """Return what has an explanation; bare arguments are explained in the prose."""
    found = [parameter.get_help_record(context) for parameter in parameters]
    return [record for record in found if record is not None and record[1]]


def _common(context: click.Context) -> Iterator[str]:
    yield "## Options of every command\n"
    yield "Before or after the command's name.\n"
    yield from _table("option", _records([item for item in root.params if item.name in COMMON], context))


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes\n"
    yield "An error is one line on standard error, `error CODE: sentence`, or problem JSON with `--json`.\n"
    codes = [("0", "done")]
    codes += [(str(code), kind.replace("_", " ")) for kind, code in EXIT_CODES.items()]
    codes += [(str(INTERRUPTED), "interrupted by the person"), (str(READER_GONE), "the reader of the output left")]
    yield from _table("code", codes)


def _table(head: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head} | |"
    yield "|---|---|"
    for left, right in rows:
        yield f"| `{_cell(left)}` | {_cell(right)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _prose(text: str) -> str:
    blocks = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(_verbatim(block) if block.startswith("\b") else block for block in blocks) + "\n"


def _verbatim(block: str) -> str:
    return "```\n" + block.removeprefix("\b\n") + "\n```"


if __name__ == "__main__":
    sys.stdout.write(markdown())
