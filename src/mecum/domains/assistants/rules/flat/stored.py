"""What a brought-in row becomes: rows of the core, the facets, the first version, as the columns store them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from mecum.domains.assistants.model import FACETS, FIELDS
from mecum.domains.assistants.rules.flat.rows import Brought
from mecum.domains.assistants.rules.history import CORE
from mecum.kernel import clock

_NO_FIELDS: Final[dict[str, dict[str, Any]]] = {
    facet: {"version": 1, **dict.fromkeys(("unknown", *(field.name for field in fields)))}
    for facet, fields in FIELDS.items()
}
_KINDS: Final = {facet: {field.name: field.kind for field in fields} for facet, fields in FIELDS.items()}
_MEASURED: Final = {
    facet: frozenset(field.name for field in fields if field.writer == "measured") for facet, fields in FIELDS.items()
}
_JSON: Final = frozenset({"list", "map", "list_or_map"})
Tables = dict[str, list[dict[str, Any]]]


def core_row(made: Brought, assistant_id: str, slug: str, parent: str | None, now: str) -> dict[str, Any]:
    """Return the row of the core, and note in `made` what a column said that it could not have."""
    moments = {name: getattr(made, name) or now for name in ("created_at", "updated_at")}
    for name, stored in {**moments, "slug": slug}.items():
        if name in made.said and made.said[name] != stored:
            made.exact[name] = (made.exact.get(name, (made.said[name],))[0], stored)
    return {
        "id": assistant_id,
        "slug": slug,
        "name": made.name,
        "status": "active" if made.active else "archived",
        "is_demo": made.demo,
        "parent_assistant": parent,
        "current_project": None,
        "version": 1,
        "revision": 1,
        "legacy": text_of(made.legacy),
        **{name: milliseconds(moment) for name, moment in moments.items()},
        "deleted_at": None,
    }


def facet_rows(made: Brought, assistant_id: str) -> dict[str, dict[str, Any]]:
    """Return the row of each facet."""
    rows: dict[str, dict[str, Any]] = {}
    for facet in FACETS:
        kinds, row = _KINDS[facet], {**_NO_FIELDS[facet], "assistant_id": assistant_id}
        for name, value in made.states[facet].items():
            kind = kinds[name]
            row[name] = milliseconds(value) if kind == "moment" else text_of(value) if kind in _JSON else value
        if facet in made.odd:
            row["unknown"] = text_of(made.odd[facet])
        rows[facet] = row
    return rows


def version_row(made: Brought, core: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return the row of the first version: what a person or its life decided, nothing that was measured."""
    names = ("name", "slug", "status", "is_demo", "parent_assistant")
    state: dict[str, Any] = {CORE: {name: core[name] for name in names if core[name] is not None}}
    for facet, fields in made.states.items():
        measured = _MEASURED[facet]
        state[facet] = {name: value for name, value in fields.items() if name not in measured}
    row = {"assistant_id": core["id"], "number": 1, "reason": "imported", "state": text_of(state)}
    return {**row, "created_at": now}


def vector_rows(made: Brought, assistant_id: str) -> list[dict[str, Any]]:
    """Return the row of each vector; which model it is of nobody said, unless a column did."""
    about = {"assistant_id": assistant_id, "model": made.vector_model}
    return [
        {**about, "field": name, "dimension": len(made.said[name]), "data": data} for name, data in made.vectors.items()
    ]


def prompt_rows(prompt_id: str, title: str, text: str, at: int) -> Tables:
    """Return the rows of a prompt with one version."""
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    version = {"prompt_id": prompt_id, "number": 1, "text": text, "sha256": digest, "note": None, "created_at": at}
    return {
        "prompts": [{"id": prompt_id, "title": title, "newest": 1, "created_at": at, "updated_at": at}],
        "prompt_versions": [version],
    }


def text_of(value: Any) -> str | None:
    """Return JSON text, None for nothing."""
    return None if value is None else orjson.dumps(value).decode()


def milliseconds(moment: str) -> int:
    """Return a moment of ISO text as milliseconds since 1970."""
    return clock.to_milliseconds(datetime.fromisoformat(moment))
