"""Reading and writing conversations, messages and files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update

from mecum.domains.conversations.model import Attachment, Conversation, File, Message
from mecum.infra.storage import Op, Prepared, Scope

_CONVERSATION = (
    "id organisation_id person_id listed title title_source model system_prompt temperature metadata leaf_id "
    "created_at last_activity_at"
).split()
_MESSAGE = (
    "id conversation_id parent_id role mode state parts run_id model model_reason token_count processing_ms error "
    "metadata created_at"
).split()
_INSERT_CONVERSATION = Prepared(
    insert(Conversation.__table__).values({name: bindparam(name) for name in _CONVERSATION})  # pyright: ignore[reportArgumentType]
)
_INSERT_MESSAGE = Prepared(
    insert(Message.__table__).values({name: bindparam(name) for name in _MESSAGE})  # pyright: ignore[reportArgumentType]
)
_TOUCH = Prepared(
    update(Conversation)
    .where(Conversation.id == bindparam("_id"), Scope.owned(Conversation))
    .values(leaf_id=bindparam("_leaf"), last_activity_at=bindparam("_at"))
)
_TOUCH_AT = Prepared(
    update(Conversation)
    .where(Conversation.id == bindparam("_id"), Scope.owned(Conversation))
    .values(last_activity_at=bindparam("_at"))
)
_ENTITLE = Prepared(
    update(Conversation)
    .where(Conversation.id == bindparam("_id"), Conversation.title.is_(None), Scope.owned(Conversation))
    .values(title=bindparam("_title"), title_source="auto")
)
_LOAD_MESSAGE = Prepared(
    select(Message.id, Message.conversation_id, Message.parent_id, Message.role, Message.parts).where(
        Message.id == bindparam("_id"), Scope.owned(Message)
    )
)
ANSWER_COLUMNS = tuple(_MESSAGE)
_LOAD_ANSWER = Prepared(
    select(*(Message.__table__.c[name] for name in ANSWER_COLUMNS)).where(
        Message.id == bindparam("_id"), Scope.owned(Message)
    )
)
_ATTACH = Prepared(insert(Attachment))
_LOAD = Prepared(
    select(
        Conversation.id,
        Conversation.leaf_id,
        Conversation.model,
        Conversation.system_prompt,
        Conversation.temperature,
        Conversation.title,
    ).where(Conversation.id == bindparam("_id"), Conversation.deleted_at.is_(None), Scope.owned(Conversation))
)
_FILES = Prepared(
    select(File.id, File.name, File.media_type, File.size, File.sha256, File.text_length).where(
        File.id == bindparam("_id"), Scope.owned(File)
    )
)


def insert_conversation(values: Mapping[str, Any]) -> Op:
    """Return the write of a new conversation; names that are absent are null."""
    return Op(_INSERT_CONVERSATION, {name: values.get(name) for name in _CONVERSATION})


def insert_message(values: Mapping[str, Any]) -> Op:
    """Return the write of a message; names that are absent are null."""
    return Op(_INSERT_MESSAGE, {name: values.get(name) for name in _MESSAGE})


def touch(conversation_id: str, leaf_id: str, at: int, owner: Mapping[str, str]) -> Op:
    """Return the write that something happened in a conversation, and where its branch now ends."""
    return Op(_TOUCH, {"_id": conversation_id, "_leaf": leaf_id, "_at": at, **owner})


def touch_at(conversation_id: str, at: int, owner: Mapping[str, str]) -> Op:
    """Return the write that something happened in a conversation."""
    return Op(_TOUCH_AT, {"_id": conversation_id, "_at": at, **owner})


def entitle(conversation_id: str, title: str, owner: Mapping[str, str]) -> Op:
    """Return the write of a title for a conversation that has none."""
    return Op(_ENTITLE, {"_id": conversation_id, "_title": title, **owner})


def attach(message_id: str, file_id: str) -> Op:
    """Return the write that a message holds a file."""
    return Op(_ATTACH, {"message_id": message_id, "file_id": file_id})


def load() -> Prepared:
    """Return the look-up of a conversation for a turn."""
    return _LOAD


def load_message() -> Prepared:
    """Return the look-up of a message for a turn."""
    return _LOAD_MESSAGE


def load_answer() -> Prepared:
    """Return the look-up of a whole message; its columns are `ANSWER_COLUMNS`."""
    return _LOAD_ANSWER


def load_file() -> Prepared:
    """Return the look-up of a file for a turn."""
    return _FILES


class ConversationRepository:
    """Conversations as one subject sees them."""

    async def find(self, scope: Scope, conversation_id: str) -> Conversation | None:
        """Return the conversation, deleted or not, or None."""
        query = select(Conversation).where(Conversation.id == conversation_id)
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def newest(
        self, scope: Scope, *, deleted: bool, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Conversation]:
        """Return listed conversations, last activity first (for deleted ones: last deleted first)."""
        moment = Conversation.deleted_at if deleted else Conversation.last_activity_at
        query = select(Conversation).where(Conversation.listed, scope.visible(Conversation))
        query = query.where(Conversation.deleted_at.is_not(None) if deleted else Conversation.deleted_at.is_(None))
        if before is not None:
            query = query.where(tuple_(moment, Conversation.id) < tuple_(before[0], before[1]))  # pyright: ignore[reportArgumentType]
        query = query.order_by(moment.desc(), Conversation.id.desc()).limit(limit)
        return (await scope.session.execute(query)).scalars().all()

    async def deleted_before(self, scope: Scope, moment: datetime | None) -> Sequence[str]:
        """Return the ids of conversations deleted before `moment`, or of all deleted ones."""
        query = select(Conversation.id).where(Conversation.deleted_at.is_not(None))
        if moment is not None:
            query = query.where(Conversation.deleted_at < moment)
        return (await scope.session.execute(query)).scalars().all()

    async def message(self, scope: Scope, message_id: str) -> Message | None:
        """Return a message of a conversation that is not deleted, or None."""
        query = (
            select(Message)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.id == message_id, Conversation.deleted_at.is_(None))
        )
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def messages(self, scope: Scope, conversation_id: str) -> Sequence[Message]:
        """Return every message of a conversation in the order it was written."""
        query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.n)
        return (await scope.session.execute(query)).scalars().all()

    async def count(self, scope: Scope, conversation_id: str) -> int:
        """Return the number of messages in a conversation."""
        query = select(func.count()).select_from(Message).where(Message.conversation_id == conversation_id)
        return (await scope.session.execute(query)).scalar_one()

    async def forget(self, scope: Scope, conversation_ids: Sequence[str]) -> list[File]:
        """Delete conversations for ever; return the files nobody holds any more, deleted too."""
        held = select(Attachment.file_id).join(Message, Message.id == Attachment.message_id)
        held = held.where(Message.conversation_id.in_(conversation_ids))
        file_ids = set((await scope.session.execute(held)).scalars())
        messages = select(Message.id).where(Message.conversation_id.in_(conversation_ids))
        await scope.session.execute(delete(Attachment).where(Attachment.message_id.in_(messages)))
        await scope.session.execute(delete(Message).where(Message.conversation_id.in_(conversation_ids)))
        await scope.session.execute(delete(Conversation).where(Conversation.id.in_(conversation_ids)))
        return await self._free(scope, file_ids)

    async def _free(self, scope: Scope, file_ids: set[str]) -> list[File]:
        if not file_ids:
            return []
        still = select(Attachment.file_id).where(Attachment.file_id.in_(file_ids))
        free = file_ids - set((await scope.session.execute(still)).scalars())
        files = list((await scope.session.execute(select(File).where(File.id.in_(free)))).scalars())
        await scope.session.execute(delete(File).where(File.id.in_(free)))
        return files

    async def file(self, scope: Scope, file_id: str) -> File | None:
        """Return a file, or None."""
        return (await scope.session.execute(select(File).where(File.id == file_id))).scalar_one_or_none()

    async def files(self, scope: Scope, file_ids: Sequence[str]) -> dict[str, File]:
        """Return the files among `file_ids`."""
        found = (await scope.session.execute(select(File).where(File.id.in_(file_ids)))).scalars()
        return {file.id: file for file in found}
