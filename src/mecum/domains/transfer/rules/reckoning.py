"""The reckoning of an import: found = imported + already there + skipped with a reason, for every kind of thing."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from mecum.domains.transfer.rules.record import Json

KINDS: Final = (
    "conversation", "message", "project", "assistant", "prompt", "profile", "setting", "file", "document"
)  # fmt: skip
Outcome = Literal["imported", "already", "skipped"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("imported", "already", "skipped")


@dataclass(slots=True)
class Reckoning:
    """Counts what became of everything that was found."""

    _counts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def add(self, kind: str, outcome: Outcome, times: int = 1) -> None:
        """Count something that was found."""
        self._counts[kind, outcome] += times

    def become(self, other: "Reckoning") -> None:
        """Take over the counts of another one, whoever counts here."""
        self._counts = other.copy()._counts  # noqa: SLF001 - of its own class

    def copy(self) -> "Reckoning":
        """Return the counts as they are now."""
        return Reckoning(self._counts.copy())

    @property
    def found(self) -> int:
        """Everything so far."""
        return self._counts.total()

    def view(self) -> Json:
        """Return `{kind: {found, imported, already, skipped}}` of every kind that was found."""
        kinds: Json = {}
        for kind in KINDS:
            counts = {outcome: self._counts[kind, outcome] for outcome in OUTCOMES}
            if any(counts.values()):
                kinds[kind] = {"found": sum(counts.values()), **counts}
        return kinds


def totals(kinds: Json) -> Json:
    """Return `{found, imported, already, skipped}` over all kinds."""
    return {name: sum(counts[name] for counts in kinds.values()) for name in ("found", *OUTCOMES)}
