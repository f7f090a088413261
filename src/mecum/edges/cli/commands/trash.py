"""`mecum trash`: what is deleted and not yet gone."""

from collections.abc import Iterator
from typing import Any, Final

import click

from mecum.edges.cli import batches, lookup, remaining, render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options

KINDS: Final = ("conversations", "assistants", "projects")
_ONE: Final = {"conversations": "conversation", "assistants": "assistant", "projects": "project"}
_ONLY = click.option("--only", type=click.Choice(KINDS), help="Only what is of this kind.")
_NAMES = click.argument("names", metavar="NAME...", nargs=-1, required=True)


@click.group("trash", cls=Group)
def command() -> None:
    """See what was deleted, bring it back, or delete it for ever: conversations, assistants, projects.

    NAME is an id, the unique start of one, or what it is called. After 30 days all of it goes by itself.
    """


@command.command("list")
@_ONLY
@click.pass_context
def newest(context: click.Context, only: str | None) -> None:
    """List what is in the trash."""
    with connect(Options.of(context)) as client:
        items = list(_items(client, only))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((item["kind"], item["id"], item["deleted_at"], item["name"]) for item in items)
    render.table(("what", "id", "deleted", "name"), rows)


@command.command("restore")
@_NAMES
@click.pass_context
def restore(context: click.Context, names: tuple[str, ...]) -> None:
    """Take things out of the trash, as they were."""
    with connect(Options.of(context)) as client:
        chosen = _chosen(client, names)
        together = [item["id"] for item in chosen if item["kind"] == "conversation"]
        if together:
            client.ask("POST", "/conversations/batches", {"action": "restore", "ids": together})
        for item in chosen:
            if item["kind"] != "conversation":
                client.ask("POST", f"{_at(item)}/restore")
    _done(context, {"restored": [item["id"] for item in chosen]}, f"Restored: {_named(chosen)}.")


@command.command("purge")
@_NAMES
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def purge(context: click.Context, names: tuple[str, ...], yes: bool) -> None:
    """Delete things that are in the trash for ever: one request for conversations, one for assistants."""
    with connect(Options.of(context)) as client:
        chosen = _chosen(client, names)
        confirm(context, f"Delete {_named(chosen)} for ever?", yes=yes)
        gone = [item for item in chosen if item["kind"] == "project"]
        for kind in ("conversations", "assistants"):
            some = {str(item["id"]): item for item in chosen if item["kind"] == _ONE[kind]}
            if some:
                gone += [some[one] for one in batches.purged(client, kind, list(some))["changed"]]
        for item in gone:
            if item["kind"] == "project":
                client.ask("DELETE", _at(item), query={"purge": True})
        _done(context, {"purged": [item["id"] for item in gone]}, f"Deleted for ever: {_named(gone)}.")
        remaining.tell(client)


@command.command("empty")
@_ONLY
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def empty(context: click.Context, only: str | None, yes: bool) -> None:
    """Delete everything in the trash for ever."""
    with connect(Options.of(context)) as client:
        confirm(context, f"Delete {'everything' if only is None else f'all {only}'} in the trash for ever?", yes=yes)
        gone = client.ask("DELETE", "/trash", query={"only": only})
        counted = [f"{gone[kind]} {_ONE[kind] if gone[kind] == 1 else kind}" for kind in KINDS if gone[kind]]
        _done(context, gone, f"Deleted for ever: {', '.join(counted) or 'nothing, the trash is empty'}.")
        if gone["purged"]:
            remaining.tell(client)


def _items(client: Client, only: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield what is in the trash, each with its kind and what it is called."""
    for kind in KINDS:
        if only in (None, kind):
            for item in client.items(f"/{kind}", deleted=True):
                yield {**item, "kind": _ONE[kind], "name": item.get("name") or item.get("title")}


def _chosen(client: Client, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what is meant by each name, once; raises NoSuchThing, Ambiguous."""
    items = list(_items(client))
    found = [lookup.named(items, name) for name in names]
    return list({item["id"]: item for item in found}.values())


def _at(item: dict[str, Any]) -> str:
    return f"/{item['kind']}s/{part(item['id'])}"


def _named(chosen: list[dict[str, Any]]) -> str:
    return ", ".join(str(item["name"] or item["id"]) for item in chosen)


def _done(context: click.Context, value: object, sentence: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(sentence)
