"""What a turn takes from an assistant; light, because every process that answers turns loads it."""

from dataclasses import dataclass
from typing import Final

from mecum.domains.assistants.rules.flat import table as flat_table

__all__ = ["END", "LET_GO", "REFERENCE", "Persona", "flat_table"]

REFERENCE: Final = "assistant:"
"""What a model's name begins with when it names an assistant."""

END: Final = "assistants.end"
"""The kind of job that ends an ephemeral assistant, or one that was in the trash long enough."""
MEASURE: Final = "assistants.measure"
"""The kind of job that keeps what was measured of assistants."""

LET_GO: Final = "assistants.let_go"
"""The kind of job that lets go of the rows an import kept as they came."""


@dataclass(frozen=True, slots=True)
class Persona:
    """An assistant as it answers: what follows from all its fields that are in effect in a turn."""

    assistant_id: str
    slug: str
    revision: int
    model: str | None
    """A model's reference or `role:NAME`; None is the role chat."""
    temperature: float | None
    prompt: str
    """The system prompt, put together."""
    recalls: bool
    """Whether passages of the person's own record may be looked up."""
