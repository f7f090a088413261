"""What `mecum upgrade` and `mecum downgrade` share."""

from pathlib import Path
from typing import Any

import click

from mecum.edges.cli import render
from mecum.edges.cli.connect import load
from mecum.edges.cli.held import held
from mecum.edges.cli.options import Options


def change(context: click.Context, to: str | None, *, only_look: bool, lossy: bool, down: bool) -> None:
    """Bring the store to a schema, or say what that would do."""
    from mecum.bootstrap import upkeep  # noqa: PLC0415 - help needs none of it

    given = Options.of(context)
    settings = load(given)

    def told(says: str) -> None:
        if not given.json:
            render.notice(f"{says} …")

    with held(settings, "change its schema"):
        upgrade = upkeep.upgrade_of(settings, upkeep.keys_of(settings), told)
        plan = upgrade.preflight(to)
        wanted = upkeep.one_below(plan.at) if down and to is None else plan.to
        _require_way(context, plan.at, wanted, down)
        if only_look:
            plan = upgrade.preflight(wanted)
            _show(given, {"at": plan.at, "to": plan.to, "steps": plan.steps, "free": plan.free, "needed": plan.needed})
            return
        done = upgrade.run(wanted, lossy=lossy)
    found: dict[str, Any] = {"at": done.at, "to": done.to, "steps": done.steps, "lost": dict(done.lost)}
    _show(given, {**found, "snapshot": None if done.snapshot is None else str(Path(done.snapshot))})


def _require_way(context: click.Context, at: str | None, to: str, down: bool) -> None:
    if at is None:
        raise click.UsageError("There is no store yet: `mecum serve` makes one.", context)
    if down and to > at:
        raise click.UsageError(f"The store is at {at}: `mecum upgrade` leads to {to}.", context)
    if not down and to < at:
        raise click.UsageError(f"The store is at {at}: `mecum downgrade` leads to {to}.", context)


def _show(given: Options, found: dict[str, Any]) -> None:
    if given.json:
        render.json(found)
        return
    if not found["steps"]:
        render.line(f"Nothing to do: the store is at {found['at']}.")
        return
    if "needed" in found:
        said = f"{found['needed'] / 1e6:.0f} MB are needed, {found['free'] / 1e6:.0f} MB are free; the store is sound."
        render.line(f"From {found['at']} to {found['to']}: {said}")
        return
    render.line(f"The store is at {found['to']}; it was at {found['at']}. Every row was compared.")
    for place, rows in found["lost"].items():
        render.line(f"Only in the copy: {rows} rows of {place}.")
    if found["snapshot"]:
        render.line(f"The copy from before is {found['snapshot']}; `mecum restore` takes it.")
