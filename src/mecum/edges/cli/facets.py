"""Changing an assistant facet by facet: fields as they are typed, or a whole facet in an editor."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import click
import orjson

from mecum.edges.cli import editing
from mecum.edges.cli.client import Client, part

CORE: Final = ("name", "slug", "status", "is_demo", "parent_assistant", "current_project")
"""The fields that belong to no facet."""
FACETS: Final = ("identity", "configuration", "capabilities", "growth", "quality", "display")


def assigned(client: Client, assistant: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """Send each `FIELD=VALUE` to its facet; return what was answered, by facet."""
    facet_of = {entry["field"]: entry["facet"] for entry in client.get("/assistants/effects")["items"]}
    by_facet: dict[str, dict[str, Any]] = {}
    for given in fields:
        name, separator, value = given.partition("=")
        facet, _, field = name.rpartition(".")
        place = facet or ("" if field in CORE else facet_of.get(field))
        if not separator or place is None:
            raise click.UsageError(f"{given}: say FIELD=VALUE with a field of an assistant.")
        by_facet.setdefault(place, {})[field] = _value(value)
    at = f"/assistants/{part(assistant)}"
    # A new slug last: the others are still found by the old one.
    return {
        facet or "core": client.ask("PATCH", f"{at}/{facet}".rstrip("/"), wanted)
        for facet, wanted in sorted(by_facet.items(), reverse=True)
    }


def edited(client: Client, path: str, found: dict[str, Any], file: Path | None) -> dict[str, Any] | None:
    """Let the person change a facet's fields; return what was answered, None when nothing was changed."""
    facet = path.rpartition("/")[2]
    effects = client.get("/assistants/effects")["items"]
    open_to = [entry["field"] for entry in effects if entry["facet"] == facet and entry["editable"]]
    before = {name: found[name] for name in open_to}
    text = orjson.dumps(before, option=orjson.OPT_INDENT_2).decode()
    with editing.edited(text, file, ".json") as said:
        if said is None or not said.strip():
            return None
        news = _news(before, said)
        if not news:
            return None
        changed: dict[str, Any] = client.ask("PATCH", path, {"version": found["version"], **news})
    return changed


def unknown(changed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the values in a facet, or in several by their names, that are none of their field's choices."""
    for facet in [changed[name] for name in FACETS if name in changed] or [changed]:
        yield from facet.get("unknown") or ()


def behaviour(one: dict[str, Any]) -> str:
    """Return how such a value behaves, as a sentence has it."""
    as_what = one["behaves_as"]
    return "behaves as by default" if as_what is None else f"behaves as {as_what}"


def _news(before: dict[str, Any], said: str) -> dict[str, Any]:
    """Return the fields that are others now; raises what click says of a text that holds none."""
    try:
        wanted = orjson.loads(said)
    except orjson.JSONDecodeError as error:
        raise click.UsageError(f"This is not JSON: {error}.") from error
    if not isinstance(wanted, dict):
        raise click.UsageError("A facet is a JSON object of its fields.")
    said_now = cast("dict[str, Any]", wanted)
    return {name: value for name, value in said_now.items() if before.get(name) != value}


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
