"""The routes of assistants: list, make, read, change, throw away, bring back."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import TypeAdapter

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http.shared import Cursor, Limit, Reference, written
from mecum.domains.assistants.schemas.batches import AssistantBatchCreate, AssistantBatchView
from mecum.domains.assistants.schemas.core import ChatView, CoreChange, Status
from mecum.domains.assistants.schemas.whole import AssistantCard, AssistantCreate, AssistantFull, AssistantList
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer, body_of
from mecum.infra.web.routes import Routes

_ONE: dict[int | str, dict[str, Any]] = {
    200: {"model": ChatView | AssistantCard | AssistantFull, "description": "The assistant, as the view shows it."}
}


def router(database: Database, context: Assistants) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["assistants"])
    _lists(routes, database, context)
    _one(routes, database, context)
    return routes


def _lists(routes: Routes, database: Database, context: Assistants) -> None:
    made = TypeAdapter(AssistantCreate)

    @routes.get(
        "/assistants",
        response_model=AssistantList,
        summary="List assistants",
        description="Changed last first; the featured ones by their rank; those in the trash last deleted first. "
        "`view` says how much of each is shown.",
    )
    async def page(
        asker: Asker,
        view: Annotated[Literal["list", "card"], Query(description="How much of each.", examples=["card"])] = "list",
        status: Annotated[Status | None, Query(description="Only those.", examples=["active"])] = None,
        only: Annotated[
            Literal["featured", "guide", "primary", "demo", "ephemeral"] | None,
            Query(description="Only those.", examples=["featured"]),
        ] = None,
        parent: Annotated[
            str | None, Query(description="Only the children of the one with this id.", examples=["ast_06hq3k8w2m5v9"])
        ] = None,
        q: Annotated[
            str | None,
            Query(
                min_length=1,
                max_length=200,
                description="Only those with this in their name, slug or specialty.",
                examples=["letters"],
            ),
        ] = None,
        deleted: Annotated[bool, Query(description="Those in the trash.", examples=[False])] = False,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        async with database.reading(asker) as scope:
            found = await context.assistants.page(
                scope,
                view=view,
                status=status,
                only=only,
                parent=parent,
                words=q,
                deleted=deleted,
                cursor=cursor,
                limit=limit,
            )
        return answer({"items": found.items, "next_cursor": found.next_cursor})

    @routes.post(
        "/assistants/batches",
        response_model=AssistantBatchView,
        summary="Change many assistants",
        description="Deletes, restores, archives, activates or purges up to 1,000 at once, in one transaction "
        "(`purge`: one for each). What cannot change is skipped with its reason; the rest changes all the same.",
    )
    async def batch(asker: Asker, body: AssistantBatchCreate) -> Response:
        return answer(await context.batches.apply(asker, body.action, body.ids))

    @routes.post(
        "/assistants",
        status_code=201,
        response_model=AssistantFull,
        summary="Make an assistant",
        description="With what is given of each facet; all the rest behaves as by default. A value that is none of a "
        "field's choices is kept, reported in `unknown`, and behaves as the default.",
        openapi_extra={"requestBody": body_of(AssistantCreate)},
    )
    async def create(asker: Asker, request: Request) -> Response:
        _, wanted = await written(request, made)
        async with database.writing(asker) as scope:
            view = await context.assistants.view(scope, await context.births.create(scope, wanted))
        return answer(view, 201)


def _one(routes: Routes, database: Database, context: Assistants) -> None:
    service, removal = context.assistants, context.removal

    @routes.get(
        "/assistants/{assistant}",
        response_model=None,
        responses=_ONE,
        summary="Read an assistant",
        description="By its slug or id. `card` shows what a card does, `chat` how it answers, `full` everything.",
    )
    async def get(
        asker: Asker,
        assistant: Reference,
        view: Annotated[Literal["card", "chat", "full"], Query(description="How much.", examples=["full"])] = "full",
    ) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.view(scope, assistant, view))

    @routes.patch(
        "/assistants/{assistant}",
        response_model=AssistantFull,
        summary="Change an assistant's core",
        description="Name, slug, status, parent, project. What is absent stays. With `version`, a change in the "
        "meantime is refused with 409 and what it is now; each facet has a version of its own.",
    )
    async def change(asker: Asker, assistant: Reference, body: CoreChange) -> Response:
        wanted = body.model_dump(exclude_unset=True, exclude={"version"})
        async with database.writing(asker) as scope:
            assistant_id = await service.change(scope, assistant, body.version, wanted)
            return answer(await service.view(scope, assistant_id))

    @routes.delete(
        "/assistants/{assistant}",
        status_code=204,
        summary="Delete an assistant",
        description="Moves it to the trash, from where it can be restored for 30 days. With `purge` it is deleted for "
        "ever, also from the trash; conversations with it stay.",
    )
    async def delete(
        asker: Asker,
        assistant: Reference,
        purge: Annotated[bool, Query(description="For ever.", examples=[False])] = False,
    ) -> Response:
        await (removal.purge if purge else removal.trash)(asker, assistant)
        return Response(status_code=204)

    @routes.post(
        "/assistants/{assistant}/restore",
        response_model=AssistantFull,
        summary="Restore an assistant",
        description="Takes it out of the trash.",
    )
    async def restore(asker: Asker, assistant: Reference) -> Response:
        assistant_id = await removal.restore(asker, assistant)
        async with database.reading(asker) as scope:
            return answer(await service.view(scope, assistant_id))
