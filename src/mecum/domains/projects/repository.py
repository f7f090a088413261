"""Projects as their rows; what is in them is read where it is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, tuple_, update

from mecum.domains.projects.model import Project
from mecum.domains.projects.rules import key_of
from mecum.infra.storage import Id, Prepared, Scope
from mecum.kernel import ids

BRIEF = Prepared(
    select(Project.id, Project.name, Project.version, Project.instructions, Project.assistant_id, Project.model).where(
        Project.id == bindparam("_id"), Project.deleted_at.is_(None), Scope.owned(Project)
    )
)
"""The look-up of a project for a turn; its columns are the fields of `Brief`."""
_SILENT = {"synchronize_session": False}


class ProjectRepository:
    """Projects as one subject sees them."""

    async def find(self, scope: Scope, reference: str, *, deleted: bool = False) -> Project | None:
        """Return the project with this id or name, or None; `deleted`: it may be in the trash."""
        query = select(Project).where(_meant(reference), scope.visible(Project))
        if not deleted:
            query = query.where(Project.deleted_at.is_(None))
        # One that is in use comes before those of its name in the trash, of which the last deleted is meant.
        query = query.order_by(Project.deleted_at.is_not(None), Project.deleted_at.desc()).limit(1)
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def keys(self, scope: Scope) -> set[str]:
        """Return the keys of the names of all projects that are not in the trash."""
        query = select(Project.key).where(scope.visible(Project), Project.deleted_at.is_(None))
        return set((await scope.session.execute(query)).scalars())

    async def by_name(
        self, scope: Scope, *, deleted: bool, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Project]:
        """Return projects in the order of their names; `after` is the key and id that the last page ended with."""
        there = Project.deleted_at.is_not(None) if deleted else Project.deleted_at.is_(None)
        query = select(Project).where(scope.visible(Project), there)
        if after is not None:
            position = tuple_(bindparam("_key", after[0]), bindparam("_last", after[1], type_=Id("prj")))
            query = query.where(tuple_(Project.key, Project.id) > position)
        query = query.order_by(Project.key, Project.id).limit(limit)
        return (await scope.session.execute(query)).scalars().all()

    async def add(self, scope: Scope, values: Mapping[str, Any]) -> None:
        """Store a project of the subject; names that are absent are null."""
        owner = {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}
        await scope.session.execute(insert(Project), [{**_EMPTY, **values, **owner}])

    async def change(self, scope: Scope, project_id: str, version: int, values: Mapping[str, Any]) -> bool:
        """Change columns of a project that is still at `version`; return whether it was."""
        query = update(Project).where(Project.id == project_id, Project.version == version)
        changed = query.values({**values, "version": version + 1}).returning(Project.id)
        return (await scope.session.execute(changed, execution_options=_SILENT)).scalar() is not None

    async def set_deleted(
        self, scope: Scope, project_id: str, deleted_at: datetime, held: Mapping[Any, Sequence[str]]
    ) -> None:
        """Move a project to the trash; `held` is what was in it, by kind."""
        await self._set(scope, project_id, {"deleted_at": deleted_at, "held": held})

    async def set_deleted_with(self, scope: Scope, project_id: str, batch_id: str | None) -> None:
        """Note the change by which its conversations went to the trash with it."""
        await self._set(scope, project_id, {"batch_id": batch_id})

    async def undelete(self, scope: Scope, project_id: str, name: str, key: str) -> None:
        """Take a project out of the trash, under a name that is free."""
        back = {"deleted_at": None, "held": None, "batch_id": None}
        await self._set(scope, project_id, {**back, "name": name, "key": key})

    async def _set(self, scope: Scope, project_id: str, values: Mapping[str, Any]) -> None:
        query = update(Project).where(Project.id == project_id).values(dict(values))
        await scope.session.execute(query, execution_options=_SILENT)

    async def deleted(self, scope: Scope) -> Sequence[str]:
        """Return the ids of the subject's projects in the trash."""
        query = select(Project.id).where(scope.visible(Project), Project.deleted_at.is_not(None))
        return (await scope.session.execute(query)).scalars().all()

    async def deleted_until(self, scope: Scope, project_id: str, moment: datetime) -> bool:
        """Whether a project was in the trash by a moment, and is still there."""
        query = select(Project.id).where(Project.id == project_id, Project.deleted_at <= moment)
        return (await scope.session.execute(query)).scalar() is not None

    async def release_assistant(self, scope: Scope, assistant_id: str) -> None:
        """Let no project have a default assistant that is gone for ever."""
        query = update(Project).where(Project.assistant_id == assistant_id)
        released = query.values(assistant_id=None, version=Project.version + 1)
        await scope.session.execute(released, execution_options=_SILENT)

    async def forget(self, scope: Scope, project_id: str) -> None:
        """Delete a project for ever."""
        await scope.session.execute(delete(Project).where(Project.id == project_id), execution_options=_SILENT)


def _meant(reference: str) -> ColumnElement[bool]:
    return Project.id == reference if ids.is_id(reference, "prj") else Project.key == key_of(reference)


_EMPTY: Mapping[str, Any] = dict.fromkeys(("instructions", "assistant_id", "model", "held", "batch_id", "deleted_at"))
