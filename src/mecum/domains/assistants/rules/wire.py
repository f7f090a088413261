"""From a row of a view to what the wire shows of an assistant."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from mecum.domains.assistants.model import FACETS, FIELDS
from mecum.domains.assistants.rules.brought import brought
from mecum.domains.assistants.rules.measures import shown
from mecum.domains.assistants.rules.template import composed
from mecum.domains.assistants.rules.values import State, effective, reports, to_wire
from mecum.kernel import clock

_MOMENTS: Final = ("created_at", "updated_at")
_BY_NAME: Final = {facet: {field.name: field for field in fields} for facet, fields in FIELDS.items()}


def core_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the slim core."""
    deleted = row["core.deleted_at"]
    return {
        "id": row["core.id"],
        "slug": row["core.slug"],
        "name": row["core.name"],
        "status": row["core.status"],
        "is_active": row["core.status"] == "active",
        "is_demo": bool(row["core.is_demo"]),
        "parent_assistant": row["core.parent_assistant"],
        "current_project": row["core.current_project"],
        "created_by": row["core.person_id"],
        "version": row["core.version"],
        "revision": row["core.revision"],
        **{name: clock.iso(row[f"core.{name}"]) for name in _MOMENTS},
        "deleted_at": None if deleted is None else clock.iso(deleted),
    }


def shown_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item of a list or a card: the core and the fields that are shown, side by side."""
    view = core_view(row)
    for name, value in row.items():
        facet, _, field = name.partition(".")
        if facet in FACETS:
            view[field] = _shown(facet, field, value)
    if "children.count" in row:
        measured = figures_in(row)
        view |= {name: one["value"] for name, one in measured.items() if name in view}
        view |= {
            "prompt_title": row["configuration.prompt_title"] or row["prompt.title"],
            "parent": _named(row, "parent"),
            "mentor": _named(row, "mentor"),
            "children": row["children.count"],
        }
    return view


def state_of(row: Mapping[str, Any], facet: str) -> State:
    """Return the fields of a whole facet as the wire has them, what is null left out."""
    found = {field.name: to_wire(field, row[f"{facet}.{field.name}"]) for field in FIELDS[facet]}
    return {name: value for name, value in found.items() if value is not None}


def facet_view(row: Mapping[str, Any], facet: str) -> dict[str, Any]:
    """Return a whole facet: its version, its fields (null shows the default), and what is none of their values."""
    state = state_of(row, facet)
    fields = {field.name: state.get(field.name, field.default) for field in FIELDS[facet]}
    if "measures.body" in row and facet in ("growth", "quality"):
        fields = shown.fields(fields, figures_in(row), _at(row))
    return {"version": row[f"{facet}.version"], **fields, "unknown": reports(facet, state, kept_in(row, facet))}


def answering(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return how an assistant answers, from a row of the view `chat`: everything of it that acts in a turn.

    Where it names figures for its prompt, `measures.body` is beside the columns of the view.
    """
    identity, configuration = (effective(facet, state_of(row, facet)) for facet in ("identity", "configuration"))
    return {
        "model": configuration["preferred_model"],
        "temperature": configuration["temperature"],
        "prompt": composed(row["core.name"], identity, configuration, row["prompt.text"], figures_in(row)),
        "recalls": configuration["memory_summon_enabled"],
    }


def chat_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody who chats with it needs: how it answers, and what it says first."""
    identity, display = (effective(facet, state_of(row, facet)) for facet in ("identity", "display"))
    return {
        **core_view(row),
        "avatar": identity["avatar"],
        "specialty": identity["specialty"],
        **answering(row),
        "intro": identity["intro_text"] if display["show_intro_splash"] else None,
    }


def full_view(row: Mapping[str, Any], vectors: Mapping[str, Any], children: list[dict[str, Any]]) -> dict[str, Any]:
    """Return everything there is of an assistant; of vectors their model and dimension."""
    facets = {facet: facet_view(row, facet) for facet in FACETS}
    facets["capabilities"]["vectors"] = dict(vectors)
    prompt_id, number = row["configuration.system_prompt"], row["configuration.prompt_version"]
    prompt = {"id": prompt_id, "version": number, "title": row["prompt.title"], "text": row["prompt.text"]}
    return {
        **core_view(row),
        **facets,
        "prompt": prompt if row["prompt.text"] is not None else None,
        "parent": _named(row, "parent"),
        "mentor": _named(row, "mentor"),
        "spawned_by": _named(row, "spawned_by"),
        "children": children,
        "brought": brought(_parsed(row["core.legacy"])),
    }


def _shown(facet: str, name: str, stored: Any) -> Any:
    field = _BY_NAME[facet][name]
    value = to_wire(field, stored)
    return field.default if value is None else value


def wants_figures(row: Mapping[str, Any]) -> bool:
    """Whether an assistant names figures for its prompt, from a row with its configuration."""
    return row["configuration.prompt_measures"] not in (None, "[]")


def figures_in(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of an assistant that are kept, by their fields; none where the row does not hold them."""
    stored = row.get("measures.body")
    fields: dict[str, Any] = orjson.loads(stored)["fields"] if stored is not None else {}
    return fields


def _parsed(stored: Any) -> Any:
    return orjson.loads(stored) if isinstance(stored, str | bytes) else stored


def _at(row: Mapping[str, Any]) -> str | None:
    return None if row["measures.at"] is None else clock.iso(row["measures.at"])


def _named(row: Mapping[str, Any], relation: str) -> dict[str, Any] | None:
    named = {name: row[f"{relation}.{name}"] for name in ("id", "slug", "name")}
    return None if named["id"] is None else named


def kept_in(row: Mapping[str, Any], facet: str) -> dict[str, Any]:
    """Return what was brought in for fields of a facet and is no value of theirs."""
    stored = row[f"{facet}.unknown"]
    kept: dict[str, Any] = orjson.loads(stored) if isinstance(stored, str) else {}
    return kept
