"""Assistants and prompts that come by the thousand: written many at a time, found again by their ids there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import Integer, Table, Text, bindparam, delete, insert, literal_column, select, update

from mecum.domains.assistants.model import (
    FACETS,
    FIELDS,
    Assistant,
    AssistantVector,
    AssistantVersion,
    Configuration,
    Growth,
    Prompt,
    PromptVersion,
)
from mecum.domains.assistants.model.flat import AssistantArrival, AssistantReference, PromptArrival
from mecum.infra.storage import Id, Prepared, Scope
from mecum.infra.storage.bulk import names, several, write

_SILENT: Final = {"synchronize_session": False}
Rows = Sequence[Mapping[str, Any]]


def _insert(entity: Any) -> Prepared:
    table = cast("Table", entity.__table__)
    columns = [column.name for column in table.columns]
    return Prepared(insert(table).values({name: bindparam(name) for name in columns}))


_TABLES: Final[dict[str, Any]] = {
    "prompts": Prompt,
    "prompt_versions": PromptVersion,
    "prompt_arrivals": PromptArrival,
    "core": Assistant,
    **FACETS,
    "versions": AssistantVersion,
    "vectors": AssistantVector,
    "arrivals": AssistantArrival,
    "references": AssistantReference,
}
"""In the order in which one refers to another."""
_INSERTS: Final = {name: _insert(entity) for name, entity in _TABLES.items()}
_KNOWN: Final = Prepared(
    select(
        AssistantArrival.original, AssistantArrival.assistant_id, AssistantArrival.import_id, AssistantArrival.content
    ).where(
        AssistantArrival.original.in_([bindparam(name, type_=Text) for name in names("original")]),
        Scope.owned(AssistantArrival),
    )
)
_KNOWN_PROMPTS: Final = Prepared(
    select(PromptArrival.original, PromptArrival.prompt_id, PromptArrival.import_id, PromptArrival.content).where(
        PromptArrival.original.in_([bindparam(name, type_=Text) for name in names("original")]),
        Scope.owned(PromptArrival),
    )
)
_WAITING: Final[dict[str, tuple[Any, Any]]] = {
    "assistant": (AssistantArrival, AssistantArrival.assistant_id),
    "prompt": (PromptArrival, PromptArrival.prompt_id),
}


class ArrivalRepository:
    """What was brought in of the subject's."""

    async def known(self, scope: Scope, originals: Iterable[str]) -> dict[str, tuple[str, str, bytes]]:
        """Return the id here, the import and the content of each assistant that has one of these ids there."""
        rows = await several(scope, _KNOWN, "original", originals)
        return {row[0]: (row[1], row[2], bytes(row[3])) for row in rows}

    async def known_prompts(self, scope: Scope, originals: Iterable[str]) -> dict[str, tuple[str, str, bytes]]:
        """Return the id here, the import and the content of each prompt that has one of these ids there."""
        rows = await several(scope, _KNOWN_PROMPTS, "original", originals)
        return {row[0]: (row[1], row[2], bytes(row[3])) for row in rows}

    async def every_slug(self, scope: Scope) -> set[str]:
        """Return all slugs, those in the trash among them."""
        query = select(Assistant.slug).where(scope.visible(Assistant))
        return set((await scope.session.execute(query)).scalars())

    async def has_primary(self, scope: Scope) -> bool:
        """Whether there is a primary assistant."""
        display = FACETS["display"]
        query = select(display.assistant_id).where(literal_column("is_primary")).limit(1)
        return (await scope.session.execute(query)).scalar() is not None

    async def add_all(self, scope: Scope, tables: Mapping[str, Rows]) -> None:
        """Store rows as columns store them, by the name of their table here; the owner's columns are filled in."""
        owner = {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}
        for name, prepared in _INSERTS.items():
            await write(scope, prepared, [{**row, **owner} for row in tables.get(name, ())])

    # What is named and comes later

    async def answered(self, scope: Scope, which: str, limit: int) -> list[dict[str, Any]]:
        """Return references to assistants or prompts that wait and whose target is here by now.

        `{assistant_id, field, original, target, legacy, state, number}`; `state` is the first version's.
        """
        arrival, target = _WAITING[which]
        first = AssistantVersion
        query = (
            select(
                AssistantReference.assistant_id,
                AssistantReference.field,
                AssistantReference.original,
                target.label("target"),
                Assistant.legacy,
                first.state,
            )
            .join(Assistant, Assistant.id == AssistantReference.assistant_id)
            .join(first, (first.assistant_id == Assistant.id) & (first.number == 1))
            .join(arrival, arrival.original == AssistantReference.original)
            .where(AssistantReference.kind == which, AssistantReference.target.is_(None))
            .order_by(AssistantReference.assistant_id)
            .limit(limit)
        )
        rows = (await scope.session.execute(query)).all()
        return [dict(row._mapping) for row in rows]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    async def waiting(
        self, scope: Scope, kinds: Sequence[str], after: tuple[str, str, str, str] | None, limit: int
    ) -> list[tuple[str, str, str, str]]:
        """Return (assistant, kind, field, original) of references of these kinds that wait, from behind one on."""
        key = (
            AssistantReference.assistant_id,
            AssistantReference.kind,
            AssistantReference.field,
            AssistantReference.original,
        )
        query = select(*key).where(AssistantReference.kind.in_(list(kinds)), AssistantReference.target.is_(None))
        if after is not None:
            query = query.where(_behind(key, after))
        query = query.order_by(*key).limit(limit)
        return [tuple(row) for row in (await scope.session.execute(query)).all()]  # type: ignore[misc]  # four columns

    async def answer(self, scope: Scope, rows: Rows) -> None:
        """Note the target of references: `{assistant_id, kind, field, original, target}`."""
        await write(
            scope, _ANSWER, [{f"_{name}": value for name, value in row.items()} | _owner(scope) for row in rows]
        )

    async def complete(self, scope: Scope, rows: Rows) -> None:
        """Write the legacy document and the first version's state of assistants: `{assistant_id, legacy, state}`."""
        bound = [{f"_{name}": value for name, value in row.items()} | _owner(scope) for row in rows]
        await write(scope, _LEGACY, bound)
        await write(scope, _STATE, bound)

    async def relate(self, scope: Scope, relation: str, rows: Rows) -> None:
        """Let assistants name others, where they name nothing yet: `{assistant_id, target}`."""
        bound = [{"_assistant_id": row["assistant_id"], "_target": row["target"]} | _owner(scope) for row in rows]
        await write(scope, _RELATE[relation], bound)

    # Taking it back

    async def brought(self, scope: Scope, import_id: str, limit: int, besides: Sequence[str]) -> list[tuple[str, bool]]:
        """Return assistants that an import brought, and whether each was changed here since; some are left out."""
        query = select(AssistantArrival.assistant_id, Assistant.revision > 1)
        query = query.join(Assistant, Assistant.id == AssistantArrival.assistant_id)
        query = query.where(AssistantArrival.import_id == import_id)
        if besides:
            query = query.where(AssistantArrival.assistant_id.not_in(list(besides)))
        query = query.order_by(AssistantArrival.assistant_id).limit(limit)
        return [(str(row[0]), bool(row[1])) for row in await scope.session.execute(query)]

    async def forget_brought(self, scope: Scope, assistant_ids: Sequence[str]) -> None:
        """Delete assistants for ever, with everything of them; prompts stay."""
        wanted = list(assistant_ids)
        prompts = await self._own_prompts(scope, wanted)
        for entity in (AssistantVersion, AssistantVector, AssistantReference, AssistantArrival, *FACETS.values()):
            await scope.session.execute(
                delete(entity).where(entity.assistant_id.in_(wanted)), execution_options=_SILENT
            )
        await scope.session.execute(delete(Assistant).where(Assistant.id.in_(wanted)), execution_options=_SILENT)
        await self._forget_prompts(scope, prompts)

    async def forget_brought_prompts(self, scope: Scope, import_id: str, limit: int) -> int:
        """Delete prompts that an import brought and nobody changed or uses; return how many of `limit` were looked at.

        Those that stay no longer count as the import's.
        """
        query = select(PromptArrival.prompt_id).where(PromptArrival.import_id == import_id).limit(limit)
        found = [str(one) for one in (await scope.session.execute(query)).scalars()]
        gone = delete(PromptArrival).where(PromptArrival.prompt_id.in_(found))
        await scope.session.execute(gone, execution_options=_SILENT)
        await self._forget_prompts(scope, found)
        return len(found)

    async def let_go(self, scope: Scope, import_id: str) -> None:
        """Let go of the rows that an import kept."""
        query = update(AssistantArrival).where(AssistantArrival.import_id == import_id)
        await scope.session.execute(query.values(row=None, changes=None), execution_options=_SILENT)

    async def _own_prompts(self, scope: Scope, assistant_ids: Sequence[str]) -> list[str]:
        """Return the prompts of these assistants that came as a text of theirs, not as a row of its own."""
        query = select(Configuration.system_prompt).where(
            Configuration.assistant_id.in_(list(assistant_ids)), Configuration.system_prompt.is_not(None)
        )
        named = [str(one) for one in (await scope.session.execute(query)).scalars()]
        rows = select(PromptArrival.prompt_id).where(PromptArrival.prompt_id.in_(named))
        arrived = {str(one) for one in (await scope.session.execute(rows)).scalars()}
        return [one for one in named if one not in arrived]

    async def _forget_prompts(self, scope: Scope, prompt_ids: Sequence[str]) -> None:
        if not prompt_ids:
            return
        wanted = list(prompt_ids)
        uses = select(Configuration.system_prompt).where(Configuration.system_prompt.in_(wanted))
        used = {str(one) for one in (await scope.session.execute(uses)).scalars()}
        changed = select(Prompt.id).where(Prompt.id.in_(wanted), Prompt.newest > 1)
        used |= {str(one) for one in (await scope.session.execute(changed)).scalars()}
        gone = [one for one in wanted if one not in used]
        for entity, key in ((PromptVersion, PromptVersion.prompt_id), (Prompt, Prompt.id)):
            await scope.session.execute(delete(entity).where(key.in_(gone)), execution_options=_SILENT)


