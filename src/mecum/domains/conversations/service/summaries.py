"""Summaries of what no longer fits a model's window: what one still lacks, keeping it, showing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mecum.domains.conversations.errors import SummaryNotFound
from mecum.domains.conversations.model import Message, Summary
from mecum.domains.conversations.repository import ConversationRepository, MessageRepository, SummaryRepository
from mecum.domains.conversations.repository.branches import path_to
from mecum.domains.conversations.rules import summary_view
from mecum.infra.storage import Scope


@dataclass(frozen=True, slots=True)
class Unsummarised:
    """The summary that another one goes on from (None: there is none yet), and the messages after it, oldest first.

    None are left where only nobody said yet that it is complete.
    """

    earlier: Summary | None
    message_ids: Sequence[str]


class SummaryService:
    """Summaries of conversations that are not deleted."""

    def __init__(self) -> None:
        self._conversations, self._messages = ConversationRepository(), MessageRepository()
        self._summaries = SummaryRepository()

    async def get(self, scope: Scope, summary_id: str) -> dict[str, Any]:
        """Return a summary as the wire shows it; raises SummaryNotFound, also when its conversation is deleted."""
        found = await self._summaries.find(scope, summary_id)
        if found is None:
            raise SummaryNotFound(summary_id=summary_id)
        return summary_view(found)

    async def place(self, scope: Scope, conversation_id: str) -> Literal["here", "trash", "gone"]:
        """Return where a conversation is."""
        found = await self._conversations.find(scope, conversation_id)
        if found is None:
            return "gone"
        return "here" if found.deleted_at is None else "trash"

    async def lacking(self, scope: Scope, conversation_id: str, message_id: str) -> Unsummarised | None:
        """Return what a summary up to `message_id` lacks; None when it is there, or the message is there no more."""
        through = await self._messages.find(scope, message_id)
        if through is None or through.conversation_id != conversation_id:
            return None
        path = await path_to(scope, message_id)
        known = await self._summaries.by_message(scope, conversation_id)
        if known.get(message_id, ("", False))[1]:
            return None
        covered = next((place for place in range(len(path), 0, -1) if path[place - 1] in known), 0)
        earlier = await self._summaries.find(scope, known[path[covered - 1]][0]) if covered else None
        return Unsummarised(earlier, path[covered:])

    async def messages(self, scope: Scope, message_ids: Sequence[str]) -> list[Message]:
        """Return those of the messages that are there, in this order."""
        found = await self._messages.by_ids(scope, message_ids)
        return [found[message_id] for message_id in message_ids if message_id in found]

    async def keep(self, scope: Scope, values: Mapping[str, Any]) -> bool:
        """Store a summary (by column) unless its message was deleted meanwhile; tell whether it is there.

        With a complete one, what was kept on the way to it goes.
        """
        through = await self._messages.find(scope, values["message_id"])
        if through is None:
            return False
        conversation_id = through.conversation_id
        known = (await self._summaries.by_message(scope, conversation_id)).get(values["message_id"])
        if known is None:
            await self._summaries.add(scope, values)
        elif values["complete"]:
            await self._summaries.complete(scope, known[0])
        if values["complete"]:
            await self._summaries.forget_steps(scope, conversation_id)
        return True
