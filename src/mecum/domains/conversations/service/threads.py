"""Messages: the pages of a thread, one by one, thumbs, and the text of one that still waits for its answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from mecum.domains.conversations import tree
from mecum.domains.conversations.errors import (
    MessageEmpty,
    MessageNotEditable,
    MessageNotFound,
    MessageTooLarge,
)
from mecum.domains.conversations.model import Message
from mecum.domains.conversations.ports import ActiveRuns
from mecum.domains.conversations.repository import MessageRepository
from mecum.domains.conversations.repository.branches import siblings
from mecum.domains.conversations.rules import cost_view, message_view, require_storable
from mecum.domains.conversations.service.conversations import ConversationService
from mecum.domains.retrieval import api as retrieval
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.infra.storage import Scope
from mecum.kernel import paging


class ThreadService:
    """Messages of conversations that are not deleted."""

    def __init__(
        self,
        conversations: ConversationService,
        active: ActiveRuns,
        words: Words,
        channel: runs.PersonChannel,
        *,
        most_bytes: int,
    ) -> None:
        self._conversations, self._active, self._words, self._channel = conversations, active, words, channel
        self._messages, self._runs = MessageRepository(), runs.RunRepository()
        self._most_bytes = most_bytes

    async def page(
        self, scope: Scope, conversation_id: str, *, leaf: str | None, cursor: str | None, limit: int
    ) -> dict[str, Any]:
        """Return a page of a branch, the newest one first, its messages oldest first, with the unfinished runs.

        Raises ConversationNotFound, MessageNotFound (no such leaf), BadCursor.
        """
        conversation = await self._conversations.get(scope, conversation_id)
        # After the conversation was read: what its leaf names is then either here or stored already.
        active = self._active.of_conversation(scope.subject, conversation_id)
        end = str(paging.decode(cursor, str)[0]) if cursor is not None else leaf or conversation.leaf_id
        branch = await self._walk(scope, conversation_id, end, limit, tree.places(active))
        if leaf is not None and not branch.messages and leaf not in tree.places(active):
            raise MessageNotFound(message_id=leaf)
        items = await self.views(scope, conversation_id, branch.messages[::-1])
        following = None if branch.older is None else paging.encode(branch.older)
        return {"items": items, "next_cursor": following, "runs": active}

    async def get(self, scope: Scope, message_id: str) -> dict[str, Any]:
        """Return a message as the wire shows it; raises MessageNotFound."""
        message = await self._message(scope, message_id)
        return (await self.views(scope, message.conversation_id, [message]))[0]

    async def views(self, scope: Scope, conversation_id: str, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """Return messages of one conversation as the wire shows them."""
        if not messages:
            return []
        beside = await siblings(scope, conversation_id, messages)
        thumbs = await self._runs.feedback(scope, [message.id for message in messages])
        costs = await self._runs.costs(scope, [message.run_id for message in messages if message.run_id])
        return [
            message_view(
                message,
                siblings=beside.get(message.parent_id, []),
                feedback=thumbs.get(message.id),
                cost=cost_view(costs.get(message.run_id or "")),
            )
            for message in messages
        ]

    async def rate(self, scope: Scope, message_id: str, value: int | None) -> dict[str, Any]:
        """Set or remove the person's thumb and return the message; raises MessageNotFound."""
        message = await self._message(scope, message_id)
        await self._runs.rate(scope, message_id, message.run_id, value)
        await self._channel.tell(scope, "conversation.updated", conversation_id=message.conversation_id)
        return await self.get(scope, message_id)

    async def edit_queued(self, scope: Scope, message_id: str, text: str) -> dict[str, Any]:
        """Replace the text of a message whose answer was not begun, and return it.

        Raises MessageNotFound, MessageNotEditable, MessageUnstorable, MessageEmpty, MessageTooLarge.
        """
        message = await self._message(scope, message_id)
        parts = self._with_text(message, text)
        self._require_waiting(scope, message)
        await self._words.forget(scope, [(message_id, retrieval.findable_text(message.parts))])
        await self._messages.change_parts(scope, message_id, parts)
        write = self._words.index([(message_id, retrieval.findable_text(parts))])
        await scope.session.execute(write.prepared.statement, dict(write.values))
        scope.session.expunge_all()
        # Once more, because it may have begun meanwhile, and would then be answered as it was.
        self._require_waiting(scope, message)
        await self._channel.tell(scope, "conversation.updated", conversation_id=message.conversation_id)
        return await self.get(scope, message_id)

    def _with_text(self, message: Message, text: str) -> list[dict[str, Any]]:
        require_storable(text)
        if len(text.encode()) > self._most_bytes:
            raise MessageTooLarge(limit=self._most_bytes)
        others = [part for part in message.parts if part["type"] != "text"]
        if not text and not others:
            raise MessageEmpty
        return ([{"type": "text", "text": text}] if text else []) + others

    def _require_waiting(self, scope: Scope, message: Message) -> None:
        active = self._active.of_conversation(scope.subject, message.conversation_id)
        waits = (run for run in active if run["user_message_id"] == message.id)
        if not any(run["status"] in ("queued", "waiting") for run in waits):
            raise MessageNotEditable(message_id=message.id)

    async def _message(self, scope: Scope, message_id: str) -> Message:
        message = await self._messages.find(scope, message_id)
        if message is None:
            raise MessageNotFound(message_id=message_id)
        return message

    async def _walk(
        self, scope: Scope, conversation_id: str, end: str | None, limit: int, pending: Mapping[str, str | None]
    ) -> tree.Branch:
        branch = await tree.walk(scope, end, limit, pending)
        if end is not None and branch.breaks_off:
            # Another process may be making that answer: ask the record.
            rows = await self._runs.active(scope, conversation_id)
            branch = await tree.walk(scope, end, limit, {run.message_id: run.parent_id for run in rows})
        if branch.messages and branch.messages[0].conversation_id != conversation_id:
            return tree.Branch([], None)
        return branch
