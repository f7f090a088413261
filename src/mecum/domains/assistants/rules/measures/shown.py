"""Figures in the facets they belong to: beside what was imported, not in the place of it in the store."""

from collections.abc import Mapping
from typing import Any


def fields(stored: Mapping[str, Any], measured: Mapping[str, Any], at: str | None) -> dict[str, Any]:
    """Return the fields of a facet, a figure in the place of what is stored where there is one, and `measured`: how."""
    found = {name: one for name, one in measured.items() if name in stored}
    how = {
        name: {"method": one["method"], "explanation": one["explanation"], "at": at, "imported": stored[name]}
        for name, one in found.items()
    }
    return {**stored, **{name: one["value"] for name, one in found.items()}, "measured": how}
