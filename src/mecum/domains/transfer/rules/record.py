"""A conversation between formats: plain values, no rows; and the report that goes along."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
ROLES = frozenset({"user", "assistant", "system", "tool"})
STATES = frozenset({"complete", "interrupted", "failed", "cancelled"})
MODES = frozenset({"chat", "raw"})


@dataclass(slots=True)
class Report:
    """What was carried, and, counted by its reason, what was not."""

    messages: int = 0
    parts: int = 0
    _lost: Counter[str] = field(default_factory=Counter[str])

    def lose(self, what: str, times: int = 1) -> None:
        """Note something that was not carried; `what` is a phrase in the plural, `times` how often."""
        if times:
            self._lost[what] += times

    def count(self, messages: list[Json]) -> None:
        """Count what is carried."""
        self.messages += len(messages)
        self.parts += sum(len(message["parts"]) for message in messages)

    @property
    def notes(self) -> list[str]:
        """One sentence for every kind of loss."""
        return [f"{what}: {times}" for what, times in self._lost.items()]

    def view(self) -> Json:
        """Return the report as the wire shows it."""
        return {"messages": self.messages, "parts": self.parts, "notes": self.notes}


@dataclass(slots=True)
class Record:
    """A conversation: its fields, its messages parents first, its files by id, the ids of the current branch."""

    conversation: Json
    messages: list[Json]
    files: dict[str, Json] = field(default_factory=dict[str, Json])
    branch: list[str] = field(default_factory=list[str])

    def current(self) -> list[Json]:
        """Return the messages of the current branch, oldest first."""
        by_id = {message["id"]: message for message in self.messages}
        return [by_id[message_id] for message_id in self.branch]
