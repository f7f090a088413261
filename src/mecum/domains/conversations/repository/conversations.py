"""Conversations and their lists."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    Integer,
    TextClause,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    text,
    tuple_,
    update,
)

from mecum.domains.conversations.model import Conversation, Tag
from mecum.infra.storage import Id, Prepared, Scope

Shelf = Literal["at_hand", "archived", "deleted"]
"""Where a conversation is: in the list, put away, or in the trash."""
# Written as the indexes were: only then does the planner see that they fit.
_AT_HAND = text("conversations.listed AND conversations.archived_at IS NULL AND conversations.deleted_at IS NULL")
_ARCHIVED = text("conversations.archived_at IS NOT NULL AND conversations.deleted_at IS NULL")
_DELETED = text("conversations.deleted_at IS NOT NULL")

COLUMNS = (
    "id title title_source model system_prompt temperature metadata leaf_id created_at last_activity_at archived_at "
    "deleted_at assistant_id project_id"
).split()
MOMENT_OF: Final[Mapping[Shelf, str]] = {
    "at_hand": "last_activity_at", "archived": "archived_at", "deleted": "deleted_at",
}  # fmt: skip
"""What a shelf is ordered by."""
_CRITERION_OF: Final[Mapping[Shelf, TextClause]] = {"at_hand": _AT_HAND, "archived": _ARCHIVED, "deleted": _DELETED}
_END: Final = (2**62, None)


def _newest(shelf: Shelf, *, tagged: bool, placed: bool) -> Prepared:
    table = Conversation.__table__
    moment = table.c[MOMENT_OF[shelf]]
    position = tuple_(bindparam("_at", type_=BigInteger), bindparam("_id", type_=Id("cnv")))
    query = select(*(table.c[name] for name in COLUMNS)).where(Scope.owned(Conversation), _CRITERION_OF[shelf])
    query = query.where(tuple_(moment, Conversation.id) < position)
    if tagged:
        of_tag = select(Tag.conversation_id).where(Tag.key == bindparam("_key"), Scope.owned(Tag))
        query = query.where(Conversation.id.in_(of_tag))
    if placed:
        query = query.where(Conversation.project_id == bindparam("_project", type_=Id("prj")))
    query = query.order_by(moment.desc(), Conversation.id.desc()).limit(bindparam("_limit", type_=Integer))
    # Written out, because SQLite's LIMIT comes with an offset that would be one more value to send.
    return Prepared(query.offset(literal_column("0", Integer)))


_NEWEST: Final = {
    (shelf, tagged, placed): _newest(shelf, tagged=tagged, placed=placed)
    for shelf in MOMENT_OF
    for tagged in (False, True)
    for placed in (False, True)
}


class ConversationRepository:
    """Conversations as one subject sees them."""

    async def find(self, scope: Scope, conversation_id: str) -> Conversation | None:
        """Return the conversation, deleted or not, or None."""
        query = select(Conversation).where(Conversation.id == conversation_id, scope.visible(Conversation))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def newest(
        self,
        scope: Scope,
        shelf: Shelf,
        *,
        key: str | None,
        project_id: str | None,
        before: tuple[int, str] | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        """Return rows (`COLUMNS`, as stored) of a shelf, `MOMENT_OF` it first; `key`: only those with this tag.

        `project_id`: only those in this project.

        `before` is the time (milliseconds) and the id that the last page ended with.
        """
        at, last_id = before or _END
        values: dict[str, Any] = {"_at": at, "_id": last_id, "_limit": limit}
        values |= {name: value for name, value in (("_key", key), ("_project", project_id)) if value is not None}
        found = await scope.rows(_NEWEST[shelf, key is not None, project_id is not None], values)
        return [dict(zip(COLUMNS, row, strict=True)) for row in found]

    async def oldest(self, scope: Scope) -> Sequence[str]:
        """Return the ids of all conversations of the subject that are not in the trash, in the order they were made.

        Those that no list shows are among them.
        """
        query = select(Conversation.id).where(scope.visible(Conversation), Conversation.deleted_at.is_(None))
        query = query.order_by(Conversation.id)
        return (await scope.session.execute(query)).scalars().all()

    async def deleted(self, scope: Scope) -> Sequence[str]:
        """Return the ids of the subject's deleted conversations."""
        query = select(Conversation.id).where(scope.visible(Conversation), _DELETED)
        return (await scope.session.execute(query)).scalars().all()

    async def deleted_before(self, scope: Scope, moment: datetime) -> Sequence[tuple[str, str, str]]:
        """Return (organisation, person, id) of everybody's conversations deleted before `moment`."""
        query = select(Conversation.organisation_id, Conversation.person_id, Conversation.id)
        rows = await scope.session.execute(query.where(_DELETED, Conversation.deleted_at < moment))
        return [(row[0], row[1], row[2]) for row in rows]

    async def changed_since(self, scope: Scope, moment: datetime, limit: int) -> Sequence[str]:
        """Return the subject's listed conversations in which something happened from `moment` on."""
        query = select(Conversation.id).where(Conversation.last_activity_at >= moment, scope.visible(Conversation))
        return (await scope.session.execute(query.where(_AT_HAND).limit(limit))).scalars().all()

    async def some(self, scope: Scope, conversation_ids: Sequence[str]) -> Mapping[str, Conversation]:
        """Return those of these conversations that there are and that are not in the trash."""
        query = select(Conversation).where(
            Conversation.id.in_(conversation_ids), Conversation.deleted_at.is_(None), scope.visible(Conversation)
        )
        return {found.id: found for found in (await scope.session.execute(query)).scalars()}

    async def titles(self, scope: Scope, conversation_ids: Iterable[str]) -> Mapping[str, str | None]:
        """Return the titles of these conversations."""
        query = select(Conversation.id, Conversation.title).where(Conversation.id.in_(list(conversation_ids)))
        return {row[0]: row[1] for row in await scope.session.execute(query)}

    async def change(self, scope: Scope, conversation_id: str, values: Mapping[str, Any]) -> None:
        """Change columns of a conversation."""
        named = {"metadata_" if name == "metadata" else name: value for name, value in values.items()}
        query = update(Conversation).where(Conversation.id == conversation_id)
        await scope.session.execute(query.values(named).execution_options(synchronize_session=False))

    async def add(self, scope: Scope, values: Mapping[str, Any]) -> None:
        """Store a conversation of the subject; names that are absent are null."""
        owner = {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}
        await scope.session.execute(insert(Conversation), [{**_EMPTY, **values, **owner}])

    async def release_assistant(self, scope: Scope, assistant_id: str) -> None:
        """Let no conversation have an assistant that is gone for ever."""
        query = update(Conversation).where(Conversation.assistant_id == assistant_id).values(assistant_id=None)
        await scope.session.execute(query.execution_options(synchronize_session=False))

    async def forget(self, scope: Scope, conversation_id: str) -> None:
        """Delete a conversation for ever; its messages must be gone."""
        query = delete(Conversation).where(Conversation.id == conversation_id)
        await scope.session.execute(query.execution_options(synchronize_session=False))


_EMPTY: Mapping[str, Any] = {
    "listed": True,
    **dict.fromkeys(("title", "title_source", "model", "system_prompt", "temperature")),
    **dict.fromkeys(("metadata_", "leaf_id", "archived_at", "deleted_at", "assistant_id", "project_id")),
}
