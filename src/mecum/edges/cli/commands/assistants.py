"""`mecum assistants`: list, make, edit, compare and bring back assistants."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click
import orjson

from mecum.edges.cli import batches, facets, findings, remaining, render
from mecum.edges.cli.client import Content, part
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.editing import edited
from mecum.edges.cli.options import Group, Options

FACETS: Final = ("identity", "configuration", "capabilities", "growth", "display")
ONLY: Final = ("featured", "guide", "primary", "demo", "ephemeral")
FORMS: Final = ("mecum", "card-v2-json", "card-v2-png", "card-v3-json", "card-v3-png")
_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_SLUG = click.argument("assistant", metavar="SLUG")
_SLUGS = click.argument("assistants", metavar="SLUG...", nargs=-1, required=True)
_VERSION = click.argument("number", metavar="VERSION", type=click.IntRange(1))
_NAME = click.option("--name", help="What it shall be called.")
_NEW_SLUG = click.option("--slug", help="Its slug (default: made of the name).")


@click.group("assistants", cls=Group)
def command() -> None:
    """Make assistants, change them, and bring back what they were.

    SLUG is the slug or id of one; `mecum chat --assistant SLUG` talks to it.
    """


@command.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option("--archived", is_flag=True, help="Those that were archived.")
@click.option("--draft", is_flag=True, help="Those that are not in use yet.")
@click.option("--only", type=click.Choice(ONLY), help="Those; featured ones by their rank.")
@click.option("--parent", metavar="SLUG", help="Those that belong under this one.")
@click.option("--search", metavar="TEXT", help="Those with this in their name, slug or specialty.")
@click.option("--deleted", is_flag=True, help="Those in the trash.")
@click.pass_context
def newest(context: click.Context, /, limit: int, everything: bool, **which: Any) -> None:
    """List assistants, the one changed last first."""
    query = {
        "status": "archived" if which["archived"] else "draft" if which["draft"] else None,
        "only": which["only"],
        "q": which["search"],
        "deleted": which["deleted"] or None,
    }
    with connect(Options.of(context)) as client:
        if which["parent"] is not None:
            query["parent"] = client.get(f"/assistants/{part(which['parent'])}", view="card")["id"]
        items = list(client.items("/assistants", None if everything else limit, **query))
    _show_list(context, items)


def _show_list(context: click.Context, items: list[dict[str, Any]]) -> None:
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((item["slug"], item["name"], item["status"], item["specialty"]) for item in items)
    render.table(("slug", "name", "status", "specialty"), rows)


@command.command("show")
@_SLUG
@click.option("--prompt", "whole_prompt", is_flag=True, help="The system prompt that a model is sent.")
@click.pass_context
def show(context: click.Context, assistant: str, whole_prompt: bool) -> None:
    """Print what is set of an assistant; with --json, all of it."""
    with connect(Options.of(context)) as client:
        found = client.get(f"/assistants/{part(assistant)}", view="chat" if whole_prompt else "full")
        effects: list[dict[str, Any]] = [] if whole_prompt else client.get("/assistants/effects")["items"]
    if Options.of(context).json:
        render.json(found)
    elif whole_prompt:
        render.block(found["prompt"])
    else:
        render.table(("field", "value", ""), _set(found, effects))


def _set(found: dict[str, Any], effects: list[dict[str, Any]]) -> Iterable[tuple[str, Any, str]]:
    """Return what is not as by default, and whether it is in effect; or as what it behaves."""
    odd = {one["field"]: facets.behaviour(one) for facet in facets.FACETS for one in facets.unknown(found[facet])}
    for name in (*facets.CORE[:4], "revision"):
        yield name, found[name], ""
    for entry in effects:
        value = found[entry["facet"]].get(entry["field"])
        if value is not None and value != entry["default"]:
            name, said = f"{entry['facet']}.{entry['field']}", "" if entry["in_effect"] else "not yet in effect"
            yield name, _plain(value), odd.get(entry["field"], said)
    if found["prompt"] is not None:
        yield "prompt", found["prompt"]["text"], ""


@command.command("create")
@click.argument("name")
@_NEW_SLUG
@click.option("--prompt", help="The text of its prompt.")
@click.option("--prompt-from", "file", type=_FILE, help="Take the prompt from FILE (`-`: standard input).")
@click.option("--model", help="The model that answers: a reference, or role:NAME.")
@click.option("--temperature", type=click.FloatRange(0, 2), help="0 is the same answer each time.")
@click.option("--draft", is_flag=True, help="Do not use it yet.")
@click.pass_context
def create(
    context: click.Context,
    name: str,
    slug: str | None,
    prompt: str | None,
    file: Path | None,
    model: str | None,
    temperature: float | None,
    draft: bool,
) -> None:
    """Make an assistant called NAME."""
    configuration = {"preferred_model": model, "temperature": temperature}
    body: dict[str, Any] = {
        "name": name,
        "slug": slug,
        "prompt": findings.text_of(file) if file is not None else prompt,
        "status": "draft" if draft else None,
        "configuration": {key: value for key, value in configuration.items() if value is not None} or None,
    }
    with connect(Options.of(context)) as client:
        made = client.ask("POST", "/assistants", {key: value for key, value in body.items() if value is not None})
    _done(context, made, f"Made: {made['slug']}.")


@command.command("starters")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Make all of them.")
@click.pass_context
def starters(context: click.Context, slugs: tuple[str, ...], everything: bool) -> None:
    """List assistants to begin with; with SLUG or --all, make them."""
    with connect(Options.of(context)) as client:
        if not slugs and not everything:
            items = client.get("/assistants/starters")["items"]
            rows = ((i["slug"], i["name"], "*" if i["there"] else "", i["specialty"]) for i in items)
            if Options.of(context).json:
                render.json({"items": items})
            else:
                render.table(("slug", "name", "", "specialty"), rows)
            return
        made = client.ask("POST", "/assistants/starters", {"slugs": list(slugs) or None})
    names = ", ".join(item["slug"] for item in made["items"])
    _done(context, made, f"Made: {names}." if names else "All of them are there.")


@command.command("edit")
@_SLUG
@click.argument("fields", metavar="[FIELD=VALUE]...", nargs=-1)
@click.option(
    "--facet", type=click.Choice(FACETS), default="identity", show_default=True, help="The facet for the editor."
)
@click.option("--from", "file", type=_FILE, help="Take the facet as JSON from FILE (`-`: standard input).")
@click.pass_context
def edit(context: click.Context, assistant: str, fields: tuple[str, ...], facet: str, file: Path | None) -> None:
    """Change fields of an assistant, or a whole facet in your editor.

    VALUE is JSON where it can be read as such, otherwise text; null is the default again.
    """
    changed: dict[str, Any] | None
    with connect(Options.of(context)) as client:
        if fields:
            changed = facets.assigned(client, assistant, fields)
        else:
            path = f"/assistants/{part(assistant)}/{facet}"
            changed = facets.edited(client, path, client.get(path), file)
    for one in facets.unknown(changed or {}):
        render.notice(f"{one['field']}: {one['value']!r} is none of its choices: kept, and {facets.behaviour(one)}.")
    _done(context, changed, f"Changed: {assistant}." if changed else f"Unchanged: {assistant}.")


@command.command("prompt")
@_SLUG
@click.option("--from", "file", type=_FILE, help="Take the text from FILE (`-`: standard input) instead of an editor.")
@click.option("--note", help="Why it is changed.")
@click.option("--print", "only_print", is_flag=True, help="Print it, and change nothing.")
@click.pass_context
def prompt(context: click.Context, assistant: str, file: Path | None, note: str | None, only_print: bool) -> None:
    """Change the prompt of an assistant; earlier versions stay."""
    with connect(Options.of(context)) as client:
        found = client.get(f"/assistants/{part(assistant)}")
        before = found["prompt"]["text"] if found["prompt"] else ""
        if only_print:
            render.block(before)
            return
        with edited(before, file, ".md") as text:
            if text is None or text == before:
                _done(context, found, f"Unchanged: {assistant}.")
                return
            body = {"text": text, "note": note, "version": found["configuration"]["version"]}
            changed = client.ask("PUT", f"/assistants/{part(assistant)}/prompt", body)
    _done(context, changed, f"Version {changed['prompt_version']} of the prompt counts from now on.")


@command.command("versions")
@_SLUG
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.pass_context
def versions(context: click.Context, assistant: str, limit: int) -> None:
    """List what was changed of an assistant, the newest first."""
    with connect(Options.of(context)) as client:
        items = list(client.items(f"/assistants/{part(assistant)}/versions", limit))
    if Options.of(context).json:
        render.json({"items": items})
        return
    rows = ((item["number"], item["created_at"], item["reason"], ", ".join(item["facets"])) for item in items)
    render.table(("version", "when", "what", "of"), rows)


@command.command("diff")
@_SLUG
@click.argument("before", metavar="VERSION", type=click.IntRange(1))
@click.argument("after", metavar="[VERSION]", type=click.IntRange(1), required=False)
@click.pass_context
def diff(context: click.Context, assistant: str, before: int, after: int | None) -> None:
    """Print what is different between two versions; the second is the newest when it is left out."""
    with connect(Options.of(context)) as client:
        found = client.get(f"/assistants/{part(assistant)}/versions/diff", before=before, after=after)
    if Options.of(context).json:
        render.json(found)
        return
    rows = ((f"{i['facet']}.{i['field']}", _plain(i["before"]), _plain(i["after"])) for i in found["items"])
    render.table(("field", f"version {found['before']}", f"version {found['after']}"), rows)


@command.command("restore")
@_SLUG
@_VERSION
@click.option("--facet", "facets", multiple=True, help="Only this facet; may be given more than once.")
@click.pass_context
def restore(context: click.Context, assistant: str, number: int, facets: tuple[str, ...]) -> None:
    """Make an assistant again what it was at VERSION, as a new version."""
    path = f"/assistants/{part(assistant)}/versions/{number}/restore"
    with connect(Options.of(context)) as client:
        found = client.ask("POST", path, {"facets": list(facets) or None})
    _done(context, found, f"{found['slug']} is as it was at version {number}; this is version {found['revision']}.")


@command.command("export")
@_SLUG
@click.option("--format", "form", type=click.Choice(FORMS), default="mecum", show_default=True, help="The format.")
@click.option("--versions", is_flag=True, help="Also everything it was before.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE.")
@click.pass_context
def export(context: click.Context, assistant: str, form: str, versions: bool, output: Path | None) -> None:
    """Write an assistant out as one file, to standard output or a file; `mecum import FILE` takes it in.

    `mecum` has everything that is stored of it; the others are character cards.
    """
    query = {"format": form, "versions": versions or None}
    with connect(Options.of(context)) as client:
        path = f"/assistants/{part(assistant)}/export"
        with client.begin("GET", path, query=query, headers={"Accept": "*/*"}) as arriving:
            render.save(arriving, output)


@command.command("avatar")
@_SLUG
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def avatar(context: click.Context, assistant: str, picture: Path) -> None:
    """Give an assistant a picture: a PNG, JPEG, GIF or WebP of at most 8 MB."""
    with connect(Options.of(context)) as client:
        changed = client.ask("PUT", f"/assistants/{part(assistant)}/avatar", Content(picture.read_bytes()))
    _done(context, changed, f"Changed: {assistant}.")


@command.command("measures")
@_SLUG
@click.option("--now", is_flag=True, help="Keep the figures for its card, too, as a job does every hour.")
@click.pass_context
def measures(context: click.Context, assistant: str, now: bool) -> None:
    """Print what is measured of an assistant, by which method, and what is missing for the rest."""
    with connect(Options.of(context)) as client:
        found = client.ask("POST" if now else "GET", f"/assistants/{part(assistant)}/measures")
    if Options.of(context).json:
        render.json(found)
        return
    rows = ((m["name"], _plain(m["value"]), m["method"], m["missing"] or m["explanation"]) for m in found["measures"])
    render.table(("measure", "value", "method", "how"), rows)


@command.command("clone")
@_SLUG
@_NAME
@_NEW_SLUG
@click.option("--draft", is_flag=True, help="Do not use it yet.")
@click.pass_context
def clone(context: click.Context, assistant: str, name: str | None, slug: str | None, draft: bool) -> None:
    """Make another assistant like this one; that of a demo says so, and learns from it where the demo wants that."""
    body = _given(name=name, slug=slug, status="draft" if draft else None)
    with connect(Options.of(context)) as client:
        made = client.ask("POST", f"/assistants/{part(assistant)}/clone", body)
    _done(context, made, f"Made: {made['slug']}.")


@command.command("spawn")
@_SLUG
@click.argument("name")
@click.option("--reason", required=True, help="Why it is.")
@click.option("--trait", "traits", multiple=True, help="A trait in the place of its parent's; may be given more often.")
@_NEW_SLUG
@click.pass_context
def spawn(
    context: click.Context, assistant: str, name: str, reason: str, traits: tuple[str, ...], slug: str | None
) -> None:
    """Make an assistant called NAME below this one, with its character and configuration."""
    body = _given(name=name, reason=reason, slug=slug, traits=list(traits) or None)
    with connect(Options.of(context)) as client:
        made = client.ask("POST", f"/assistants/{part(assistant)}/spawn", body)
    _done(context, made, f"Made: {made['slug']}.")


@command.command("archive")
@_SLUGS
@click.option("--back", is_flag=True, help="Use them again.")
@click.pass_context
def archive(context: click.Context, assistants: tuple[str, ...], back: bool) -> None:
    """Put assistants away; conversations with them go on. With --back, also a draft is used from now on."""
    done = _batch(context, "activate" if back else "archive", assistants)
    _done(context, done, f"{'In use' if back else 'Archived'}: {batches.left(assistants, done)}.")


@command.command("delete")
@_SLUGS
@click.option("--purge", is_flag=True, help="For ever, also from the trash.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(context: click.Context, assistants: tuple[str, ...], purge: bool, yes: bool) -> None:
    """Move assistants to the trash, from where `undo` brings them back for 30 days."""
    if not purge:
        done = _batch(context, "delete", assistants)
        _done(context, done, f"In the trash: {batches.left(assistants, done)}.")
        return
    confirm(context, f"Delete {', '.join(assistants)} for ever?", yes=yes)
    with connect(Options.of(context)) as client:
        done = batches.purged(client, "assistants", assistants)
        _done(context, {"purged": done["changed"]}, f"Deleted for ever: {batches.left(assistants, done)}.")
        remaining.tell(client)


@command.command("undo")
@_SLUGS
@click.pass_context
def undo(context: click.Context, assistants: tuple[str, ...]) -> None:
    """Take assistants out of the trash."""
    done = _batch(context, "restore", assistants)
    _done(context, done, f"Back: {batches.left(assistants, done)}.")


def _batch(context: click.Context, action: str, assistants: tuple[str, ...]) -> dict[str, Any]:
    """Change them with one request; raises Refusal where none of them could be."""
    with connect(Options.of(context)) as client:
        done: dict[str, Any] = client.ask("POST", "/assistants/batches", {"action": action, "ids": list(assistants)})
    batches.require_changed(done)
    return done


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _plain(value: Any) -> str:
    """Return a value as one reads it in a table."""
    return "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()


def _done(context: click.Context, value: object, sentence: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(sentence)
