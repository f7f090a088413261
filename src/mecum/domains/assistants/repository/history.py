"""Versions of assistants and their vectors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from mecum.domains.assistants.model import AssistantVector, AssistantVersion
from mecum.infra.storage import Scope


class HistoryRepository:
    """What the subject's assistants were."""

    async def add_version(
        self, scope: Scope, assistant_id: str, number: int, reason: str, state: Mapping[str, Any], moment: datetime
    ) -> None:
        """Store a version: the state of each facet that was changed."""
        row = {"assistant_id": assistant_id, "number": number, "reason": reason, "state": state, "created_at": moment}
        await scope.session.execute(insert(AssistantVersion), [row])

    async def newest_versions(
        self, scope: Scope, assistant_id: str, before: int | None, limit: int
    ) -> Sequence[AssistantVersion]:
        """Return versions, the newest first, from before a number on."""
        query = select(AssistantVersion).where(AssistantVersion.assistant_id == assistant_id)
        if before is not None:
            query = query.where(AssistantVersion.number < before)
        query = query.order_by(AssistantVersion.number.desc()).limit(limit)
        return (await scope.session.execute(query)).scalars().all()

    async def versions_until(self, scope: Scope, assistant_id: str, number: int) -> Sequence[AssistantVersion]:
        """Return every version up to this one, the oldest first."""
        query = select(AssistantVersion).where(AssistantVersion.assistant_id == assistant_id)
        query = query.where(AssistantVersion.number <= number).order_by(AssistantVersion.number)
        return (await scope.session.execute(query)).scalars().all()

    async def changed_after(self, scope: Scope, assistant_id: str, moment: datetime) -> bool:
        """Whether there is a version from after a moment that no import made."""
        query = select(AssistantVersion.number).where(
            AssistantVersion.assistant_id == assistant_id,
            AssistantVersion.created_at > moment,
            AssistantVersion.reason != "imported",
        )
        return (await scope.session.execute(query.limit(1))).first() is not None

    async def vectors_of(self, scope: Scope, assistant_id: str) -> Sequence[AssistantVector]:
        """Return the vectors of an assistant with their data, by their fields."""
        query = select(AssistantVector).where(AssistantVector.assistant_id == assistant_id)
        return (await scope.session.execute(query.order_by(AssistantVector.field))).scalars().all()

    async def vector(self, scope: Scope, assistant_id: str, field: str) -> AssistantVector | None:
        """Return a vector with its data, or None."""
        query = select(AssistantVector).where(
            AssistantVector.assistant_id == assistant_id, AssistantVector.field == field
        )
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def add_vectors(self, scope: Scope, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store vectors: `{assistant_id, field, model, dimension, data}`; one that is there is replaced."""
        for row in rows:
            gone = delete(AssistantVector).where(
                AssistantVector.assistant_id == row["assistant_id"], AssistantVector.field == row["field"]
            )
            await scope.session.execute(gone.execution_options(synchronize_session=False))
        if rows:
            await scope.session.execute(insert(AssistantVector), [dict(row) for row in rows])

    async def forget_vectors(self, scope: Scope, assistant_id: str, fields: Sequence[str]) -> None:
        """Delete vectors of an assistant."""
        if fields:
            gone = delete(AssistantVector).where(
                AssistantVector.assistant_id == assistant_id, AssistantVector.field.in_(list(fields))
            )
            await scope.session.execute(gone.execution_options(synchronize_session=False))
