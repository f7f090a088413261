"""Versions: listed, compared, and brought back."""

from collections.abc import Sequence
from typing import Any

from mecum.domains.assistants.errors import AssistantConflict, AssistantNotFound, FieldInvalid, VersionNotFound
from mecum.domains.assistants.model import FACETS, FIELDS, Assistant, AssistantVersion
from mecum.domains.assistants.repository import AssistantRepository, HistoryRepository, ViewRepository
from mecum.domains.assistants.rules.history import CORE, States, difference, folded
from mecum.domains.assistants.rules.values import to_driver
from mecum.domains.assistants.service.columns import columns_of
from mecum.domains.assistants.service.keeping import Keeper
from mecum.infra.storage import Scope
from mecum.kernel import clock, paging


class HistoryService:
    """The versions of the subject's assistants."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._assistants, self._history, self._views = AssistantRepository(), HistoryRepository(), ViewRepository()

    async def newest(self, scope: Scope, reference: str, cursor: str | None, limit: int) -> paging.Page[dict[str, Any]]:
        """Return a page of versions, the newest first; raises AssistantNotFound, BadCursor."""
        assistant = await self._get(scope, reference)
        before = None if cursor is None else int(paging.decode(cursor, int)[0])
        found = list(await self._history.newest_versions(scope, assistant.id, before, limit + 1))
        items = found[:limit]
        following = paging.encode(items[-1].number) if len(found) > limit else None
        return paging.Page([_view(version) for version in items], following)

    async def version(self, scope: Scope, reference: str, number: int) -> dict[str, Any]:
        """Return a version with what the assistant was then; raises AssistantNotFound, VersionNotFound."""
        assistant = await self._get(scope, reference)
        versions = await self._until(scope, assistant, number)
        return {**_view(versions[-1]), "state": folded(version.state for version in versions)}

    async def difference(self, scope: Scope, reference: str, before: int, after: int | None) -> dict[str, Any]:
        """Return what is different between two versions; `after` None is the newest.

        Raises AssistantNotFound, VersionNotFound.
        """
        assistant = await self._get(scope, reference)
        last = assistant.revision if after is None else after
        one, other = [await self._state(scope, assistant, number) for number in (before, last)]
        return {"before": before, "after": last, "items": difference(one, other)}

    async def restore(self, scope: Scope, reference: str, number: int, facets: Sequence[str] | None) -> str:
        """Bring back what an assistant was, as a new version; return its id.

        Its slug stays: what names it would lead nowhere. Raises AssistantNotFound, VersionNotFound, FieldInvalid,
        AssistantConflict.
        """
        assistant = await self._get(scope, reference)
        wanted = self._wanted(facets)
        then = await self._state(scope, assistant, number)
        now = await self._state(scope, assistant, assistant.revision)
        then.setdefault(CORE, {})["slug"] = assistant.slug
        changed = {f: then.get(f, {}) for f in wanted if then.get(f, {}) != now.get(f, {})}
        for facet, state in changed.items():
            await self._write(scope, assistant, facet, state)
        if changed:
            await self._keeper.changed(scope, assistant.id, f"restored {number}", changed)
            if "display" in changed:
                await self._keeper.let_expire(scope, assistant.id, changed["display"])
        scope.session.expunge_all()
        return assistant.id

    def _wanted(self, facets: Sequence[str] | None) -> Sequence[str]:
        known = (CORE, *FACETS)
        unknown = [facet for facet in facets or () if facet not in known]
        if unknown:
            message = f"must be one of {', '.join(known)}"
            raise FieldInvalid(errors=[{"path": "facets", "message": message}])
        return known if facets is None else facets

    async def _write(self, scope: Scope, assistant: Assistant, facet: str, state: dict[str, Any]) -> None:
        if facet == CORE:
            if not await self._assistants.change(scope, assistant.id, assistant.version, state):
                raise AssistantConflict(facet=CORE)
            return
        row = await self._views.facet(scope, assistant.id, facet)
        if row is None:
            raise AssistantNotFound(assistant=assistant.id)
        written = [field.name for field in FIELDS[facet] if field.writer != "measured"]
        columns = columns_of(facet, {name: state.get(name) for name in written})
        stored = {name: to_driver(value) for name, value in columns.items()}
        if not await self._assistants.change_facet(scope, assistant.id, facet, row[f"{facet}.version"], stored):
            raise AssistantConflict(facet=facet)
        if columns.get("is_primary"):
            await self._assistants.only_primary(scope, assistant.id)

    async def _state(self, scope: Scope, assistant: Assistant, number: int) -> States:
        return folded(version.state for version in await self._until(scope, assistant, number))

    async def _until(self, scope: Scope, assistant: Assistant, number: int) -> Sequence[AssistantVersion]:
        versions = await self._history.versions_until(scope, assistant.id, number)
        if not versions or versions[-1].number != number:
            raise VersionNotFound(assistant=assistant.slug, number=number)
        return versions

    async def _get(self, scope: Scope, reference: str) -> Assistant:
        found = await self._assistants.find(scope, reference)
        if found is None:
            raise AssistantNotFound(assistant=reference)
        return found


def _view(version: AssistantVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "reason": version.reason,
        "facets": list(version.state),
        "created_at": clock.iso(clock.to_milliseconds(version.created_at)),
    }
