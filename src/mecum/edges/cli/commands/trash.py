"""`mecum trash`: what is deleted and not yet gone."""

import click

from mecum.edges.cli import render
from mecum.edges.cli.commands.conversations import show_list
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options


@click.group("trash", cls=Group)
def command() -> None:
    """See and empty the trash."""


@command.command("list")
@click.pass_context
def newest(context: click.Context) -> None:
    """List the conversations in the trash."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/conversations", deleted=True))
    show_list(items, Options.of(context))


@command.command("empty")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def empty(context: click.Context, yes: bool) -> None:
    """Delete everything in the trash for ever."""
    with connect(Options.of(context)) as client:
        confirm(context, "Delete everything in the trash for ever?", yes=yes)
        result = client.ask("DELETE", "/trash")
    if Options.of(context).json:
        render.json(result)
    else:
        render.line(f"Deleted for ever: {result['purged']} conversations.")
