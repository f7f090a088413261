"""One change of many conversations, and its undoing."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from mecum.domains.conversations.errors import BatchNotFound, BatchUndone
from mecum.domains.conversations.model import Conversation
from mecum.domains.conversations.repository import BatchRepository, ConversationRepository, TagRepository
from mecum.domains.conversations.rules import absent, tags_of
from mecum.domains.conversations.schemas.batches import BatchCreate
from mecum.domains.conversations.service.conversations import ConversationService
from mecum.domains.conversations.service.removal import Removal
from mecum.domains.runs import api as runs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock, ids
from mecum.kernel.errors import MecumError, NotFound
from mecum.kernel.subject import Subject

_MOST_TITLE: Final = 500
_PLACES: Final = re.compile(r"\{title\}|\{n\}|\{date\}")
_OPPOSITE: Final = {"delete": "restore", "restore": "delete"}


@dataclass(slots=True)
class _Outcome:
    action: str
    before: dict[str, Any] = field(default_factory=dict[str, Any])
    """What would undo it, by conversation."""
    skipped: list[tuple[str, MecumError]] = field(default_factory=list[tuple[str, MecumError]])

    def view(self, batch_id: str | None) -> dict[str, Any]:
        return {
            "id": batch_id,
            "action": self.action,
            "changed": list(self.before),
            "skipped": [{"id": i, "code": error.code, "message": error.message} for i, error in self.skipped],
        }


class BatchService:
    """Opens its own scopes: moving conversations to the trash stops their answers first."""

    def __init__(
        self, database: Database, service: ConversationService, removal: Removal, channel: runs.PersonChannel
    ) -> None:
        self._database, self._service, self._removal, self._channel = database, service, removal, channel
        self._conversations, self._tags, self._batches = ConversationRepository(), TagRepository(), BatchRepository()

    async def apply(self, subject: Subject, wanted: BatchCreate) -> dict[str, Any]:
        """Do it and return what became of it as the wire shows it; one that cannot change keeps no other.

        Raises ProjectNotFound.
        """
        chosen = list(dict.fromkeys(wanted.ids))
        done = _Outcome(wanted.action)
        if wanted.action == "purge":
            gone, done.skipped = await self._removal.purge_some(subject, chosen)
            done.before = dict.fromkeys(gone)
            return done.view(None)
        if wanted.action in _OPPOSITE:
            await self._move(subject, wanted.action, chosen, done)
        async with self._database.writing(subject) as scope:
            if wanted.action not in _OPPOSITE:
                await self._change(scope, wanted, chosen, done)
            batch_id = await self._kept(scope, done)
        return done.view(batch_id)

    async def undo(self, subject: Subject, batch_id: str) -> dict[str, Any]:
        """Give every conversation back what it had; raises BatchNotFound, BatchUndone."""
        async with self._database.writing(subject) as scope:
            batch = await self._batches.find(scope, batch_id)
            if batch is None:
                raise BatchNotFound(batch_id=batch_id)
            if batch.undone_at is not None:
                raise BatchUndone(batch_id=batch_id)
            before = await self._batches.before(scope, batch_id)
            done = _Outcome("undo")
            if batch.action not in _OPPOSITE:
                await self._give_back(scope, batch.action, before, done)
            await self._batches.undone(scope, batch_id, clock.now())
            action = batch.action
        if action in _OPPOSITE:
            await self._move(subject, _OPPOSITE[action], list(before), done)
        return done.view(None)

    async def discard(self, subject: Subject, chosen: Sequence[str]) -> str | None:
        """Move conversations to the trash, however many; return what undoes it, None when none could be moved."""
        done = _Outcome("delete")
        await self._move(subject, done.action, chosen, done)
        async with self._database.writing(subject) as scope:
            return await self._kept(scope, done)

    async def take_back(self, subject: Subject, batch_id: str) -> None:
        """Undo it; harmless when that was done, or when it was so long ago that they are gone."""
        with suppress(BatchNotFound, BatchUndone):
            await self.undo(subject, batch_id)

    async def _move(self, subject: Subject, action: str, chosen: Sequence[str], done: _Outcome) -> None:
        """Into the trash or out of it, one by one: each waits for the end of its own answers."""
        move: Callable[[Subject, str], Awaitable[None]]
        move = self._removal.trash if action == "delete" else self._removal.restore
        for conversation_id in chosen:
            try:
                await move(subject, conversation_id)
            except MecumError as error:
                done.skipped.append((conversation_id, error))
            else:
                done.before[conversation_id] = None

    async def _change(self, scope: Scope, wanted: BatchCreate, chosen: Sequence[str], done: _Outcome) -> None:
        found = await self._conversations.some(scope, chosen)
        tags = await self._tags.of(scope, list(found)) if wanted.action == "tag" else {}
        project_id = await self._service.place(scope, wanted.project_id) if wanted.action == "move" else None
        for place, conversation_id in enumerate(chosen, 1):
            conversation = found.get(conversation_id)
            if conversation is None:
                away = await self._conversations.find(scope, conversation_id)
                done.skipped.append((conversation_id, absent(conversation_id, away)))
                continue
            before: list[str] | list[str | None] | str | int | None
            try:
                match wanted.action:
                    case "tag":
                        before = await self._retag(scope, wanted, conversation_id, tags.get(conversation_id, []))
                    case "rename":
                        before = await self._rename(scope, conversation, _title(wanted, conversation, place))
                    case "move":
                        before = await self._move_to(scope, conversation, project_id)
                    case _:
                        before = await self._put_away(scope, conversation, archived=wanted.action == "archive")
            except MecumError as error:
                done.skipped.append((conversation_id, error))
                continue
            done.before[conversation_id] = before
            await self._channel.tell(scope, "conversation.updated", conversation_id=conversation_id)

    async def _retag(self, scope: Scope, wanted: BatchCreate, conversation_id: str, before: list[str]) -> list[str]:
        gone = tags_of(wanted.remove)
        kept = [name for key, name in tags_of(before).items() if key not in gone]
        await self._tags.replace(scope, conversation_id, tags_of([*kept, *wanted.add]))
        return before

    async def _rename(self, scope: Scope, conversation: Conversation, title: str) -> list[str | None]:
        before = [conversation.title, conversation.title_source]
        await self._conversations.change(scope, conversation.id, {"title": title, "title_source": "person"})
        return before

    async def _move_to(self, scope: Scope, conversation: Conversation, project_id: str | None) -> str | None:
        before = conversation.project_id
        await self._conversations.change(scope, conversation.id, {"project_id": project_id})
        return before

    async def _put_away(self, scope: Scope, conversation: Conversation, *, archived: bool) -> int | None:
        before = conversation.archived_at
        await self._conversations.change(scope, conversation.id, {"archived_at": clock.now() if archived else None})
        return None if before is None else clock.to_milliseconds(before)

    async def _give_back(self, scope: Scope, action: str, before: Mapping[str, Any], done: _Outcome) -> None:
        found = await self._conversations.some(scope, list(before))
        for conversation_id, had in before.items():
            if conversation_id not in found:
                away = await self._conversations.find(scope, conversation_id)
                done.skipped.append((conversation_id, absent(conversation_id, away)))
                continue
            match action:
                case "tag":
                    await self._tags.replace(scope, conversation_id, tags_of(had))
                case "rename":
                    values = {"title": had[0], "title_source": had[1]}
                    await self._conversations.change(scope, conversation_id, values)
                case "move":
                    await self._back(scope, conversation_id, had)
                case _:
                    moment = None if had is None else clock.from_milliseconds(had)
                    await self._conversations.change(scope, conversation_id, {"archived_at": moment})
            done.before[conversation_id] = None
            await self._channel.tell(scope, "conversation.updated", conversation_id=conversation_id)

    async def _back(self, scope: Scope, conversation_id: str, project_id: str | None) -> None:
        """Into the project it was in; into none where that one is gone."""
        place = None
        with suppress(NotFound):
            place = await self._service.place(scope, project_id)
        await self._conversations.change(scope, conversation_id, {"project_id": place})

    async def _kept(self, scope: Scope, done: _Outcome) -> str | None:
        now = clock.now()
        if not done.before:
            return None
        batch_id = ids.new("bat")
        await self._batches.add(scope, {"id": batch_id, "action": done.action, "at": now}, done.before)
        return batch_id


def _title(wanted: BatchCreate, conversation: Conversation, place: int) -> str:
    day = conversation.last_activity_at.date().isoformat()
    title = wanted.title or ""
    # In one go: what an old title holds is no place to fill.
    pieces = {"{title}": conversation.title or "", "{n}": str(place), "{date}": day}
    return _PLACES.sub(lambda found: pieces[found[0]], title)[:_MOST_TITLE].strip() or title
