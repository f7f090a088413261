"""Versions: what an assistant was at one, and what is different between two."""

from collections.abc import Iterable, Mapping
from typing import Any

from mecum.domains.assistants.rules.values import State

CORE = "core"
States = dict[str, State]
"""The state of each facet, the slim core among them."""


def folded(changes: Iterable[Mapping[str, State]]) -> States:
    """Return the whole state after these changes, the oldest first."""
    whole: States = {}
    for change in changes:
        whole.update(change)
    return whole


def difference(before: States, after: States) -> list[dict[str, Any]]:
    """Return what is different: `{facet, field, before, after}`, null where there is nothing."""
    found: list[dict[str, Any]] = []
    for facet in dict.fromkeys([*before, *after]):
        old, new = before.get(facet, {}), after.get(facet, {})
        found += [
            {"facet": facet, "field": name, "before": old.get(name), "after": new.get(name)}
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name)
        ]
    return found


def summary(state: Mapping[str, State]) -> list[str]:
    """Return the facets a change touched."""
    return list(state)
