"""Trash and purge: out of sight at once, and, when it is for ever, no bytes left behind."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from mecum.domains.conversations.errors import ConversationBusy
from mecum.domains.conversations.model import File
from mecum.domains.conversations.ports import ActiveRuns, Emptied
from mecum.domains.conversations.repository import (
    BatchRepository,
    ConversationRepository,
    FileRepository,
    MessageRepository,
    SummaryRepository,
)
from mecum.domains.conversations.rules import absent
from mecum.domains.retrieval import api as retrieval
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.infra.archive.ledger import Ledger
from mecum.infra.blobs.service import Blobs
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

TRASH_KEPT = timedelta(days=30)
UNUSED_FILES_KEPT = timedelta(days=1)
_ATTEMPTS = 3


class Removal:
    """Opens its own scopes: a run cannot be stopped from within a transaction that its end would wait for."""

    def __init__(
        self,
        database: Database,
        active: ActiveRuns,
        words: Words,
        indexer: retrieval.Indexer,
        blobs: Blobs,
        channel: runs.PersonChannel,
        beside: Mapping[str, Emptied],
        ledger: Ledger,
    ) -> None:
        self._database, self._active, self._channel, self._beside = database, active, channel, beside
        self._ledger = ledger
        self._words, self._indexer, self._blobs = words, indexer, blobs
        self._conversations, self._messages, self._files = (
            ConversationRepository(),
            MessageRepository(),
            FileRepository(),
        )
        self._batches, self._summaries, self._runs = BatchRepository(), SummaryRepository(), runs.RunRepository()

    async def trash(self, subject: Subject, conversation_id: str) -> None:
        """Move a conversation to the trash, its unfinished answers stopped; raises ConversationNotFound."""
        await self._require(subject, conversation_id, deleted=False)
        await self._active.stop(subject, [conversation_id])
        async with self._database.writing(subject) as scope:
            await self._conversations.change(scope, conversation_id, {"deleted_at": clock.now()})
            await self._channel.tell(scope, "conversation.deleted", conversation_id=conversation_id)

    async def restore(self, subject: Subject, conversation_id: str) -> None:
        """Take a conversation out of the trash; raises ConversationNotFound. Harmless when it is not in it."""
        await self._require(subject, conversation_id, deleted=True)
        async with self._database.writing(subject) as scope:
            await self._conversations.change(scope, conversation_id, {"deleted_at": None})
            await self._channel.tell(scope, "conversation.restored", conversation_id=conversation_id)

    async def purge(self, subject: Subject, conversation_id: str) -> None:
        """Delete a conversation for ever, from the trash or not; raises ConversationNotFound."""
        await self._require(subject, conversation_id, deleted=True)
        await self.purge_all(subject, [conversation_id])

    async def purge_some(
        self, subject: Subject, conversation_ids: Sequence[str]
    ) -> tuple[list[str], list[tuple[str, MecumError]]]:
        """Delete those of these that can be for ever, from the trash or not; return them, and why the others stay."""
        gone, kept = list[str](), list[tuple[str, MecumError]]()
        for conversation_id in conversation_ids:
            try:
                await self._require(subject, conversation_id, deleted=True)
                await self._purge_one(subject, conversation_id)
            except MecumError as error:
                kept.append((conversation_id, error))
            else:
                gone.append(conversation_id)
        if gone:
            await self._leave_no_bytes()
        return gone, kept

    async def empty_trash(self, subject: Subject, only: str | None = None) -> dict[str, int]:
        """Purge everything in the subject's trash, or what is of one kind there; return how much of each kind."""
        kinds: dict[str, Emptied] = {"conversations": self._empty, **self._beside}
        return {kind: await empty(subject) if only in (None, kind) else 0 for kind, empty in kinds.items()}

    async def _empty(self, subject: Subject) -> int:
        async with self._database.reading(subject) as scope:
            found = await self._conversations.deleted(scope)
        await self.purge_all(subject, found)
        return len(found)

    async def expire(self) -> int:
        """Purge everybody's conversations that were deleted 30 days ago, and uploads never sent; return how many."""
        now = clock.now()
        async with self._database.reading(None) as scope:
            found = await self._conversations.deleted_before(scope, now - TRASH_KEPT)
        for organisation_id, person_id, conversation_id in found:
            await self._purge_one(Subject(organisation_id, person_id), conversation_id)
        async with self._database.writing(None) as scope:
            await self._batches.expire(scope, now - TRASH_KEPT)
            unused = await self._files.forget_unused(scope, now - UNUSED_FILES_KEPT)
            await self._release(scope, unused)
        if found or unused:
            await self._leave_no_bytes()
        return len(found)

    async def purge_all(self, subject: Subject, conversation_ids: Sequence[str]) -> None:
        """Delete these conversations of the subject for ever, from the trash or not, one after another."""
        for conversation_id in conversation_ids:
            await self._purge_one(subject, conversation_id)
        if conversation_ids:
            await self._leave_no_bytes()

    async def _purge_one(self, subject: Subject, conversation_id: str) -> None:
        """One transaction per conversation, so that nobody's answer waits long for it."""
        for attempt in range(_ATTEMPTS):
            await self._active.stop(subject, [conversation_id])
            # What still waits to be indexed would otherwise come after its message is gone, or twice.
            await self._indexer.settle()
            try:
                async with self._database.writing(subject) as scope:
                    since = await self._forget(scope, conversation_id)
            except ConversationBusy:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                await asyncio.to_thread(self._ledger.note, since)
                return

    async def _forget(self, scope: Scope, conversation_id: str) -> list[int]:
        """Delete a conversation for ever; return since when (milliseconds) it was there, nothing where it was not."""
        if await self._runs.busy(scope, [conversation_id]):
            raise ConversationBusy(conversation_id=conversation_id)
        found = await self._conversations.find(scope, conversation_id)
        contents = await self._messages.contents(scope, conversation_id)
        await self._words.forget(
            scope, [(message_id, retrieval.findable_text(parts)) for message_id, parts in contents]
        )
        await self._runs.forget_feedback(scope, [message_id for message_id, _ in contents])
        await self._summaries.forget(scope, conversation_id)
        file_ids = await self._messages.forget(scope, conversation_id)
        await self._release(scope, await self._files.forget_unheld(scope, file_ids))
        await self._runs.forget(scope, [conversation_id])
        await self._conversations.forget(scope, conversation_id)
        await self._channel.tell(scope, "conversation.purged", conversation_id=conversation_id)
        return [] if found is None else [clock.to_milliseconds(found.created_at)]

    async def take_back(self, subject: Subject, conversation_id: str, message_ids: Sequence[str]) -> None:
        """Delete messages for ever that nothing hangs under but each other; the branch ends before them.

        Raises ConversationNotFound.
        """
        await self._require(subject, conversation_id, deleted=True)
        await self._indexer.settle()
        async with self._database.writing(subject) as scope:
            found = await self._messages.by_ids(scope, list(message_ids))
            await self._words.forget(scope, [(one.id, retrieval.findable_text(one.parts)) for one in found.values()])
            await self._runs.forget_feedback(scope, list(found))
            held = await self._messages.forget_some(scope, list(found))
            await self._release(scope, await self._files.forget_unheld(scope, held))
            conversation = await self._conversations.find(scope, conversation_id)
            leaf: str | None = None if conversation is None else conversation.leaf_id
            while leaf in found:
                leaf = found[leaf].parent_id
            await self._conversations.change(scope, conversation_id, {"leaf_id": leaf})
            await self._channel.tell(scope, "conversation.updated", conversation_id=conversation_id)
        since = [clock.to_milliseconds(one.created_at) for one in found.values()]
        await asyncio.to_thread(self._ledger.note, since)
        await self._leave_no_bytes()

    async def _release(self, scope: Scope, files: Sequence[File]) -> None:
        for file in files:
            await self._blobs.release(scope, file.organisation_id, file.sha256)

    async def _leave_no_bytes(self) -> None:
        await self._active.scrub()
        await self._blobs.sweep()
        await self._database.vacuum_log()

    async def _require(self, subject: Subject, conversation_id: str, *, deleted: bool) -> None:
        """Raise ConversationNotFound unless it is there; `deleted`: it may be in the trash."""
        async with self._database.reading(subject) as scope:
            found = await self._conversations.find(scope, conversation_id)
        if found is None or (found.deleted_at is not None and not deleted):
            raise absent(conversation_id, found)
