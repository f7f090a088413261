"""The routes of conversations: list, make, change, branch off, throw away, bring back."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response

from mecum.domains.conversations.api import Conversations
from mecum.domains.conversations.repository import Shelf
from mecum.domains.conversations.schemas.batches import BatchCreate, BatchView
from mecum.domains.conversations.schemas.conversations import (
    ConversationChange,
    ConversationCreate,
    ConversationList,
    ConversationView,
    ForkCreate,
    Purged,
    TagList,
)
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel.paging import MAX_LIMIT

Id = Annotated[str, Path(description="A conversation.", examples=["cnv_06hq3k8w2m5v9"])]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[50])]
Cursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before.", examples=["WzEsMl0"])
]


def router(database: Database, context: Conversations) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["conversations"])
    _many_routes(routes, database, context)
    service, removal, copies = context.conversations, context.removal, context.copies

    @routes.get(
        "/conversations",
        response_model=ConversationList,
        summary="List conversations",
        description="Last activity first; the archive and the trash by when they were moved there, the latest first.",
    )
    async def newest(
        asker: Asker,
        limit: Limit = 50,
        cursor: Cursor = None,
        deleted: Annotated[bool, Query(description="Those in the trash.", examples=[False])] = False,
        archived: Annotated[bool, Query(description="Those put away.", examples=[False])] = False,
        tag: Annotated[
            str | None, Query(min_length=1, max_length=60, description="Those with this tag.", examples=["work"])
        ] = None,
        project: Annotated[
            str | None,
            Query(max_length=40, description="Those in the project with this id.", examples=["prj_06hq3k8w2m5v9"]),
        ] = None,
    ) -> Response:
        shelf: Shelf = "deleted" if deleted else "archived" if archived else "at_hand"
        async with database.reading(asker) as scope:
            page = await service.newest(scope, shelf, tag=tag, project=project, cursor=cursor, limit=limit)
        return answer({"items": page.items, "next_cursor": page.next_cursor})

    @routes.post(
        "/conversations",
        status_code=201,
        response_model=ConversationView,
        summary="Make a conversation",
        description="An empty one. `POST /runs` without a conversation makes one by itself.",
    )
    async def create(asker: Asker, body: ConversationCreate) -> Response:
        async with database.writing(asker) as scope:
            view = await service.create(scope, body)
        return answer(view, 201)

    @routes.get(
        "/conversations/{conversation_id}",
        response_model=ConversationView,
        summary="Read a conversation",
        description="Its title, configuration and current branch. One in the trash is not found.",
    )
    async def get(asker: Asker, conversation_id: Id) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.view(scope, conversation_id))

    @routes.patch(
        "/conversations/{conversation_id}",
        response_model=ConversationView,
        summary="Change a conversation",
        description="What is absent stays as it is. `leaf_id` switches to the newest branch through that message.",
    )
    async def change(asker: Asker, conversation_id: Id, body: ConversationChange) -> Response:
        async with database.writing(asker) as scope:
            view = await service.change(scope, conversation_id, body)
        return answer(view)

    @routes.delete(
        "/conversations/{conversation_id}",
        status_code=204,
        summary="Delete a conversation",
        description="Moves it to the trash, from where it can be restored for 30 days. Unfinished answers are stopped. "
        "With `purge` it is deleted for ever, also from the trash.",
    )
    async def delete(
        asker: Asker,
        conversation_id: Id,
        purge: Annotated[bool, Query(description="For ever.", examples=[False])] = False,
    ) -> Response:
        await (removal.purge if purge else removal.trash)(asker, conversation_id)
        return Response(status_code=204)

    @routes.post(
        "/conversations/{conversation_id}/restore",
        response_model=ConversationView,
        summary="Restore a conversation",
        description="Takes it out of the trash.",
    )
    async def restore(asker: Asker, conversation_id: Id) -> Response:
        await removal.restore(asker, conversation_id)
        async with database.reading(asker) as scope:
            return answer(await service.view(scope, conversation_id))

    @routes.post(
        "/conversations/{conversation_id}/fork",
        status_code=201,
        response_model=ConversationView,
        summary="Copy a branch",
        description="Copies the branch up to a message into a new conversation with the same configuration.",
    )
    async def fork(asker: Asker, conversation_id: Id, body: ForkCreate) -> Response:
        async with database.writing(asker) as scope:
            view = await copies.fork(scope, conversation_id, body.message_id)
        return answer(view, 201)

    @routes.delete(
        "/trash",
        response_model=Purged,
        summary="Empty the trash",
        description="Deletes everything in it for ever: conversations, assistants and projects, or those of one kind. "
        "Removed profiles of models are not among them.",
    )
    async def empty(
        asker: Asker,
        only: Annotated[
            Literal["conversations", "assistants", "projects"] | None,
            Query(description="Only what is of this kind.", examples=["assistants"]),
        ] = None,
    ) -> Response:
        counts = await removal.empty_trash(asker, only)
        return answer({"purged": sum(counts.values()), **counts})

    return routes


def _many_routes(routes: Routes, database: Database, context: Conversations) -> None:
    """Before those of one conversation, whose paths would take these."""

    @routes.get(
        "/conversations/tags",
        response_model=TagList,
        summary="List tags",
        description="Every tag in use and how many conversations have it.",
    )
    async def tags(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            return answer({"items": await context.conversations.tags(scope)})

    @routes.post(
        "/conversations/batches",
        response_model=BatchView,
        summary="Change many conversations",
        description="Tags, renames, moves, archives, deletes, restores or purges up to 1,000 at once. What cannot "
        "change is skipped with its reason; the rest changes all the same. `purge` cannot be undone.",
    )
    async def batch(asker: Asker, body: BatchCreate) -> Response:
        return answer(await context.batches.apply(asker, body))

    @routes.post(
        "/conversations/batches/{batch_id}/undo",
        response_model=BatchView,
        summary="Undo a change of many conversations",
        description="Gives each what it had before; those purged meanwhile are left out. Once, within 30 days.",
    )
    async def undo(
        asker: Asker, batch_id: Annotated[str, Path(description="The change.", examples=["bat_06hq3k8w2m5v9"])]
    ) -> Response:
        return answer(await context.batches.undo(asker, batch_id))
