"""The routes of messages: a thread's pages, one message, its thumb, its text while it waits; summaries and search."""

from typing import Annotated

from fastapi import Path, Query, Response

from mecum.domains.conversations.api import Conversations
from mecum.domains.conversations.http.conversations import Cursor, Id, Limit
from mecum.domains.conversations.schemas.finding import HitList
from mecum.domains.conversations.schemas.messages import (
    FeedbackChange,
    MessageChange,
    MessageList,
    MessageView,
    SummaryView,
)
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

MessageId = Annotated[str, Path(description="A message.", examples=["msg_06hq3k8w2m5v9"])]


def router(database: Database, context: Conversations) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["messages"])
    threads, search = context.threads, context.search

    @routes.get(
        "/conversations/{conversation_id}/messages",
        response_model=MessageList,
        summary="Read a thread",
        description="The newest page of the current branch first; the cursor leads to older ones. Unfinished answers "
        "are in `runs`.",
    )
    async def page(
        asker: Asker,
        conversation_id: Id,
        limit: Limit = 50,
        cursor: Cursor = None,
        leaf: Annotated[
            str | None, Query(description="Another branch: where it ends.", examples=["msg_06hq3k8w2m5v9"])
        ] = None,
    ) -> Response:
        async with database.reading(asker) as scope:
            found = await threads.page(scope, conversation_id, leaf=leaf, cursor=cursor, limit=limit)
        return answer(found)

    @routes.get(
        "/messages/{message_id}",
        response_model=MessageView,
        summary="Read a message",
        description="With its branches and the person's thumb.",
    )
    async def get(asker: Asker, message_id: MessageId) -> Response:
        async with database.reading(asker) as scope:
            return answer(await threads.get(scope, message_id))

    @routes.patch(
        "/messages/{message_id}",
        response_model=MessageView,
        summary="Change a waiting message",
        description="Replaces its text as long as its answer was not begun. Later, `POST /runs` edits: a branch.",
    )
    async def edit(asker: Asker, message_id: MessageId, body: MessageChange) -> Response:
        await context.indexer.settle()
        async with database.writing(asker) as scope:
            view = await threads.edit_queued(scope, message_id, body.text)
        return answer(view)

    @routes.put(
        "/messages/{message_id}/feedback",
        response_model=MessageView,
        summary="Rate an answer",
        description="Sets or removes the person's thumb.",
    )
    async def rate(asker: Asker, message_id: MessageId, body: FeedbackChange) -> Response:
        async with database.writing(asker) as scope:
            view = await threads.rate(scope, message_id, body.value)
        return answer(view)

    @routes.get(
        "/summaries/{summary_id}",
        response_model=SummaryView,
        summary="Read a summary",
        description="What a model was told of the messages that no longer fitted its window; a run's `context_report` "
        "names it.",
    )
    async def summary(
        asker: Asker,
        summary_id: Annotated[str, Path(description="A summary.", examples=["sum_06hq3k8w2m5v9"])],
    ) -> Response:
        async with database.reading(asker) as scope:
            return answer(await context.summaries.get(scope, summary_id))

    @routes.get(
        "/search",
        response_model=HitList,
        summary="Search messages",
        description="Messages that hold all the words, the newest by their dates first; case and accents make no "
        'difference, and a phrase stands in quotes. Where nothing holds the words, the last one may go on: "fer" finds '
        '"ferry". Filters narrow it down: `after:2026-01`, `before:2026-01-31`, `on:2026`, `tag:work`, `-tag:later`, '
        "`assistant:letters` (a slug or name), `project:Rome`, `from:me`, `from:assistant`, `is:archived`; filters "
        "alone find conversations, by the messages they end with. One that cannot be read is "
        "refused: `search.filter`.",
    )
    async def find(
        asker: Asker,
        q: Annotated[str, Query(max_length=1000, description="Words and filters.", examples=["ferry after:2026-01"])],
        limit: Limit = 20,
        cursor: Cursor = None,
        zone: Annotated[
            str | None,
            Query(max_length=64, description="Whose days are meant; UTC without.", examples=["Europe/Rome"]),
        ] = None,
    ) -> Response:
        async with database.reading(asker) as scope:
            found = await search.find(scope, q, cursor=cursor, limit=limit, zone=zone)
        return answer({"items": found.items, "next_cursor": found.next_cursor})

    return routes
