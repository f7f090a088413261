"""`mecum config`: what is configured about models, on which level, and what is wrong with it."""

from pathlib import Path
from typing import Any, Final

import click
import orjson

from mecum.edges.cli import findings, folders, own_file, render
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options

_SUMMARIES: Final = {"on": True, "off": False, "default": None}
_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.group("config", cls=Group)
def command() -> None:
    """See, explain, check and import the configuration of models.

    It comes from `models.yaml`, `models.json` and `user_models.json` in the folder `config` of the data folder, the
    later over the earlier, and from the active profile.
    """


@command.command("show")
@click.pass_context
def show(context: click.Context) -> None:
    """Print what is in force, the files it comes from, and what is wrong with them."""
    with connect(Options.of(context)) as client:
        found = client.get("/config")
    if Options.of(context).json:
        render.json(found)
        return
    rows = ((file["name"], _state(file), file["etag"]) for file in found["files"])
    render.line(found["folder"])
    render.table(("file", "state", "content"), rows)
    findings.say(found["problems"])
    render.json(found["in_force"])


@command.command("explain")
@click.argument("wanted", metavar="KEY")
@click.pass_context
def explain(context: click.Context, wanted: str) -> None:
    """Print what every level says of KEY, weakest first; what counts is marked with *.

    KEY is dotted, such as role_mappings.planner.preferred.
    """
    with connect(Options.of(context)) as client:
        found = client.get("/config/explain", key=wanted)
    if Options.of(context).json:
        render.json(found)
        return
    render.table(("level", "", "from", "value"), (_level(level) for level in found["levels"]))


@command.command("set")
@click.argument("wanted", metavar="KEY")
@click.argument("value")
@click.pass_context
def put(context: click.Context, wanted: str, value: str) -> None:
    """Let KEY say VALUE in `user_models.json`; all else in it stays.

    KEY is dotted, VALUE is JSON, or else a text: most_at_once.ollama 2. `null` takes back what a weaker level says.
    """
    try:
        said: object = orjson.loads(value)
    except orjson.JSONDecodeError:
        said = value
    _put(context, wanted, own_file.NULL if said is None else said, f"Set: {wanted}.")


@command.command("unset")
@click.argument("wanted", metavar="KEY")
@click.pass_context
def take(context: click.Context, wanted: str) -> None:
    """Take KEY out of `user_models.json`, so that what weaker levels say counts."""
    _put(context, wanted, None, f"Unset: {wanted}.")


@command.command("summaries")
@click.argument("wanted", metavar="[on|off|default]", required=False, type=click.Choice(tuple(_SUMMARIES)))
@click.pass_context
def summaries(context: click.Context, wanted: str | None) -> None:
    """Say whether long conversations of yours are summarised; without an argument, print what holds.

    `default` leaves it to what is configured (`mecum config explain summaries`).
    """
    with connect(Options.of(context)) as client:
        if wanted is None:
            found = client.get("/config/own")
        else:
            found = client.ask("PUT", "/config/own", {"summaries": _SUMMARIES[wanted]})
    if Options.of(context).json:
        render.json(found)
        return
    said = "as configured" if found["summaries"] is None else "as you say"
    render.line(f"Summaries: {'on' if found['in_force']['summaries'] else 'off'}, {said}.")


@command.command("schema")
@click.option("--profile", is_flag=True, help="Of a profile instead of a configuration file.")
@click.pass_context
def schema(context: click.Context, profile: bool) -> None:
    """Print the JSON schema, for editors."""
    with connect(Options.of(context)) as client:
        render.json(client.get("/config/schema", of="profile" if profile else "configuration"))


@command.command("validate")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=_FILE)
@click.pass_context
def validate(context: click.Context, files: tuple[Path, ...]) -> int:
    """Say what is wrong with FILEs, line by line; without one, with the configuration that is there.

    `-` is standard input. The exit code is 2 when something does not hold.
    """
    options = Options.of(context)
    with connect(options) as client:
        if not files:
            problems = client.get("/config")["problems"]
            results = [{"file": None, "valid": all(p["warning"] for p in problems), "problems": problems}]
        else:
            results = [{"file": str(file), **client.ask("POST", "/config/validate", _body(file))} for file in files]
    return report(results, options)


@command.command("import")
@click.argument("source", metavar="DIR|FILE", type=click.Path(exists=True, path_type=Path))
@click.option("--replace", is_flag=True, help="Move files of the same names to the trash.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of it.")
@click.pass_context
def bring_in(context: click.Context, source: Path, replace: bool, dry_run: bool) -> None:
    """Bring the configuration of an older installation in: its folder `config`, or one file of it.

    What became of every field is told. Keys go sealed into the key store, and their file is left renamed.
    """
    found = folders.files_in(source)
    body = {"files": found.texts, "replace": replace, "dry_run": dry_run}
    with connect(Options.of(context)) as client:
        result = client.ask("POST", "/config/import", body)
    renamed = folders.put_keys_aside(found, result["keys"]) if not dry_run else None
    if Options.of(context).json:
        render.json({**result, "not_read": found.not_read, "keys_left_in": renamed})
        return
    for file in result["files"]:
        _say_file(file)
    for key in result["keys"]:
        render.line(f"{key['field']}: {key['outcome']}. {key['reason']}")
    for name in found.not_read:
        render.notice(f"not read: {name}")
    if renamed is not None:
        render.line(f"The keys' file is now {renamed}; it is not read again, and may be deleted.")


def report(results: list[dict[str, Any]], options: Options) -> int:
    """Print what is wrong with several texts; return the exit code."""
    if options.json:
        render.json({"items": results})
    else:
        for result in results:
            findings.say(result["problems"], result["file"])
            if result["valid"]:
                older = " (an older file, read as one of today)" if result.get("upgraded") else ""
                render.line(f"{result['file'] or 'The configuration'} is valid{older}.")
    return 0 if all(result["valid"] for result in results) else findings.INVALID


def _put(context: click.Context, wanted: str, value: object, sentence: str) -> None:
    with connect(Options.of(context)) as client:
        written = own_file.put(client, tuple(wanted.split(".")), value)
    if Options.of(context).json:
        render.json(written)
    else:
        render.line(sentence)


def _body(file: Path) -> dict[str, Any]:
    return {"text": findings.text_of(file), "format": findings.format_of(file)}


def _say_file(file: dict[str, Any]) -> None:
    sums = file["reckoning"]
    render.line(
        f"{file['name']}: {file['outcome']}. {sums['read']} values: {sums['kept']} kept, {sums['moved']} moved, "
        f"{sums['carried']} carried along."
    )
    findings.say_upgraded(file["upgraded"])
    findings.say(file["warnings"])


def _state(file: dict[str, Any]) -> str:
    if not file["exists"]:
        return "not there"
    if any(not problem["warning"] for problem in file["problems"]):
        return "does not hold; what it said before is in force" if file["stale"] else "does not hold"
    return "in force, an older one" if file["upgraded"] else "in force"


def _level(level: dict[str, Any]) -> tuple[object, ...]:
    place = level["source"] or ""
    if level["line"] is not None:
        place = f"{place}, line {level['line']}"
    value = findings.shown(level["value"]) if level["given"] else "-"
    return (level["level"], "*" if level["in_force"] else "", place, value)
