"""Figures as a system prompt says them, where an assistant names them: what has no value says nothing."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from mecum.domains.assistants.rules.measures.listed import measures
from mecum.domains.assistants.rules.measures.values import Evidence, Measure, short, some


def said_of(names: Sequence[str], figures: Mapping[str, Any]) -> str:
    """Return the figures of these names as one line, in their order; `figures` are those that are kept, by name."""
    there = [name for name in dict.fromkeys(names) if name in figures and name in _known()]
    return "; ".join(f"{_known()[name].label}: {_said(_known()[name], figures[name]['value'])}" for name in there)


def _said(measure: Measure, value: Any) -> str:
    if measure.unit == "points" and isinstance(value, int):
        return some(value, "point")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {held}" for name, held in cast("Mapping[str, Any]", value).items())
    return str(short(value)) if isinstance(value, float) else str(value).rstrip(".")


@cache
def _known() -> Mapping[str, Measure]:
    """Return every figure there is by its name: what it is called does not depend on what was measured."""
    return {one.name: one for one in measures(Evidence(at=0, answers=(), total=0))}
