"""`mecum roles`: what models are needed for, and which one fills each role, for a reason."""

import click

from mecum.edges.cli import render
from mecum.edges.cli.connect import connect
from mecum.edges.cli.explaining import explain
from mecum.edges.cli.options import Group, Options


@click.group("roles", cls=Group)
def command() -> None:
    """See which model fills each role, and why."""


@command.command("list")
@click.pass_context
def listed(context: click.Context) -> None:
    """List the roles with the model that fills each."""
    with connect(Options.of(context)) as client:
        told = client.get("/roles")
    if Options.of(context).json:
        render.json(told)
        return
    rows = ((one["role"], one["chosen"], one["problem"] or one["reason"]) for one in told["items"])
    render.table(("role", "model", "why"), rows)


@command.command("explain")
@click.argument("role")
@click.pass_context
def explained(context: click.Context, role: str) -> None:
    """Print every model that was considered for ROLE, and what took it out."""
    explain(Options.of(context), role)
