"""`mecum conversations`: list, read, search, move and delete."""

import sys
from pathlib import Path
from typing import Any, Final

import click

from mecum.edges.cli import lookup, render, transcript
from mecum.edges.cli.client import Content, part
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options

FORMATS: Final = ("json", "jsonl", "markdown", "openai")
_FORMAT_OF_SUFFIX: Final = {".jsonl": "jsonl", ".md": "markdown", ".markdown": "markdown"}

_ID = click.argument("conversation", metavar="CNV")
_IDS = click.argument("conversations", metavar="CNV...", nargs=-1, required=True)


@click.group("conversations", cls=Group)
def command() -> None:
    """List, read, search, move and delete conversations.

    CNV is an id, the unique start of one, or `last`.
    """


@command.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.pass_context
def newest(context: click.Context, limit: int, everything: bool) -> None:
    """List conversations, the one with the latest activity first."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/conversations", None if everything else limit, deleted=False))
    show_list(items, Options.of(context))


def show_list(items: list[dict[str, Any]], options: Options) -> None:
    """Print conversations."""
    if options.json:
        render.json({"items": items})
        return
    rows = ((item["id"], item["last_activity_at"], item["title"]) for item in items)
    render.table(("id", "last activity", "title"), rows)


@command.command("show")
@_ID
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many messages at most.")
@click.option("--all", "everything", is_flag=True, help="All messages.")
@click.pass_context
def show(context: click.Context, conversation: str, limit: int, everything: bool) -> None:
    """Print the latest messages of a conversation."""
    with connect(Options.of(context)) as client:
        found = client.get(f"/conversations/{part(lookup.conversation(client, conversation))}")
        messages = transcript.latest(client, found["id"], None if everything else limit)
    if Options.of(context).json:
        render.json({**found, "messages": messages})
    else:
        render.block(transcript.text(found, messages))


@command.command("rename")
@_ID
@click.argument("title")
@click.pass_context
def rename(context: click.Context, conversation: str, title: str) -> None:
    """Give a conversation a title."""
    with connect(Options.of(context)) as client:
        chosen = lookup.conversation(client, conversation)
        changed = client.ask("PATCH", f"/conversations/{part(chosen)}", {"title": title})
    _done(context, changed, f"{changed['id']} is now called {changed['title']}.")


@command.command("delete")
@_IDS
@click.pass_context
def delete(context: click.Context, conversations: tuple[str, ...]) -> None:
    """Move conversations to the trash.

    `restore` brings them back for 30 days.
    """
    with connect(Options.of(context)) as client:
        chosen = [lookup.conversation(client, given) for given in conversations]
        for conversation in chosen:
            client.ask("DELETE", f"/conversations/{part(conversation)}")
    _done(context, {"deleted": chosen}, f"In the trash: {', '.join(chosen)}.")


@command.command("restore")
@_IDS
@click.pass_context
def restore(context: click.Context, conversations: tuple[str, ...]) -> None:
    """Take conversations back out of the trash."""
    with connect(Options.of(context)) as client:
        chosen = [lookup.conversation(client, given, deleted=True) for given in conversations]
        for conversation in chosen:
            client.ask("POST", f"/conversations/{part(conversation)}/restore")
    _done(context, {"restored": chosen}, f"Restored: {', '.join(chosen)}.")


@command.command("purge")
@_IDS
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def purge(context: click.Context, conversations: tuple[str, ...], yes: bool) -> None:
    """Delete conversations for ever. CNV is a full id, or the start of one in the trash."""
    with connect(Options.of(context)) as client:
        chosen = [lookup.conversation(client, given, deleted=True) for given in conversations]
        confirm(context, f"Delete {', '.join(chosen)} for ever?", yes=yes)
        for conversation in chosen:
            client.ask("DELETE", f"/conversations/{part(conversation)}", query={"purge": True})
    _done(context, {"purged": chosen}, f"Deleted for ever: {', '.join(chosen)}.")


@command.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many hits at most.")
@click.pass_context
def search(context: click.Context, words: tuple[str, ...], limit: int) -> None:
    """Find messages by their words."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/search", limit, q=" ".join(words)))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((item["conversation_id"], item["conversation_title"], transcript.snippet(item)) for item in items)
    render.table(("conversation", "title", "text"), rows)


@command.command("export")
@_ID
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True, help="The format.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE.")
@click.pass_context
def export(context: click.Context, conversation: str, form: str, output: Path | None) -> None:
    """Write a conversation out, to standard output or a file."""
    with connect(Options.of(context)) as client:
        path = f"/conversations/{part(lookup.conversation(client, conversation))}/export"
        with client.begin("GET", path, query={"format": form}, headers={"Accept": "*/*"}) as arriving:
            render.save(arriving, output)


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), help="The format (default: by the name, else json).")
@click.pass_context
def bring_in(context: click.Context, files: tuple[Path, ...], form: str | None) -> None:
    """Read conversations in from files.

    `-` is standard input. What became of each file is told.
    """
    results: list[dict[str, Any]] = []
    with connect(Options.of(context)) as client:
        for file in files:
            query = {"format": form or _FORMAT_OF_SUFFIX.get(file.suffix.lower(), "json")}
            data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
            results.append(client.ask("POST", "/conversations/import", Content(data), query=query))
    if Options.of(context).json:
        render.json({"items": results})
        return
    for result in results:
        report = result["report"]
        render.line(f"{result['conversation_id']}: {report['messages']} messages, {report['parts']} parts")
        for note in report.get("notes") or ():
            render.notice(f"note: {note}")


@command.command("fork")
@_ID
@click.argument("message", metavar="[MSG]", default=lookup.LAST)
@click.pass_context
def fork(context: click.Context, conversation: str, message: str) -> None:
    """Copy a conversation into a new one.

    The copy ends with MSG: an id, the start of one, or `last`, as when none is given.
    """
    with connect(Options.of(context)) as client:
        chosen = lookup.conversation(client, conversation)
        body = {"message_id": lookup.message(client, chosen, message)}
        made = client.ask("POST", f"/conversations/{part(chosen)}/fork", body)
    _done(context, made, str(made["id"]))


def _done(context: click.Context, value: object, sentence: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(sentence)
