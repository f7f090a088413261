"""Assistants as they answer: what a turn asks for, and which of them there are to ask."""

from collections.abc import Sequence

from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.assistants.ports import Persona
from mecum.domains.assistants.repository import FIGURES, active, persona
from mecum.domains.assistants.rules.wire import answering, wants_figures
from mecum.infra.storage import Database
from mecum.infra.storage.scope import owner_values
from mecum.kernel.subject import Subject


class Personas:
    """Reads the assistants that turns are answered by, in one look-up each; in two where a prompt names figures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, subject: Subject, reference: str) -> Persona:
        """Return the assistant with this id or slug as it answers; raises AssistantNotFound."""
        names, prepared = persona(reference)
        rows = await self._database.fetch(prepared, {"_reference": reference, **owner_values(subject)})
        if not rows:
            raise AssistantNotFound(f"There is no assistant {reference!r}, or it is in the trash.", assistant=reference)
        row = dict(zip(names, rows[0], strict=True))
        if wants_figures(row):
            kept = await self._database.fetch(FIGURES, {"_id": row["core.id"], **owner_values(subject)})
            row["measures.body"] = kept[0][0] if kept else None
        return Persona(row["core.id"], row["core.slug"], row["core.revision"], **answering(row))

    async def active(self, subject: Subject) -> Sequence[tuple[str, int]]:
        """Return the slug of each active assistant and when it was made (milliseconds), changed last first."""
        rows = await self._database.fetch(active(), owner_values(subject))
        return [(str(slug), int(made)) for slug, made in rows]
