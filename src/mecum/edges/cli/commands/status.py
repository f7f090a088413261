"""`mecum status`."""

import click

from mecum.edges.cli import machine, options, render
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Options


@options.command("status")
def command(context: click.Context) -> None:
    """Print what this instance is, the machine it runs on and how that fares, and which model answers."""
    with connect(Options.of(context)) as client:
        system, hardware, models = client.get("/system"), client.get("/hardware"), client.get("/models")
    if Options.of(context).json:
        render.json({"system": system, "hardware": hardware, "models": models})
        return
    chosen = models["default"]
    answers = "nothing answers" if chosen is None else f"{chosen['ref']} answers by itself ({chosen['reason']})"
    rows = [("version", system["version"]), ("data folder", system["data_folder"]), ("network", system["network"])]
    rows += [*machine.lines(hardware), ("models", f"{len(models['items'])}; {answers}")]
    rows += [(model["ref"], model["fit_reason"]) for model in models["items"] if model["fit_reason"]]
    render.table(("what", "is"), rows)
