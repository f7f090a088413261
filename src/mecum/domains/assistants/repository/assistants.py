"""Writing assistants: their core and facets, found again by id or slug."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from mecum.domains.assistants.model import (
    FACETS,
    FIELDS,
    Assistant,
    AssistantMeasures,
    AssistantPicture,
    AssistantVector,
    AssistantVersion,
    Configuration,
    Display,
    Growth,
    Prompt,
    PromptVersion,
)
from mecum.infra.storage import Prepared, Scope
from mecum.kernel import ids

_NO_FIELDS: Final[dict[str, dict[str, Any]]] = {
    facet: dict.fromkeys(("unknown", *(field.name for field in fields))) for facet, fields in FIELDS.items()
}


class AssistantRepository:
    """Assistants as one subject sees them."""

    async def find(self, scope: Scope, reference: str, *, deleted: bool = False) -> Assistant | None:
        """Return the core of the assistant with this id or slug, or None; `deleted`: it may be in the trash."""
        query = select(Assistant).where(_named(reference), scope.visible(Assistant))
        if not deleted:
            query = query.where(Assistant.deleted_at.is_(None))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def names(self, scope: Scope) -> Sequence[tuple[str, str, str]]:
        """Return (id, slug, name) of every assistant that is not in the trash."""
        query = select(Assistant.id, Assistant.slug, Assistant.name).where(Assistant.deleted_at.is_(None))
        rows = await scope.session.execute(query.where(scope.visible(Assistant)).order_by(Assistant.id))
        return [(row[0], row[1], row[2]) for row in rows]

    async def placed(self, scope: Scope, project_id: str | None) -> Sequence[Assistant]:
        """Return the cores of those in a project (None: in any), by name, outside the trash."""
        there = (
            Assistant.current_project.is_not(None) if project_id is None else Assistant.current_project == project_id
        )
        query = select(Assistant).where(there, Assistant.deleted_at.is_(None), scope.visible(Assistant))
        return (await scope.session.execute(query.order_by(Assistant.name, Assistant.id))).scalars().all()

    async def slugs(self, scope: Scope, start: str) -> set[str]:
        """Return the slugs that begin with `start`, those in the trash among them."""
        query = select(Assistant.slug).where(Assistant.slug.startswith(start, autoescape=True))
        return set((await scope.session.execute(query.where(scope.visible(Assistant)))).scalars())

    async def oldest(self, scope: Scope) -> list[str]:
        """Return the ids of the assistants that are not deleted, the oldest first."""
        query = select(Assistant.id).where(scope.visible(Assistant), Assistant.deleted_at.is_(None))
        return list((await scope.session.execute(query.order_by(Assistant.created_at, Assistant.id))).scalars())

    async def parents(self, scope: Scope, assistant_ids: Sequence[str]) -> Mapping[str, tuple[str | None, str | None]]:
        """Return (parent, mentor) of each of these assistants."""
        query = select(Assistant.id, Assistant.parent_assistant, Growth.mentor_assistant)
        query = query.join(Growth, Growth.assistant_id == Assistant.id).where(Assistant.id.in_(list(assistant_ids)))
        return {row[0]: (row[1], row[2]) for row in await scope.session.execute(query)}

    async def add(self, scope: Scope, core: Mapping[str, Any], facets: Mapping[str, Mapping[str, Any]]) -> None:
        """Store an assistant of the subject with all its facets, as columns take them; what is absent is null."""
        owner = {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}
        empty = dict.fromkeys(("parent_assistant", "current_project", "legacy", "deleted_at"))
        await scope.session.execute(insert(Assistant), [{**empty, **core, **owner}])
        for facet, entity in FACETS.items():
            row = {**_NO_FIELDS[facet], **facets.get(facet, {}), "assistant_id": core["id"], "version": 1}
            await scope.session.execute(insert(entity), [row])

    async def change(self, scope: Scope, assistant_id: str, version: int, core: Mapping[str, Any]) -> bool:
        """Change fields of the core that is still at `version`; return whether it was."""
        query = update(Assistant).where(Assistant.id == assistant_id, Assistant.version == version)
        changed = query.values({**core, "version": version + 1}).returning(Assistant.id)
        return (await _done(scope, changed)) is not None

    async def change_facet(
        self, scope: Scope, reference: str, facet: str, version: int | None, fields: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Change fields (as a driver takes them) of a facet of an assistant that is not deleted, in one statement.

        `version` is what it must still be at, None whatever it is. Return the whole facet as it is now, by names such
        as `identity.tone`, and `assistant_id`; None when there is no such assistant or it is at another version.
        """
        names, prepared = _changed(facet, tuple(fields), ids.is_id(reference, "ast"), version is not None)
        bound = {f"set_{name}": value for name, value in fields.items()}
        rows = await scope.rows(prepared, {"_reference": reference, "_version": version, **bound})
        if not rows:
            return None
        row = dict(zip(names, rows[0], strict=True))
        return {**row, "assistant_id": ids.text("ast", row["assistant_id"])}

    async def keep_unknown(
        self, scope: Scope, assistant_id: str, facet: str, unknown: Mapping[str, Any] | None
    ) -> None:
        """Keep what was brought in for fields of a facet and is none of their values."""
        entity = FACETS[facet]
        query = update(entity).where(entity.assistant_id == assistant_id).values(unknown=unknown)
        await scope.session.execute(query.execution_options(synchronize_session=False))

    async def advance(self, scope: Scope, assistant_id: str, moment: datetime) -> int:
        """Say that an assistant was changed; return the number of its new version."""
        query = update(Assistant).where(Assistant.id == assistant_id)
        moved = query.values(updated_at=moment, revision=Assistant.revision + 1).returning(Assistant.revision)
        return int((await _done(scope, moved)) or 0)

    async def only_primary(self, scope: Scope, assistant_id: str) -> None:
        """Let no other assistant of the subject be the primary one."""
        others = update(Display).where(Display.is_primary.is_(True), Display.assistant_id != assistant_id)
        changed = others.values(is_primary=False, version=Display.version + 1)
        await scope.session.execute(changed.execution_options(synchronize_session=False))

    async def set_deleted(self, scope: Scope, assistant_id: str, deleted_at: datetime | None) -> None:
        """Move an assistant to the trash, or take it out of it."""
        query = update(Assistant).where(Assistant.id == assistant_id).values(deleted_at=deleted_at)
        await scope.session.execute(query.execution_options(synchronize_session=False))

    async def deleted(self, scope: Scope) -> Sequence[str]:
        """Return the ids of the subject's assistants in the trash."""
        query = select(Assistant.id).where(scope.visible(Assistant), Assistant.deleted_at.is_not(None))
        return (await scope.session.execute(query)).scalars().all()

    async def deleted_until(self, scope: Scope, assistant_id: str, moment: datetime) -> bool:
        """Whether an assistant was in the trash by a moment, and is still there."""
        query = select(Assistant.id).where(Assistant.id == assistant_id, Assistant.deleted_at <= moment)
        return (await scope.session.execute(query)).scalar() is not None

    async def expired(self, scope: Scope, assistant_id: str, now: datetime) -> bool:
        """Whether an ephemeral assistant that is not deleted has come to its end."""
        query = select(Assistant.id, Display.assistant_id).join(Display, Display.assistant_id == Assistant.id)
        query = query.where(
            Display.assistant_id == assistant_id, Display.is_ephemeral.is_(True), Display.expires_at <= now
        )
        return (await scope.session.execute(query.where(Assistant.deleted_at.is_(None)))).scalar() is not None

    async def forget(self, scope: Scope, assistant_id: str) -> None:
        """Delete an assistant for ever, with everything of it; a prompt that others use stays."""
        prompt_id = await self._prompt(scope, assistant_id)
        for entity in (AssistantVersion, AssistantVector, AssistantMeasures, AssistantPicture, *FACETS.values()):
            await _delete(scope, entity, entity.assistant_id == assistant_id)
        if prompt_id is not None and not await self._uses(scope, prompt_id):
            await _delete(scope, PromptVersion, PromptVersion.prompt_id == prompt_id)
            await _delete(scope, Prompt, Prompt.id == prompt_id)
        await _delete(scope, Assistant, Assistant.id == assistant_id)

    async def _prompt(self, scope: Scope, assistant_id: str) -> str | None:
        query = select(Configuration.system_prompt).where(Configuration.assistant_id == assistant_id)
        return (await scope.session.execute(query)).scalar()

    async def _uses(self, scope: Scope, prompt_id: str) -> bool:
        query = select(Configuration.assistant_id).where(Configuration.system_prompt == prompt_id).limit(1)
        return (await scope.session.execute(query)).scalar() is not None


