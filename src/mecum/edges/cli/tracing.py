"""How an answer was made, as lines for people: which model and what else was considered, what it took and cost."""

from collections.abc import Iterator
from typing import Any, Final

from mecum.edges.cli import render
from mecum.edges.cli.client import Client, part
from mecum.edges.cli.explaining import considered
from mecum.edges.cli.lookup import NoSuchThing
from mecum.edges.cli.options import Options
from mecum.edges.cli.transcript import latest

_RECENT: Final = 20


def trace(client: Client, options: Options, conversation: str, message: str | None) -> None:
    """Print how a message of a conversation was made, or its latest answer; raises NoSuchThing."""
    run = client.get(f"/runs/{part(_run_of(client, conversation, message))}")
    if options.json:
        render.json(run)
        return
    render.table(("what", "value"), _facts(run))
    if (selection := run["selection"]) is not None:
        render.line(f"Considered for {selection['role']}, as it was then:")
        render.table(("model", "rule", "why"), considered(selection["considered"]))


def _run_of(client: Client, conversation: str, message: str | None) -> str:
    for one in reversed(latest(client, conversation, _RECENT if message is None else None)):
        if one.get("run_id") and message in (None, one["id"]) and one["role"] == "assistant":
            return str(one["run_id"])
    what = "no answer" if message is None else f"no answer {message} on its present branch"
    raise NoSuchThing(f"The conversation has {what}; `mecum conversations show --json` has the ids of its messages.")


def _facts(run: dict[str, Any]) -> Iterator[tuple[str, object]]:
    cost, error = run["cost"], run["error"]
    counted: dict[str, Any] = run["usage"] or {}
    usage = (f"{name} {value}" for name, value in counted.items() if isinstance(value, int))
    told = {
        "model": run["model"],
        "why": run["model_reason"],
        "in the place of": run["stood_in_for"],
        "answered by": run["served_by"],
        "state": run["status"],
        "error": None if error is None else f"{error['message']} ({error['code']})",
        "usage": ", ".join(usage) or None,
        "cost": None if cost is None else f"{cost['amount']:.6f} {cost['currency']}",
        "began": run["started_at"],
        "ended": run["finished_at"],
        "run": run["id"],
    }
    return ((name, value) for name, value in told.items() if value is not None)
