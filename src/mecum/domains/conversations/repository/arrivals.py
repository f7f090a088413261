"""Conversations that come in from elsewhere, many at a time: written through the writer, beside people's turns."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, insert, or_, update

from mecum.domains.conversations.model import Conversation, Message
from mecum.infra.storage import Op, Prepared, Scope

_MESSAGE = (
    "id conversation_id parent_id role mode state parts model model_reason token_count processing_ms confidence "
    "confidence_method error metadata created_at"
).split()
_NO_MESSAGE = dict[str, Any].fromkeys(_MESSAGE)
_INSERT = Prepared(
    insert(Message.__table__).values({name: bindparam(name) for name in _MESSAGE})  # type: ignore[arg-type]  # the table, whose names are the columns'
)
_SETTLE = Prepared(
    update(Conversation)
    .where(
        Conversation.id == bindparam("_id"),
        or_(Conversation.leaf_id.is_(None), Conversation.leaf_id == bindparam("_was")),
        Scope.owned(Conversation),
    )
    .values(leaf_id=bindparam("_leaf"), last_activity_at=bindparam("_at"))
)


def insert_arrived(values: Mapping[str, Any]) -> Op:
    """Return the write of a message from elsewhere, as its columns store it; names that are absent are null."""
    return Op(_INSERT, {**_NO_MESSAGE, **values})


def settle_branch(conversation_id: str, leaf_id: str, was: str | None, at: int, owner: Mapping[str, str]) -> Op:
    """Return the write of where a branch ends now, unless somebody has gone on elsewhere than at `was` meanwhile."""
    return Op(_SETTLE, {"_id": conversation_id, "_leaf": leaf_id, "_was": was, "_at": at, **owner})
