"""`mecum profiles`: several configurations of models, and which of them counts."""

from collections import Counter
from pathlib import Path
from typing import Any

import click
import orjson

from mecum.edges.cli import findings, render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.commands.config import report
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.editing import edited
from mecum.edges.cli.options import Group, Options

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_PROFILE = click.argument("profile", metavar="PROFILE")
_OWNER = click.option(
    "--owner",
    type=click.Choice(["instance", "organisation", "person"]),
    default="instance",
    show_default=True,
    help="Whose it shall be: of this installation (a file), of the organisation, or yours alone.",
)


@click.group("profiles", cls=Group)
def command() -> None:
    """Keep several configurations of models, and switch between them.

    PROFILE is a name, or where several have it whose it is and the name, as in person:evenings; an id will do as well.
    """


@command.command("list")
@click.option("--deleted", is_flag=True, help="Those in the trash instead.")
@click.pass_context
def by_name(context: click.Context, deleted: bool) -> None:
    """List the profiles; what is active is marked with *."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/trash/profiles" if deleted else "/profiles"))
    if Options.of(context).json:
        render.json({"items": items})
    elif deleted:
        render.table(("profile", "removed", "about"), ((i["address"], i["deleted_at"], _about(i)) for i in items))
    else:
        several = {name for name, count in Counter(i["name"] for i in items).items() if count > 1}
        named = ((i["address"] if i["name"] in several else i["name"], i) for i in items)
        rows = ((name, "*" if i["active"] else "", i["owner"], _about(i)) for name, i in named)
        render.table(("profile", "", "of", "about"), rows)


@command.command("show")
@_PROFILE
@click.pass_context
def show(context: click.Context, profile: str) -> None:
    """Print the text of a profile, and what is wrong with it."""
    with connect(Options.of(context)) as client:
        found = client.get(f"/profiles/{part(profile)}")
    if Options.of(context).json:
        render.json(found)
        return
    render.block(found["text"].rstrip("\n"))
    for problem in found["problems"]:
        render.notice(f"{problem['code']}: {problem['message']}")


@command.command("create")
@click.argument("name")
@click.option("--model", "models", multiple=True, help="A model it prefers for chat; the first named first.")
@click.option("--description", help="What it is for.")
@_OWNER
@click.pass_context
def create(context: click.Context, name: str, models: tuple[str, ...], description: str | None, owner: str) -> None:
    """Make a profile called NAME that prefers some models.

    `mecum profiles edit NAME` says more in it.
    """
    if not models:
        raise click.UsageError("A profile names at least one model: --model llama3.1:8b", context)
    document: dict[str, Any] = {"version": 1, "name": name}
    if description:
        document["description"] = description
    document["role_mappings"] = {"chat": {"preferred": list(models)}}
    with connect(Options.of(context)) as client:
        made = client.ask("POST", "/profiles", {"name": name, "owner": owner, "document": document})
    _done(context, made, f"Made: {made['name']}.")


@command.command("edit")
@_PROFILE
@click.option("--from", "file", type=_FILE, help="Take the text from FILE (`-`: standard input) instead of an editor.")
@click.pass_context
def edit(context: click.Context, profile: str, file: Path | None) -> None:
    """Change the text of a profile in your editor.

    One that came with Mecum is kept as it was, below a file of its name.
    """
    with connect(Options.of(context)) as client:
        found = client.get(f"/profiles/{part(profile)}")
        with edited(str(found["text"]), file, ".json") as text:
            if text is None or text == found["text"]:
                _done(context, found, f"Unchanged: {found['name']}.")
                return
            changed = _put(client, found, text)
    _done(context, changed, f"Changed: {changed['name']}.")


@command.command("copy")
@_PROFILE
@click.argument("name")
@_OWNER
@click.pass_context
def copy(context: click.Context, profile: str, name: str, owner: str) -> None:
    """Make a profile called NAME like PROFILE."""
    with connect(Options.of(context)) as client:
        made = client.ask("POST", f"/profiles/{part(profile)}/copy", {"name": name, "owner": owner})
    _done(context, made, f"Made: {made['name']}.")


@command.command("delete")
@_PROFILE
@click.pass_context
def delete(context: click.Context, profile: str) -> None:
    """Move a profile to the trash, from where `restore` brings it back for 30 days.

    A file goes to the folder `.trash` beside it.
    """
    with connect(Options.of(context)) as client:
        client.ask("DELETE", f"/profiles/{part(profile)}")
    _done(context, {"removed": profile}, f"Removed: {profile}.")


@command.command("restore")
@_PROFILE
@click.pass_context
def restore(context: click.Context, profile: str) -> None:
    """Bring back a profile that was removed; of several of its name the last."""
    with connect(Options.of(context)) as client:
        found = client.ask("POST", f"/profiles/{part(profile)}/restore")
    _done(context, found, f"Back: {found['name']}. It counts again with `mecum profiles activate {profile}`.")


@command.command("purge")
@_PROFILE
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def purge(context: click.Context, profile: str, yes: bool) -> None:
    """Delete a profile in the trash for ever."""
    with connect(Options.of(context)) as client:
        confirm(context, f"Delete {profile} for ever?", yes=yes)
        client.ask("DELETE", f"/profiles/{part(profile)}", query={"purge": True})
    _done(context, {"purged": profile}, f"Deleted for ever: {profile}.")


@command.command("activate")
@_PROFILE
@click.pass_context
def activate(context: click.Context, profile: str) -> None:
    """Let a profile count."""
    with connect(Options.of(context)) as client:
        found = client.ask("POST", f"/profiles/{part(profile)}/activate")
    _done(context, found, f"Active: {found['name']}.")


@command.command("deactivate")
@click.argument("profile", metavar="[PROFILE]", required=False)
@click.pass_context
def deactivate(context: click.Context, profile: str | None) -> None:
    """Let a profile count no longer; without a name, every active one."""
    with connect(Options.of(context)) as client:
        active = [item["address"] for item in client.items("/profiles") if item["active"]]
        ended = [client.ask("POST", f"/profiles/{part(one)}/deactivate") for one in ([profile] if profile else active)]
    names = ", ".join(item["name"] for item in ended)
    _done(context, {"items": ended}, f"No longer active: {names}." if ended else "No profile was active.")


@command.command("validate")
@click.argument("profiles", metavar="[FILE|PROFILE]...", nargs=-1)
@click.pass_context
def validate(context: click.Context, profiles: tuple[str, ...]) -> int:
    """Say what is wrong with files or profiles, line by line; without a name, with all profiles.

    `-` is standard input. The exit code is 2 when one does not hold.
    """
    with connect(Options.of(context)) as client:
        names = profiles or tuple(item["address"] for item in client.items("/profiles"))
        return report([_validated(client, name) for name in names], Options.of(context))


@command.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@click.option("--name", help="What it shall be called (default: its name in the file, else the file's).")
@_OWNER
@click.pass_context
def bring_in(context: click.Context, files: tuple[Path, ...], name: str | None, owner: str) -> None:
    """Make profiles of files, also of older ones; what became of every field that moved is told."""
    made: list[dict[str, Any]] = []
    with connect(Options.of(context)) as client:
        for file in files:
            body = {"text": findings.text_of(file), "format": findings.format_of(file), "owner": owner}
            made.append(client.ask("POST", "/profiles/import", {**body, "name": name or _name_in(body, file)}))
    if Options.of(context).json:
        render.json({"items": made})
        return
    for item in made:
        render.line(f"Made: {item['name']}.")
        findings.say_upgraded(item["upgraded"])


@command.command("export")
@_PROFILE
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE.")
@click.pass_context
def export(context: click.Context, profile: str, output: Path | None) -> None:
    """Write a profile out, to standard output or a file."""
    path = f"/profiles/{part(profile)}/export"
    with connect(Options.of(context)) as client, client.begin("GET", path) as arriving:
        render.save(arriving, output)


def _put(client: Client, found: dict[str, Any], text: str) -> dict[str, Any]:
    headers = {"If-Match": f'"{found["etag"]}"'}
    with client.begin("PUT", f"/profiles/{part(found['address'])}", {"text": text}, headers=headers) as arriving:
        changed: dict[str, Any] = orjson.loads(b"".join(arriving))
    return changed


def _validated(client: Client, name: str) -> dict[str, Any]:
    if name == "-" or Path(name).is_file():
        file = Path(name)
        body = {"text": findings.text_of(file), "format": findings.format_of(file)}
        return {"file": name, **client.ask("POST", "/profiles/validate", body)}
    if "." in name or "/" in name:
        # No profile is called so.
        raise click.UsageError(f"There is no file {name}.")
    found = client.get(f"/profiles/{part(name)}")
    return {"file": found["name"], **client.ask("POST", "/profiles/validate", {"text": found["text"]})}


def _name_in(body: dict[str, Any], file: Path) -> str | None:
    """Return the file's own name for a text that has none in it; None leaves it to the text."""
    return None if '"name"' in body["text"] or "\nname:" in f"\n{body['text']}" or str(file) == "-" else file.stem


def _about(item: dict[str, Any]) -> str:
    faults = [problem for problem in item["problems"] if not problem["warning"]]
    return f"does not hold: {faults[0]['message']}" if faults else item["description"] or ", ".join(item["models"][:3])


def _done(context: click.Context, value: object, sentence: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(sentence)
