"""The routes of imports: upload, start, watch, list what was left out, undo."""

from typing import Annotated, Final, Literal

from fastapi import Path, Query, Request, Response

from mecum.domains.conversations import api as conversations
from mecum.domains.transfer.schemas import (
    ColumnList,
    ImportList,
    ImportRequest,
    ImportView,
    OriginList,
    SkippedList,
    UploadView,
)
from mecum.domains.transfer.service import ImportService
from mecum.infra.storage import Database
from mecum.infra.web.multipart import FormFile
from mecum.infra.web.requests import Asker, BodyTooLarge, answer
from mecum.infra.web.routes import Routes
from mecum.kernel import paging

ImportId = Annotated[str, Path(description="An import.", examples=["imp_06hq3k8w2m5v9"])]
_FORM_BYTES: Final = 64 * 1024
"""What a form may add to the file."""
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}


def router(database: Database, files: conversations.FileService, service: ImportService) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["imports"])
    _add_making(routes, database, files, service)
    _add_watching(routes, database, service)
    _add_columns(routes, database, service)
    _add_undoing(routes, database, service)
    return routes


def _add_making(routes: Routes, database: Database, files: conversations.FileService, service: ImportService) -> None:
    @routes.post(
        "/imports/files",
        status_code=201,
        response_model=UploadView,
        summary="Upload a file to import",
        description="As the field `file` of a form, or as the raw body with `name`. It waits a day for its import, and "
        "goes when that is over.",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"multipart/form-data": _FORM, "application/octet-stream": _BINARY},
            }
        },
    )
    async def upload(
        request: Request,
        asker: Asker,
        name: Annotated[str, Query(max_length=500, description="Its name.", examples=["export.zip"])] = "file",
    ) -> Response:
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > files.most_bytes + _FORM_BYTES:
            raise BodyTooLarge(limit=files.most_bytes)
        content_type, chunks = request.headers.get("content-type", ""), request.stream()
        if content_type.startswith("multipart/"):
            form = FormFile(content_type, chunks, "file")
            await form.begin()
            name, chunks = form.name or name, form.chunks()  # type: ignore[assignment]  # read once, either way
        arrived = await files.receive(asker, name, chunks)
        try:
            async with database.writing(asker) as scope:
                view = await files.add(scope, arrived)
        finally:
            await files.discard(arrived)
        return answer({"id": view["id"], "name": view["name"], "size": view["size"]}, 201)

    @routes.post(
        "/imports",
        status_code=202,
        response_model=ImportView,
        summary="Import uploaded files",
        description="In the background; it goes on after a restart. The format is found out by content: exports of "
        "ChatGPT, Claude, Open WebUI, LibreChat, ChatbotUI and Mecum, the databases of older servers, assistants "
        "of one flat table, and character cards. What is there already is not added again. Progress comes as "
        "`import.changed` on the personal channel.",
    )
    async def start(body: ImportRequest, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            view = await service.start(scope, body)
        return answer(view.model_dump(), 202)


def _add_watching(routes: Routes, database: Database, service: ImportService) -> None:
    @routes.get(
        "/imports",
        response_model=ImportList,
        summary="List imports",
        description="The last hundred, the newest first.",
    )
    async def newest(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            items = await service.newest(scope)
        return answer({"items": [item.model_dump() for item in items], "next_cursor": None})

    @routes.get(
        "/imports/origins",
        response_model=OriginList,
        summary="Resolve an older id",
        description="What had this number in an older record. More than one item: the number alone does not say which.",
    )
    async def origins(
        asker: Asker,
        original: Annotated[int, Query(ge=0, le=2**62, description="The number there.", examples=[17])],
        kind: Annotated[
            Literal["conversation", "message"], Query(description="What it was.", examples=["conversation"])
        ] = "conversation",
    ) -> Response:
        async with database.reading(asker) as scope:
            items = await service.origins(scope, kind, original)
        return answer({"items": [item.model_dump() for item in items], "next_cursor": None})

    @routes.get(
        "/imports/{import_id}",
        response_model=ImportView,
        summary="An import",
        description="How far it is, and its reckoning.",
    )
    async def get(import_id: ImportId, asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            view = await service.get(scope, import_id)
        return answer(view.model_dump())

    @routes.get(
        "/imports/{import_id}/skipped",
        response_model=SkippedList,
        summary="What was not imported",
        description="Each with its reason, and with all that stands there where it can be read.",
    )
    async def skipped(
        import_id: ImportId,
        asker: Asker,
        limit: Annotated[int, Query(ge=1, le=paging.MAX_LIMIT, description="How many at most.", examples=[50])] = 50,
        cursor: Annotated[str | None, Query(description="From the page before.", examples=[None])] = None,
    ) -> Response:
        since = 0 if cursor is None else int(paging.decode(cursor, int)[0])
        async with database.reading(asker) as scope:
            items, following = await service.skipped(scope, import_id, since, limit)
        next_cursor = None if following is None else paging.encode(following)
        return answer({"items": [item.model_dump() for item in items], "next_cursor": next_cursor})


def _add_columns(routes: Routes, database: Database, service: ImportService) -> None:
    @routes.get(
        "/imports/{import_id}/fields",
        response_model=ColumnList,
        summary="A flat table, column by column",
        description="Of each column how often it was there, how often null, and a hash over its values: as they came, "
        "and as they are stored, read back from the store. Equal hashes say that nothing was lost.",
    )
    async def columns(import_id: ImportId, asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            view = await service.columns(scope, import_id)
        return answer(view.model_dump())


def _add_undoing(routes: Routes, database: Database, service: ImportService) -> None:
    @routes.post(
        "/imports/{import_id}/undo",
        status_code=202,
        response_model=ImportView,
        summary="Undo an import",
        description="Deletes for ever what it brought, in the background. A conversation that was gone on with stays "
        "and is named in `kept`.",
    )
    async def undo(import_id: ImportId, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            view = await service.undo(scope, import_id)
        return answer(view.model_dump(), 202)

    @routes.post(
        "/imports/{import_id}/cancel",
        response_model=ImportView,
        summary="Stop an import",
        description="Ends it in the middle. What it has brought stays until it is undone.",
    )
    async def cancel(import_id: ImportId, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            view = await service.cancel(scope, import_id)
        return answer(view.model_dump())
