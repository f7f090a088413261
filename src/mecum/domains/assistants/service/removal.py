"""Trash and purge of assistants: out of sight at once, and, when it is for ever, no bytes left behind."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.assistants.ports import END
from mecum.domains.assistants.repository import AssistantRepository
from mecum.domains.runs import api as runs
from mecum.infra.archive.ledger import Ledger
from mecum.infra.jobs.kinds import LATER
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

TRASH_KEPT: Final = timedelta(days=30)
Forgotten = Callable[[Scope, str], Awaitable[None]]
"""Told, within the change, that an assistant is gone for ever: whoever names it lets go."""


class Removal:
    """Opens its own scopes, as what it does ends with looking after the files of the store."""

    def __init__(
        self, database: Database, jobs: Jobs, channel: runs.PersonChannel, forgotten: Forgotten, ledger: Ledger
    ) -> None:
        self._database, self._jobs, self._channel, self._forgotten = database, jobs, channel, forgotten
        self._ledger = ledger
        self._assistants = AssistantRepository()

    async def trash(self, subject: Subject, reference: str) -> None:
        """Move an assistant to the trash; raises AssistantNotFound, also when it is there."""
        async with self._database.writing(subject) as scope:
            await self.throw_away(scope, reference)

    async def throw_away(self, scope: Scope, reference: str) -> str:
        """Do the same within a change, and return its id."""
        found = await self._find(scope, reference, deleted=False)
        await self._throw_away(scope, found)
        return found

    async def restore(self, subject: Subject, reference: str) -> str:
        """Take an assistant out of the trash, if it is there, and return its id; raises AssistantNotFound."""
        async with self._database.writing(subject) as scope:
            return await self.take_back(scope, reference)

    async def take_back(self, scope: Scope, reference: str) -> str:
        """Do the same within a change."""
        found = await self._find(scope, reference, deleted=True)
        await self._assistants.set_deleted(scope, found, None)
        await self._channel.tell(scope, "assistant.restored", assistant_id=found)
        return found

    async def purge(self, subject: Subject, reference: str) -> None:
        """Delete an assistant for ever, from the trash or not; raises AssistantNotFound."""
        await self._purge_one(subject, reference)
        await self._database.vacuum_log()

    async def purge_some(
        self, subject: Subject, references: Sequence[str]
    ) -> tuple[list[str], list[tuple[str, MecumError]]]:
        """Delete those of these that can be for ever, from the trash or not; return them, and why the others stay."""
        gone, kept = list[str](), list[tuple[str, MecumError]]()
        for reference in references:
            try:
                gone.append(await self._purge_one(subject, reference))
            except MecumError as error:
                kept.append((reference, error))
        if gone:
            await self._database.vacuum_log()
        return gone, kept

    async def _purge_one(self, subject: Subject, reference: str) -> str:
        async with self._database.writing(subject) as scope:
            found = await self._find(scope, reference, deleted=True)
            since = await self._forget(scope, found)
        await self.note(since)
        return found

    async def note(self, since: Sequence[int]) -> None:
        """Note assistants that are gone for ever by the moments (milliseconds) since which they were there."""
        await asyncio.to_thread(self._ledger.note, since)

    async def empty_trash(self, subject: Subject) -> int:
        """Delete every assistant in the subject's trash for ever; return how many."""
        async with self._database.reading(subject) as scope:
            found = await self._assistants.deleted(scope)
        gone = [
            assistant_id for assistant_id in found if await self._forgotten_since(subject, assistant_id, clock.now())
        ]
        if gone:
            await self._database.vacuum_log()
        return len(gone)

    async def end(self, subject: Subject, payload: Any) -> None:
        """Do what the moment asks for: an ephemeral assistant goes to the trash, one 30 days in it goes for ever."""
        assistant_id, now = str(payload["assistant_id"]), clock.now()
        async with self._database.writing(subject) as scope:
            if await self._assistants.expired(scope, assistant_id, now):
                await self._throw_away(scope, assistant_id)
                return
        if await self._forgotten_since(subject, assistant_id, now - TRASH_KEPT):
            await self._database.vacuum_log()

    async def _forgotten_since(self, subject: Subject, assistant_id: str, moment: datetime) -> bool:
        """Delete one for ever that was in the trash by a moment and is still there; return whether it was."""
        async with self._database.writing(subject) as scope:
            there = await self._assistants.deleted_until(scope, assistant_id, moment)
            since = await self._forget(scope, assistant_id) if there else []
        await self.note(since)
        return there

    async def _throw_away(self, scope: Scope, assistant_id: str) -> None:
        await self._assistants.set_deleted(scope, assistant_id, clock.now())
        payload = {"assistant_id": assistant_id}
        await self._jobs.enqueue(scope, END, payload, delay=TRASH_KEPT.total_seconds() + 1, priority=LATER)
        await self._channel.tell(scope, "assistant.deleted", assistant_id=assistant_id)

    async def _forget(self, scope: Scope, assistant_id: str) -> list[int]:
        """Delete one for ever; return since when (milliseconds) it was there."""
        found = await self._assistants.find(scope, assistant_id, deleted=True)
        await self._forgotten(scope, assistant_id)
        await self._assistants.forget(scope, assistant_id)
        await self._channel.tell(scope, "assistant.purged", assistant_id=assistant_id)
        return [] if found is None else [clock.to_milliseconds(found.created_at)]

    async def _find(self, scope: Scope, reference: str, *, deleted: bool) -> str:
        found = await self._assistants.find(scope, reference, deleted=deleted)
        if found is None:
            raise AssistantNotFound(assistant=reference)
        return found.id
