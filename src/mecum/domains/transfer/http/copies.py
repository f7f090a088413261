"""The routes of transfer."""

import json
from typing import Annotated
from urllib.parse import quote

from fastapi import Path, Query, Request, Response
from starlette.responses import StreamingResponse

from mecum.domains.transfer.schemas import Imported, ReportView
from mecum.domains.transfer.service import Export, Format, TransferService
from mecum.infra.web.requests import Asker, answer, limited_body
from mecum.infra.web.routes import Routes

REPORT_HEADER = "Mecum-Report"
_FORMAT = Annotated[
    Format,
    Query(
        description="`json` and `jsonl` are loss-free; `markdown` and `openai` carry the current branch.",
        examples=["markdown"],
    ),
]
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/jsonl": {"schema": {"type": "string"}},
            "text/markdown": {"schema": {"type": "string"}},
        },
    }
}


def router(service: TransferService, *, most_bytes: int) -> Routes:
    """Return the routes; `most_bytes` is the largest body that is read."""
    routes = Routes(tags=["transfer"])

    @routes.get(
        "/conversations/{conversation_id}/export",
        response_class=Response,
        summary="Export a conversation",
        description="The conversation as a file. The header `Mecum-Report` says in JSON what the format cannot carry; "
        "with `report` only that is returned.",
        responses={
            200: {
                "description": "The file, or the report.",
                "content": {
                    "application/json": {"schema": {"type": "object"}},
                    "application/jsonl": {"schema": {"type": "string"}},
                    "text/markdown": {"schema": {"type": "string"}},
                },
            }
        },
    )
    async def export(
        asker: Asker,
        conversation_id: Annotated[str, Path(description="A conversation.", examples=["cnv_06hq3k8w2m5v9"])],
        format: _FORMAT = "json",  # noqa: A002 - the parameter's name on the wire
        report: Annotated[bool, Query(description="Only the report.", examples=[False])] = False,
    ) -> Response:
        found = await service.export(asker, conversation_id, format)
        if report:
            return answer(ReportView(**found.report.view()).model_dump())
        return StreamingResponse(found.chunks, headers=headers_of(found))

    @routes.post(
        "/conversations/import",
        status_code=201,
        response_model=Imported,
        summary="Import a conversation",
        description="The body is a conversation in the named format. Ids that are free are kept.",
        openapi_extra=_BODY,
    )
    async def import_(
        request: Request,
        asker: Asker,
        format: _FORMAT = "json",  # noqa: A002 - the parameter's name on the wire
    ) -> Response:
        body = await limited_body(request, most_bytes)
        conversation_id, lost = await service.import_(asker, body, format)
        return answer({"conversation_id": conversation_id, "report": lost.view()}, 201)

    return routes


def headers_of(found: Export) -> dict[str, str]:
    """Return the headers of an export."""
    return {
        "Content-Type": found.media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
        REPORT_HEADER: json.dumps(found.report.view()),
        "Cache-Control": "no-store",
    }
