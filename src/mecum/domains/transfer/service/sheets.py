"""An assistant as a file says it: everything of it, its project by its name."""

from contextlib import suppress
from dataclasses import replace

from mecum.domains.assistants import api as assistants
from mecum.domains.projects.ports import Directory
from mecum.domains.transfer.rules.record import Json
from mecum.infra.storage import Scope
from mecum.kernel.errors import NotFound


class Sheets:
    """Reads assistants of the subject."""

    def __init__(self, context: assistants.Assistants, projects: Directory) -> None:
        self._context, self._projects = context, projects

    async def read(self, scope: Scope, reference: str, *, versions: bool) -> assistants.Departure:
        """Return an assistant as it goes out, with all it ever was if `versions`; raises AssistantNotFound."""
        found = await self._context.departures.read(scope, reference, versions=versions)
        record = {name: value for name, value in found.record.items() if name != "current_project"}
        record["project"] = await self._name_of(scope, found.record["current_project"])
        if versions:
            record["versions"] = [_placeless(version) for version in record["versions"]]
        return replace(found, record=record)

    async def has_primary(self, scope: Scope) -> bool:
        """Whether one of the subject's assistants is the primary one."""
        return bool((await self._context.assistants.page(scope, only="primary", limit=1)).items)

    async def _name_of(self, scope: Scope, project_id: str | None) -> str | None:
        if project_id is None:
            return None
        with suppress(NotFound):
            return (await self._projects.find(scope, project_id)).name
        return None


def _placeless(version: Json) -> Json:
    """Return a version that says nothing of projects, whose ids are none elsewhere."""
    core = version["state"].get("core")
    if core is None:
        return version
    left = {name: value for name, value in core.items() if name != "current_project"}
    return {**version, "state": {**version["state"], "core": left}}
