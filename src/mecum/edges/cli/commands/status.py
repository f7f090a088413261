"""`mecum status`."""

from typing import Any

import click

from mecum.edges.cli import machine, options, render
from mecum.edges.cli.commands.privacy import SAYS
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Options


@options.command("status")
def command(context: click.Context) -> None:
    """Print what this instance is, its machine and how that fares, which models fill roles, and what may leave."""
    with connect(Options.of(context)) as client:
        system, hardware, models = client.get("/system"), client.get("/hardware"), client.get("/models")
        roles, policy = client.get("/roles"), client.get("/privacy/policy")
    if Options.of(context).json:
        told = {"system": system, "hardware": hardware, "models": models, "roles": roles, "policy": policy}
        render.json(told)
        return
    chosen = models["default"]
    answers = "nothing answers" if chosen is None else f"{chosen['ref']} answers by itself ({chosen['reason']})"
    rows = [("version", system["version"]), ("data folder", system["data_folder"]), ("network", system["network"])]
    rows += [*machine.lines(hardware), ("models", f"{len(models['items'])}; {answers}")]
    filled = [one for one in roles["items"] if one["chosen"] is not None]
    rows += [("roles", f"{len(filled)} of {len(roles['items'])} filled")]
    rows += [(f"role {one['role']}", _role(one)) for one in roles["items"] if one["chosen"] or one["problem"]]
    rows += [("policy", SAYS[policy["mode"]])]
    rows += [(model["ref"], model["fit_reason"]) for model in models["items"] if model["fit_reason"]]
    render.table(("what", "is"), rows)


def _role(one: dict[str, Any]) -> str:
    """A role that lacks something says so behind its model."""
    return " · ".join(word for word in (one["chosen"], one["problem"]) if word)
