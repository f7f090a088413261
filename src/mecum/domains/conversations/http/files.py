"""The routes of files: in as they arrive, out with nothing in them that could run."""

from collections.abc import AsyncIterator
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Path, Query, Request, Response
from starlette.responses import StreamingResponse

from mecum.domains.conversations.errors import FileTooLarge
from mecum.domains.conversations.model import File
from mecum.domains.conversations.rules import file_view
from mecum.domains.conversations.schemas.files import FileView
from mecum.domains.conversations.service import FileService
from mecum.infra.blobs.media import TEXT
from mecum.infra.storage import Database
from mecum.infra.web.multipart import FormFile
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

FileId = Annotated[str, Path(description="A file.", examples=["fil_06hq3k8w2m5v9"])]
_SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Nothing in these can run; everything else is for saving."""
_FORM_BYTES: Final = 64 * 1024
"""What a form may add to the file."""
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}


def router(database: Database, files: FileService) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["files"])

    @routes.post(
        "/files",
        status_code=201,
        response_model=FileView,
        summary="Upload a file",
        description="As the field `file` of a form, or as the raw body with `name`. Its type is found from its bytes.",
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
        name: Annotated[str, Query(max_length=500, description="Its name.", examples=["beach.png"])] = "file",
    ) -> Response:
        _refuse_early(request, files.most_bytes)
        given, chunks = await _content(request, name)
        arrived = await files.receive(asker, given, chunks)
        try:
            async with database.writing(asker) as scope:
                view = await files.add(scope, arrived)
        finally:
            await files.discard(arrived)
        return answer(view, 201)

    @routes.get(
        "/files/{file_id}",
        response_model=FileView,
        summary="Describe a file",
        description="Its name, size and what it is.",
    )
    async def get(asker: Asker, file_id: FileId) -> Response:
        async with database.reading(asker) as scope:
            return answer(file_view(await files.get(scope, file_id)))

    @routes.get(
        "/files/{file_id}/content",
        response_class=Response,
        summary="Download a file",
        description="Its bytes. Only plain images may be shown in place; everything else is for saving.",
        responses={200: {"content": {"application/octet-stream": _BINARY}, "description": "The bytes."}},
    )
    async def content(asker: Asker, file_id: FileId) -> Response:
        async with database.reading(asker) as scope:
            file = await files.get(scope, file_id)
        found = await files.open(file)
        return StreamingResponse(found.chunks, headers={**headers_of(file), "Content-Length": str(found.size)})

    return routes


def headers_of(file: File) -> dict[str, str]:
    """Return the headers under which a file cannot act in the page's name, whatever it holds.

    That its type is not to be guessed, and that other sites may not embed it, the outermost layer says of every answer.
    """
    inline = "inline" if file.media_type in _SHOWN else "attachment"
    text = "; charset=utf-8" if file.media_type == TEXT else ""
    return {
        "Content-Type": file.media_type + text,
        "Content-Disposition": f"{inline}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=31536000, immutable",
    }


def _refuse_early(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most + _FORM_BYTES:
        raise FileTooLarge(limit=most)


async def _content(request: Request, name: str) -> tuple[str, AsyncIterator[bytes]]:
    """Return the file's name and its bytes, from a form or from the raw body."""
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/"):
        return name, request.stream()
    form = FormFile(content_type, request.stream(), "file")
    await form.begin()
    return form.name or name, form.chunks()
