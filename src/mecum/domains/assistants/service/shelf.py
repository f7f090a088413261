"""Which assistants work in which project: each in one at most, as its core says."""

from collections.abc import Mapping, Sequence
from typing import Any

from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.assistants.model import Assistant
from mecum.domains.assistants.repository import AssistantRepository
from mecum.domains.assistants.service.assistants import AssistantService
from mecum.infra.storage import Scope


class PlacedAssistants:
    """See `projects.ports.Shelf`. A move is a change of the assistant like any other: it has its version."""

    def __init__(self, service: AssistantService) -> None:
        self._service, self._assistants = service, AssistantRepository()

    async def named(self, scope: Scope, reference: str) -> Mapping[str, Any]:
        """Return `{id, slug, name}` of the assistant with this id or slug; raises AssistantNotFound."""
        found = await self._assistants.find(scope, reference)
        if found is None:
            raise AssistantNotFound(assistant=reference)
        return _shown(found)

    async def counts(self, scope: Scope) -> Mapping[str, int]:
        counted: dict[str, int] = {}
        for found in await self._assistants.placed(scope, None):
            counted[str(found.current_project)] = counted.get(str(found.current_project), 0) + 1
        return counted

    async def inside(self, scope: Scope, project_id: str) -> Sequence[dict[str, Any]]:
        return [_shown(found) for found in await self._assistants.placed(scope, project_id)]

    async def put(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        found = [await self._assistants.find(scope, reference) for reference in references]
        for one in found:
            if one is not None and one.current_project != project_id:
                await self._move(scope, one.id, project_id)
        return [None if one is None else one.id for one in found]

    async def take_out(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        inside = await self._assistants.placed(scope, project_id)
        known = {name: found.id for found in inside for name in (found.id, found.slug)}
        for reference in references:
            if reference in known:
                await self._move(scope, known[reference], None)
        return [known.get(reference) for reference in references]

    async def leave(self, scope: Scope, project_id: str) -> Sequence[str]:
        held = [found.id for found in await self._assistants.placed(scope, project_id)]
        for assistant_id in held:
            await self._move(scope, assistant_id, None)
        return held

    async def come_back(self, scope: Scope, project_id: str, held: Sequence[str]) -> None:
        for assistant_id in held:
            found = await self._assistants.find(scope, assistant_id)
            if found is not None and found.current_project is None:
                await self._move(scope, assistant_id, project_id)

    async def forget(self, scope: Scope, project_id: str) -> None:
        await self.leave(scope, project_id)

    async def _move(self, scope: Scope, assistant_id: str, project_id: str | None) -> None:
        await self._service.change(scope, assistant_id, None, {"current_project": project_id})


def _shown(assistant: Assistant) -> dict[str, Any]:
    return {"id": assistant.id, "slug": assistant.slug, "name": assistant.name}
