"""Reading and writing conversations, messages and files. Here: what a turn does, compiled once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, insert, null, select, update

from mecum.domains.conversations.model import Attachment, Conversation, File, Message
from mecum.infra.storage import Op, Prepared, Scope

_CONVERSATION = (
    "id organisation_id person_id listed title title_source model system_prompt temperature metadata leaf_id "
    "created_at last_activity_at archived_at assistant_id project_id"
).split()
_MESSAGE = (
    "id conversation_id parent_id role mode state parts run_id model model_reason token_count processing_ms error "
    "metadata created_at"
).split()
_NO_CONVERSATION = dict[str, Any].fromkeys(_CONVERSATION)
_NO_MESSAGE = dict[str, Any].fromkeys(_MESSAGE)
_INSERT_CONVERSATION = Prepared(
    insert(Conversation.__table__).values({name: bindparam(name) for name in _CONVERSATION})  # type: ignore[arg-type]  # the table, whose names are the columns'
)
_INSERT_MESSAGE = Prepared(
    insert(Message.__table__).values({name: bindparam(name) for name in _MESSAGE})  # type: ignore[arg-type]  # the table, whose names are the columns'
)
_TOUCH = Prepared(
    update(Conversation)
    .where(Conversation.id == bindparam("_id"), Scope.owned(Conversation))
    .values(leaf_id=bindparam("_leaf"), last_activity_at=bindparam("_at"), archived_at=null())
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
_ENLIST = Prepared(
    update(Conversation)
    .where(Conversation.id == bindparam("_id"), Scope.owned(Conversation))
    .values(listed=bindparam("_listed"))
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
_ANSWERING_RUNS = Prepared(
    select(Message.run_id).where(
        Message.conversation_id == bindparam("_conversation"), Message.run_id.is_not(None), Scope.owned(Message)
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
        Conversation.assistant_id,
        Conversation.project_id,
        Conversation.listed,
    ).where(Conversation.id == bindparam("_id"), Conversation.deleted_at.is_(None), Scope.owned(Conversation))
)
_FILES = Prepared(
    select(File.id, File.name, File.media_type, File.size, File.sha256, File.text_length).where(
        File.id == bindparam("_id"), Scope.owned(File)
    )
)


def insert_conversation(values: dict[str, Any]) -> Op:
    """Return the write of a new conversation; names that are absent are null."""
    return Op(_INSERT_CONVERSATION, _NO_CONVERSATION | values)


def insert_message(values: dict[str, Any]) -> Op:
    """Return the write of a message; names that are absent are null."""
    return Op(_INSERT_MESSAGE, _NO_MESSAGE | values)


def touch(conversation_id: str, leaf_id: str, at: int, owner: Mapping[str, str]) -> Op:
    """Return the write that something happened in a conversation, and where its branch now ends."""
    return Op(_TOUCH, {"_id": conversation_id, "_leaf": leaf_id, "_at": at, **owner})


def touch_at(conversation_id: str, at: int, owner: Mapping[str, str]) -> Op:
    """Return the write that something happened in a conversation."""
    return Op(_TOUCH_AT, {"_id": conversation_id, "_at": at, **owner})


def entitle(conversation_id: str, title: str, owner: Mapping[str, str]) -> Op:
    """Return the write of a title for a conversation that has none."""
    return Op(_ENTITLE, {"_id": conversation_id, "_title": title, **owner})


def enlist(conversation_id: str, owner: Mapping[str, str]) -> Op:
    """Return the write that a conversation stands in the list from now on."""
    return Op(_ENLIST, {"_id": conversation_id, "_listed": True, **owner})


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


def answering_runs() -> Prepared:
    """Return the look-up of the ids of the runs that made a conversation's answers."""
    return _ANSWERING_RUNS


def load_file() -> Prepared:
    """Return the look-up of a file for a turn."""
    return _FILES
