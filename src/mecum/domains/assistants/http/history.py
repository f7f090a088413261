"""The routes of versions: list, read, compare, bring back."""

from typing import Annotated

from fastapi import Path, Query, Response

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http.shared import Cursor, Limit, Reference
from mecum.domains.assistants.schemas.core import DifferenceList, VersionList, VersionRestore, VersionState
from mecum.domains.assistants.schemas.whole import AssistantFull
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

_Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="A version's number.", examples=[1])]


def router(database: Database, context: Assistants) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["assistants"])
    history = context.history

    @routes.get(
        "/assistants/{assistant}/versions",
        response_model=VersionList,
        summary="List versions",
        description="Every change of an assistant, the newest first.",
    )
    async def newest(asker: Asker, assistant: Reference, limit: Limit = 50, cursor: Cursor = None) -> Response:
        async with database.reading(asker) as scope:
            found = await history.newest(scope, assistant, cursor, limit)
        return answer({"items": found.items, "next_cursor": found.next_cursor})

    @routes.get(
        "/assistants/{assistant}/versions/diff",
        response_model=DifferenceList,
        summary="Compare two versions",
        description="Every field that is different, with what it was and what it is.",
    )
    async def difference(
        asker: Asker,
        assistant: Reference,
        before: Annotated[int, Query(ge=1, le=2**31 - 1, description="The one version.", examples=[1])],
        after: Annotated[
            int | None, Query(ge=1, le=2**31 - 1, description="The other; absent is the newest.", examples=[3])
        ] = None,
    ) -> Response:
        async with database.reading(asker) as scope:
            return answer(await history.difference(scope, assistant, before, after))

    @routes.get(
        "/assistants/{assistant}/versions/{number}",
        response_model=VersionState,
        summary="Read a version",
        description="What was changed, and what the assistant was then.",
    )
    async def get(asker: Asker, assistant: Reference, number: _Number) -> Response:
        async with database.reading(asker) as scope:
            return answer(await history.version(scope, assistant, number))

    @routes.post(
        "/assistants/{assistant}/versions/{number}/restore",
        response_model=AssistantFull,
        summary="Bring a version back",
        description="Makes the assistant, or the named facets, what it was then, as a new version; its slug stays.",
    )
    async def restore(asker: Asker, assistant: Reference, number: _Number, body: VersionRestore) -> Response:
        async with database.writing(asker) as scope:
            assistant_id = await history.restore(scope, assistant, number, body.facets)
            return answer(await context.assistants.view(scope, assistant_id))

    return routes
