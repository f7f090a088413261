"""Undoing an import: what it brought goes for ever; what a person has gone on with stays, and is named."""

from typing import Any, Final, cast

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.model import Import
from mecum.domains.transfer.ports import Room
from mecum.domains.transfer.repository import ImportRepository, OriginRepository
from mecum.domains.transfer.rules.record import Json
from mecum.infra.jobs.kinds import Task
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_FLAT: Final = "assistants"
_TOGETHER: Final = 20
_TURN_SECONDS: Final = 0.5
_CHANGED: Final = "it was changed here after the import"
_REASON: Final = "it was gone on with after the import"


class Undoing:
    """Undoes one import. It may be interrupted and goes on."""

    def __init__(
        self, database: Database, context: conversations.Conversations, room: Room, live: dict[str, Json]
    ) -> None:
        self._database, self._context, self._room, self._live = database, context, room, live
        self._imports, self._origins = ImportRepository(), OriginRepository()

    async def make(self, task: Task) -> None:
        """Do it: the job's handler."""
        subject, import_id = cast(Subject, task.subject), str(task.payload["import_id"])
        async with self._database.reading(subject) as scope:
            row = await self._imports.find(scope, import_id)
        if row is None or row.state != "undoing":
            return
        kept = await self._conversations(task, subject, row)
        kept += await self._appended(subject, row, {item["conversation_id"] for item in kept})
        kept += await self._newcomers(subject, row)
        if _FLAT in (row.format or "").split(", "):
            kept += await self._assistants(task, subject, row)
        await self._rest(task, subject, row, kept)

    async def _conversations(self, task: Task, subject: Subject, row: Import) -> list[Json]:
        """Purge the conversations that the import brought, except those with words that it did not bring."""
        kept: list[Json] = []
        done = 0
        while True:
            async with self._database.reading(subject) as scope:
                found = await self._origins.conversations(scope, row.id, len(kept) + _TOGETHER)
            left = [one for one in found if one not in {item["conversation_id"] for item in kept}]
            if not left:
                return kept
            gone_on = [one for one in left if await self._gone_on(subject, one, row.id)]
            kept += [{"conversation_id": one, "reason": _REASON} for one in gone_on]
            await self._context.removal.purge_all(subject, [one for one in left if one not in gone_on])
            done += len(left)
            await task.progress({"done": done})
            await task.breathe(_TURN_SECONDS)

    async def _gone_on(self, subject: Subject, conversation_id: str, import_id: str) -> bool:
        async with self._database.reading(subject) as scope:
            imported = await self._origins.of_conversation(scope, conversation_id)
            there = await self._context.copies.message_ids(scope, conversation_id)
        return any(imported.get(message_id) != import_id for message_id in there)

    async def _appended(self, subject: Subject, row: Import, kept: set[str]) -> list[Json]:
        """Take back the messages that the import added to conversations that were there before it."""
        async with self._database.reading(subject) as scope:
            appended = await self._origins.appended(scope, row.id)
        stay: list[Json] = []
        for conversation_id, message_ids in appended.items():
            if conversation_id in kept:
                continue
            async with self._database.reading(subject) as scope:
                children = await self._context.copies.children(scope, conversation_id, message_ids)
            if children - set(message_ids):
                stay.append({"conversation_id": conversation_id, "reason": _REASON})
            else:
                await self._context.removal.take_back(subject, conversation_id, message_ids)
                async with self._database.writing(subject) as scope:
                    await self._origins.forget(scope, row.id, [conversation_id])
        return stay

    async def _newcomers(self, subject: Subject, row: Import) -> list[Json]:
        """Purge the assistants that the import brought, except those that were changed here since."""
        async with self._database.reading(subject) as scope:
            brought = await self._origins.assistants(scope, row.id)
        kept: list[Json] = []
        for assistant_id in brought:
            context = await self._room()
            async with self._database.reading(subject) as scope:
                changed = await context.arrivals.changed_after(scope, assistant_id, row.created_at)
            if changed:
                kept.append({"assistant_id": assistant_id, "reason": _CHANGED})
            else:
                await context.removal.purge(subject, assistant_id)
        return kept

    async def _assistants(self, task: Task, subject: Subject, row: Import) -> list[Json]:
        """Delete the assistants that the import brought, except those that were changed here since, and its prompts."""
        arrivals, kept, done = (await self._room()).flat_arrivals, list[str](), 0
        while True:
            async with self._database.writing(subject) as scope:
                found = await arrivals.brought(scope, row.id, kept)
                kept += [assistant_id for assistant_id, changed in found if changed]
                gone = [assistant_id for assistant_id, changed in found if not changed]
                for assistant_id in gone:
                    await conversations.release_assistant(scope, assistant_id)
                await arrivals.take_back(scope, gone)
            if not found:
                break
            await (await self._room()).removal.note([clock.to_milliseconds(row.created_at)] * len(gone))
            done += len(found)
            await task.progress({"done": done})
            await task.breathe(_TURN_SECONDS)
        more = True
        while more:
            async with self._database.writing(subject) as scope:
                more = await arrivals.take_prompts_back(scope, row.id)
        return [{"assistant_id": one, "reason": _CHANGED} for one in kept]

    async def _rest(self, task: Task, subject: Subject, row: Import, kept: list[Json]) -> None:
        async with self._database.writing(subject) as scope:
            await self._imports.forget_documents(scope, row.id)
            await self._imports.forget_skipped(scope, row.id)
            await self._origins.forget(scope, row.id)
            values: dict[str, Any] = {"state": "undone", "kept": kept or None, "finished_at": clock.now()}
            await self._imports.change(scope, row.id, values)
            await task.complete(scope)
        await self._database.vacuum_log()
