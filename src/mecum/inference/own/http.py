"""The routes of a person's own settings."""

from fastapi import Response

from mecum.inference.own.schemas import OwnChange, OwnView
from mecum.inference.own.service import OwnService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes


def router(database: Database, service: OwnService) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["configuration"])

    @routes.get(
        "/config/own",
        response_model=OwnView,
        summary="Your own settings",
        description="What you say for yourself alone, over everything that is configured, and what holds for you.",
    )
    async def get(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.get(scope))

    @routes.put(
        "/config/own",
        response_model=OwnView,
        summary="Change your own settings",
        description="Counts at once, for you alone: also in answers under way, from what they do next.",
    )
    async def put(body: OwnChange, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            await service.change(scope, summaries=body.summaries)
        async with database.reading(asker) as scope:
            return answer(await service.get(scope))

    return routes
