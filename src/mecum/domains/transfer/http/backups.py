"""The routes of backups."""

from typing import Annotated

from fastapi import Path, Response
from starlette.responses import FileResponse

from mecum.domains.identity import api as identity
from mecum.domains.transfer.schemas import BackupCreate, BackupKeep, BackupList, BackupView, BackupWork
from mecum.domains.transfer.service.backups import BackupService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

_ID = Annotated[str, Path(description="A backup's id, or its file's name.", examples=["bak_06hq3k8w2m5v9"])]
_WORK = Annotated[str, Path(description="The work's id.", examples=["job_06hq3k8w2m5v9"])]


def router(database: Database, service: BackupService) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["backups"])

    @routes.post(
        "/backups",
        status_code=202,
        response_model=BackupWork,
        summary="Make a backup",
        description="Of everything at one moment: the record of everybody here, files, the configuration of models. "
        "In the background, while work goes on. It is encrypted when the store is. Only the owner may; a program's key "
        "may not.",
    )
    async def start(body: BackupCreate, asker: Asker) -> Response:
        identity.require_owner(asker)
        async with database.writing(asker) as scope:
            work = await service.start(scope, body)
        return answer(work.model_dump(), 202)

    @routes.get(
        "/backups",
        response_model=BackupList,
        summary="List backups",
        description="Those in the folder of backups, copies that upgrades made among them, and the work on them.",
    )
    async def newest(asker: Asker) -> Response:
        identity.require_owner(asker)
        async with database.reading(asker) as scope:
            found = await service.newest(scope)
        return answer(found.model_dump(by_alias=True))

    @routes.get(
        "/backups/work/{work_id}",
        response_model=BackupWork,
        summary="Work on a backup",
        description="How far it is.",
    )
    async def work(work_id: _WORK, asker: Asker) -> Response:
        identity.require_owner(asker)
        async with database.reading(asker) as scope:
            found = await service.work(scope, work_id)
        return answer(found.model_dump())

    @routes.get(
        "/backups/{backup_id}", response_model=BackupView, summary="A backup", description="What is known of it."
    )
    async def get(backup_id: _ID, asker: Asker) -> Response:
        identity.require_owner(asker)
        return answer(service.get(backup_id).model_dump(by_alias=True))

    @routes.patch(
        "/backups/{backup_id}",
        response_model=BackupView,
        summary="Keep a backup longer or shorter",
        description="Says how many days from now it is kept.",
    )
    async def keep(backup_id: _ID, body: BackupKeep, asker: Asker) -> Response:
        identity.require_owner(asker)
        return answer(service.keep(backup_id, body.keep_days).model_dump(by_alias=True))

    @routes.delete("/backups/{backup_id}", status_code=204, summary="Delete a backup", description="For ever, at once.")
    async def delete(backup_id: _ID, asker: Asker) -> Response:
        identity.require_owner(asker)
        service.delete(backup_id)
        return Response(status_code=204)

    @routes.post(
        "/backups/{backup_id}/verify",
        status_code=202,
        response_model=BackupWork,
        summary="Verify a backup",
        description="Reads all of it in the background and compares it with what was written.",
    )
    async def verify(backup_id: _ID, asker: Asker) -> Response:
        identity.require_owner(asker)
        async with database.writing(asker) as scope:
            found = await service.check(scope, backup_id)
        return answer(found.model_dump(), 202)

    @routes.get(
        "/backups/{backup_id}/content",
        response_class=Response,
        summary="Download a backup",
        description="The file as it is. `mecum restore FILE` takes it.",
        responses={
            200: {
                "description": "The file.",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def content(backup_id: _ID, asker: Asker) -> Response:
        identity.require_owner(asker)
        path = service.path(backup_id)
        headers = {"Cache-Control": "no-store"}
        return FileResponse(path, media_type="application/octet-stream", filename=path.name, headers=headers)

    return routes
