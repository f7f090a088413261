"""The routes of facets, of the prompt, and of what a change of them would be sent as."""

from fastapi import Request, Response
from pydantic import BaseModel, TypeAdapter

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http.shared import Reference, written
from mecum.domains.assistants.schemas.core import PreviewCreate, PreviewView, PromptWrite
from mecum.domains.assistants.schemas.whole import FACET_CHANGES, FACET_VIEWS
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer, body_of
from mecum.infra.web.routes import Routes


def router(database: Database, context: Assistants) -> Routes:
    """Return the routes: two for each facet, and those of the prompt."""
    routes = Routes(tags=["assistants"])
    for facet, change in FACET_CHANGES.items():
        _facet(routes, database, context, facet, change)
    _prompt(routes, database, context)
    return routes


def _facet(routes: Routes, database: Database, context: Assistants, facet: str, change: type[BaseModel]) -> None:
    service, shape, view = context.assistants, TypeAdapter(change), FACET_VIEWS[facet]

    @routes.get(
        f"/assistants/{{assistant}}/{facet}",
        response_model=view,
        name=f"get_{facet}",
        summary=f"Read the {facet}",
        description=f"The {facet} of an assistant, with its version. A field that was never written shows its default.",
    )
    async def get(asker: Asker, assistant: Reference) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.facet(scope, assistant, facet))

    @routes.patch(
        f"/assistants/{{assistant}}/{facet}",
        response_model=view,
        name=f"change_{facet}",
        summary=f"Change the {facet}",
        description="What is absent stays, null is the default again. With `version`, a change of this facet in the "
        "meantime is refused with 409, and `current` is what it is now; other facets may be changed meanwhile.",
        openapi_extra={"requestBody": body_of(change)},
    )
    async def write(asker: Asker, assistant: Reference, request: Request) -> Response:
        version, wanted = await written(request, shape)
        async with database.writing(asker) as scope:
            found = await service.change_facet(scope, assistant, facet, version, wanted)
        return answer(found)


def _prompt(routes: Routes, database: Database, context: Assistants) -> None:
    service = context.assistants

    @routes.put(
        "/assistants/{assistant}/prompt",
        response_model=FACET_VIEWS["configuration"],
        summary="Write the prompt",
        description="As a new version, which counts from now on; earlier ones stay as they were. Answers with the "
        "configuration.",
    )
    async def write(asker: Asker, assistant: Reference, body: PromptWrite) -> Response:
        async with database.writing(asker) as scope:
            found = await service.set_prompt(scope, assistant, body.text, body.note, body.version)
        return answer(found)

    @routes.post(
        "/assistants/{assistant}/preview",
        response_model=PreviewView,
        summary="Preview the system prompt",
        description="Says what a model would be sent if these fields were as given. Nothing is stored.",
    )
    async def preview(asker: Asker, assistant: Reference, body: PreviewCreate) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.preview(scope, assistant, body.model_dump(exclude_none=True)))
