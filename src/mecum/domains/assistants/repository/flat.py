"""Assistants by their flat names, out of the core and the facets or as the row they came as; and the roll-out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import Select, and_, bindparam, insert, select, update
from sqlalchemy.orm import aliased

from mecum.domains.assistants.model import FACETS, FIELDS, Assistant, AssistantVector, Configuration, Growth, Prompt
from mecum.domains.assistants.model.flat import AssistantArrival, AssistantReference, PromptArrival, RollOut
from mecum.domains.assistants.rules.flat.values import original
from mecum.domains.assistants.rules.flat.views import flat_view
from mecum.domains.assistants.rules.vectors import unpacked
from mecum.infra.storage import Id, Prepared, Scope
from mecum.infra.storage.bulk import names, several
from mecum.kernel import ids

Row = Mapping[str, Any]
By = Literal["id", "slug", "original"]
_CORE: Final = (
    "id slug name status is_demo parent_assistant current_project person_id version revision legacy created_at "
    "updated_at deleted_at"
).split()
_PARENT, _MENTOR, _SPAWNER = (aliased(AssistantArrival, name=name) for name in ("parent", "mentor", "spawner"))
_ALIASES: Final = {
    "parent": (_PARENT, Assistant.parent_assistant),
    "mentor": (_MENTOR, Growth.mentor_assistant),
    "spawned_by": (_SPAWNER, Growth.spawned_by),
}
_DASHES: Final = 4
"""Of a UUID."""
_SILENT: Final = {"synchronize_session": False}


class FlatRepository:
    """The subject's assistants by their flat names."""

    async def views(self, scope: Scope, assistant_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return assistants by flat name, by id, those in the trash among them."""
        wanted = list(assistant_ids)
        columns, prepared = _several()
        rows = [dict(zip(columns, row, strict=True)) for row in await several(scope, prepared, "id", wanted)]
        numbers: dict[str, dict[str, list[float]]] = {}
        for row in await several(scope, _VECTORS, "id", wanted):
            numbers.setdefault(row[0], {})[row[1]] = unpacked(bytes(row[3]), row[2])
        return {row["core.id"]: flat_view(row, numbers.get(row["core.id"], {})) for row in rows}

    async def find_row(self, scope: Scope, reference: str, by: By) -> Row | None:
        """Return the core and all facets of an assistant that is not deleted, by names such as `identity.tone`."""
        columns, prepared = _single(by)
        found = await scope.rows(prepared, {"_reference": reference})
        return dict(zip(columns, found[0], strict=True)) if found else None

    async def numbers(self, scope: Scope, assistant_id: str) -> dict[str, list[float]]:
        """Return the numbers of each vector of an assistant, by field."""
        found = await several(scope, _VECTORS, "id", [assistant_id])
        return {row[1]: unpacked(bytes(row[3]), row[2]) for row in found}

    async def kept_row(self, scope: Scope, reference: str, by: By) -> Row | None:
        """Return what is kept of the row that an assistant came as: `{assistant_id, revision, at, row, changes}`.

        `at` is the assistant's own revision. None for one that did not come so, or whose row is gone.
        """
        found = await scope.rows(_kept(by), {"_reference": reference})
        if not found or found[0][3] is None:
            return None
        columns = ("assistant_id", "revision", "at", "row", "changes")
        return dict(zip(columns, found[0], strict=True))

    async def keep_changes(self, scope: Scope, assistant_id: str, changes: Mapping[str, Any], revision: int) -> None:
        """Note what was written by flat names, and the assistant's revision that it made."""
        query = update(AssistantArrival).where(AssistantArrival.assistant_id == assistant_id)
        await scope.session.execute(query.values(changes=changes, revision=revision), execution_options=_SILENT)

    async def set_legacy(self, scope: Scope, assistant_id: str, legacy: Mapping[str, Any] | None) -> None:
        """Write the legacy document of an assistant."""
        query = update(Assistant).where(Assistant.id == assistant_id).values(legacy=legacy)
        await scope.session.execute(query, execution_options=_SILENT)

    async def some_brought(self, scope: Scope, limit: int) -> list[str]:
        """Return the last assistants that came out of a flat table and whose rows are still kept."""
        query = select(AssistantArrival.assistant_id, Assistant.revision)
        query = query.join(Assistant, Assistant.id == AssistantArrival.assistant_id)
        query = query.where(AssistantArrival.row.is_not(None), Assistant.deleted_at.is_(None))
        query = query.order_by(AssistantArrival.assistant_id.desc()).limit(limit)
        return [str(row[0]) for row in await scope.session.execute(query)]

    async def prompt_id(self, scope: Scope, reference: str) -> str | None:
        """Return the prompt with this id, here or in the flat table's time, or None."""
        if ids.is_id(reference, "prm"):
            own = select(Prompt.id).where(Prompt.id == reference, scope.visible(Prompt))
            return (await scope.session.execute(own)).scalar()
        query = select(PromptArrival.prompt_id).where(PromptArrival.original == reference).limit(1)
        return (await scope.session.execute(query)).scalar()

    async def references(self, scope: Scope, assistant_id: str) -> Sequence[AssistantReference]:
        """Return what an assistant named that was not here when it came."""
        query = select(AssistantReference).where(AssistantReference.assistant_id == assistant_id)
        query = query.order_by(AssistantReference.field, AssistantReference.original)
        return (await scope.session.execute(query)).scalars().all()

    async def roll_out(self, scope: Scope) -> RollOut | None:
        """Return the person's roll-out, or None."""
        query = select(RollOut).where(scope.visible(RollOut))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def set_roll_out(self, scope: Scope, share: int, compare: bool, moment: datetime) -> None:
        """Say how many are read by the new readers, and whether both are compared."""
        said = {"share": share, "compare": compare, "changed_at": moment}
        query = update(RollOut).where(RollOut.person_id == scope.subject.person_id).values(said).returning(RollOut.n)
        if (await scope.session.execute(query, execution_options=_SILENT)).scalar() is None:
            owner = {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}
            await scope.session.execute(insert(RollOut), [{**said, **owner}])


def ways(reference: str) -> tuple[tuple[By, str], ...]:
    """Return the ways in which a reference may name an assistant, the likeliest first: an id, a slug, its id there."""
    if ids.is_id(reference, "ast"):
        return (("id", reference),)
    there = original(reference) or reference
    slug: tuple[By, str] = ("slug", reference)
    first: tuple[By, str] = ("original", there)
    return (first, slug) if there.count("-") == _DASHES or there.isdecimal() else (slug, first)


@cache
def _whole() -> tuple[list[str], Select[*tuple[Any, ...]]]:
    """Return the columns of a whole assistant with the ids there of what it names, and the statement."""
    columns: list[tuple[str, Any]] = [(f"core.{name}", getattr(Assistant, name)) for name in _CORE]
    for facet, entity in FACETS.items():
        fields = ("version", "unknown", *(field.name for field in FIELDS[facet]))
        columns += [(f"{facet}.{name}", getattr(entity, name)) for name in fields]
    columns.append(("arrival.original", AssistantArrival.original))
    columns += [(f"{relation}.original", alias.original) for relation, (alias, _) in _ALIASES.items()]
    columns.append(("prompt.original", PromptArrival.original))
    query = select(*(column for _, column in columns)).select_from(Assistant).where(Scope.owned(Assistant))
    for entity in FACETS.values():
        query = query.join(entity, entity.assistant_id == Assistant.id)
    query = query.outerjoin(AssistantArrival, AssistantArrival.assistant_id == Assistant.id)
    for alias, key in _ALIASES.values():
        query = query.outerjoin(alias, and_(alias.assistant_id == key, alias.person_id == Assistant.person_id))
    query = query.outerjoin(PromptArrival, PromptArrival.prompt_id == Configuration.system_prompt)
    return [name for name, _ in columns], query


@cache
def _several() -> tuple[list[str], Prepared]:
    columns, query = _whole()
    return columns, Prepared(query.where(Assistant.id.in_([bindparam(name, type_=Id("ast")) for name in names("id")])))


@cache
def _single(by: By) -> tuple[list[str], Prepared]:
    columns, query = _whole()
    return columns, Prepared(query.where(_named(by), Assistant.deleted_at.is_(None)))


@cache
def _kept(by: By) -> Prepared:
    columns = (
        AssistantArrival.assistant_id,
        AssistantArrival.revision,
        Assistant.revision,
        AssistantArrival.row,
        AssistantArrival.changes,
    )
    query = select(*columns).join(Assistant, Assistant.id == AssistantArrival.assistant_id)
    query = query.where(_named(by), Assistant.deleted_at.is_(None))
    return Prepared(query.where(Scope.owned(Assistant), Scope.owned(AssistantArrival)))


def _named(by: By) -> Any:
    if by == "id":
        return Assistant.id == bindparam("_reference", type_=Id("ast"))
    return (Assistant.slug if by == "slug" else AssistantArrival.original) == bindparam("_reference")


_VECTORS: Final = Prepared(
    select(AssistantVector.assistant_id, AssistantVector.field, AssistantVector.dimension, AssistantVector.data).where(
        AssistantVector.assistant_id.in_([bindparam(name, type_=Id("ast")) for name in names("id")]),
        Scope.owned(AssistantVector),
    )
)
