"""Messages, one by one and all of a conversation."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from mecum.domains.conversations.model import Attachment, Conversation, Message
from mecum.infra.storage import Scope
from mecum.infra.storage.scope import owner_values

_COLUMNS = (
    "id conversation_id parent_id role mode state parts run_id model model_reason token_count processing_ms "
    "confidence confidence_method error metadata_ created_at"
).split()
_MOST_NAMED = 1000
"""Ids in one statement."""
_SILENT = {"synchronize_session": False}


class MessageRepository:
    """Messages as one subject sees them."""

    async def find(self, scope: Scope, message_id: str) -> Message | None:
        """Return a message of a conversation that is not deleted, or None."""
        query = (
            select(Message, Conversation.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.id == message_id, Conversation.deleted_at.is_(None))
        )
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def by_ids(self, scope: Scope, message_ids: Sequence[str]) -> dict[str, Message]:
        """Return the messages among `message_ids`."""
        query = select(Message).where(Message.id.in_(message_ids))
        return {message.id: message for message in (await scope.session.execute(query)).scalars()}

    async def citing(self, scope: Scope, message_ids: Sequence[str]) -> set[str]:
        """Return those of the messages that cite something."""
        query = select(Message.id, Message.parts).where(Message.id.in_(message_ids))
        found = await scope.session.execute(query)
        return {row[0] for row in found if any(part["type"] == "citation" for part in row[1])}

    async def of_conversation(self, scope: Scope, conversation_id: str) -> Sequence[Message]:
        """Return every message of a conversation in the order it was written."""
        query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.n)
        return (await scope.session.execute(query)).scalars().all()

    async def known(self, scope: Scope, message_ids: Sequence[str]) -> set[str]:
        """Return those of `message_ids` that are stored."""
        found: set[str] = set()
        for start in range(0, len(message_ids), _MOST_NAMED):
            query = select(Message.id).where(Message.id.in_(message_ids[start : start + _MOST_NAMED]))
            found.update((await scope.session.execute(query)).scalars())
        return found

    async def contents(self, scope: Scope, conversation_id: str) -> Sequence[tuple[str, list[dict[str, Any]]]]:
        """Return (id, parts) of every message of a conversation."""
        query = select(Message.id, Message.parts).where(Message.conversation_id == conversation_id)
        return [(row[0], row[1]) for row in await scope.session.execute(query)]

    async def places(self, scope: Scope, conversation_id: str) -> Sequence[tuple[str, str | None]]:
        """Return (id, parent) of every message of a conversation, in the order they were written."""
        query = select(Message.id, Message.parent_id).where(Message.conversation_id == conversation_id)
        return [(row[0], row[1]) for row in await scope.session.execute(query.order_by(Message.n))]

    async def add(
        self, scope: Scope, rows: Sequence[Mapping[str, Any]], attachments: Sequence[tuple[str, str]]
    ) -> None:
        """Store messages, parents first, and which (message, file) belong together; absent names are null."""
        if rows:
            values = [{name: row.get(name) for name in _COLUMNS} for row in rows]
            await scope.session.execute(insert(Message), values)
        if attachments:
            pairs = [{"message_id": message, "file_id": file} for message, file in attachments]
            await scope.session.execute(insert(Attachment), pairs)

    async def change_parts(self, scope: Scope, message_id: str, parts: Sequence[Mapping[str, Any]]) -> None:
        """Replace what a message says."""
        query = update(Message).where(Message.id == message_id).values(parts=list(parts))
        await scope.session.execute(query, execution_options=_SILENT)

    async def attached(self, scope: Scope, message_ids: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Return (message, file) for the files these messages hold."""
        query = select(Attachment.message_id, Attachment.file_id).where(Attachment.message_id.in_(message_ids))
        return [(row[0], row[1]) for row in await scope.session.execute(query)]

    async def forget(self, scope: Scope, conversation_id: str) -> set[str]:
        """Delete a conversation's messages for ever; return the ids of the files they held."""
        ids = select(Message.id).where(Message.conversation_id == conversation_id, Scope.owned(Message))
        held = select(Attachment.file_id).where(Attachment.message_id.in_(ids))
        owner = owner_values(scope.subject)
        file_ids = set((await scope.session.execute(held, owner)).scalars())
        attachments = delete(Attachment).where(Attachment.message_id.in_(ids))
        await scope.session.execute(attachments, owner, execution_options=_SILENT)
        messages = delete(Message).where(Message.conversation_id == conversation_id)
        await scope.session.execute(messages, execution_options=_SILENT)
        return file_ids

    async def forget_some(self, scope: Scope, message_ids: Sequence[str]) -> set[str]:
        """Delete these messages for ever; return the ids of the files they held."""
        file_ids: set[str] = set()
        for start in range(0, len(message_ids), _MOST_NAMED):
            some = message_ids[start : start + _MOST_NAMED]
            file_ids.update(file for _, file in await self.attached(scope, some))
            attachments = delete(Attachment).where(Attachment.message_id.in_(some))
            await scope.session.execute(attachments, execution_options=_SILENT)
            await scope.session.execute(delete(Message).where(Message.id.in_(some)), execution_options=_SILENT)
        return file_ids
