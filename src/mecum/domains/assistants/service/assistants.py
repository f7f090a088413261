"""Assistants: their lists and views, and changes of their core and facets, each against the version that was read."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import orjson

from mecum.domains.assistants.errors import AssistantConflict, AssistantNotFound, SlugTaken
from mecum.domains.assistants.model import Assistant
from mecum.domains.assistants.repository import AssistantRepository, Listing, MeasureRepository, ViewRepository
from mecum.domains.assistants.repository.views import MEASURED, Only, Order, Row, View
from mecum.domains.assistants.rules import effects, slugs
from mecum.domains.assistants.rules.history import CORE
from mecum.domains.assistants.rules.template import TEMPLATE, composed
from mecum.domains.assistants.rules.values import State, effective, to_driver
from mecum.domains.assistants.rules.wire import (
    chat_view,
    facet_view,
    figures_in,
    full_view,
    kept_in,
    shown_view,
    state_of,
    wants_figures,
)
from mecum.domains.assistants.service.columns import Relations, columns_of, require_writable
from mecum.domains.assistants.service.keeping import Keeper, core_state
from mecum.domains.assistants.service.prompts import PromptService, require_storable
from mecum.domains.retrieval import api as retrieval
from mecum.infra.storage import Scope
from mecum.kernel import paging

_NO_RANK: Final = 2**31
"""Where a featured assistant without a rank stands: behind those with one."""


class AssistantService:
    """Assistants of the subject that are not deleted; the list also shows those that are."""

    def __init__(self, keeper: Keeper, prompts: PromptService) -> None:
        self._keeper, self._prompts = keeper, prompts
        self._assistants, self._views, self._relations = AssistantRepository(), ViewRepository(), Relations()
        self._measures = MeasureRepository()

    async def page(
        self,
        scope: Scope,
        *,
        view: Literal["list", "card"] = "list",
        status: str | None = None,
        only: Only | None = None,
        parent: str | None = None,
        words: str | None = None,
        deleted: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> paging.Page[dict[str, Any]]:
        """Return a page: changed last first, featured ones by rank, deleted ones last deleted first.

        `parent` is an id; `words` stand in the name, the slug or the specialty, whatever their case. Raises BadCursor.
        """
        order: Order = "deleted" if deleted else "ranked" if only == "featured" else "newest"
        listing = Listing(view, order, status is not None, only, parent is not None, words is not None)
        after = None
        if cursor is not None:
            at, last = paging.decode(cursor, int, str)
            after = (int(at), str(last))
        values = {"_status": status, "_parent": parent, **slugs.patterns(words)}
        found = await self._views.page(scope, listing, values, after, limit + 1)
        items = found[:limit]
        following = _position(items[-1], order) if len(found) > limit else None
        return paging.Page([shown_view(row) for row in items], following)

    async def view(self, scope: Scope, reference: str, view: View = "full") -> dict[str, Any]:
        """Return an assistant as a view shows it; raises AssistantNotFound."""
        row = await self._views.find(scope, reference, view)
        if row is None:
            raise AssistantNotFound(assistant=reference)
        if view == "full":
            vectors = await self._views.vectors(scope, row["core.id"])
            return full_view(
                row, vectors, [_bare(child) for child in await self._views.children(scope, row["core.id"])]
            )
        if view != "chat":
            return shown_view(row)
        if wants_figures(row):
            row["measures.body"] = await self._measures.figures(scope, row["core.id"])
        return chat_view(row)

    async def named(self, scope: Scope, reference: str) -> Sequence[str]:
        """Return the ids of those with this id or slug, else of those with this name: case and accents do not count."""
        names = await self._assistants.names(scope)
        exact = [assistant_id for assistant_id, slug, _ in names if reference in (assistant_id, slug)]
        wanted = retrieval.folded(reference)
        return exact or [assistant_id for assistant_id, _, name in names if _tidy(name) == wanted]

    async def facet(self, scope: Scope, reference: str, facet: str) -> dict[str, Any]:
        """Return one facet; raises AssistantNotFound."""
        row = await self._facet(scope, reference, facet)
        view = facet_view(row, facet)
        if facet == "capabilities":
            view["vectors"] = await self._views.vectors(scope, row["core.id"])
        return view

    async def change(self, scope: Scope, reference: str, version: int | None, wanted: Mapping[str, Any]) -> str:
        """Change fields of the core; return the assistant's id.

        Raises AssistantNotFound, AssistantConflict, SlugTaken, AssistantCircle, FieldInvalid.
        """
        assistant = await self._get(scope, reference)
        values = {name: value for name, value in wanted.items() if value is not None or name in _NULLABLE}
        require_storable(name=values.get("name"))
        if "parent_assistant" in values:
            named = values["parent_assistant"]
            values["parent_assistant"] = await self._relations.named(scope, named, assistant.id, mentor=False)
        await self._require_free(scope, assistant, values.get("slug"))
        if not values:
            return assistant.id
        if not await self._assistants.change(scope, assistant.id, version or assistant.version, values):
            raise AssistantConflict(facet=CORE, current=await self.view(scope, assistant.id, "list"))
        state = {**core_state(assistant), **values}
        await self._keeper.changed(scope, assistant.id, "changed", {CORE: state})
        scope.session.expunge_all()
        return assistant.id

    async def change_facet(
        self, scope: Scope, reference: str, facet: str, version: int | None, wanted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Change fields of a facet and return it; null is the default again.

        Raises AssistantNotFound, AssistantConflict, AssistantCircle, FieldInvalid, FieldUnwritable.
        """
        require_writable(facet, wanted)
        values = dict(wanted)
        if values.get("mentor_assistant"):
            below = (await self._facet(scope, reference, facet))["core.id"]
            values["mentor_assistant"] = await self._relations.named(
                scope, values["mentor_assistant"], below, mentor=True
            )
        if not values:
            return await self.facet(scope, reference, facet)
        return await self._write(scope, reference, facet, version, values, "changed")

    async def set_prompt(
        self, scope: Scope, reference: str, text: str, note: str | None, version: int | None
    ) -> dict[str, Any]:
        """Give an assistant's prompt a new version that counts from now on; return the configuration.

        Raises AssistantNotFound, AssistantConflict, FieldInvalid.
        """
        row = await self._facet(scope, reference, "configuration")
        prompt_id: str | None = row["configuration.system_prompt"]
        if prompt_id is None:
            title = row["configuration.prompt_title"] or row["core.name"]
            prompt_id, number = await self._prompts.create(scope, title, text, note), 1
        else:
            number = await self._prompts.write(scope, prompt_id, text, note)
        pinned = {"system_prompt": prompt_id, "prompt_version": number}
        return await self._write(scope, row["core.id"], "configuration", version, pinned, "prompt")

    async def preview(self, scope: Scope, reference: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Return the system prompt as it would be with these fields, and the template; raises AssistantNotFound."""
        row = await self._views.find(scope, reference, "chat")
        if row is None:
            raise AssistantNotFound(assistant=reference)
        facets: dict[str, State] = {}
        for facet in ("identity", "configuration"):
            changed: State = wanted.get(facet) or {}
            columns_of(facet, changed)
            facets[facet] = effective(facet, {**state_of(row, facet), **changed})
        prompt = wanted["prompt"] if wanted.get("prompt") is not None else row["prompt.text"]
        name = wanted.get("name") or row["core.name"]
        if facets["configuration"]["prompt_measures"]:
            row["measures.body"] = await self._measures.figures(scope, row["core.id"])
        text = composed(name, facets["identity"], facets["configuration"], prompt, figures_in(row))
        return {"text": text, "template": TEMPLATE}

    async def _write(
        self, scope: Scope, reference: str, facet: str, version: int | None, values: State, reason: str
    ) -> dict[str, Any]:
        """Change a facet, keep that as a version, and return the facet as it is now."""
        columns = {name: to_driver(value) for name, value in columns_of(facet, values).items()}
        row = await self._assistants.change_facet(scope, reference, facet, version, columns)
        if row is None:
            raise AssistantConflict(facet=facet, current=await self.facet(scope, reference, facet))
        assistant_id, kept = row["assistant_id"], kept_in(row, facet)
        if kept.keys() & values.keys():
            left = {name: value for name, value in kept.items() if name not in values}
            row[f"{facet}.unknown"] = orjson.dumps(left).decode()
            await self._assistants.keep_unknown(scope, assistant_id, facet, left or None)
        state = state_of(row, facet)
        if facet == "display":
            if values.get("is_primary"):
                await self._assistants.only_primary(scope, assistant_id)
            await self._keeper.let_expire(scope, assistant_id, state)
        await self._keeper.changed(scope, assistant_id, reason, {facet: state})
        if facet in MEASURED:
            return await self.facet(scope, assistant_id, facet)
        view = facet_view(row, facet)
        if facet == "capabilities":
            view["vectors"] = await self._views.vectors(scope, assistant_id)
        return view

    async def _facet(self, scope: Scope, reference: str, facet: str) -> Row:
        row = await self._views.facet(scope, reference, facet)
        if row is None:
            raise AssistantNotFound(assistant=reference)
        return row

    async def _get(self, scope: Scope, reference: str) -> Assistant:
        found = await self._assistants.find(scope, reference)
        if found is None:
            raise AssistantNotFound(assistant=reference)
        return found

    async def _require_free(self, scope: Scope, assistant: Assistant, slug: str | None) -> None:
        if slug is None or slug == assistant.slug:
            return
        if slug in slugs.RESERVED or await self._assistants.find(scope, slug, deleted=True) is not None:
            raise SlugTaken(slug=slug)


_NULLABLE: Final = frozenset({"parent_assistant", "current_project"})


def effect_views() -> list[dict[str, Any]]:
    """Return the table of effects as the wire shows it."""
    return [
        {
            "facet": entry.facet,
            "field": entry.field.name,
            "kind": entry.field.kind,
            "doc": entry.field.doc,
            "choices": list(entry.field.choices),
            "default": entry.field.default,
            "least": entry.field.least,
            "most": entry.field.most,
            "longest": entry.field.longest,
            "writer": entry.field.writer,
            "editable": entry.field.editable,
            "in_effect": entry.field.effect is not None,
            "effect": entry.sentence,
        }
        for entry in effects.table()
    ]


def _position(row: Row, order: str) -> str:
    if order == "ranked":
        rank = row["display.featured_rank"]
        return paging.encode(_NO_RANK if rank is None else rank, row["core.slug"])
    return paging.encode(row["core.deleted_at" if order == "deleted" else "core.updated_at"], row["core.id"])


def _bare(row: Row) -> dict[str, Any]:
    return {name: row[f"core.{name}"] for name in ("id", "slug", "name")}


def _tidy(name: str) -> str:
    return retrieval.folded(" ".join(name.split()))
