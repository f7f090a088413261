"""What an import brought that has no field here: kept for the way out, and not in effect."""

from collections.abc import Mapping
from typing import Any, Final, cast

from mecum.domains.assistants.rules.effects import NOT_YET

_NO_EFFECT: Final = (
    "character_book alternate_greetings group_only_greetings post_history_instructions nickname tags creator "
    "character_version creator_notes_multilingual source assets extensions"
).split()
"""Of a character card."""


def brought(legacy: Any) -> list[dict[str, Any]]:
    """Return what of a character card is not in effect: `{name, count, says}`, a lorebook by its entries."""
    card = _object(_object(legacy).get("card"))
    data = _object(card.get("data")) or card
    there = {name: _count(name, data[name]) for name in _NO_EFFECT if data.get(name)}
    return [{"name": name, "count": count, "says": NOT_YET} for name, count in there.items()]


def _count(name: str, value: Any) -> int:
    if name == "character_book":
        value = _object(value).get("entries") or []
    return len(value) if isinstance(value, list | dict) else 1  # pyright: ignore[reportUnknownArgumentType]


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
