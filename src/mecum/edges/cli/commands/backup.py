"""`mecum backup`: copies of everything."""

import time
from pathlib import Path
from typing import Any, Final

import click

from mecum.edges.cli import remaining, render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect, load
from mecum.edges.cli.options import Group, Options
from mecum.edges.cli.outcome import Refusal

_PAUSE_SECONDS: Final = 0.2
_ID = click.argument("backup", metavar="BACKUP")


@click.group("backup", cls=Group)
def command() -> None:
    """Keep copies of everything: the record, files, the configuration of models.

    BACKUP is an id or a file's name. `mecum restore` brings one back.
    """


@command.command("create")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Write it to this file, or into this folder, instead of the folder of backups.",
)
@click.option("--keep-days", type=click.IntRange(0, 36500), help="Remove it after so many days; 0 never.")
@click.option("--verify/--no-verify", default=True, show_default=True, help="Read and compare all of it at the end.")
@click.pass_context
def create(context: click.Context, output: Path | None, keep_days: int | None, verify: bool) -> None:
    """Make a backup, while a server goes on working.

    It is encrypted when the store is.
    """
    options = Options.of(context)
    with connect(options) as client:
        body = {"keep_days": keep_days, "verify": verify}
        work = _ended(client, client.ask("POST", "/backups", body), options)
        made: dict[str, Any] = client.get(f"/backups/{part(work['backup_id'])}")
        if output is not None:
            made = {**made, "path": str(_fetched(client, made, output))}
            client.ask("DELETE", f"/backups/{part(made['id'])}")
        else:
            made = {**made, "path": str(Path(client.get("/backups")["folder"]) / made["name"])}
    if options.json:
        render.json(made)
        return
    render.line(f"Made: {made['path']}, {_size(made['size'])}{_checked(made)}.")


@command.command("list")
@click.pass_context
def newest(context: click.Context) -> None:
    """List the backups there are."""
    with connect(Options.of(context)) as client:
        found = client.get("/backups")
    if Options.of(context).json:
        render.json(found)
        return
    heads = ("id", "of", "size", "holds", "checked", "expires", "file")
    render.table(heads, map(_row, found["items"]))
    holding = [one["name"] for one in found["items"] if one["purged"]]
    if holding:
        render.notice(f"What was deleted for ever: {remaining.sentence(holding)} {remaining.REMEDY}")


@command.command("verify")
@_ID
@click.pass_context
def verify(context: click.Context, backup: str) -> None:
    """Read all of a backup and compare it with what was written: one that is listed, or any file."""
    options = Options.of(context)
    if Path(backup).is_file() and options.server is None:
        found = _read(options, Path(backup))
    else:
        with connect(options) as client:
            _ended(client, client.ask("POST", f"/backups/{part(backup)}/verify"), options)
            found = client.get(f"/backups/{part(backup)}")
    if options.json:
        render.json(found)
    else:
        render.line(f"{backup} is sound.")


@command.command("keep")
@_ID
@click.argument("days", type=click.IntRange(0, 36500))
@click.pass_context
def keep(context: click.Context, backup: str, days: int) -> None:
    """Let a backup expire so many days from now; 0 is never."""
    with connect(Options.of(context)) as client:
        found = client.ask("PATCH", f"/backups/{part(backup)}", {"keep_days": days})
    if Options.of(context).json:
        render.json(found)
    else:
        render.line(f"{found['name']} expires: {found['expires_at'] or 'never'}.")


@command.command("delete")
@_ID
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(context: click.Context, backup: str, yes: bool) -> None:
    """Remove a backup for ever."""
    confirm(context, f"Remove {backup} for ever?", yes=yes)
    with connect(Options.of(context)) as client:
        client.ask("DELETE", f"/backups/{part(backup)}")
    if Options.of(context).json:
        render.json({"removed": backup})
    else:
        render.line(f"Removed: {backup}.")


def _ended(client: Client, work: dict[str, Any], options: Options) -> dict[str, Any]:
    """Wait for the end of some work and return it; raises Refusal when it failed."""
    said = ""
    while work["state"] in ("queued", "running"):
        time.sleep(_PAUSE_SECONDS)
        work = client.get(f"/backups/work/{part(work['id'])}")
        if work["says"] and work["says"] != said and not options.json:
            said = work["says"]
            render.notice(f"{said} …")
    if work["state"] != "done":
        problem = {"code": work["code"] or "backup.failed", "detail": work["detail"] or "The backup was not made."}
        raise Refusal(problem, "internal")
    return work


def _fetched(client: Client, made: dict[str, Any], output: Path) -> Path:
    target = output / made["name"] if output.is_dir() else output
    with client.begin("GET", f"/backups/{part(made['id'])}/content", headers={"Accept": "*/*"}, timeout=3600) as body:
        render.save(body, target)
    if target.stat().st_size != made["size"]:
        target.unlink()
        raise Refusal({"code": "backup.damaged", "detail": "The backup did not arrive whole."}, "unavailable")
    target.chmod(0o600)
    return target


def _read(options: Options, path: Path) -> dict[str, Any]:
    from mecum.bootstrap.upkeep import house_of, keys_of  # noqa: PLC0415 - the other ways need none of it
    from mecum.infra.archive import store  # noqa: PLC0415

    settings = load(options)
    house = house_of(settings, keys_of(settings))
    if path.suffix == ".db":
        store.verify_copy(path, house.location.key)
        return {"name": path.name, "size": path.stat().st_size}
    head = store.verify(path, house.key)
    return {"name": path.name, "size": path.stat().st_size, "made_at": head.get("made_at")}


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    expires = one["expires_at"] or "never"
    return one["id"], one["made_at"], _size(one["size"]), _holds(one), _state(one), expires, one["name"]


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def _holds(one: dict[str, Any]) -> str:
    if one["copy"]:
        held = f"the store alone, schema {one['revision']}"
    else:
        held = "" if one["messages"] is None else f"{one['messages']} messages, {one['files']} files"
    return ", ".join(part for part in (held, f"{one['purged']} deleted since" if one["purged"] else "") if part)


def _state(one: dict[str, Any]) -> str:
    return one["problem"] or (f"sound {one['verified_at']}" if one["verified_at"] else "not yet")


def _checked(made: dict[str, Any]) -> str:
    return ", read again and sound" if made["verified_at"] else ""
