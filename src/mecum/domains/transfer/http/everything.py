"""The route of everything that is a person's."""

from fastapi import Response
from starlette.responses import StreamingResponse

from mecum.domains.conversations import api as conversations
from mecum.domains.projects.ports import Directory
from mecum.domains.transfer.ports import Room
from mecum.domains.transfer.service.copies import TransferService
from mecum.domains.transfer.service.everything import Everything
from mecum.domains.transfer.service.outgoing import OutgoingService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker
from mecum.infra.web.routes import Routes


def router(
    database: Database,
    transfer: TransferService,
    copies: conversations.CopyService,
    room: Room,
    projects: Directory,
) -> Routes:
    """Return the route."""
    routes = Routes(tags=["transfer"])
    everything = Everything(database, transfer, copies, OutgoingService(database, room, projects))

    @routes.get(
        "/export",
        response_class=Response,
        summary="Export everything that is yours",
        description="A ZIP with every assistant and every conversation in our loss-free JSON, their versions, "
        "branches, files and ratings, in the order they were made. The same record gives the same bytes. The trash is "
        "not in it.",
        responses={
            200: {
                "description": "The ZIP.",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def export(asker: Asker) -> Response:
        headers = {
            "Content-Disposition": 'attachment; filename="mecum-export.zip"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(everything.written(asker), media_type="application/zip", headers=headers)

    return routes
