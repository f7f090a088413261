"""`mecum conversations`: list, read, search, move and delete."""

import sys
from pathlib import Path
from typing import Any, Final

import click
import orjson

from mecum.edges.cli import batches, lookup, remaining, render, tracing, transcript
from mecum.edges.cli.client import Content, part
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options
from mecum.kernel import clock

FORMATS: Final = ("json", "jsonl", "markdown", "openai")
_EXPORT_SECONDS: Final = 3600.0
_FORMAT_OF_SUFFIX: Final = {".jsonl": "jsonl", ".md": "markdown", ".markdown": "markdown"}

_REPORT: Final = b"mecum-report"
_SAID: Final = {"delete": "In the trash", "restore": "Restored"}
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
@click.option("--archived", is_flag=True, help="Those put away.")
@click.option("--tag", help="Those with this tag.")
@click.option("--project", help="Those in this project.")
@click.pass_context
def newest(
    context: click.Context, limit: int, everything: bool, archived: bool, tag: str | None, project: str | None
) -> None:
    """List conversations, the one with the latest activity first."""
    with connect(Options.of(context)) as client:
        place = None if project is None else lookup.project(client, project)
        query = {"archived": archived, "tag": tag, "project": place}
        items = list(client.items("/conversations", None if everything else limit, **query))
    show_list(items, Options.of(context))


def show_list(items: list[dict[str, Any]], options: Options) -> None:
    """Print conversations."""
    if options.json:
        render.json({"items": items})
        return
    rows = ((item["id"], item["last_activity_at"], ", ".join(item["tags"]), item["title"]) for item in items)
    render.table(("id", "last activity", "tags", "title"), rows)


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


@command.command("trace")
@_ID
@click.option("--message", metavar="MSG", help="This answer, instead of the latest one.")
@click.pass_context
def traced(context: click.Context, conversation: str, message: str | None) -> None:
    """Print how an answer was made: its model, why that one, and what took each other one out."""
    with connect(Options.of(context)) as client:
        tracing.trace(client, Options.of(context), lookup.conversation(client, conversation), message)


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
    """Move conversations to the trash, all as one change.

    `restore` brings them back for 30 days, `undo` the whole change.
    """
    _batch(context, "delete", conversations)


@command.command("restore")
@_IDS
@click.pass_context
def restore(context: click.Context, conversations: tuple[str, ...]) -> None:
    """Take conversations back out of the trash, all as one change."""
    _batch(context, "restore", conversations)


@command.command("purge")
@_IDS
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def purge(context: click.Context, conversations: tuple[str, ...], yes: bool) -> None:
    """Delete conversations for ever, with one request.

    CNV is a full id, or the start of one in the trash. One that cannot go stays, and why is told.
    """
    with connect(Options.of(context)) as client:
        chosen = [lookup.conversation(client, given, deleted=True) for given in conversations]
        confirm(context, f"Delete {', '.join(chosen)} for ever?", yes=yes)
        gone: list[str] = batches.purged(client, "conversations", chosen)["changed"]
        _done(context, {"purged": gone}, f"Deleted for ever: {', '.join(gone)}.")
        remaining.tell(client)


@command.command("tags")
@click.pass_context
def tags(context: click.Context) -> None:
    """List the tags in use."""
    with connect(Options.of(context)) as client:
        found = client.get("/conversations/tags")
    if Options.of(context).json:
        render.json(found)
        return
    render.table(("tag", "conversations"), ((item["name"], item["conversations"]) for item in found["items"]))


