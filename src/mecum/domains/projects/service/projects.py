"""Projects: their list, their views, changes against the version that was read."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mecum.domains.projects.errors import ProjectConflict, ProjectNameTaken, ProjectNotFound
from mecum.domains.projects.model import Project
from mecum.domains.projects.ports import Kind, Shelf
from mecum.domains.projects.repository import ProjectRepository
from mecum.domains.projects.rules import held_by, key_of, project_view, tidy
from mecum.domains.projects.schemas import ProjectChange, ProjectCreate
from mecum.domains.projects.service.briefs import Briefs
from mecum.domains.runs import api as runs
from mecum.infra.storage import Scope
from mecum.kernel import clock, paging
from mecum.kernel.errors import NotFound

Assistant = Callable[[Scope, str], Awaitable[Mapping[str, Any]]]
"""Returns `{id, slug, name}` of the subject's assistant with this id or slug; raises AssistantNotFound."""


class ProjectService:
    """Projects of the subject that are not deleted; the list also shows those that are."""

    def __init__(
        self, shelves: Mapping[Kind, Shelf], assistant: Assistant, briefs: Briefs, channel: runs.PersonChannel
    ) -> None:
        self._shelves, self._assistant, self._briefs, self._channel = shelves, assistant, briefs, channel
        self._repository = ProjectRepository()

    async def page(self, scope: Scope, *, deleted: bool, cursor: str | None, limit: int) -> paging.Page[dict[str, Any]]:
        """Return a page of projects by name; raises BadCursor."""
        after = None
        if cursor is not None:
            key, last = paging.decode(cursor, str, str)
            after = (str(key), str(last))
        found = await self._repository.by_name(scope, deleted=deleted, after=after, limit=limit + 1)
        conversations = await self._shelves["conversations"].counts(scope)
        files = await self._shelves["files"].counts(scope)
        items = found[:limit]
        views = [
            project_view(
                item,
                conversations=len(held_by(item).get("conversations", ())) if deleted else conversations.get(item.id, 0),
                files=files.get(item.id, 0),
            )
            for item in items
        ]
        following = paging.encode(items[-1].key, items[-1].id) if len(found) > limit else None
        return paging.Page(views, following)

    async def get(self, scope: Scope, reference: str, *, deleted: bool = False) -> Project:
        """Return a project; raises ProjectNotFound, also when it is deleted, unless that is asked for."""
        found = await self._repository.find(scope, reference, deleted=deleted)
        if found is None:
            raise ProjectNotFound(project=reference)
        return found

    async def view(self, scope: Scope, reference: str) -> dict[str, Any]:
        """Return a project with what is in it, as the wire shows it; raises ProjectNotFound."""
        project = await self.get(scope, reference)
        conversations = await self._shelves["conversations"].counts(scope)
        files = await self._shelves["files"].inside(scope, project.id)
        assistants = await self._shelves["assistants"].inside(scope, project.id)
        return {
            **project_view(project, conversations=conversations.get(project.id, 0), files=len(files)),
            "instructions": project.instructions,
            "assistant": await self._default(scope, project),
            "assistants": list(assistants),
            "files": list(files),
        }

    async def create(self, scope: Scope, wanted: ProjectCreate) -> str:
        """Make a project and return its id; raises ProjectNameTaken, AssistantNotFound."""
        await self._require_free(scope, wanted.name, None)
        values = await self._columns(scope, wanted.model_dump(exclude_none=True))
        return await self._briefs.add(scope, values)

    async def change(self, scope: Scope, reference: str, wanted: ProjectChange) -> str:
        """Change what is named and return the project's id.

        Raises ProjectNotFound, ProjectConflict, ProjectNameTaken, AssistantNotFound.
        """
        project = await self.get(scope, reference)
        given = {name: getattr(wanted, name) for name in wanted.model_fields_set - {"version"}}
        if given.get("name") is None:
            # A project always has one.
            given.pop("name", None)
        else:
            await self._require_free(scope, given["name"], project.id)
        values = await self._columns(scope, given)
        if not values:
            return project.id
        values["updated_at"] = clock.now()
        if not await self._repository.change(scope, project.id, wanted.version or project.version, values):
            raise ProjectConflict(current=await self.view(scope, project.id))
        scope.session.expunge_all()
        await self._channel.tell(scope, "project.updated", project_id=project.id)
        return project.id

    async def _columns(self, scope: Scope, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is wanted as the table has it; raises AssistantNotFound."""
        values = dict(wanted)
        if "name" in values:
            values["name"] = tidy(values["name"])
            values["key"] = key_of(values["name"])
        if "assistant" in values:
            named: str | None = values.pop("assistant")
            values["assistant_id"] = None if named is None else (await self._assistant(scope, named))["id"]
        for name in ("instructions", "model"):
            if name in values:
                values[name] = values[name] or None
        return values

    async def _default(self, scope: Scope, project: Project) -> Mapping[str, Any] | None:
        if project.assistant_id is None:
            return None
        try:
            return await self._assistant(scope, project.assistant_id)
        except NotFound:
            # In the trash, perhaps to come back.
            return None

    async def _require_free(self, scope: Scope, name: str, project_id: str | None) -> None:
        found = await self._repository.find(scope, tidy(name))
        if found is not None and found.id != project_id:
            raise ProjectNameTaken(name=found.name, project_id=found.id)
