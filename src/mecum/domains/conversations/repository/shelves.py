"""Which conversations and files are in which project."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update

from mecum.domains.conversations.model import Conversation, File, ProjectFile
from mecum.infra.storage import Id, Prepared, Scope
from mecum.kernel import clock

_SILENT: Final = {"synchronize_session": False}
_MOST_NAMED: Final = 1000
_COUNTED: Final = Prepared(
    select(Conversation.project_id, func.count())
    .where(
        Conversation.project_id.is_not(None),
        Conversation.deleted_at.is_(None),
        Conversation.listed,
        Scope.owned(Conversation),
    )
    .group_by(Conversation.project_id)
)
FILES_OF_PROJECT: Final = Prepared(
    select(File.id, File.name, File.media_type, File.size, File.sha256, File.text_length)
    .join(ProjectFile, ProjectFile.file_id == File.id)
    .where(
        ProjectFile.project_id == bindparam("_project", type_=Id("prj")),
        ProjectFile.hidden.is_(False),
        Scope.owned(File),
    )
    .order_by(ProjectFile.added_at, File.id)
)
"""The files that a project holds, in the order they came, for a turn in it."""


class PlacedRepository:
    """Conversations in projects, as one subject sees them."""

    async def counted(self, scope: Scope) -> Mapping[str, int]:
        """Return how many listed conversations outside the trash are in each project that has any."""
        return {row[0]: row[1] for row in await scope.rows(_COUNTED, {})}

    async def inside(self, scope: Scope, project_id: str) -> Sequence[str]:
        """Return the ids of all conversations in a project, those in the trash among them."""
        query = select(Conversation.id).where(Conversation.project_id == project_id, scope.visible(Conversation))
        return (await scope.session.execute(query.order_by(Conversation.id))).scalars().all()

    async def enter(self, scope: Scope, project_id: str, conversation_ids: Sequence[str]) -> set[str]:
        """Let conversations outside the trash be in this project and no other; return those that there are."""
        return await self._move(scope, conversation_ids, project_id, Conversation.deleted_at.is_(None))

    async def come_back(self, scope: Scope, project_id: str, conversation_ids: Sequence[str]) -> set[str]:
        """Let those of these conversations be in this project that are in none; return them."""
        return await self._move(scope, conversation_ids, project_id, Conversation.project_id.is_(None))

    async def leave(self, scope: Scope, project_id: str, conversation_ids: Sequence[str]) -> set[str]:
        """Let those of these conversations be in no project that are in this one; return them."""
        return await self._move(scope, conversation_ids, None, Conversation.project_id == project_id)

    async def empty(self, scope: Scope, project_id: str) -> None:
        """Let no conversation be in this project."""
        query = update(Conversation).where(Conversation.project_id == project_id).values(project_id=None)
        await scope.session.execute(query, execution_options=_SILENT)

    async def _move(self, scope: Scope, chosen: Sequence[str], project_id: str | None, criterion: Any) -> set[str]:
        moved: set[str] = set()
        for start in range(0, len(chosen), _MOST_NAMED):
            query = update(Conversation).where(Conversation.id.in_(chosen[start : start + _MOST_NAMED]), criterion)
            query = query.values(project_id=project_id).returning(Conversation.id)
            moved.update((await scope.session.execute(query, execution_options=_SILENT)).scalars())
        return moved


class HoldingRepository:
    """Files that projects hold, as one subject sees them."""

    async def counted(self, scope: Scope) -> Mapping[str, int]:
        """Return how many files each project holds that holds any."""
        query = select(ProjectFile.project_id, func.count()).group_by(ProjectFile.project_id)
        return {row[0]: row[1] for row in await scope.session.execute(query)}

    async def inside(self, scope: Scope, project_id: str) -> Sequence[File]:
        """Return the files of a project, in the order they came."""
        query = (
            select(File, ProjectFile.file_id)
            .join(ProjectFile, ProjectFile.file_id == File.id)
            .where(ProjectFile.project_id == project_id, scope.visible(File))
            .order_by(ProjectFile.added_at, File.id)
        )
        return (await scope.session.execute(query)).scalars().all()

    async def held(self, scope: Scope, project_id: str) -> Sequence[tuple[File, datetime]]:
        """Return the files of a project, each with when it came, in that order."""
        query = (
            select(File, ProjectFile.added_at)
            .join(ProjectFile, ProjectFile.file_id == File.id)
            .where(ProjectFile.project_id == project_id, scope.visible(File))
            .order_by(ProjectFile.added_at, File.id)
        )
        return [(row[0], row[1]) for row in await scope.session.execute(query)]

    async def hold(
        self, scope: Scope, project_id: str, file_ids: Sequence[str], moment: datetime | None = None
    ) -> set[str]:
        """Let a project hold files of the subject, from now or a moment on; return those that there are."""
        query = select(File.id).where(File.id.in_(file_ids), scope.visible(File))
        there = set((await scope.session.execute(query)).scalars())
        known = set(await self._held(scope, project_id, file_ids))
        new = [file_id for file_id in file_ids if file_id in there and file_id not in known]
        now = moment or clock.now()
        rows = [{"project_id": project_id, "file_id": one, "added_at": now, "hidden": False} for one in new]
        if rows:
            await scope.session.execute(insert(ProjectFile), rows)
        return there

    async def let_go(self, scope: Scope, project_id: str, file_ids: Sequence[str]) -> set[str]:
        """Let a project hold files no longer; return those that it held."""
        held = set(await self._held(scope, project_id, file_ids))
        query = delete(ProjectFile).where(ProjectFile.project_id == project_id, ProjectFile.file_id.in_(list(held)))
        await scope.session.execute(query, execution_options=_SILENT)
        return held

    async def hide(self, scope: Scope, project_id: str, *, deleted: bool) -> None:
        """Let the files of a project go to the trash with it, or come out of it."""
        query = update(ProjectFile).where(ProjectFile.project_id == project_id).values(hidden=deleted)
        await scope.session.execute(query, execution_options=_SILENT)

    async def _held(self, scope: Scope, project_id: str, file_ids: Sequence[str]) -> Sequence[str]:
        query = select(ProjectFile.file_id).where(
            ProjectFile.project_id == project_id, ProjectFile.file_id.in_(file_ids)
        )
        return (await scope.session.execute(query)).scalars().all()
