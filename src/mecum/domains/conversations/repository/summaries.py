"""Summaries, by the branch they hold for."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Integer, delete, insert, literal_column, select, update

from mecum.domains.conversations.model import Conversation, Summary
from mecum.domains.conversations.repository.branches import ancestors
from mecum.infra.storage import Prepared, Scope

_MOST_ABOVE: Final = 16
_SILENT = {"synchronize_session": False}


def _above() -> Prepared:
    branch = ancestors()
    query = select(Summary.id, Summary.message_id, Summary.messages, Summary.text, Summary.model)
    query = query.join(branch, branch.c.id == Summary.message_id).where(Summary.complete).order_by(branch.c.depth)
    return Prepared(query.limit(literal_column(str(_MOST_ABOVE), Integer)))


SUMMARIES_ABOVE = _above()
"""The summaries that hold for the branch to `_leaf`, what covers most of it first, among its last `_limit` messages."""


class SummaryRepository:
    """Summaries as one subject sees them."""

    async def find(self, scope: Scope, summary_id: str) -> Summary | None:
        """Return a summary of a conversation that is not deleted, or None."""
        query = (
            select(Summary, Conversation.id)
            .join(Conversation, Conversation.id == Summary.conversation_id)
            .where(Summary.id == summary_id, Conversation.deleted_at.is_(None))
        )
        return (await scope.session.execute(query)).scalar_one_or_none()

    async def by_message(self, scope: Scope, conversation_id: str) -> dict[str, tuple[str, bool]]:
        """Return (id, whether it is complete) of a conversation's summaries by the last message each covers."""
        query = select(Summary.message_id, Summary.id, Summary.complete)
        rows = await scope.session.execute(query.where(Summary.conversation_id == conversation_id))
        return {row[0]: (row[1], row[2]) for row in rows}

    async def add(self, scope: Scope, values: Mapping[str, Any]) -> None:
        """Store a summary of a conversation that the caller knows to be the subject's."""
        await scope.session.execute(insert(Summary), [dict(values)])

    async def complete(self, scope: Scope, summary_id: str) -> None:
        """Let a summary that a job kept on its way be one that was asked for."""
        query = update(Summary).where(Summary.id == summary_id).values(complete=True)
        await scope.session.execute(query, execution_options=_SILENT)

    async def forget_steps(self, scope: Scope, conversation_id: str) -> None:
        """Delete what jobs kept of a conversation on their way."""
        query = delete(Summary).where(Summary.conversation_id == conversation_id, ~Summary.complete)
        await scope.session.execute(query, execution_options=_SILENT)

    async def forget(self, scope: Scope, conversation_id: str) -> None:
        """Delete a conversation's summaries for ever."""
        query = delete(Summary).where(Summary.conversation_id == conversation_id)
        await scope.session.execute(query, execution_options=_SILENT)
