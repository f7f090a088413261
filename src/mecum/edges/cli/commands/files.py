"""`mecum files`: files for conversations."""

from pathlib import Path

import click

from mecum.edges.cli import compose, render
from mecum.edges.cli.client import part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options


@click.group("files", cls=Group)
def command() -> None:
    """Add files and fetch them back."""


@command.command("add")
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.pass_context
def add(context: click.Context, paths: tuple[Path, ...]) -> None:
    """Store files and print their ids."""
    with connect(Options.of(context)) as client:
        items = [compose.upload_file(client, path) for path in paths]
    if Options.of(context).json:
        render.json({"items": items})
        return
    render.table(("id", "name", "type", "bytes"), ((i["id"], i["name"], i["media_type"], i["size"]) for i in items))


@command.command("get")
@click.argument("file_id", metavar="FIL")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to FILE (- is standard output).",
)
@click.pass_context
def get(context: click.Context, file_id: str, output: Path | None) -> None:
    """Fetch a file, to standard output or a file. With --json, what is known about it."""
    with connect(Options.of(context)) as client:
        if Options.of(context).json:
            render.json(client.get(f"/files/{part(file_id)}"))
            return
        with client.begin("GET", f"/files/{part(file_id)}/content", headers={"Accept": "*/*"}) as arriving:
            render.save(arriving, output)