@cache
def _changed(facet: str, fields: tuple[str, ...], by_id: bool, versioned: bool) -> tuple[list[str], Prepared]:
    """Return the statement that changes these fields of a facet and tells the whole, and the names of what it tells."""
    entity, columns = FACETS[facet], FACETS[facet].__table__.columns
    key = Assistant.id if by_id else Assistant.slug
    own = select(Assistant.id).where(key == bindparam("_reference"), Assistant.deleted_at.is_(None))
    query = update(entity).where(entity.assistant_id.in_(own.where(Scope.owned(Assistant))))
    if versioned:
        query = query.where(entity.version == bindparam("_version"))
    written: dict[str, Any] = {name: bindparam(f"set_{name}", type_=columns[name].type) for name in fields}
    told = ["version", "unknown", *(field.name for field in FIELDS[facet])]
    query = query.values({**written, "version": entity.version + 1})
    names = ["assistant_id", *(f"{facet}.{name}" for name in told)]
    return names, Prepared(query.returning(entity.assistant_id, *(columns[name] for name in told)))


def _named(reference: str) -> ColumnElement[bool]:
    return Assistant.id == reference if ids.is_id(reference, "ast") else Assistant.slug == reference


async def _done(scope: Scope, statement: Any) -> Any:
    return (await scope.session.execute(statement.execution_options(synchronize_session=False))).scalar()


async def _delete(scope: Scope, entity: type[Any], criterion: ColumnElement[bool]) -> None:
    query = delete(entity).where(criterion)
    await scope.session.execute(query.execution_options(synchronize_session=False))
