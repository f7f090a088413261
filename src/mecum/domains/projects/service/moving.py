"""Projects on their way out and in, by column; what is in them is moved by those whose it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mecum.domains.projects.model import Project
from mecum.domains.projects.ports import Kind, Shelf
from mecum.domains.projects.repository import ProjectRepository
from mecum.domains.projects.rules import free_name, key_of, tidy
from mecum.domains.runs import api as runs
from mecum.infra.storage import Scope
from mecum.kernel import ids

_COLUMNS: Final = ("id", "name", "instructions", "assistant_id", "model", "created_at", "updated_at")


class Moving:
    """Reads and takes in projects of the subject."""

    def __init__(self, channel: runs.PersonChannel, shelves: Mapping[Kind, Shelf]) -> None:
        self._channel, self._shelves, self._repository = channel, shelves, ProjectRepository()

    async def oldest(self, scope: Scope) -> Sequence[dict[str, Any]]:
        """Return every project that is not in the trash by column, the oldest first."""
        return [_columns(project) for project in await self._repository.oldest(scope, deleted=False)]

    async def trashed(self, scope: Scope) -> int:
        """Return how many projects are in the trash."""
        return len(await self._repository.oldest(scope, deleted=True))

    async def find(self, scope: Scope, project_id: str) -> dict[str, Any] | None:
        """Return a project by column, and whether it is `trashed`, or None."""
        found = await self._repository.find(scope, project_id, deleted=True)
        if found is None:
            return None
        return {**_columns(found), "trashed": found.deleted_at is not None}

    async def holds(self, scope: Scope, project_id: str) -> bool:
        """Whether a conversation or an assistant is in a project; files belong to it."""
        kinds: Sequence[Kind] = ("conversations", "assistants")
        return any([await self._shelves[kind].inside(scope, project_id) for kind in kinds])

    async def take(self, scope: Scope, values: Mapping[str, Any]) -> str:
        """Store a project that comes from elsewhere and return its id; a name that is taken gets a number.

        `values` are columns; without an id it gets one. Raises WriteConflict where the id is somebody else's.
        """
        name = free_name(tidy(values["name"]), await self._repository.keys(scope))
        project_id = values.get("id") or ids.new("prj")
        row = {**values, "id": project_id, "name": name, "key": key_of(name), "version": 1}
        await self._repository.add(scope, row)
        await self._channel.tell(scope, "project.created", project_id=project_id)
        return project_id

    async def begin_with(self, scope: Scope, project_id: str, assistant_id: str) -> None:
        """Let a project that came have its default assistant, which came after it; that is no change of a person's."""
        await self._repository.set_assistant(scope, project_id, assistant_id)


def _columns(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in _COLUMNS}
