"""What the Messages API reports that one of its models can do."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Abilities:
    """None is unknown. `most_tokens`: the longest answer; `efforts`: the levels of effort it takes."""

    most_tokens: int | None = None
    adaptive: bool | None = None
    budgeted: bool | None = None
    efforts: frozenset[str] | None = None
    citations: bool | None = None


UNKNOWN = Abilities()


def abilities_of(entry: dict[str, Any]) -> Abilities:
    """Read an entry of GET /v1/models; a server that only copies the wire reports no capabilities."""
    most = entry.get("max_tokens")
    told: dict[str, Any] | None = entry.get("capabilities")
    if told is None:
        return Abilities(most)
    thinking = _below(_below(told, "thinking"), "types")
    effort = _below(told, "effort")
    return Abilities(
        most_tokens=most,
        adaptive=supported(thinking, "adaptive"),
        budgeted=supported(thinking, "enabled"),
        efforts=frozenset(name for name in ("low", "medium", "high", "xhigh", "max") if supported(effort, name)),
        citations=supported(told, "citations"),
    )


def supported(told: dict[str, Any], name: str) -> bool | None:
    """Return whether a capability is there; None where nothing is said of it."""
    value = _below(told, name).get("supported")
    return value if isinstance(value, bool) else None


def _below(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]
