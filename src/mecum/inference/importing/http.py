"""The route of bringing a configuration in."""

from fastapi import Response

from mecum.inference.importing.schemas import ImportCreate, ImportReport, report
from mecum.inference.importing.service import ImportService
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes


def router(database: Database, service: ImportService) -> Routes:
    """Return the route."""
    routes = Routes(tags=["configuration"])

    @routes.post(
        "/config/import",
        response_model=ImportReport,
        summary="Import an older configuration",
        description="Brings the files of an older installation into the shape of today and stores them, all or none; "
        "keys go sealed into the key store. Says what became of every field.",
    )
    async def run(asker: Asker, body: ImportCreate) -> Response:
        async with database.writing(asker) as scope:
            found = await service.run(scope, body.files, replace=body.replace, dry_run=body.dry_run)
        return answer(report(found))

    return routes
