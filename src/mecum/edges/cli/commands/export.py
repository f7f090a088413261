"""`mecum export`."""

import sys
from pathlib import Path
from typing import Any

import click

from mecum.edges.cli import options, render
from mecum.edges.cli.client import Client
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Options


@options.command("export")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE (ZIP)."
)
@click.option("--contents", is_flag=True, help="Only say what would be in it, and what would not.")
def command(context: click.Context, output: Path | None, contents: bool) -> None:
    """Write out everything that is yours: a ZIP with it in our loss-free JSON, files included.

    Projects, prompts, profiles, what you chose for yourself, assistants and conversations; `mecum import` takes it in.
    It is in the clear. The same record gives the same bytes. The trash is not in it, and no secret is.
    """
    options_ = Options.of(context)
    if contents:
        with connect(options_) as client:
            _show(client, as_json=options_.json)
        return
    if output is None and sys.stdout.isatty():
        raise click.UsageError("A ZIP is no text: name a file with -o.", context)
    with connect(options_) as client:
        with client.begin("GET", "/export", headers={"Accept": "*/*"}, timeout=3600) as arriving:
            render.save(arriving, output)
        held: dict[str, Any] = client.get("/export/contents") if output is not None else {}
    if output is None:
        return
    output.chmod(0o600)
    if options_.json:
        said = {"contents": held["contents"], "trash": held["trash"]}
        render.json({"file": str(output), "bytes": output.stat().st_size, **said})
    elif trash := _counted(held["trash"]):
        render.notice(f"The trash is not in it: {trash}.")


def _show(client: Client, *, as_json: bool) -> None:
    held: dict[str, Any] = client.get("/export/contents")
    if as_json:
        render.json(held)
        return
    render.table(("kind", "in it", "in the trash"), _rows(held))
    for one in held["left_out"]:
        render.line(f"Not in it: {one['what']}: {one['reason']}.")


def _rows(held: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(kind, many, held["trash"].get(kind, 0)) for kind, many in sorted(held["contents"].items())]


def _counted(trash: dict[str, int]) -> str:
    return ", ".join(f"{many} {kind}{'s' if many > 1 else ''}" for kind, many in sorted(trash.items()) if many)
