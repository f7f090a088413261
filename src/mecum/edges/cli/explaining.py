"""Why a model fills a role, as lines for people."""

from collections.abc import Iterator
from typing import Any

from mecum.edges.cli import render
from mecum.edges.cli.client import part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Options


def explain(options: Options, role: str) -> None:
    """Print which model fills a role, and what took each other one out."""
    with connect(options) as client:
        told = client.get(f"/roles/{part(role)}")
    if options.json:
        render.json(told)
        return
    chosen = told["chosen"] or "no model"
    render.line(f"{role}: {chosen}. {told['reason']}")
    if told["problem"] and told["problem"] != told["reason"]:
        render.line(told["problem"])
    render.table(("model", "rule", "why"), considered(told["considered"]))
    if any(one["named"] and one["rule"] == "unavailable" for one in told["considered"]):
        render.notice("Try: mecum providers list, then mecum providers test NAME and mecum models refresh")
    if told["problem"]:
        render.notice("Try: mecum providers add NAME URL, or mecum models pull SOURCE")
    elif "choose anew" in told["reason"]:
        render.notice("Try: mecum models refresh")


def considered(models: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield each model that was looked at, the rule that took it out, and why."""
    for one in models:
        yield one["ref"] or one["named"], one["rule"] or "chosen", one["why"]
