"""The routes of what is measured."""

from fastapi import Response

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http.shared import Reference
from mecum.domains.assistants.schemas.measures import MeasureList
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes


def router(database: Database, context: Assistants) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["assistants"])

    @routes.get(
        "/assistants/{assistant}/measures",
        response_model=MeasureList,
        summary="What is measured of an assistant",
        description="Growth, trust, drift, certification, how answers went: each by a named method of runs and thumbs, "
        "as they are now. A figure is null until there is enough, and says what is missing.",
    )
    async def measures(asker: Asker, assistant: Reference) -> Response:
        async with database.reading(asker) as scope:
            return answer(await context.measures.all(scope, assistant))

    @routes.post(
        "/assistants/{assistant}/measures",
        response_model=MeasureList,
        summary="Measure an assistant now",
        description="Keeps the figures for its card and its facets, as a job does every hour, and looks back on its "
        "answers. Answers with the figures.",
    )
    async def measure(asker: Asker, assistant: Reference) -> Response:
        async with database.writing(asker) as scope:
            return answer(await context.measures.keep(scope, assistant))

    return routes
