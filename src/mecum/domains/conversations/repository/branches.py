"""Reading the tree: a branch upwards from its end, the path downwards by the newest answers, who the siblings are."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, Integer, bindparam, literal, literal_column, select
from sqlalchemy.orm import aliased

from mecum.domains.conversations.model import Conversation, Message
from mecum.infra.storage import Id, Prepared, Scope
from mecum.infra.storage.scope import owner_values

_EVERYTHING = 10_000_000
_ONE = literal_column("1", Integer)


def ancestors() -> CTE:
    """Return (id, depth) of the messages from `_leaf` upwards, at most `_limit`; the leaf's depth is 1."""
    first = (
        select(Message.id, Message.parent_id, _ONE.label("depth"))
        .where(Message.id == bindparam("_leaf"), Scope.owned(Message))
        .cte("branch", recursive=True)
    )
    up = aliased(Message)
    return first.union_all(
        select(up.id, up.parent_id, first.c.depth + _ONE).where(
            up.id == first.c.parent_id, first.c.depth < bindparam("_limit")
        )
    )


def _upwards(*columns: Any) -> Any:
    """Return `columns` of the messages from `_leaf` upwards, nearest first, at most `_limit`."""
    branch = ancestors()
    return select(*columns).join(branch, branch.c.id == Message.id).order_by(branch.c.depth)


BRANCH_FOR_MODEL = Prepared(_upwards(Message.id, Message.parent_id, Message.role, Message.parts, Message.state))
"""The branch as a model needs it."""
_IDS = _upwards(Message.id)
_BRANCH = _upwards(Message)


async def upwards(scope: Scope, leaf_id: str, limit: int) -> Sequence[Message]:
    """Return at most `limit` messages from `leaf_id` upwards, nearest first; none when it is not stored."""
    values = {"_leaf": leaf_id, "_limit": limit, **owner_values(scope.subject)}
    return (await scope.session.execute(_BRANCH, values)).scalars().all()


async def path_to(scope: Scope, message_id: str) -> Sequence[str]:
    """Return the ids of the messages from the first one of a branch to `message_id`, oldest first."""
    values = {"_leaf": message_id, "_limit": _EVERYTHING, **owner_values(scope.subject)}
    return (await scope.session.execute(_IDS, values)).scalars().all()[::-1]


async def downwards(scope: Scope, conversation_id: str, message_id: str) -> list[str]:
    """Return `message_id` and what one passes from there by always taking the newest message.

    Nothing when the conversation is not the subject's.
    """
    ours = select(Conversation.n).where(Conversation.id == conversation_id, Scope.owned(Conversation)).exists()
    first = select(literal(message_id, Id("msg")).label("id"), _ONE.label("depth")).where(ours)
    start = first.cte("path", recursive=True)
    child = aliased(Message)
    newest = (
        select(child.id)
        .where(child.conversation_id == conversation_id, child.parent_id == start.c.id)
        .order_by(child.n.desc())
        .limit(1)
        .correlate(start)
        .scalar_subquery()
    )
    path = start.union_all(select(newest, start.c.depth + _ONE).where(start.c.id.is_not(None)))
    query = select(path.c.id).order_by(path.c.depth)
    rows = (await scope.session.execute(query, owner_values(scope.subject))).scalars().all()
    return [found for found in rows if found is not None]


async def siblings(scope: Scope, conversation_id: str, messages: Sequence[Message]) -> dict[str | None, list[str]]:
    """Return the ids of all messages under each parent of `messages`, oldest first."""
    parents = {message.parent_id for message in messages}
    under = Message.parent_id.in_([parent for parent in parents if parent is not None])
    criterion = under | Message.parent_id.is_(None) if None in parents else under
    query = select(Message.parent_id, Message.id).where(Message.conversation_id == conversation_id, criterion)
    found: dict[str | None, list[str]] = {}
    for parent_id, message_id in await scope.session.execute(query.order_by(Message.n)):
        found.setdefault(parent_id, []).append(message_id)
    return found
