"""`mecum import`: records of other systems in, with a reckoning; what was brought, and taking it back."""

import sys
from pathlib import Path
from time import sleep
from typing import Any, Final

import click

from mecum.domains.assistants.ports import flat_table
from mecum.edges.cli import render
from mecum.edges.cli.client import Client, Content, part
from mecum.edges.cli.confirm import confirm
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options
from mecum.edges.cli.outcome import Refusal, kind_of
from mecum.infra.storage.foreign import HEADER, snapshot
from mecum.kernel.errors import MecumError

_PAUSE_SECONDS: Final = 0.2
_OPEN: Final = ("queued", "running", "undoing")
_SHOWN: Final = 20
_FORMATS: Final = (
    "The format, where it is not to be found by content: chatgpt, claude, openwebui, librechat, chatbotui, chat-db, "
    "assistant-db, assistant-json, assistants, mecum, mecum-assistant, mecum-export, character-card."
)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_SCHEMES: Final = ("postgresql://", "postgres://")
_READER_HEADS: Final = ("reads", "queries_each", "p50_ms", "p95_ms", "errors", "left")


class ImportIncomplete(MecumError):
    """The import did not come to its end."""

    code = "cli.import_incomplete"
    kind = "unavailable"


class _Source(click.ParamType["Path | str"]):
    """A file, or the address of a PostgreSQL database."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        if isinstance(value, str) and value.startswith(_SCHEMES):
            return value
        found: Path = _FILE.convert(value, param, ctx)
        return found


class _Files(Group):
    """A group whose own arguments are files, where none of them is the name of a command below it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = any(arg in self.commands for arg in args)
        if args and not named and not {"--help", "-h"} & set(args):
            args = ["files", *args]
        return super().parse_args(ctx, args)


@click.group("import", cls=_Files)
def command() -> None:
    """Import conversations of other systems, with a reckoning.

    `mecum import FILE…` is `mecum import files FILE…`.
    """


@command.command("files")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=_Source())
@click.option("--format", "format_", metavar="NAME", help=_FORMATS)
@click.option("--dry-run", is_flag=True, help="Make the reckoning, and store nothing else.")
@click.option("--secret-key-file", metavar="F", type=_FILE, help="The secret key of an encrypted database.")
@click.option("--salt-file", metavar="F", type=_FILE, help="The salt of an encrypted database.")
@click.pass_context
def files(
    context: click.Context,
    paths: tuple[Path | str, ...],
    format_: str | None,
    dry_run: bool,
    secret_key_file: Path | None,
    salt_file: Path | None,
) -> int:
    """Import files: exports of ChatGPT, Claude, Open WebUI, LibreChat, ChatbotUI and Mecum, databases of older servers,
    assistants, character cards.

    Assistants of one flat table come out of SQLite, a plain dump of PostgreSQL, dumpdata or CSV; for FILE also the
    address of a PostgreSQL database (postgresql://…), which is read and not changed.

    Everything found is imported, there already, or skipped with a reason; the same files again add nothing.
    """
    body: dict[str, Any] = {"dry_run": dry_run, "format": format_}
    if secret_key_file is not None or salt_file is not None:
        body |= {"secret_key": _secret(secret_key_file), "salt": _secret(salt_file)}
    options = Options.of(context)
    with connect(options) as client:
        uploads = [_uploaded(client, path) for path in paths]
        view = _watched(client, client.ask("POST", "/imports", {"files": uploads, **body}), quiet=options.json)
        skipped = list(client.items(f"/imports/{part(view['id'])}/skipped"))
        # Only a flat table of assistants has columns to reckon.
        found = client.get(f"/imports/{part(view['id'])}/fields") if "assistant" in view["kinds"] else None
        columns = found if found and found["items"] else None
    if view["state"] != "done":
        raise _failure(view)
    if options.json:
        render.json(_reckoning(view, skipped, columns))
    else:
        _show(view, skipped, columns)
    return 0


@command.command("fields")
@click.argument("import_id", metavar="ID")
@click.pass_context
def fields(context: click.Context, import_id: str) -> None:
    """Show the reckoning of a flat table of assistants, column by column."""
    options = Options.of(context)
    with connect(options) as client:
        found = client.get(f"/imports/{part(import_id)}/fields")
    if options.json:
        render.json(found)
        return
    heads = ("column", "now", "count", "nulls", "hash", "stored", "equal", "reported")
    names = ("name", "place", "count", "nulls", "hash", "stored_hash", "equal", "reported")
    render.table(heads, [["-" if one[name] is None else one[name] for name in names] for one in found["items"]])


@command.command("rollout")
@click.option("--share", metavar="N", type=click.IntRange(0, 100), help="Percent that the new readers answer for.")
@click.option("--compare/--no-compare", default=None, help="Whether each read is made by both and compared.")
@click.option("--check", metavar="N", type=click.IntRange(1, 1000), help="Read the last N by both now.")
@click.pass_context
def rollout(context: click.Context, share: int | None, compare: bool | None, check: int | None) -> None:
    """Show who answers for the flat names of assistants, and change it: 0 goes back to the rows as they came."""
    options = Options.of(context)
    with connect(options) as client:
        view = client.get("/assistants/rollout")
        if share is not None or compare is not None:
            wanted = {"share": view["share"] if share is None else share}
            wanted["compare"] = view["compare"] if compare is None else compare
            view = client.ask("PUT", "/assistants/rollout", wanted)
        if check is not None:
            view = client.ask("POST", "/assistants/rollout/check", {"many": check})
    if options.json:
        render.json(view)
        return
    render.line(f"{view['share']} % are read by the new readers; comparing: {'yes' if view['compare'] else 'no'}")
    readers = ((name, view["readers"][name]) for name in ("old", "new"))
    rows = ([name, *("-" if one[head] is None else one[head] for head in _READER_HEADS)] for name, one in readers)
    render.table(("reader", *_READER_HEADS), rows)
    differing = f": {', '.join(view['names'])}" if view["names"] else ""
    render.line(f"{view['compared']} compared, {view['differing']} differ{differing}")


