"""The room of projects, loaded when somebody first needs it: a turn outside any project does without."""

import asyncio
from typing import TYPE_CHECKING

from mecum.bootstrap.assistants import AssistantRoom
from mecum.domains.conversations import api as conversations
from mecum.domains.projects.ports import Brief, Directory, Discarding
from mecum.domains.runs import api as runs
from mecum.infra.archive.ledger import Ledger
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Scope
from mecum.kernel.subject import Subject

if TYPE_CHECKING:
    from mecum.domains.assistants.api import Assistants
    from mecum.domains.projects.api import Briefs, Projects


class ProjectRoom:
    """Builds the services once, beside the loop; what a turn needs, without the room of assistants."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        channel: runs.PersonChannel,
        assistants: AssistantRoom,
        ledger: Ledger,
    ) -> None:
        self._ledger = ledger
        self._database, self._jobs, self._channel, self._assistants = database, jobs, channel, assistants
        self._briefs: Briefs | None = None
        self._built: Projects | None = None

    async def get(self, record: conversations.Conversations) -> "Projects":
        """Return the services over the record."""
        if self._built is None:
            briefs, assistants = await self._brief(), await self._assistants.get()
            self._built = await asyncio.to_thread(self._build, record, briefs, assistants)
        return self._built

    async def empty_trash(self, record: conversations.Conversations, subject: Subject) -> int:
        """Delete every project in the subject's trash for ever; return how many."""
        return await (await self.get(record)).removal.empty_trash(subject)

    @property
    def directory(self) -> Directory:
        """Where conversations look projects up."""
        return Directory(self.find, self.named)

    async def find(self, scope: Scope, project_id: str) -> Brief:
        """Return the project with this id as its conversations need it; raises ProjectNotFound."""
        return await (await self._brief()).find(scope, project_id)

    async def of_turn(self, subject: Subject, project_id: str) -> Brief:
        """Return the same for a turn; raises ProjectNotFound."""
        async with self._database.reading(subject) as scope:
            return await self.find(scope, project_id)

    async def named(self, scope: Scope, name: str) -> str:
        """Return the id of the project of this name, which is made where there is none."""
        return await (await self._brief()).named(scope, name)

    async def _brief(self) -> "Briefs":
        if self._briefs is None:
            self._briefs = await asyncio.to_thread(self._briefly)
        return self._briefs

    def _briefly(self) -> "Briefs":
        from mecum.domains.projects import api  # noqa: PLC0415 - see above

        return api.Briefs(self._channel)

    def _build(self, record: conversations.Conversations, briefs: "Briefs", assistants: "Assistants") -> "Projects":
        from mecum.domains.projects import api  # noqa: PLC0415 - see above

        placed = assistants.placed
        return api.build(
            self._database,
            self._jobs,
            self._channel,
            {"conversations": record.placed, "assistants": placed, "files": record.held},
            placed.named,
            briefs,
            Discarding(record.batches.discard, record.batches.take_back, record.files.sweep, self._ledger.note),
        )
