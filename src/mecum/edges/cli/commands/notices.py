"""`mecum notices`: what a person should know of their models, and putting it away."""

from typing import Any

import click

from mecum.edges.cli import render
from mecum.edges.cli.client import part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options

_NOTICE = click.argument("notice", metavar="ID")


@click.group("notices", cls=Group)
def command() -> None:
    """See what to know about models: roles that lack something, models that were swapped.

    ID is as `list` prints it.
    """


@command.command("list")
@click.option("--all", "dismissed", is_flag=True, help="Also those that were put away.")
@click.pass_context
def newest(context: click.Context, dismissed: bool) -> None:
    """List what holds now, the newest first."""
    with connect(Options.of(context)) as client:
        items = client.get("/notifications", dismissed=dismissed)["items"]
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((i["id"], "put away" if i["dismissed_at"] else "", i["created_at"], i["message"]) for i in items)
    render.table(("notice", "", "since", "what"), rows)


@command.command("dismiss")
@_NOTICE
@click.pass_context
def dismiss(context: click.Context, notice: str) -> None:
    """Put a notice away until it says something else."""
    _mark(context, notice, "dismiss", "Put away")


@command.command("restore")
@_NOTICE
@click.pass_context
def restore(context: click.Context, notice: str) -> None:
    """Show a notice again that was put away."""
    _mark(context, notice, "restore", "Shown again")


def _mark(context: click.Context, notice: str, how: str, said: str) -> None:
    with connect(Options.of(context)) as client:
        found: dict[str, Any] = client.ask("POST", f"/notifications/{part(notice)}/{how}")
    if Options.of(context).json:
        render.json(found)
    else:
        render.line(f"{said}: {found['id']}.")
