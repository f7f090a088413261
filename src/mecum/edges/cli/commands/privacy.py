"""`mecum privacy`: what may leave this machine, and what left it."""

from typing import Any

import click

from mecum.edges.cli import render
from mecum.edges.cli.client import part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options

_MODES = {"local": "local_only", "ask": "ask", "cloud": "cloud_unless_sensitive"}
SAYS = {
    "local_only": "local only: nothing beyond this machine and the private addresses you agreed to",
    "ask": "ask: only to model servers you agreed to",
    "cloud_unless_sensitive": "cloud for what is not sensitive: as `ask`, until sensitive text can be told apart",
}

_REFUSALS = {"local_only": "local only", "no_consent": "nobody agreed", "unknown": "nobody named it"}


@click.group("privacy", cls=Group)
def command() -> None:
    """Decide what may leave this machine, and see what left it."""


@command.command("policy")
@click.argument("mode", type=click.Choice(list(_MODES)), required=False)
@click.pass_context
def policy(context: click.Context, mode: str | None) -> None:
    """Print what may leave, or change it: `local`, `ask`, or `cloud` for what is not sensitive."""
    with connect(Options.of(context)) as client:
        if mode is None:
            found = client.get("/privacy/policy")
        else:
            found = client.ask("PUT", "/privacy/policy", {"mode": _MODES[mode]})
    _show(context, found, f"{SAYS[found['mode']]}.")


@command.command("consents")
@click.pass_context
def consents(context: click.Context) -> None:
    """List the model servers beyond this machine, and whether conversations may be sent there."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/privacy/consents"))
    if Options.of(context).json:
        render.json({"items": items})
    else:
        render.table(("endpoint", "place", "may be asked", "why"), map(_row, items))


@command.command("consent")
@click.argument("endpoint")
@click.pass_context
def consent(context: click.Context, endpoint: str) -> None:
    """Agree that conversations are sent to the model server ENDPOINT, until you take it back."""
    with connect(Options.of(context)) as client:
        items = client.ask("POST", "/privacy/consents", {"endpoint": endpoint})["items"]
    given = next(item for item in items if item["endpoint"] == endpoint)
    waits = "" if given["in_force"] else " It is not asked while the policy is local only."
    _show(context, given, f"Conversations may be sent to {endpoint} ({given['place']}).{waits}")


@command.command("withdraw")
@click.argument("endpoint")
@click.pass_context
def withdraw(context: click.Context, endpoint: str) -> None:
    """Take back that anything may be sent to the model server ENDPOINT."""
    with connect(Options.of(context)) as client:
        client.ask("DELETE", f"/privacy/consents/{part(endpoint)}")
    _show(context, {"withdrawn": endpoint}, f"Nothing is sent to {endpoint} any more.")


@command.command("egress")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@click.option("--host", help="Only what went to this host.")
@click.option("--endpoint", help="Only what went to this model server, by its name.")
@click.option("--purpose", help="Only what went for this purpose, such as model.chat.")
@click.option("--data-class", help="Only what held this class of data, such as conversation.")
@click.option("--person", metavar="ID|me|none", help="Only what went for this person; `none` is this instance itself.")
@click.option("--mode", type=click.Choice(list(_MODES)), help="Only what went while this was the policy.")
@click.option("--decision", type=click.Choice(["consent", "settings", "wish"]), help="Only what was let out by this.")
@click.option("--since", metavar="DAY|MOMENT", help="Only from then on: 2026-11-21, or a moment with its time zone.")
@click.option("--until", metavar="DAY|MOMENT", help="Only before then.")
@click.pass_context
def egress(context: click.Context, /, limit: int, mode: str | None, **wanted: str | None) -> None:
    """List what left this machine, and what was not let out, the newest first; a day begins at midnight UTC."""
    with connect(Options.of(context)) as client:
        items = list(client.items("/privacy/egress", limit, mode=_MODES[mode] if mode else None, **wanted))
    if Options.of(context).json:
        render.json({"items": items})
        return
    render.table(("when", "to", "for", "why", "what", "bytes", "answered", "let out by"), map(_left, items))


def _left(item: dict[str, Any]) -> tuple[object, ...]:
    said = item["status"] if item["refusal"] is None else f"not sent: {_REFUSALS[item['refusal']]}"
    whom = item["person"] or item["person_id"] or "Mecum itself"
    what = item["purpose"], item["data_class"], item["bytes_out"]
    return item["at"], item["host"], whom, *what, said, item["decision"]


def _row(item: dict[str, Any]) -> tuple[object, ...]:
    if item["in_force"]:
        why = "the settings agree" if item["from_settings"] else f"agreed {item['given_at']}"
    elif item["consented"]:
        why = "agreed, but the policy is local only"
    else:
        why = f"nobody agreed: mecum privacy consent {item['endpoint']}"
    place = f"{item['place']} (through this machine)" if item["relayed"] else item["place"]
    return item["endpoint"], place, "yes" if item["in_force"] else "no", why


def _show(context: click.Context, value: dict[str, Any], sentence: str) -> None:
    if Options.of(context).json:
        render.json(value)
    else:
        render.line(sentence)
