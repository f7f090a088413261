"""Where imported rows came from, asked by import and by the ids they had there."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from mecum.domains.transfer.model import Origin
from mecum.infra.storage import Scope

_SILENT = {"synchronize_session": False}


class OriginRepository:
    """Origins as one subject sees them."""

    async def conversations(self, scope: Scope, import_id: str, limit: int) -> Sequence[str]:
        """Return conversations that an import brought and that are still there."""
        query = select(Origin.conversation_id).where(Origin.import_id == import_id, Origin.kind == "conversation")
        return [str(found) for found in (await scope.session.execute(query.order_by(Origin.n).limit(limit))).scalars()]

    async def appended(self, scope: Scope, import_id: str) -> dict[str, list[str]]:
        """Return the messages that an import added to conversations it had not brought, by conversation."""
        query = select(Origin.conversation_id, Origin.message_id).where(Origin.import_id == import_id)
        found: dict[str, list[str]] = {}
        for conversation_id, message_id in await scope.session.execute(query.where(Origin.kind == "message")):
            found.setdefault(str(conversation_id), []).append(str(message_id))
        return found

    async def of_conversation(self, scope: Scope, conversation_id: str) -> dict[str, str]:
        """Return the import of every imported message of a conversation, by message."""
        query = select(Origin.message_id, Origin.import_id).where(Origin.conversation_id == conversation_id)
        rows = await scope.session.execute(query.where(Origin.message_id.is_not(None)))
        return {str(row[0]): row[1] for row in rows}

    async def by_integer(self, scope: Scope, kind: str, integer: int, limit: int) -> Sequence[Origin]:
        """Return what had this number in an older record, the newest first."""
        query = select(Origin).where(Origin.kind == kind, Origin.integer == integer, scope.visible(Origin))
        return (await scope.session.execute(query.order_by(Origin.n.desc()).limit(limit))).scalars().all()

    async def assistants(self, scope: Scope, import_id: str) -> Sequence[str]:
        """Return the assistants that an import brought and that are still there."""
        query = select(Origin.assistant_id).where(Origin.import_id == import_id, Origin.assistant_id.is_not(None))
        return [str(found) for found in (await scope.session.execute(query.order_by(Origin.n))).scalars()]

    async def targets(self, scope: Scope, import_id: str) -> Sequence[tuple[str, str]]:
        """Return (kind, target) of the projects, prompts, profiles and settings that an import brought."""
        query = select(Origin.kind, Origin.target).where(Origin.import_id == import_id, Origin.target.is_not(None))
        return [(row[0], str(row[1])) for row in await scope.session.execute(query.order_by(Origin.n))]

    async def forget_target(self, scope: Scope, kind: str, target: str) -> None:
        """Delete the origins of something that is here no longer: it can be imported again."""
        query = delete(Origin).where(Origin.kind == kind, Origin.target == target)
        await scope.session.execute(query, execution_options=_SILENT)

    async def forget_assistant(self, scope: Scope, assistant_id: str) -> None:
        """Delete the origins of an assistant that is gone for ever: it can be imported again."""
        query = delete(Origin).where(Origin.assistant_id == assistant_id)
        await scope.session.execute(query, execution_options=_SILENT)

    async def forget(self, scope: Scope, import_id: str, conversation_ids: Sequence[str] | None = None) -> None:
        """Delete the origins of an import: of these conversations, or of what belongs to no conversation."""
        query = delete(Origin).where(Origin.import_id == import_id)
        if conversation_ids is None:
            # Those of assistants and the like go with them: what an undo leaves in place is not brought again.
            kept = ("assistant", "project", "prompt", "profile")
            query = query.where(Origin.conversation_id.is_(None), Origin.kind.not_in(kept))
        else:
            query = query.where(Origin.conversation_id.in_(list(conversation_ids)))
        await scope.session.execute(query, execution_options=_SILENT)
