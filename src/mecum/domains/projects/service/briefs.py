"""What conversations ask of projects: what a turn takes from one, and the one of a name, which may have to be made."""

from collections.abc import Mapping
from typing import Any, Final

from mecum.domains.projects.errors import ProjectNotFound
from mecum.domains.projects.ports import Brief
from mecum.domains.projects.repository import BRIEF, ProjectRepository
from mecum.domains.projects.rules import key_of, tidy
from mecum.domains.runs import api as runs
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids

_LONGEST: Final = 120


class Briefs:
    """Needs nobody whose things are in a project."""

    def __init__(self, channel: runs.PersonChannel) -> None:
        self._channel, self._repository = channel, ProjectRepository()

    async def find(self, scope: Scope, project_id: str) -> Brief:
        """Return a project as its conversations need it, in one statement; raises ProjectNotFound."""
        rows = await scope.rows(BRIEF, {"_id": project_id}) if ids.is_id(project_id, "prj") else ()
        if not rows:
            raise ProjectNotFound(project=project_id)
        return Brief(*rows[0])

    async def named(self, scope: Scope, name: str) -> str:
        """Return the id of the project of this name, which is made where there is none."""
        cut = tidy(name)[:_LONGEST].strip()
        found = await self._repository.find(scope, cut)
        return found.id if found is not None else await self.add(scope, {"name": cut, "key": key_of(cut)})

    async def add(self, scope: Scope, values: Mapping[str, Any]) -> str:
        """Store a project (by column) and return its id."""
        project_id, now = ids.new("prj"), clock.now()
        times = {"version": 1, "created_at": now, "updated_at": now}
        await self._repository.add(scope, {"id": project_id, **values, **times})
        await self._channel.tell(scope, "project.created", project_id=project_id)
        return project_id
