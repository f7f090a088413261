"""The routes of pulls."""

from typing import Annotated

from fastapi import Path, Response

from mecum.inference.pulls.schemas import PullCreate, PullList, PullView
from mecum.inference.pulls.service import PullService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

PullId = Annotated[str, Path(description="Its id.", examples=["job_06hq3k8w2m5v9"])]


def router(database: Database, service: PullService) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["models"])

    @routes.post(
        "/models/pulls",
        status_code=202,
        response_model=PullView,
        summary="Pull a model",
        description="Fetches a GGUF file from an address, or a model through Ollama, in the background; after an "
        "interruption or a restart it goes on where it was. Asking for an address agrees to that host for that one "
        "download. The file is checked against `sha256`, or what the server says of it, before it is offered. Progress "
        "comes as `model.pull` on the personal channel. Only the owner may; a program's key may not.",
    )
    async def start(body: PullCreate, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            view = await service.start(scope, body)
        return answer(view.model_dump(), 202)

    @routes.get(
        "/models/pulls",
        response_model=PullList,
        summary="List pulls",
        description="Those of the last week, the newest first.",
    )
    async def newest(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            items = await service.newest(scope)
        return answer({"items": [item.model_dump() for item in items], "next_cursor": None})

    @routes.get("/models/pulls/{pull_id}", response_model=PullView, summary="A pull", description="How far it is.")
    async def get(pull_id: PullId, asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            view = await service.get(scope, pull_id)
        return answer(view.model_dump())

    @routes.delete(
        "/models/pulls/{pull_id}",
        status_code=204,
        summary="Cancel a pull",
        description="Ends it, and removes what came of it.",
    )
    async def cancel(pull_id: PullId, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            await service.cancel(scope, pull_id)
        return Response(status_code=204)

    @routes.post(
        "/models/pulls/{pull_id}/again",
        status_code=202,
        response_model=PullView,
        summary="Pull a model again",
        description="Asks once more for a pull that is over, with the same address, checksum and hosts.",
    )
    async def again(pull_id: PullId, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            view = await service.again(scope, pull_id)
        return answer(view.model_dump(), 202)

    return routes
