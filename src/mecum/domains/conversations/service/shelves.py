"""What of this context is in projects: conversations, in one at most, and files, in any number of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mecum.domains.conversations.model import File
from mecum.domains.conversations.repository import FileRepository, HoldingRepository, PlacedRepository
from mecum.domains.runs import api as runs
from mecum.infra.blobs.service import Blobs
from mecum.infra.storage import Scope

_MOST_TOLD = 100
"""Beyond that many conversations, whoever listens reads the lists again because of the project's own event."""


class PlacedConversations:
    """See `projects.ports.Shelf`."""

    def __init__(self, channel: runs.PersonChannel) -> None:
        self._channel, self._placed = channel, PlacedRepository()

    async def counts(self, scope: Scope) -> Mapping[str, int]:
        return await self._placed.counted(scope)

    async def inside(self, scope: Scope, project_id: str) -> Sequence[dict[str, Any]]:
        return [{"id": found} for found in await self._placed.inside(scope, project_id)]

    async def put(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        return await self._told(scope, references, await self._placed.enter(scope, project_id, references))

    async def take_out(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        return await self._told(scope, references, await self._placed.leave(scope, project_id, references))

    async def leave(self, scope: Scope, project_id: str) -> Sequence[str]:
        held = await self._placed.inside(scope, project_id)
        await self._placed.empty(scope, project_id)
        await self._told(scope, held, set(held))
        return held

    async def come_back(self, scope: Scope, project_id: str, held: Sequence[str]) -> None:
        await self._told(scope, held, await self._placed.come_back(scope, project_id, held))

    async def forget(self, scope: Scope, project_id: str) -> None:
        await self._placed.empty(scope, project_id)

    async def _told(self, scope: Scope, chosen: Sequence[str], moved: set[str]) -> Sequence[str | None]:
        for conversation_id in [one for one in chosen if one in moved][:_MOST_TOLD]:
            await self._channel.tell(scope, "conversation.updated", conversation_id=conversation_id)
        return [one if one in moved else None for one in chosen]


class HeldFiles:
    """See `projects.ports.Shelf`."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._holding, self._files = HoldingRepository(), FileRepository()

    async def counts(self, scope: Scope) -> Mapping[str, int]:
        return await self._holding.counted(scope)

    async def inside(self, scope: Scope, project_id: str) -> Sequence[dict[str, Any]]:
        return [
            {
                "id": file.id,
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "text": file.text_length is not None,
            }
            for file in await self._holding.inside(scope, project_id)
        ]

    async def whole(self, scope: Scope, project_id: str) -> Sequence[tuple[File, datetime]]:
        """Return the files of a project, each with when it came, in that order."""
        return await self._holding.held(scope, project_id)

    async def keep(self, scope: Scope, project_id: str, file_id: str, moment: datetime) -> None:
        """Let a project that comes from elsewhere hold a file, since a moment."""
        await self._holding.hold(scope, project_id, [file_id], moment)

    async def put(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        there = await self._holding.hold(scope, project_id, references)
        return [one if one in there else None for one in references]

    async def take_out(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        held = await self._holding.let_go(scope, project_id, references)
        return [one if one in held else None for one in references]

    async def leave(self, scope: Scope, project_id: str) -> Sequence[str]:
        await self._holding.hide(scope, project_id, deleted=True)
        return [file.id for file in await self._holding.inside(scope, project_id)]

    async def come_back(self, scope: Scope, project_id: str, held: Sequence[str]) -> None:
        await self._holding.hide(scope, project_id, deleted=False)

    async def forget(self, scope: Scope, project_id: str) -> None:
        held = [file.id for file in await self._holding.inside(scope, project_id)]
        await self._holding.let_go(scope, project_id, held)
        for file in await self._files.forget_unheld(scope, held):
            await self._blobs.release(scope, file.organisation_id, file.sha256)
