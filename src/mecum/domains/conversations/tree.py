"""Reading the tree: a branch from its leaf, the newest leaf below a message, who the siblings are."""

from collections.abc import Sequence

from sqlalchemy import Integer, Select, bindparam, literal_column, select
from sqlalchemy.orm import aliased

from mecum.domains.conversations.model import Message
from mecum.infra.storage import Prepared, Scope



def _branch_query(*columns: object) -> Select[tuple[object, ...]]:
    """Return `columns` of the messages from `_leaf` upwards, nearest first, at most `_limit`."""
    first = (
        select(Message.id, Message.parent_id, literal_column("1", Integer).label("depth"))
        .where(Message.id == bindparam("_leaf"), Scope.owned(Message))
        .cte("branch", recursive=True)
    )
    up = aliased(Message)
    branch = first.union_all(
        select(up.id, up.parent_id, first.c.depth + literal_column("1", Integer)).where(up.id == first.c.parent_id, first.c.depth < bindparam("_limit"))
    )
    return select(*columns).join(branch, branch.c.id == Message.id).order_by(branch.c.depth)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]


BRANCH_FOR_MODEL = Prepared(_branch_query(Message.id, Message.parent_id, Message.role, Message.parts, Message.state))
"""The branch as a model needs it."""


async def branch(scope: Scope, leaf_id: str, limit: int) -> Sequence[Message]:
    """Return at most `limit` messages from `leaf_id` upwards, nearest first; none when it is not stored."""
    subject = scope.subject
    query = _branch_query(Message)
    values = {
        "_leaf": leaf_id,
        "_limit": limit,
        "_organisation_id": subject.organisation_id,
        "_person_id": subject.person_id,
    }
    return (await scope.session.execute(query, values)).scalars().all()  # pyright: ignore[reportReturnType]


async def newest_leaf(scope: Scope, conversation_id: str, message_id: str) -> str:
    """Return the message one arrives at from `message_id` by always taking the newest answer."""
    child = aliased(Message)
    start = select(Message.id).where(Message.id == message_id).cte("path", recursive=True)
    newest = (
        select(child.id)
        .where(child.conversation_id == conversation_id, child.parent_id == start.c.id)
        .order_by(child.n.desc())
        .limit(1)
        .scalar_subquery()
    )
    path = start.union_all(select(newest).where(start.c.id.is_not(None)))
    found = (await scope.session.execute(select(path.c.id))).scalars().all()
    return next(message for message in reversed(found) if message is not None)


async def siblings(scope: Scope, conversation_id: str, messages: Sequence[Message]) -> dict[str | None, list[str]]:
    """Return the ids of all messages under each parent of `messages`, oldest first."""
    parents = {message.parent_id for message in messages}
    under = Message.parent_id.in_([parent for parent in parents if parent is not None])
    criterion = under | Message.parent_id.is_(None) if None in parents else under
    query = select(Message.parent_id, Message.id).where(Message.conversation_id == conversation_id, criterion)
    found: dict[str | None, list[str]] = {}
    for parent_id, message_id in (await scope.session.execute(query.order_by(Message.n))).tuples():
        found.setdefault(parent_id, []).append(message_id)
    return found
