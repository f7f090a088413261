"""The routes of prompts."""

from typing import Annotated

from fastapi import Path, Response

from mecum.domains.assistants.http.shared import Cursor, Limit
from mecum.domains.assistants.schemas.prompts import (
    PromptCreate,
    PromptList,
    PromptVersionCreate,
    PromptVersionList,
    PromptVersionView,
    PromptView,
)
from mecum.domains.assistants.service import PromptService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

_Id = Annotated[str, Path(description="A prompt.", examples=["prm_06hq3k8w2m5v9"])]
_Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="A version's number.", examples=[1])]


def router(database: Database, service: PromptService) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["prompts"])

    @routes.get(
        "/prompts",
        response_model=PromptList,
        summary="List prompts",
        description="Those changed last first.",
    )
    async def newest(asker: Asker, limit: Limit = 50, cursor: Cursor = None) -> Response:
        async with database.reading(asker) as scope:
            found = await service.newest(scope, cursor, limit)
        return answer({"items": found.items, "next_cursor": found.next_cursor})

    @routes.post(
        "/prompts",
        status_code=201,
        response_model=PromptView,
        summary="Make a prompt",
        description="With its first version.",
    )
    async def create(asker: Asker, body: PromptCreate) -> Response:
        async with database.writing(asker) as scope:
            made = await service.create(scope, body.title, body.text, body.note)
            return answer(await service.get(scope, made), 201)

    _one(routes, database, service)
    return routes


def _one(routes: Routes, database: Database, service: PromptService) -> None:
    @routes.get(
        "/prompts/{prompt_id}",
        response_model=PromptView,
        summary="Read a prompt",
        description="Its title and the number of its newest version.",
    )
    async def get(asker: Asker, prompt_id: _Id) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.get(scope, prompt_id))

    @routes.get(
        "/prompts/{prompt_id}/versions",
        response_model=PromptVersionList,
        summary="List a prompt's versions",
        description="Every text it had, the newest first.",
    )
    async def versions(asker: Asker, prompt_id: _Id) -> Response:
        async with database.reading(asker) as scope:
            return answer({"items": await service.versions(scope, prompt_id), "next_cursor": None})

    @routes.get(
        "/prompts/{prompt_id}/versions/{number}",
        response_model=PromptVersionView,
        summary="Read a version of a prompt",
        description="Its text, which never changes.",
    )
    async def version(asker: Asker, prompt_id: _Id, number: _Number) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.version(scope, prompt_id, number))

    @routes.post(
        "/prompts/{prompt_id}/versions",
        status_code=201,
        response_model=PromptVersionView,
        summary="Add a version to a prompt",
        description="Assistants keep the version they have until they are given this one.",
    )
    async def add(asker: Asker, prompt_id: _Id, body: PromptVersionCreate) -> Response:
        async with database.writing(asker) as scope:
            number = await service.write(scope, prompt_id, body.text, body.note)
            return answer(await service.version(scope, prompt_id, number), 201)
