"""The route by which an assistant goes out."""

import json
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Path, Query, Response

from mecum.domains.projects.ports import Directory
from mecum.domains.transfer.http.copies import REPORT_HEADER
from mecum.domains.transfer.ports import Room
from mecum.domains.transfer.service.outgoing import Form, OutgoingService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker
from mecum.infra.web.routes import Routes

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def router(database: Database, room: Room, projects: Directory) -> Routes:
    """Return the route."""
    service = OutgoingService(database, room, projects)
    routes = Routes(tags=["assistants"])

    @routes.get(
        "/assistants/{assistant}/export",
        response_class=Response,
        summary="Export an assistant",
        description="One file. `mecum` has everything that is stored of it, its picture among it, and a hash of its "
        "content; the others are character cards of version 2 or 3, as JSON or in a PNG picture. The header "
        '`Mecum-Report` says in JSON, `{"notes": […]}`, what is not in it. `POST /imports` takes each of them in.',
        responses=_ANSWERS,
    )
    async def export(
        asker: Asker,
        assistant: Annotated[
            str, Path(max_length=255, description="An assistant's slug or id.", examples=["short-letters"])
        ],
        format: Annotated[Form, Query(description="The format.", examples=["card-v3-png"])] = "mecum",  # noqa: A002 - the parameter's name on the wire
        versions: Annotated[
            bool, Query(description="Also everything it was before; only `mecum` has it.", examples=[True])
        ] = False,
    ) -> Response:
        found = await service.export(asker, assistant, format, versions=versions)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
            REPORT_HEADER: json.dumps({"notes": found.notes}),
            "Cache-Control": "no-store",
        }
        return Response(found.body, headers=headers, media_type=found.media_type)

    return routes
