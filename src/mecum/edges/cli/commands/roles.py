"""`mecum roles`: what models are needed for, and which one fills each role, for a reason."""

from typing import Any

import click

from mecum.edges.cli import own_file, render
from mecum.edges.cli.client import part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.explaining import explain
from mecum.edges.cli.options import Group, Options


@click.group("roles", cls=Group)
def command() -> None:
    """See which model fills each role, and why."""


@command.command("list")
@click.pass_context
def listed(context: click.Context) -> None:
    """List the roles with the model that fills each."""
    with connect(Options.of(context)) as client:
        told = client.get("/roles")
    if Options.of(context).json:
        render.json(told)
        return
    rows = ((one["role"], one["chosen"], one["problem"] or one["reason"]) for one in told["items"])
    render.table(("role", "model", "why"), rows)


@command.command("difficulty")
@click.argument("role")
@click.argument("question", required=False)
@click.option("--strong", help="The model for the harder questions.")
@click.option("--weak", help="The model for all others.")
@click.option("--share", type=click.FloatRange(0, 1), help="The most of all questions that go to the strong one.")
@click.option("--off", is_flag=True, help="Have one model for all of them again.")
@click.pass_context
def difficulty(
    context: click.Context,
    role: str,
    question: str | None,
    strong: str | None,
    weak: str | None,
    share: float | None,
    off: bool,
) -> None:
    """Print which of two models of ROLE would get QUESTION, and why; or set the two models.

    Without any of them, print the two models. What is set goes into `user_models.json`.
    """
    options, path = Options.of(context), ("role_mappings", role, "by_difficulty")
    given: dict[str, Any] = {
        name: value for name, value in (("strong", strong), ("weak", weak), ("share", share)) if value is not None
    }
    with connect(options) as client:
        if question is not None:
            told = client.ask("POST", f"/roles/{part(role)}/difficulty", {"question": question})
            _say(options, told, f"{'strong' if told['strong'] else 'weak'}: {told['reason']}")
            return
        if off or given:
            before: dict[str, Any] = client.get(f"/roles/{part(role)}")["by_difficulty"] or {}
            own_file.put(client, path, None if off else {**before, **given})
        pair = client.get(f"/roles/{part(role)}")["by_difficulty"]
    _say(options, {"role": role, "by_difficulty": pair}, _pair(role, pair))


def _pair(role: str, pair: dict[str, Any] | None) -> str:
    if pair is None:
        return f"{role} has no two models by difficulty."
    return f"{role}: hard questions to {pair['strong']}, at most {pair['share']:.0%}; the others to {pair['weak']}."


def _say(options: Options, value: dict[str, Any], sentence: str) -> None:
    if options.json:
        render.json(value)
    else:
        render.line(sentence)


@command.command("explain")
@click.argument("role")
@click.pass_context
def explained(context: click.Context, role: str) -> None:
    """Print every model that was considered for ROLE, and what took it out."""
    explain(Options.of(context), role)
