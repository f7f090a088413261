"""Trash and purge of projects: what was in one stays, unless a person says that its conversations go with it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mecum.domains.projects.errors import ProjectNotFound
from mecum.domains.projects.model import Project
from mecum.domains.projects.ports import END, KINDS, Discarding, Kind, Shelf
from mecum.domains.projects.repository import ProjectRepository
from mecum.domains.projects.rules import free_name, held_by, key_of
from mecum.domains.runs import api as runs
from mecum.infra.jobs.kinds import LATER
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock
from mecum.kernel.subject import Subject

TRASH_KEPT: Final = timedelta(days=30)


class Removal:
    """Opens its own scopes: conversations that go to the trash stop their answers first, outside of any transaction."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        channel: runs.PersonChannel,
        shelves: Mapping[Kind, Shelf],
        discarding: Discarding,
    ) -> None:
        self._database, self._jobs, self._channel = database, jobs, channel
        self._shelves, self._discarding = shelves, discarding
        self._repository = ProjectRepository()

    async def trash(self, subject: Subject, reference: str, *, conversations: bool) -> dict[str, Any]:
        """Move a project to the trash, with its `conversations` or without, and return what became of what was in it.

        Raises ProjectNotFound, also when it is there.
        """
        async with self._database.writing(subject) as scope:
            project = await self._find(scope, reference, deleted=False)
            held = await self._emptied(scope, project)
            await self._channel.tell(scope, "project.deleted", project_id=project.id)
        batch_id = None
        if conversations and held["conversations"]:
            batch_id = await self._discarding.discard(subject, held["conversations"])
            async with self._database.writing(subject) as scope:
                await self._repository.set_deleted_with(scope, project.id, batch_id)
        return _removed(project.id, held, deleted=batch_id is not None, purged=False)

    async def restore(self, subject: Subject, reference: str) -> str:
        """Take a project out of the trash with what was in it, and return its id; raises ProjectNotFound.

        Where another one has its name by now, it gets a number. Harmless when it is not in the trash.
        """
        async with self._database.reading(subject) as scope:
            project = await self._find(scope, reference, deleted=True)
        if project.deleted_at is None:
            return project.id
        if project.batch_id is not None:
            await self._discarding.undo(subject, project.batch_id)
        async with self._database.writing(subject) as scope:
            name = free_name(project.name, await self._repository.keys(scope))
            await self._repository.undelete(scope, project.id, name, key_of(name))
            for kind in KINDS:
                await self._shelves[kind].come_back(scope, project.id, held_by(project).get(kind, ()))
            await self._channel.tell(scope, "project.restored", project_id=project.id)
        return project.id

    async def purge(self, subject: Subject, reference: str, *, conversations: bool) -> dict[str, Any]:
        """Delete a project for ever, from the trash or not; raises ProjectNotFound.

        Its `conversations` go to the trash, from where they can be restored, or stay.
        """
        told = None
        async with self._database.reading(subject) as scope:
            project = await self._find(scope, reference, deleted=True)
        if project.deleted_at is None:
            told = await self.trash(subject, project.id, conversations=conversations)
        async with self._database.writing(subject) as scope:
            await self._forget(scope, project.id)
        await self._note(project)
        await self._leave_no_bytes()
        held = held_by(project)
        return {
            **(told or _removed(project.id, held, deleted=project.batch_id is not None, purged=True)),
            "purged": True,
        }

    async def end(self, subject: Subject, payload: Any) -> None:
        """Delete a project for ever that was in the trash for 30 days."""
        if await self._forgotten_since(subject, str(payload["project_id"]), clock.now() - TRASH_KEPT):
            await self._leave_no_bytes()

    async def empty_trash(self, subject: Subject) -> int:
        """Delete every project in the subject's trash for ever; return how many."""
        async with self._database.reading(subject) as scope:
            found = await self._repository.deleted(scope)
        gone = [project_id for project_id in found if await self._forgotten_since(subject, project_id, clock.now())]
        if gone:
            await self._leave_no_bytes()
        return len(gone)

    async def _forgotten_since(self, subject: Subject, project_id: str, moment: datetime) -> bool:
        """Delete one for ever that was in the trash by a moment and is still there; return whether it was."""
        async with self._database.writing(subject) as scope:
            there = await self._repository.deleted_until(scope, project_id, moment)
            if not there:
                return False
            project = await self._find(scope, project_id, deleted=True)
            await self._forget(scope, project_id)
        await self._note(project)
        return True

    async def _note(self, project: Project) -> None:
        await asyncio.to_thread(self._discarding.note, [clock.to_milliseconds(project.created_at)])

    async def _emptied(self, scope: Scope, project: Project) -> dict[Kind, list[str]]:
        held: dict[Kind, list[str]] = {}
        for kind in KINDS:
            held[kind] = list(await self._shelves[kind].leave(scope, project.id))
        await self._repository.set_deleted(scope, project.id, clock.now(), held)
        payload = {"project_id": project.id}
        await self._jobs.enqueue(scope, END, payload, delay=TRASH_KEPT.total_seconds() + 1, priority=LATER)
        return held

    async def _forget(self, scope: Scope, project_id: str) -> None:
        for kind in KINDS:
            await self._shelves[kind].forget(scope, project_id)
        await self._repository.forget(scope, project_id)
        await self._channel.tell(scope, "project.purged", project_id=project_id)

    async def _leave_no_bytes(self) -> None:
        await self._discarding.sweep()
        await self._database.vacuum_log()

    async def _find(self, scope: Scope, reference: str, *, deleted: bool) -> Project:
        found = await self._repository.find(scope, reference, deleted=deleted)
        if found is None:
            raise ProjectNotFound(project=reference)
        return found


def _removed(project_id: str, held: Mapping[Any, Sequence[str]], *, deleted: bool, purged: bool) -> dict[str, Any]:
    there = {kind: len(held.get(kind, ())) for kind in KINDS}
    return {
        "id": project_id,
        "purged": purged,
        "conversations_kept": 0 if deleted else there["conversations"],
        "conversations_deleted": there["conversations"] if deleted else 0,
        "assistants_kept": there["assistants"],
        "files": there["files"],
    }
