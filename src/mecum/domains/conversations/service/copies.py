"""Whole conversations: read for an export, written by an import or a fork."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mecum.domains.conversations import tree
from mecum.domains.conversations.errors import MessageNotFound
from mecum.domains.conversations.model import Conversation, File, Message
from mecum.domains.conversations.ports import ActiveRuns
from mecum.domains.conversations.repository import (
    ConversationRepository,
    FileRepository,
    MessageRepository,
    TagRepository,
)
from mecum.domains.conversations.rules import tags_kept
from mecum.domains.conversations.service.conversations import ConversationService
from mecum.domains.retrieval import api as retrieval
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject

_EVERYTHING = 10_000_000


@dataclass(frozen=True, slots=True)
class Whole:
    """A conversation with everything that belongs to it."""

    conversation: Conversation
    messages: Sequence[Message]
    feedback: Mapping[str, int]
    files: Mapping[str, File]
    pending: Mapping[str, str | None]
    """What unfinished answers hang under, by the id each will have."""
    branch: Sequence[Message]
    """The current branch, oldest first."""
    tags: Sequence[str] = ()


class CopyService:
    """Reads and writes conversations whole."""

    def __init__(
        self, conversations: ConversationService, active: ActiveRuns, words: Words, channel: runs.PersonChannel
    ) -> None:
        self._conversations, self._active, self._words, self._channel = conversations, active, words, channel
        self._repository, self._messages, self._files = ConversationRepository(), MessageRepository(), FileRepository()
        self._runs, self._tags = runs.RunRepository(), TagRepository()

    async def whole(self, scope: Scope, conversation_id: str) -> Whole:
        """Return a conversation and all its branches; raises ConversationNotFound."""
        conversation = await self._conversations.get(scope, conversation_id)
        pending = tree.places(self._active.of_conversation(scope.subject, conversation_id))
        messages = await self._messages.of_conversation(scope, conversation_id)
        thumbs = await self._runs.feedback(scope, [message.id for message in messages])
        held = {file_id for message in messages for file_id in _file_ids(message.parts)}
        files = await self._files.by_ids(scope, held)
        branch = await tree.walk(scope, conversation.leaf_id, _EVERYTHING, pending)
        tags = (await self._tags.of(scope, [conversation_id])).get(conversation_id, [])
        return Whole(conversation, messages, thumbs, files, pending, branch.messages[::-1], tags)

    async def oldest(self, scope: Scope) -> Sequence[str]:
        """Return the ids of all conversations that are not in the trash, in the order they were made."""
        return await self._repository.oldest(scope)

    async def trashed(self, scope: Scope) -> int:
        """Return how many conversations are in the trash."""
        return len(await self._repository.deleted(scope))

    async def there(self, scope: Scope, conversation_ids: Sequence[str]) -> set[str]:
        """Return those of these conversations that there are and that are not in the trash."""
        return set(await self._repository.some(scope, conversation_ids))

    async def known(self, scope: Scope, conversation_id: str, message_ids: Sequence[str]) -> set[str]:
        """Return those of these ids that the subject's record holds already, deleted or not."""
        found = await self._messages.known(scope, message_ids)
        conversation = await self._repository.find(scope, conversation_id)
        return found if conversation is None else found | {conversation_id}

    async def message_ids(self, scope: Scope, conversation_id: str) -> Sequence[str]:
        """Return the ids of every message of a conversation of the subject."""
        return [message_id for message_id, _ in await self._messages.places(scope, conversation_id)]

    async def children(self, scope: Scope, conversation_id: str, message_ids: Sequence[str]) -> set[str]:
        """Return the ids of the messages right under these."""
        parents = set(message_ids)
        places = await self._messages.places(scope, conversation_id)
        return {message_id for message_id, parent_id in places if parent_id in parents}

    async def store(
        self,
        scope: Scope,
        conversation: Mapping[str, Any],
        messages: Sequence[Mapping[str, Any]],
        feedback: Mapping[str, int] | None = None,
        tags: Sequence[str] = (),
    ) -> None:
        """Store a conversation with its messages (rows by column, parents first), findable, and say so.

        Raises WriteConflict when one of the ids exists.
        """
        await self._repository.add(scope, conversation)
        held = [(row["id"], file_id) for row in messages for file_id in _file_ids(row["parts"])]
        await self._messages.add(scope, messages, held)
        for message_id, value in (feedback or {}).items():
            await self._runs.rate(scope, message_id, None, value)
        await self.label(scope, conversation["id"], tags)
        await self._index(scope, messages)
        await self._channel.tell(scope, "conversation.created", conversation_id=conversation["id"])

    async def label(self, scope: Scope, conversation_id: str, tags: Sequence[str]) -> None:
        """Give a conversation these tags, as many of them as one may have; without any it keeps those it has."""
        if tags:
            await self._tags.replace(scope, conversation_id, tags_kept(tags))

    async def _index(self, scope: Scope, messages: Sequence[Mapping[str, Any]]) -> None:
        texts = [(row["id"], text) for row in messages if (text := retrieval.findable_text(row["parts"]))]
        if texts:
            write = self._words.index(texts)
            await scope.session.execute(write.prepared.statement, dict(write.values))

    async def assistant_here(self, subject: Subject, assistant_id: object) -> str | None:
        """Return the id if the subject has this assistant, outside the trash; None for anything else."""
        return await self._conversations.assistant_here(subject, assistant_id)

    async def fork(self, scope: Scope, conversation_id: str, message_id: str) -> dict[str, Any]:
        """Copy the branch up to a message into a new conversation and return it.

        Raises ConversationNotFound, MessageNotFound.
        """
        source = await self._conversations.get(scope, conversation_id)
        pending = tree.places(self._active.of_conversation(scope.subject, conversation_id))
        branch = (await tree.walk(scope, message_id, _EVERYTHING, pending)).messages[::-1]
        if not branch or branch[-1].id != message_id or branch[-1].conversation_id != conversation_id:
            raise MessageNotFound(message_id=message_id)
        now, copy_id = clock.now(), ids.new("cnv")
        rows = _copied(branch, copy_id)
        names = (
            "title",
            "title_source",
            "assistant_id",
            "project_id",
            "model",
            "system_prompt",
            "temperature",
            "metadata_",
        )
        config = {name: getattr(source, name) for name in names}
        times = {"created_at": now, "last_activity_at": now}
        await self.store(scope, {"id": copy_id, "leaf_id": rows[-1]["id"], **config, **times}, rows)
        return await self._conversations.view(scope, copy_id)


_SAME = (
    "role mode state parts model model_reason token_count processing_ms confidence confidence_method error metadata_ "
    "created_at"
).split()


def _copied(branch: Sequence[Message], conversation_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for message in branch:
        parent_id = rows[-1]["id"] if rows else None
        place = {"id": ids.new("msg"), "conversation_id": conversation_id, "parent_id": parent_id}
        rows.append({**place, **{name: getattr(message, name) for name in _SAME}})
    return rows


def _file_ids(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(part["file_id"] for part in parts if part["type"] in ("image", "file")))
