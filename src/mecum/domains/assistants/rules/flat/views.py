"""An assistant by its flat names: what each says now, whether it came from such a table or was made here."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from mecum.domains.assistants.rules.flat.names import FIELD_OF, NAMES
from mecum.domains.assistants.rules.flat.table import RELATIONS
from mecum.domains.assistants.rules.flat.values import plain_number, shown
from mecum.kernel import clock

_RELATED: Final = {
    "parent_assistant": ("core.parent_assistant", "parent.original"),
    "mentor_assistant": ("growth.mentor_assistant", "mentor.original"),
    "spawned_by": ("growth.spawned_by", "spawned_by.original"),
    "system_prompt": ("configuration.system_prompt", "prompt.original"),
}
_MOMENTS: Final = ("created_at", "updated_at")


def flat_view(row: Mapping[str, Any], vectors: Mapping[str, list[float]]) -> dict[str, Any]:
    """Return every flat name with its value, and whatever else its row had.

    `row` has the whole core and all facets by names such as `core.slug` and `identity.tone`, `core.legacy`, and the ids
    there of what it is related to (`arrival.original`, `parent.original` …).
    """
    came = row["arrival.original"] is not None
    legacy: dict[str, dict[str, Any]] = orjson.loads(row["core.legacy"]) if row["core.legacy"] else {}
    homeless, exact, refs = (legacy.get(part) or {} for part in ("flat", "exact", "refs"))
    now = {**_BARE, **_core(row)}
    for name, key, convert, default in _COLUMNS:
        value = row[key]
        if value is not None:
            now[name] = value if convert is None else convert(value)
        elif not came:
            now[name] = default
    for name, facet in _REFERENCES:
        now[name] = _reference(row, facet, name)
    kept = _kept(row)
    now |= kept
    now |= vectors
    for name, original in refs.items():
        if now.get(name) is None:
            now[name] = shown(original)
    for name, (said, stored) in exact.items():
        if name not in kept and name not in vectors and now.get(name) == stored:
            now[name] = said
    return now | homeless


def _core(row: Mapping[str, Any]) -> dict[str, Any]:
    original = row["arrival.original"]
    found = {
        "id": row["core.id"] if original is None or original.startswith("row:") else shown(original),
        "slug": row["core.slug"],
        "name": row["core.name"],
        "is_active": row["core.status"] == "active",
        "is_demo": bool(row["core.is_demo"]),
        "parent_assistant": _related(row, "parent_assistant"),
        "current_project": row["core.current_project"],
    }
    if original is None:
        found["created_by"] = row["core.person_id"]
    return found | {name: clock.iso(row[f"core.{name}"]) for name in _MOMENTS}


def _reference(row: Mapping[str, Any], facet: str, name: str) -> Any:
    if name in _RELATED:
        return _related(row, name)
    stored: str | None = row[f"{facet}.{name}"]
    start = f"{RELATIONS[name]}/"
    return shown(stored.removeprefix(start)) if stored is not None and stored.startswith(start) else stored


def _related(row: Mapping[str, Any], name: str) -> Any:
    ours, there = _RELATED[name]
    original: str | None = row[there]
    return shown(original) if original is not None and not original.startswith("row:") else row[ours]


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was brought in for fields and is none of their values."""
    kept: dict[str, Any] = {}
    for facet in ("identity", "configuration", "capabilities", "growth", "quality", "display"):
        stored = row[f"{facet}.unknown"]
        if stored:
            kept |= orjson.loads(stored)
    return kept


def _loaded(stored: Any) -> Any:
    return orjson.loads(stored) if isinstance(stored, str) else stored


_CONVERTED: Final[dict[str, Callable[[Any], Any]]] = {
    "flag": bool,
    "number": plain_number,
    "moment": clock.iso,
    "list": _loaded,
    "map": _loaded,
    "list_or_map": _loaded,
}
_COLUMNS: Final = [
    (name, f"{facet}.{name}", _CONVERTED.get(field.kind), field.default)
    for name, (facet, field) in FIELD_OF.items()
    if field.kind != "vector" and name not in RELATIONS
]
_REFERENCES: Final = [(name, facet) for name, (facet, _) in FIELD_OF.items() if name in RELATIONS]
_BARE: Final[dict[str, Any]] = dict.fromkeys(NAMES)
