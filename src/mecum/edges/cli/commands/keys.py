"""`mecum keys`: API keys for programs."""

import click

from mecum.edges.cli import lookup, render
from mecum.edges.cli.client import part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options


@click.group("keys", cls=Group)
def command() -> None:
    """Make and revoke API keys."""


@command.command("list")
@click.pass_context
def newest(context: click.Context) -> None:
    """List the keys; their secrets are not kept."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/keys"))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((item["id"], item["name"], item["prefix"], item["created_at"]) for item in items)
    render.table(("id", "name", "begins with", "made"), rows)


@command.command("create")
@click.argument("name")
@click.pass_context
def create(context: click.Context, name: str) -> None:
    """Make a key called NAME and print its secret, this once."""
    with connect(Options.of(context)) as client:
        made = client.ask("POST", "/keys", {"name": name})
    if Options.of(context).json:
        render.json(made)
        return
    render.line(made["secret"])
    render.notice("Keep it now: it is not shown again.")


@command.command("revoke")
@click.argument("key_id", metavar="KEY")
@click.pass_context
def revoke(context: click.Context, key_id: str) -> None:
    """Make a key worthless. KEY is its id, the start of one, or its name."""
    with connect(Options.of(context)) as client:
        found = lookup.named(client.items("/keys"), key_id)
        client.ask("DELETE", f"/keys/{part(found['id'])}")
    if Options.of(context).json:
        render.json({"revoked": found["id"]})
    else:
        render.line(f"Revoked: {found['name']} ({found['id']}).")
