"""`mecum version`."""

import click

from mecum import __version__
from mecum.edges.cli import options, render
from mecum.edges.cli.options import Options


@options.command("version")
def command(context: click.Context) -> None:
    """Print the version."""
    if Options.of(context).json:
        render.json({"version": __version__})
    else:
        render.line(f"mecum {__version__}")
