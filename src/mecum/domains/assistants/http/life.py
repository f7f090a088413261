"""The routes of where assistants come from: starters, clones, spawned ones; and the table of effects."""

from fastapi import Response

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http.shared import Reference
from mecum.domains.assistants.schemas.core import CloneCreate, EffectList, SpawnCreate, StarterList, StartersCreate
from mecum.domains.assistants.schemas.whole import AssistantFull, AssistantList
from mecum.domains.assistants.service.assistants import effect_views
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes


def router(database: Database, context: Assistants) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["assistants"])
    _starters(routes, database, context)
    _descendants(routes, database, context)

    @routes.get(
        "/assistants/effects",
        response_model=EffectList,
        summary="The table of effects",
        description="Every field of every facet: what it means, its choices and default, and where it acts, if it does "
        "yet.",
    )
    async def effects(_: Asker) -> Response:
        return answer({"items": effect_views(), "next_cursor": None})

    return routes


def _starters(routes: Routes, database: Database, context: Assistants) -> None:
    @routes.get(
        "/assistants/starters",
        response_model=StarterList,
        summary="List starters",
        description="Assistants to begin with; they are made when somebody asks for them.",
    )
    async def starters(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            return answer({"items": await context.starters.all(scope), "next_cursor": None})

    @routes.post(
        "/assistants/starters",
        status_code=201,
        response_model=AssistantList,
        summary="Make starters",
        description="Makes assistants of the named starters, or of all; what is there already is left alone. Answers "
        "with those that were made.",
    )
    async def make(asker: Asker, body: StartersCreate) -> Response:
        async with database.writing(asker) as scope:
            made = await context.starters.make(scope, body.slugs)
            items = [await context.assistants.view(scope, assistant_id, "card") for assistant_id in made]
        return answer({"items": items, "next_cursor": None}, 201)


def _descendants(routes: Routes, database: Database, context: Assistants) -> None:
    @routes.post(
        "/assistants/{assistant}/clone",
        status_code=201,
        response_model=AssistantFull,
        summary="Clone an assistant",
        description="Makes another one with everything a person decided of this one. The clone of a demo says so, and "
        "has it as its mentor where the demo wants that.",
    )
    async def clone(asker: Asker, assistant: Reference, body: CloneCreate) -> Response:
        async with database.writing(asker) as scope:
            made = await context.births.clone(scope, assistant, body.model_dump(exclude_none=True))
            return answer(await context.assistants.view(scope, made), 201)

    @routes.post(
        "/assistants/{assistant}/spawn",
        status_code=201,
        response_model=AssistantFull,
        summary="Spawn an assistant",
        description="Makes one that belongs under this one, with its character and configuration, and a reason.",
    )
    async def spawn(asker: Asker, assistant: Reference, body: SpawnCreate) -> Response:
        async with database.writing(asker) as scope:
            made = await context.births.spawn(scope, assistant, body.model_dump(exclude_none=True))
            return answer(await context.assistants.view(scope, made), 201)
