"""`mecum jobs`: background work."""

from collections.abc import Sequence
from typing import Any, Final

import click

from mecum.edges.cli import render
from mecum.edges.cli.client import part
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Group, Options

_STATES: Final = ("queued", "running", "done", "failed", "cancelled")
_JOB = click.argument("job", metavar="JOB")


@click.group("jobs", cls=Group)
def command() -> None:
    """See what is done in the background, stop it, have it done again.

    JOB is an id as `list` prints it.
    """


@command.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Those in this state; repeatable.")
@click.option("--kind", help="Those of this kind, as `transfer.import`.")
@click.option("--all", "everything", is_flag=True, help="Also those that come round by themselves.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most.")
@click.pass_context
def listed(context: click.Context, states: Sequence[str], kind: str | None, everything: bool, limit: int) -> None:
    """List jobs, the newest first. What is over is kept for a week."""
    scheduled = None if everything else False
    with connect(Options.of(context)) as client:
        items = list(client.items("/jobs", limit, state=list(states) or None, kind=kind, scheduled=scheduled))
    if Options.of(context).json:
        render.json({"items": items})
        return
    render.table(("job", "kind", "state", "progress", "attempts", "since", "what went wrong"), map(_row, items))


@command.command("show")
@_JOB
@click.pass_context
def show(context: click.Context, job: str) -> None:
    """Print where a job stands."""
    with connect(Options.of(context)) as client:
        found: dict[str, Any] = client.get(f"/jobs/{part(job)}")
    _print(context, found)


@command.command("cancel")
@_JOB
@click.pass_context
def cancel(context: click.Context, job: str) -> None:
    """Stop a job, or see to it that it does not begin."""
    _do(context, job, "cancel", "Cancelled")


@command.command("retry")
@_JOB
@click.pass_context
def retry(context: click.Context, job: str) -> None:
    """Run a job again that failed or was cancelled; or now, one that waits for its next attempt."""
    _do(context, job, "retry", "Begins again")


def _do(context: click.Context, job: str, what: str, said: str) -> None:
    with connect(Options.of(context)) as client:
        found: dict[str, Any] = client.ask("POST", f"/jobs/{part(job)}/{what}")
    if Options.of(context).json:
        render.json(found)
    else:
        render.line(f"{said}: {found['id']} ({found['kind']}).")


def _print(context: click.Context, found: dict[str, Any]) -> None:
    if Options.of(context).json:
        render.json(found)
        return
    whose = "you" if found["of"] == "you" else "the instance"
    facts: list[tuple[str, object]] = [
        ("job", found["id"]),
        ("kind", found["kind"]),
        ("asked for by", whose),
        ("state", found["state"]),
        ("progress", _progress(found)),
        ("attempts", _attempts(found)),
        ("asked for at", found["created_at"]),
        ("to begin at", found["run_at"]),
        ("over at", found["finished_at"]),
        ("what went wrong", found["detail"]),
    ]
    render.table(("", ""), [(name, value) for name, value in facts if value])


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    wrong = one["detail"] or ""
    return one["id"], one["kind"], one["state"], _progress(one), _attempts(one), one["created_at"], wrong


def _progress(one: dict[str, Any]) -> str:
    if one["state"] == "done":
        # What was told last may be short of the end.
        return ""
    progress: dict[str, Any] = one["progress"]
    done, of = progress["done"], progress["of"]
    amount = f"{100 * done / of:.0f} %" if done is not None and of else "" if done is None else f"{done:g}"
    return " ".join(word for word in (progress["says"], amount) if word)


def _attempts(one: dict[str, Any]) -> str:
    return f"{one['attempts']} of {one['most_attempts']}" if one["most_attempts"] else str(one["attempts"])
