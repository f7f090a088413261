"""What a clone and a spawned assistant take over from the one they come from, and what they do not."""

from typing import Any, Final

from mecum.domains.assistants.rules.history import States

_OWN_LIFE: Final = frozenset({"is_featured", "featured_rank", "is_primary", "demo_slug", "expires_at", "is_ephemeral"})
"""The place of one in lists, and its end, are not those of another."""
_CHARACTER: Final = (
    "tone traits values motto archetype archetype_path persona_mode personality personality_description specialty"
).split()


def cloned(states: States, *, source_id: str, source_is_demo: bool) -> States:
    """Return the facets of a clone: all a person decided, nothing that was measured, and no place in lists."""
    display = {name: value for name, value in states["display"].items() if name not in _OWN_LIFE}
    growth: dict[str, Any] = {
        name: value for name, value in states["growth"].items() if name in ("mentor_assistant", "mentor_for_demo_clone")
    }
    if source_is_demo:
        display |= {"is_demo_clone": True}
        if states["display"].get("demo_slug"):
            display |= {"demo_slug": states["display"]["demo_slug"]}
        if growth.pop("mentor_for_demo_clone", False):
            growth["mentor_assistant"] = source_id
    return {
        "identity": dict(states["identity"]),
        "configuration": dict(states["configuration"]),
        "capabilities": dict(states["capabilities"]),
        "growth": growth,
        "quality": {},
        "display": display,
    }


def spawned(states: States, *, source_id: str, reason: str, traits: Any | None) -> States:
    """Return the facets of a spawned assistant: its parent's character and configuration, with what it was given.

    `traits` take the place of the parent's where they are given.
    """
    parent = states["identity"]
    given = parent.get("traits") if traits is None else traits
    identity = {name: parent[name] for name in _CHARACTER if name in parent}
    growth: dict[str, Any] = {"spawned_by": source_id, "spawn_reason": reason}
    if given:
        identity["traits"] = growth["spawned_traits"] = given
    if "tone" in parent:
        growth["inherited_tone"] = parent["tone"]
    return {
        "identity": identity,
        "configuration": dict(states["configuration"]),
        "capabilities": dict(states["capabilities"]),
        "growth": growth,
        "quality": {},
        "display": {},
    }
