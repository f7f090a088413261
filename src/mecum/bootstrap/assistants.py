"""The room of assistants, loaded when somebody first needs it: most starts do without its tables and shapes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mecum.domains.assistants.ports import Persona
from mecum.domains.conversations import api as conversations
from mecum.domains.runs import api as runs
from mecum.domains.transfer import api as transfer
from mecum.infra.archive.ledger import Ledger
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock
from mecum.kernel.subject import Subject

if TYPE_CHECKING:
    from mecum.domains.assistants.api import Assistants


_LATELY: Final = timedelta(days=7)
"""So far back the first look of a process goes."""
_SLACK: Final = timedelta(minutes=1)


class AssistantRoom:
    """Builds the services once, beside the loop: importing them takes longer than an answer may wait."""

    def __init__(self, database: Database, jobs: Jobs, channel: runs.PersonChannel, ledger: Ledger) -> None:
        self._database, self._jobs, self._channel, self._ledger = database, jobs, channel, ledger
        self._built: Assistants | None = None
        self._measured = clock.now() - _LATELY

    async def get(self) -> "Assistants":
        """Return the services."""
        if self._built is None:
            self._built = await asyncio.to_thread(self._build)
        return self._built

    async def persona(self, subject: Subject, reference: str) -> Persona:
        """Return the assistant with this id or slug as it answers; raises AssistantNotFound."""
        return await (await self.get()).personas.find(subject, reference)

    async def active(self, subject: Subject) -> Sequence[tuple[str, int]]:
        """Return the slug of each active assistant and when it was made (milliseconds), changed last first."""
        return await (await self.get()).personas.active(subject)

    async def empty_trash(self, subject: Subject) -> int:
        """Delete everything in the subject's trash for ever; return how many."""
        return await (await self.get()).removal.empty_trash(subject)

    async def id_of(self, subject: Subject, reference: str) -> str:
        """Return the id of the assistant with this id or slug; raises AssistantNotFound."""
        return (await self.persona(subject, reference)).assistant_id

    async def measure(self, breathe: Callable[[], Awaitable[None]]) -> None:
        """Keep the figures of assistants that answered, or were rated, since the last time."""
        began = clock.now()
        async with self._database.reading(None) as scope:
            active = await runs.RunRepository().assistants_answering(scope, self._measured)
        if active:
            await (await self.get()).measures.keep_each(active, breathe)
        self._measured = began - _SLACK

    async def ids_named(self, scope: Scope, reference: str) -> Sequence[str]:
        """Return the ids of the assistants with this id, slug or name."""
        return await (await self.get()).assistants.named(scope, reference)

    def _build(self) -> "Assistants":
        from mecum.domains.assistants import api  # noqa: PLC0415 - see above

        return api.build(self._database, self._jobs, self._channel, _release, conversations.citing, self._ledger)


async def _release(scope: Scope, assistant_id: str) -> None:
    """Whoever names an assistant that is gone for ever lets go."""
    from mecum.domains.projects import api as projects  # noqa: PLC0415 - see above

    await conversations.release_assistant(scope, assistant_id)
    await projects.release_assistant(scope, assistant_id)
    await transfer.forget_assistant(scope, assistant_id)
