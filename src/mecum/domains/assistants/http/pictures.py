"""The routes of pictures."""

from typing import Any, Final

from fastapi import Request, Response

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http.shared import Reference
from mecum.domains.assistants.rules.pictures import MOST_BYTES
from mecum.domains.assistants.schemas.whole import FACET_VIEWS
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer, limited_body
from mecum.infra.web.routes import Routes

_BYTES: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}


def router(database: Database, context: Assistants) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["assistants"])

    @routes.get(
        "/assistants/{assistant}/avatar",
        response_class=Response,
        summary="The picture of an assistant",
        description="Where its avatar is one that is kept here: the avatar is then the address of this route, with a "
        "query that tells one picture from another.",
        responses={200: {"content": {"image/png": _BYTES}, "description": "The picture."}},
    )
    async def get(asker: Asker, assistant: Reference) -> Response:
        async with database.reading(asker) as scope:
            picture = await context.pictures.get(scope, assistant)
        headers = {
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=31536000, immutable",
        }
        return Response(picture.data, headers=headers, media_type=picture.media_type)

    @routes.put(
        "/assistants/{assistant}/avatar",
        response_model=FACET_VIEWS["identity"],
        summary="Give an assistant a picture",
        description="The body is a PNG, JPEG, GIF or WebP of at most 8 MB. It is kept with the assistant, and its "
        "avatar becomes the address of it. Answers with the identity.",
        openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _BYTES}}},
    )
    async def put(asker: Asker, assistant: Reference, request: Request) -> Response:
        data = await limited_body(request, MOST_BYTES)
        async with database.writing(asker) as scope:
            found = await context.pictures.put(scope, assistant, data)
        return answer(found)

    return routes
