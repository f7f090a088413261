"""Finding messages by their words."""

from dataclasses import asdict
from typing import Any

from mecum.domains.conversations.repository import ConversationRepository, MessageRepository
from mecum.domains.conversations.rules import findable_text
from mecum.domains.retrieval import api as retrieval
from mecum.infra.storage import Scope
from mecum.kernel import clock, paging


class SearchService:
    """Searches listed conversations that are not deleted."""

    def __init__(self, search: retrieval.Search) -> None:
        self._search = search
        self._conversations, self._messages = ConversationRepository(), MessageRepository()

    async def find(self, scope: Scope, query: str, *, cursor: str | None, limit: int) -> paging.Page[dict[str, Any]]:
        """Return messages that hold all words of `query`, newest first, as the wire shows hits; raises BadCursor."""
        found = await self._search.find(scope, query, cursor, limit)
        messages = await self._messages.by_ids(scope, [hit.message_id for hit in found.hits])
        titles = await self._conversations.titles(scope, {message.conversation_id for message in messages.values()})
        items: list[dict[str, Any]] = []
        for message in (messages[hit.message_id] for hit in found.hits if hit.message_id in messages):
            pieces = retrieval.snippet(findable_text(message.parts), found.terms, prefix=found.prefix)
            items.append(
                {
                    "conversation_id": message.conversation_id,
                    "conversation_title": titles.get(message.conversation_id),
                    "message_id": message.id,
                    "role": message.role,
                    "snippet": [asdict(piece) for piece in pieces],
                    "created_at": clock.iso(clock.to_milliseconds(message.created_at)),
                }
            )
        return paging.Page(items, found.next_cursor)
