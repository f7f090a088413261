"""The routes of many conversations as one ZIP."""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import Response
from starlette.responses import StreamingResponse

from mecum.domains.conversations import api as conversations
from mecum.domains.projects.ports import Directory
from mecum.domains.transfer.ports import Room
from mecum.domains.transfer.schemas import SelectionExport
from mecum.domains.transfer.service.copies import TransferService
from mecum.domains.transfer.service.everything import Everything, Selection
from mecum.domains.transfer.service.outgoing import OutgoingService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker
from mecum.infra.web.routes import Routes

_ZIP: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The ZIP.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def router(
    database: Database,
    transfer: TransferService,
    copies: conversations.CopyService,
    room: Room,
    projects: Directory,
) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["transfer"])
    everything = Everything(database, transfer, copies, OutgoingService(database, room, projects))
    selection = Selection(database, transfer, copies)

    @routes.get(
        "/export",
        response_class=Response,
        summary="Export everything that is yours",
        description="A ZIP with every assistant and every conversation in our loss-free JSON, their versions, "
        "branches, files and ratings, in the order they were made. The same record gives the same bytes. The trash is "
        "not in it.",
        responses=_ZIP,
    )
    async def export(asker: Asker) -> Response:
        return _sent("mecum-export.zip", everything.written(asker))

    @routes.post(
        "/conversations/export",
        response_class=Response,
        summary="Export many conversations",
        description="A ZIP with a file for each, numbered in the order of `ids`, and `export.json`: which file is "
        "which conversation, what the format cannot carry, and which of them are not in it, with the reason.",
        responses=_ZIP,
    )
    async def chosen(asker: Asker, body: SelectionExport) -> Response:
        return _sent("conversations.zip", await selection.written(asker, body.ids, body.format))

    return routes


def _sent(name: str, chunks: AsyncIterator[bytes]) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)
