"""`mecum projects`: list, make, fill, change, throw away and bring back projects."""

from pathlib import Path
from typing import Any, Final

import click

from mecum.edges.cli import compose, findings, lookup, remaining, render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.editing import edited
from mecum.edges.cli.options import Group, Options

_NONE: Final = "none"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TEXT = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_PROJECT = click.argument("project")
_WHO = click.option("--assistant", metavar="SLUG", help="Who answers new conversations in it; `none` is nobody.")
_WHAT = click.option("--model", metavar="REF", help="The model that answers them; `none` is the best available.")


@click.group("projects", cls=Group)
def command() -> None:
    """Keep conversations, assistants, files and instructions under one name.

    PROJECT is a name, an id or the unique start of one; `mecum chat --project PROJECT` begins a conversation in it.
    """


@command.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--deleted", is_flag=True, help="Those in the trash.")
@click.pass_context
def by_name(context: click.Context, limit: int, everything: bool, deleted: bool) -> None:
    """List projects by name."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/projects", None if everything else limit, deleted=deleted or None))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((i["id"], i["name"], i["conversation_count"], i["file_count"], i["updated_at"]) for i in items)
    render.table(("id", "name", "conversations", "files", "changed"), rows)


@command.command("show")
@_PROJECT
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many conversations at most.")
@click.pass_context
def show(context: click.Context, project: str, limit: int) -> None:
    """Print a project with what is in it."""
    with connect(Options.of(context)) as client:
        found = client.get(_at(client, project))
        inside = list(client.items("/conversations", limit, project=found["id"])) if limit else []
    if Options.of(context).json:
        render.json({**found, "conversations": inside})
        return
    assistant = found["assistant"]
    render.table(
        ("field", "value"),
        [
            ("name", found["name"]),
            ("assistant", assistant and assistant["slug"]),
            ("model", found["model"]),
            *(("in it", f"{one['slug']} ({one['name']})") for one in found["assistants"]),
            *(("file", f"{one['id']} {one['name']} ({one['size']} bytes)") for one in found["files"]),
            ("conversations", found["conversation_count"]),
            *(("conversation", f"{one['id']} {one['title'] or ''}".rstrip()) for one in inside),
            ("instructions", found["instructions"]),
        ],
    )


@command.command("create")
@click.argument("name")
@click.option("--instructions", metavar="TEXT", help="What every answer in it is told.")
@click.option("--instructions-from", "file", type=_TEXT, help="Take them from FILE (`-`: standard input).")
@_WHO
@_WHAT
@click.pass_context
def create(
    context: click.Context,
    name: str,
    instructions: str | None,
    file: Path | None,
    assistant: str | None,
    model: str | None,
) -> None:
    """Make a project called NAME."""
    said = findings.text_of(file) if file is not None else instructions
    body = {"name": name, "instructions": said, "assistant": _given(assistant), "model": _given(model)}
    with connect(Options.of(context)) as client:
        made = client.ask("POST", "/projects", {key: value for key, value in body.items() if value is not None})
    _done(context, made, f"Made: {made['name']} ({made['id']}).")


@command.command("rename")
@_PROJECT
@click.argument("name")
@click.pass_context
def rename(context: click.Context, project: str, name: str) -> None:
    """Give a project another name."""
    with connect(Options.of(context)) as client:
        changed = client.ask("PATCH", _at(client, project), {"name": name})
    _done(context, changed, f"{changed['id']} is now called {changed['name']}.")


@command.command("set")
@_PROJECT
@_WHO
@_WHAT
@click.pass_context
def defaults(context: click.Context, project: str, assistant: str | None, model: str | None) -> None:
    """Say who answers new conversations in a project, or with which model."""
    wanted = {name: _given(value) for name, value in (("assistant", assistant), ("model", model)) if value is not None}
    if not wanted:
        raise click.UsageError("Say --assistant, --model, or both.", context)
    with connect(Options.of(context)) as client:
        changed = client.ask("PATCH", _at(client, project), wanted)
    who = changed["assistant"]["slug"] if changed["assistant"] else _NONE
    _done(context, changed, f"{changed['name']}: assistant {who}, model {changed['model'] or _NONE}.")


@command.command("instructions")
@_PROJECT
@click.option("--from", "file", type=_TEXT, help="Take the text from FILE (`-`: standard input) instead of an editor.")
@click.option("--print", "only_print", is_flag=True, help="Print them, and change nothing.")
@click.pass_context
def instructions(context: click.Context, project: str, file: Path | None, only_print: bool) -> None:
    """Change what every answer in a project is told."""
    with connect(Options.of(context)) as client:
        found = client.get(_at(client, project))
        before = found["instructions"] or ""
        if only_print:
            render.block(before)
            return
        with edited(before, file, ".md") as text:
            if text is None or text == before:
                _done(context, found, f"Unchanged: {found['name']}.")
                return
            body = {"instructions": text, "version": found["version"]}
            changed = client.ask("PATCH", f"/projects/{part(found['id'])}", body)
    _done(context, changed, f"Changed: {changed['name']}.")


@command.command("move")
@_PROJECT
@click.argument("conversations", metavar="[CNV]...", nargs=-1)
@click.option("--assistant", "assistants", metavar="SLUG", multiple=True, help="An assistant; may be repeated.")
@click.option("--file", "files", metavar="PATH|FIL", multiple=True, help="A file, or an id of one; may be repeated.")
@click.option("--out", is_flag=True, help="Out of the project instead of into it.")
@click.pass_context
def move(
    context: click.Context,
    project: str,
    conversations: tuple[str, ...],
    assistants: tuple[str, ...],
    files: tuple[str, ...],
    out: bool,
) -> None:
    """Put conversations, assistants and files into a project.

    CNV is an id, the unique start of one, or `last`. A conversation or assistant leaves the project it was in.
    """
    if not (conversations or assistants or files):
        raise click.UsageError("Say what: conversations, --assistant or --file.", context)
    with connect(Options.of(context)) as client:
        at = _at(client, project)
        body = {
            "conversations": [lookup.conversation(client, given) for given in conversations],
            "assistants": list(assistants),
            "files": [_file(client, given, out=out) for given in files],
        }
        moved = client.ask("POST", f"{at}/contents{'/remove' if out else ''}", body)
    for item in moved["skipped"]:
        render.notice(f"{item['id']}: {item['message']}")
    done = [*moved["conversations"], *moved["assistants"], *moved["files"]]
    _done(context, moved, f"{'Out of it' if out else 'In it'} now: {', '.join(done) or 'nothing more'}.")


@command.command("delete")
@_PROJECT
@click.option("--conversations", is_flag=True, help="Move its conversations to the trash too; otherwise they stay.")
@click.option("--purge", is_flag=True, help="For ever, also from the trash.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(context: click.Context, project: str, conversations: bool, purge: bool, yes: bool) -> None:
    """Move a project to the trash, from where `restore` brings it back for 30 days.

    What was in it stays, unless --conversations says otherwise.
    """
    with connect(Options.of(context)) as client:
        at = _at(client, project, deleted=purge)
        if purge:
            confirm(context, f"Delete {project} for ever?", yes=yes)
        query = {"conversations": "delete" if conversations else "keep", "purge": purge or None}
        gone = client.ask("DELETE", at, query=query)
        _done(context, gone, _became(gone, project))
        if purge:
            remaining.tell(client)


def _became(gone: dict[str, Any], project: str) -> str:
    """Return what became of a project and of what was in it."""
    said = [f"Deleted for ever: {project}." if gone["purged"] else f"In the trash: {project}."]
    for count, one, many, what in (
        (gone["conversations_kept"], "conversation", "conversations", "in no project now"),
        (gone["conversations_deleted"], "conversation", "conversations", "in the trash too"),
        (gone["assistants_kept"], "assistant", "assistants", "in no project now"),
        (gone["files"], "file", "files", "gone with it"),
    ):
        if count:
            said.append(f"{count} {one if count == 1 else many}: {what}.")
    return " ".join(said)


@command.command("restore")
@_PROJECT
@click.pass_context
def restore(context: click.Context, project: str) -> None:
    """Take a project out of the trash, with what was in it."""
    with connect(Options.of(context)) as client:
        found = client.ask("POST", f"{_at(client, project, deleted=True)}/restore")
    _done(context, found, f"Restored: {found['name']}.")


def _at(client: Client, project: str, *, deleted: bool = False) -> str:
    """Return the path of the project that is meant; `deleted`: it may be in the trash."""
    return f"/projects/{part(lookup.project(client, project, deleted=deleted))}"


def _file(client: Client, given: str, *, out: bool) -> str:
    """Return the id of a file: as it was given, or of what is uploaded from there."""
    if given.startswith("fil_") or out:
        return given
    return str(compose.upload_file(client, _FILE.convert(given, None, None))["id"])


def _given(value: str | None) -> str | None:
    return None if value == _NONE else value


def _done(context: click.Context, value: object, sentence: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(sentence)
