"""What is in a project: putting things into it and taking them out, many at a time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from mecum.domains.projects.errors import NotInProject, ProjectItemNotFound, ProjectNotFound
from mecum.domains.projects.ports import KINDS, Kind, Shelf
from mecum.domains.projects.repository import ProjectRepository
from mecum.domains.projects.schemas import ProjectContents
from mecum.domains.runs import api as runs
from mecum.infra.storage import Scope
from mecum.kernel.errors import NotFound

_Move = Callable[[Scope, str, Sequence[str]], Awaitable[Sequence[str | None]]]


class ContentsService:
    """One change moves all that can be moved; the rest is told with its reason."""

    def __init__(self, shelves: Mapping[Kind, Shelf], channel: runs.PersonChannel) -> None:
        self._shelves, self._channel = shelves, channel
        self._repository = ProjectRepository()

    async def put(self, scope: Scope, reference: str, wanted: ProjectContents) -> dict[str, Any]:
        """Put things into a project and return what became of them as the wire shows it; raises ProjectNotFound."""
        moves: dict[Kind, _Move] = {kind: self._shelves[kind].put for kind in KINDS}
        return await self._moved(scope, reference, wanted, moves, ProjectItemNotFound)

    async def take_out(self, scope: Scope, reference: str, wanted: ProjectContents) -> dict[str, Any]:
        """Take things out of a project; raises ProjectNotFound."""
        moves: dict[Kind, _Move] = {kind: self._shelves[kind].take_out for kind in KINDS}
        return await self._moved(scope, reference, wanted, moves, NotInProject)

    async def _moved(
        self,
        scope: Scope,
        reference: str,
        wanted: ProjectContents,
        moves: Mapping[Kind, _Move],
        missing: type[NotFound],
    ) -> dict[str, Any]:
        project = await self._repository.find(scope, reference)
        if project is None:
            raise ProjectNotFound(project=reference)
        told: dict[str, Any] = {}
        skipped: list[dict[str, Any]] = []
        for kind in KINDS:
            chosen: list[str] = list(dict.fromkeys(getattr(wanted, kind)))
            done = await moves[kind](scope, project.id, chosen) if chosen else ()
            told[kind] = [item for item in done if item is not None]
            left = [given for given, item in zip(chosen, done, strict=True) if item is None]
            skipped += [{"kind": kind, "id": one, "code": missing.code, "message": missing().message} for one in left]
        if any(told.values()):
            await self._channel.tell(scope, "project.updated", project_id=project.id)
        return {**told, "skipped": skipped}
