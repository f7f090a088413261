"""Tags of conversations, and changes of many at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update

from mecum.domains.conversations.model import Batch, BatchItem, Conversation, Tag
from mecum.infra.storage import Prepared, Scope

_COUNTED: Final = Prepared(
    select(func.min(Tag.name), func.count())
    .join(Conversation, Conversation.id == Tag.conversation_id)
    .where(Conversation.deleted_at.is_(None), Scope.owned(Tag))
    .group_by(Tag.key)
    .order_by(Tag.key)
)


class TagRepository:
    """Tags as one subject sees them."""

    async def of(self, scope: Scope, conversation_ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the names of the tags of those of these conversations that have any, in order."""
        if not conversation_ids:
            return {}
        query = select(Tag.conversation_id, Tag.name).where(
            Tag.conversation_id.in_(conversation_ids), scope.visible(Tag)
        )
        found: dict[str, list[str]] = {}
        for conversation_id, name in await scope.session.execute(query.order_by(Tag.key)):
            found.setdefault(conversation_id, []).append(name)
        return found

    async def counted(self, scope: Scope) -> Sequence[tuple[str, int]]:
        """Return every tag in use and how many conversations outside the trash have it, in order."""
        return [(row[0], row[1]) for row in await scope.rows(_COUNTED, {})]

    async def replace(self, scope: Scope, conversation_id: str, tags: Mapping[str, str]) -> None:
        """Give a conversation exactly these tags, `{key: name}`."""
        await scope.session.execute(_quietly(delete(Tag).where(Tag.conversation_id == conversation_id)))
        rows = [{"conversation_id": conversation_id, "key": key, "name": name} for key, name in tags.items()]
        if rows:
            await scope.session.execute(insert(Tag), [row | _owner(scope) for row in rows])


class BatchRepository:
    """Changes of many conversations as one subject sees them."""

    async def add(self, scope: Scope, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Store one, with what each conversation had before."""
        await scope.session.execute(insert(Batch), [{**values, "undone_at": None, **_owner(scope)}])
        rows = [{"batch_id": values["id"], "conversation_id": i, "before": had} for i, had in before.items()]
        await scope.session.execute(insert(BatchItem), rows)

    async def find(self, scope: Scope, batch_id: str) -> Batch | None:
        """Return it, or None."""
        query = select(Batch).where(Batch.id == batch_id, scope.visible(Batch))
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def before(self, scope: Scope, batch_id: str) -> dict[str, Any]:
        """Return what each of its conversations had, those not purged since."""
        query = select(BatchItem.conversation_id, BatchItem.before).where(BatchItem.batch_id == batch_id)
        return {row[0]: row[1] for row in await scope.session.execute(query.order_by(BatchItem.conversation_id))}

    async def undone(self, scope: Scope, batch_id: str, moment: datetime) -> None:
        """Note that it was undone."""
        await scope.session.execute(_quietly(update(Batch).where(Batch.id == batch_id).values(undone_at=moment)))

    async def expire(self, scope: Scope, before: datetime) -> None:
        """Forget everybody's that are older than this."""
        await scope.session.execute(_quietly(delete(Batch).where(Batch.at < before)))


def _owner(scope: Scope) -> dict[str, str]:
    return {"organisation_id": scope.subject.organisation_id, "person_id": scope.subject.person_id}


def _quietly(statement: Any) -> Any:
    """Nothing of these rows is held by the session."""
    return statement.execution_options(synchronize_session=False)
