"""Finding messages by their words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mecum.domains.conversations.repository import ConversationRepository, MessageRepository
from mecum.domains.retrieval import api as retrieval
from mecum.infra.storage import Scope
from mecum.kernel import clock, paging


@dataclass(frozen=True, slots=True)
class Quotable:
    """A message that may be quoted, and where it stands."""

    conversation_id: str
    message_id: str
    title: str | None
    text: str
    model: str | None
    """Who wrote it, when a model did."""


class SearchService:
    """Searches listed conversations that are not deleted."""

    def __init__(self, search: retrieval.Search) -> None:
        self._search = search
        self._conversations, self._messages = ConversationRepository(), MessageRepository()

    async def find(
        self, scope: Scope, query: str, *, cursor: str | None, limit: int, zone: str | None = None
    ) -> paging.Page[dict[str, Any]]:
        """Return messages that hold all words of `query` and fit its filters, newest first, as the wire shows hits.

        Raises BadCursor, FilterInvalid, ZoneUnknown.
        """
        found = await self._search.find(scope, query, cursor, limit, zone)
        messages = await self._messages.by_ids(scope, [hit.message_id for hit in found.hits])
        titles = await self._conversations.titles(scope, {message.conversation_id for message in messages.values()})
        items: list[dict[str, Any]] = []
        for message in (messages[hit.message_id] for hit in found.hits if hit.message_id in messages):
            pieces = retrieval.snippet(retrieval.findable_text(message.parts), found.terms, prefix=found.prefix)
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

    async def quotable(self, scope: Scope, terms: Sequence[str], limit: int) -> list[Quotable]:
        """Return the newest `limit` messages with each of the terms alone, in no order."""
        found: dict[str, None] = {}
        for term in terms:
            hits = await self._search.holding(scope, term, limit)
            found.update(dict.fromkeys(hit.message_id for hit in hits))
        messages = await self._messages.by_ids(scope, list(found))
        titles = await self._conversations.titles(scope, {message.conversation_id for message in messages.values()})
        return [
            Quotable(m.conversation_id, m.id, titles.get(m.conversation_id), retrieval.findable_text(m.parts), m.model)
            for m in messages.values()
        ]
