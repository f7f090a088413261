"""`mecum worker`."""

import os

import click

from mecum.edges.cli import options, render
from mecum.edges.cli.connect import load
from mecum.edges.cli.options import Options


@options.command("worker", here=True)
@click.option("--concurrency", type=click.IntRange(1, 64), help="The most jobs at a time (default 2).")
def command(context: click.Context, concurrency: int | None) -> None:
    """Do background work in a process of its own, until Ctrl-C.

    Any number of workers may share a PostgreSQL database and the data folder of its server; what one that dies was
    doing is done by another one. An embedded store needs none: its server does the jobs.
    """
    from mecum.edges.worker.process import work  # noqa: PLC0415 - help needs none of it

    given = Options.of(context)
    settings = load(given) if concurrency is None else load(given, jobs={"concurrency": concurrency})

    def announce(kinds: list[str]) -> None:
        if given.json:
            render.json_line({"pid": os.getpid(), "data_dir": str(settings.data_dir), "kinds": kinds})
        else:
            render.line(f"Working for {settings.data_dir}: {', '.join(kinds)}. Ctrl-C stops it.")

    work(settings, announce)