@command.command("tag")
@_IDS
@click.option("--add", multiple=True, metavar="TAG", help="Give this tag; may be repeated.")
@click.option("--remove", multiple=True, metavar="TAG", help="Take this tag away; may be repeated.")
@click.pass_context
def tag(context: click.Context, conversations: tuple[str, ...], add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """Give conversations tags, or take some away."""
    _batch(context, "tag", conversations, add=list(add), remove=list(remove))


@command.command("archive")
@_IDS
@click.pass_context
def archive(context: click.Context, conversations: tuple[str, ...]) -> None:
    """Put conversations away: out of the list, still found by a search. What is said in one brings it back."""
    _batch(context, "archive", conversations)


@command.command("unarchive")
@_IDS
@click.pass_context
def unarchive(context: click.Context, conversations: tuple[str, ...]) -> None:
    """Put conversations back in the list."""
    _batch(context, "unarchive", conversations)


@command.command("retitle")
@_IDS
@click.option("--title", required=True, help="{title} stands for the old title, {n} for the place, {date} for the day.")
@click.pass_context
def retitle(context: click.Context, conversations: tuple[str, ...], title: str) -> None:
    """Give many conversations titles made from one pattern."""
    _batch(context, "rename", conversations, title=title)


@command.command("undo")
@click.argument("batch", metavar="BAT")
@click.pass_context
def undo(context: click.Context, batch: str) -> None:
    """Undo a change of many conversations."""
    with connect(Options.of(context)) as client:
        done = client.ask("POST", f"/conversations/batches/{part(batch)}/undo")
    _told(context, done)


@command.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many hits at most.")
@click.option("--zone", help="Whose days are meant, such as Europe/Rome (default: this machine's).")
@click.pass_context
def search(context: click.Context, words: tuple[str, ...], limit: int, zone: str | None) -> None:
    """Find messages by their words.

    Filters narrow it down: after:2026-01, before:2026-01-31, on:2026, tag:work, -tag:later, assistant:letters,
    project:"Rome trip", from:me, from:assistant, is:archived. Put -- before the words where one begins with a dash.
    """
    with connect(Options.of(context)) as client:
        items = list(client.items("/search", limit, q=" ".join(words), zone=zone or clock.offset()))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((item["conversation_id"], item["conversation_title"], transcript.snippet(item)) for item in items)
    render.table(("conversation", "title", "text"), rows)


@command.command("export")
@_IDS
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True, help="The format.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE.")
@click.pass_context
def export(context: click.Context, conversations: tuple[str, ...], form: str, output: Path | None) -> None:
    """Write conversations out, to standard output or a file: one as it is, several as a ZIP.

    What the format could not carry is told.
    """
    many = len(conversations) > 1
    if many and output is None and sys.stdout.isatty():
        raise click.UsageError("A ZIP is no text: name a file with -o.", context)
    with connect(Options.of(context)) as client:
        chosen = [lookup.conversation(client, given) for given in conversations]
        accept = {"Accept": "*/*"}
        if many:
            body = {"ids": chosen, "format": form}
            arriving = client.begin("POST", "/conversations/export", body, headers=accept, timeout=_EXPORT_SECONDS)
        else:
            path = f"/conversations/{part(chosen[0])}/export"
            arriving = client.begin("GET", path, query={"format": form}, headers=accept)
        with arriving:
            render.save(arriving, output)
            report: dict[str, Any] = orjson.loads(arriving.headers.get(_REPORT, b"{}"))
    _tell_notes(report)
    if many and output is not None:
        _done(context, {"file": str(output), "bytes": output.stat().st_size}, f"Written: {output}.")


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
        _tell_notes(report)


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


def _tell_notes(report: dict[str, Any]) -> None:
    for note in report.get("notes") or ():
        render.notice(f"note: {note}")


def _batch(context: click.Context, action: str, given: tuple[str, ...], **more: Any) -> None:
    """Change them with one request; raises Refusal where none of them could be."""
    places = {"archived": action == "unarchive", "deleted": action == "restore"}
    with connect(Options.of(context)) as client:
        chosen = [lookup.conversation(client, one, **places) for one in given]
        done = client.ask("POST", "/conversations/batches", {"action": action, "ids": chosen, **more})
    _told(context, done, _SAID.get(action, "Changed"))


def _told(context: click.Context, done: dict[str, Any], said: str = "Changed") -> None:
    batches.require_changed(done)
    undo = f" Undo: mecum conversations undo {done['id']}" if done["id"] else ""
    _done(context, done, f"{said}: {', '.join(done['changed']) or 'nothing'}.{undo}")


def _done(context: click.Context, value: object, sentence: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(sentence)
