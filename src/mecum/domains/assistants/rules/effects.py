"""The one table of effects: for every field, where it acts, or that it does not yet."""

from dataclasses import dataclass
from typing import Final

from mecum.domains.assistants.model import FIELDS, VECTORS, Effect, Field

NOT_YET: Final = "Kept, and not yet in effect."
SENTENCES: Final[dict[Effect, str]] = {
    "prompt": "Part of the system prompt.",
    "turn": "Decides how an answer is made.",
    "shown": "Shown where the assistant is.",
    "order": "Decides where in lists it stands.",
    "life": "Decides where it comes from and how long it stays.",
    "measured": "Derived from what was measured, where there is enough; part of the system prompt only where "
    "`prompt_measures` names it.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the table."""

    facet: str
    field: Field

    @property
    def sentence(self) -> str:
        """Where the field acts, for people."""
        return NOT_YET if self.field.effect is None else SENTENCES[self.field.effect]


def table() -> list[Entry]:
    """Return every field of every facet, in the order of their declarations."""
    columns = [Entry(facet, field) for facet, fields in FIELDS.items() for field in fields]
    return [*columns, *(Entry("capabilities", field) for field in VECTORS)]
