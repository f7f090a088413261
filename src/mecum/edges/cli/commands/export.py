"""`mecum export`."""

import sys
from pathlib import Path

import click

from mecum.edges.cli import options, render
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Options


@options.command("export")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to FILE (ZIP)."
)
def command(context: click.Context, output: Path | None) -> None:
    """Write out everything that is yours: a ZIP with every conversation in our loss-free JSON.

    It is in the clear. The same record gives the same bytes.
    """
    if output is None and sys.stdout.isatty():
        raise click.UsageError("A ZIP is no text: name a file with -o.", context)
    with (
        connect(Options.of(context)) as client,
        client.begin("GET", "/export", headers={"Accept": "*/*"}, timeout=3600) as arriving,
    ):
        render.save(arriving, output)
    if output is not None:
        output.chmod(0o600)
        if Options.of(context).json:
            render.json({"file": str(output), "bytes": output.stat().st_size})