def _behind(key: Sequence[Any], after: Sequence[Any]) -> Any:
    """Return the criterion of what comes after a position, column by column: both databases order it the same."""
    criterion: Any = None
    for column, value in reversed(list(zip(key, after, strict=True))):
        criterion = column > value if criterion is None else (column > value) | ((column == value) & criterion)
    return criterion


def _owner(scope: Scope) -> dict[str, Any]:
    return {"_organisation_id": scope.subject.organisation_id, "_person_id": scope.subject.person_id}


_ID: Final = bindparam("_assistant_id", type_=Id("ast"))
_ANSWER: Final = Prepared(
    update(AssistantReference)
    .where(
        AssistantReference.assistant_id == _ID,
        AssistantReference.kind == bindparam("_kind"),
        AssistantReference.field == bindparam("_field"),
        AssistantReference.original == bindparam("_original"),
        Scope.owned(AssistantReference),
    )
    .values(target=bindparam("_target", type_=Text))
)
_LEGACY: Final = Prepared(
    update(Assistant).where(Assistant.id == _ID, Scope.owned(Assistant)).values(legacy=bindparam("_legacy", type_=Text))
)
_STATE: Final = Prepared(
    update(AssistantVersion)
    .where(
        AssistantVersion.assistant_id == _ID,
        AssistantVersion.number == literal_column("1", Integer),
        Scope.owned(AssistantVersion),
    )
    .values(state=bindparam("_state", type_=Text))
)


def _relation(entity: Any, key: Any, column: Any, prefix: str, **beside: Any) -> Prepared:
    target = bindparam("_target", type_=Id(prefix))
    query = update(entity).where(key == _ID, column.is_(None), Scope.owned(entity))
    return Prepared(query.values({column.key: target, "version": entity.version + 1, **beside}))


_RELATE: Final = {
    "parent_assistant": _relation(Assistant, Assistant.id, Assistant.parent_assistant, "ast"),
    "mentor_assistant": _relation(Growth, Growth.assistant_id, Growth.mentor_assistant, "ast"),
    "spawned_by": _relation(Growth, Growth.assistant_id, Growth.spawned_by, "ast"),
    "system_prompt": _relation(
        Configuration,
        Configuration.assistant_id,
        Configuration.system_prompt,
        "prm",
        prompt_version=literal_column("1", Integer),
    ),
}
NO_FIELDS: Final[dict[str, dict[str, Any]]] = {
    facet: dict.fromkeys(("unknown", *(field.name for field in fields))) for facet, fields in FIELDS.items()
}
"""A row of each facet in which nothing stands."""