@command.command("list")
@click.pass_context
def newest(context: click.Context) -> None:
    """List the imports, the newest first."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/imports"))
    if Options.of(context).json:
        render.json({"items": items})
        return
    heads = ("id", "state", "format", "found", "imported", "already", "skipped", "files")
    rows = ([*(item[name] for name in heads[:-1]), ", ".join(f["name"] for f in item["files"])] for item in items)
    render.table(heads, rows)


@command.command("undo")
@click.argument("import_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def undo(context: click.Context, import_id: str, yes: bool) -> int:
    """Delete for ever what an import brought; a conversation that was gone on with stays, and is named."""
    options = Options.of(context)
    with connect(options) as client:
        view: dict[str, Any] = client.get(f"/imports/{part(import_id)}")
        question = f"Delete for ever what {import_id} brought ({view['imported']} things)?"
        confirm(context, question, yes=yes or options.json)
        view = _watched(client, client.ask("POST", f"/imports/{part(import_id)}/undo"), quiet=options.json)
    if view["state"] != "undone":
        raise _failure(view)
    if options.json:
        render.json({"import_id": view["id"], "state": view["state"], "kept": view["kept"]})
        return 0
    render.line(f"Undone: {view['id']}.")
    for item in view["kept"]:
        kept = next(value for name, value in item.items() if name != "reason" and value)
        render.notice(f"kept: {kept}: {item['reason']}")
    return 0


def _uploaded(client: Client, path: Path | str) -> str:
    if isinstance(path, str):
        return _copied(client, path)
    data = path.read_bytes()
    if data.startswith(HEADER) and path.with_name(f"{path.name}-wal").exists():
        # What its program has written last may stand in the log beside it only.
        data = snapshot(path)
    return str(client.ask("POST", "/imports/files", Content(data), query={"name": path.name})["id"])


def _copied(client: Client, address: str) -> str:
    """Copy the tables of a database out and upload them; what is asked is asked from this machine, and read only."""
    from mecum.infra.storage.foreign_postgres import dump, shown  # noqa: PLC0415 - the driver is seldom needed here

    data = dump(address, flat_table.wanted)
    return str(client.ask("POST", "/imports/files", Content(data), query={"name": shown(address)})["id"])


def _secret(path: Path | None) -> str:
    return "" if path is None else path.read_text("utf-8").strip("\r\n")


def _watched(client: Client, view: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """Return the import once it is over; says meanwhile how far it is."""
    said = ""
    while view["state"] in _OPEN:
        sleep(_PAUSE_SECONDS)
        view = client.get(f"/imports/{part(view['id'])}")
        now = f"{view['state']}: {view['found']} found, {view['imported']} imported"
        if now != said and not quiet:
            said = now
            _say(now)
    if said and sys.stderr.isatty():
        click.echo(err=True)
    return view


def _say(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)
    else:
        render.notice(text)


def _reckoning(view: dict[str, Any], skipped: list[dict[str, Any]], columns: dict[str, Any] | None) -> dict[str, Any]:
    return {
        **({} if columns is None else {"fields": columns["items"]}),
        "import_id": view["id"],
        "found": view["found"],
        "imported": view["imported"],
        "skipped": [{"ref": item["ref"], "reason": item["reason"]} for item in skipped],
        "already": view["already"],
        "format": view["format"],
        "dry_run": view["dry_run"],
        "kinds": view["kinds"],
    }


def _show(view: dict[str, Any], skipped: list[dict[str, Any]], columns: dict[str, Any] | None) -> None:
    heads = ("", "found", "imported", "already", "skipped")
    rows = [[kind, *(counts[name] for name in heads[1:])] for kind, counts in view["kinds"].items()]
    render.table(heads, [*rows, ["all", *(view[name] for name in heads[1:])]])
    for item in skipped[:_SHOWN]:
        render.notice(f"skipped: {item['ref']}: {item['reason']}")
    if len(skipped) > _SHOWN:
        render.notice(f"and {len(skipped) - _SHOWN} more: mecum import files --json says all of them")
    if columns is not None:
        _show_columns(view, columns["items"])
    if view["dry_run"]:
        render.notice("a dry run: nothing was stored")
    else:
        render.notice(f"to take it back: mecum import undo {view['id']}")


def _show_columns(view: dict[str, Any], items: list[dict[str, Any]]) -> None:
    unequal = [one["name"] for one in items if one["equal"] is False]
    kept = [f"{one['name']} ({one['reported']})" for one in items if one["reported"]]
    render.notice(f"{len(items)} columns; stored otherwise than they came: {', '.join(unequal) or 'none'}")
    if kept:
        render.notice(f"kept, and behaving as by default: {', '.join(kept)}")
    render.notice(f"each with count, nulls and hash: mecum import fields {view['id']}")


def _failure(view: dict[str, Any]) -> Exception:
    if view["state"] == "cancelled":
        return ImportIncomplete("The import was stopped.")
    if not view["code"] or not view["kind"]:
        return ImportIncomplete(view["detail"])
    return Refusal({"code": view["code"], "detail": view["detail"]}, kind_of(view["kind"]))
