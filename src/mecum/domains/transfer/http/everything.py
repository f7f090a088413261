"""The routes of everything that is a person's, and of many conversations, as one ZIP."""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import Response
from starlette.responses import StreamingResponse

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.schemas import ExportContents, SelectionExport
from mecum.domains.transfer.service.copies import TransferService
from mecum.domains.transfer.service.everything import Everything, Selection
from mecum.domains.transfer.service.leaving import Leaving
from mecum.domains.transfer.service.outgoing import OutgoingService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
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
    context: conversations.Conversations,
    rooms: Rooms,
) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["transfer"])
    outgoing = OutgoingService(database, rooms.assistants, context.projects)
    everything = Everything(database, transfer, context.copies, outgoing, Leaving(database, context, rooms))
    selection = Selection(database, transfer, context.copies)

    @routes.get(
        "/export",
        response_class=Response,
        summary="Export everything that is yours",
        description="A ZIP with everything you own in our loss-free JSON: projects with their files, prompts, "
        "profiles, what you chose for yourself, assistants with their versions, conversations with their branches, "
        "files, tags and ratings. `export.json` says how many there are of each, and what is not in it and why. The "
        "same record gives the same bytes; imported where nothing of it is, it gives the same export again.",
        responses=_ZIP,
    )
    async def export(asker: Asker) -> Response:
        return _sent("mecum-export.zip", everything.written(asker))

    @routes.get(
        "/export/contents",
        response_model=ExportContents,
        summary="What an export of everything holds",
        description="What would be in it now, by kind, what is in the trash and so would not, and what never is.",
    )
    async def contents(asker: Asker) -> Response:
        return answer(await everything.contents(asker))

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
    }
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)
