"""The routes of profiles."""

import asyncio
from typing import Annotated

import orjson
from fastapi import Path, Query, Response

from mecum.inference.configuration.checking import checked
from mecum.inference.configuration.http import IfMatch, expected
from mecum.inference.configuration.schemas import TextValidate, TextWrite, Validation, validation
from mecum.inference.profiles.schemas import (
    ProfileCopy,
    ProfileCreate,
    ProfileDetail,
    ProfileImport,
    ProfileList,
    RemovedProfileList,
    detail,
    profile_view,
    removed_view,
)
from mecum.inference.profiles.service import ProfileRemoval, ProfileService, Stored
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

ProfileId = Annotated[
    str,
    Path(
        description="Its id, its address such as `person:evenings`, or its name where only one has it: 409 with the "
        "addresses where several do.",
        examples=["instance:coding"],
    ),
]


def router(database: Database, service: ProfileService, removal: ProfileRemoval) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["profiles"])
    _reading(routes, database, service)
    _making(routes, database, service)
    _using(routes, database, service)
    _removing(routes, database, removal)
    return routes


def _reading(routes: Routes, database: Database, service: ProfileService) -> None:
    @routes.get(
        "/profiles",
        response_model=ProfileList,
        summary="List profiles",
        description="Those that came with Mecum, those of this installation, of the organisation and of who asks.",
    )
    async def by_name(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            found = await service.all(scope)
        return answer({"items": [profile_view(one) for one in found], "next_cursor": None})

    @routes.get(
        "/profiles/{profile_id}",
        response_model=ProfileDetail,
        summary="Read a profile",
        description="A profile with its text. The header `ETag` names its content.",
    )
    async def get(profile_id: ProfileId, asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            return _told(await service.get(scope, profile_id))

    @routes.get(
        "/profiles/{profile_id}/export",
        response_class=Response,
        summary="Export a profile",
        description="Its document as a file, in the shape of today.",
        responses={
            200: {"description": "The file.", "content": {"application/json": {"schema": {"type": "object"}}}},
        },
    )
    async def export(profile_id: ProfileId, asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            found = await service.get(scope, profile_id)
        body = orjson.dumps({**found.said.tree, "name": found.name}, option=orjson.OPT_INDENT_2) + b"\n"
        named = {"Content-Disposition": f'attachment; filename="{found.name}.json"'}
        return Response(body if found.said.valid else found.body, headers=named, media_type="application/json")

    @routes.post(
        "/profiles/validate",
        response_model=Validation,
        summary="Look at a profile's text",
        description="Says what is wrong with it, line by line, as an editor needs it. Nothing is stored.",
    )
    async def validate(_: Asker, body: TextValidate) -> Response:
        said = await asyncio.to_thread(checked, body.text.encode("utf-8", "replace"), body.format, profile=True)
        return answer(validation(said))


def _making(routes: Routes, database: Database, service: ProfileService) -> None:
    @routes.post(
        "/profiles",
        status_code=201,
        response_model=ProfileDetail,
        summary="Make a profile",
        description="A document that does not hold is refused, with what is wrong.",
    )
    async def create(asker: Asker, body: ProfileCreate) -> Response:
        async with database.writing(asker) as scope:
            found = await service.create(scope, body.name, body.owner, body.document)
        return _told(found, 201)

    @routes.post(
        "/profiles/import",
        status_code=201,
        response_model=ProfileDetail,
        summary="Import a profile",
        description="Makes a profile of a text. An older one is brought into the shape of today; `upgraded` says what "
        "became of each field that moved.",
    )
    async def import_(asker: Asker, body: ProfileImport) -> Response:
        async with database.writing(asker) as scope:
            found, said = await service.import_(scope, body.text, body.format, body.name, body.owner)
        return answer({**detail(found), "upgraded": [step.view() for step in said.steps]}, 201)

    @routes.post(
        "/profiles/{profile_id}/copy",
        status_code=201,
        response_model=ProfileDetail,
        summary="Copy a profile",
        description="Makes a profile like this one.",
    )
    async def copy(profile_id: ProfileId, asker: Asker, body: ProfileCopy) -> Response:
        async with database.writing(asker) as scope:
            found = await service.copy(scope, profile_id, body.name, body.owner)
        return _told(found, 201)

    @routes.put(
        "/profiles/{profile_id}",
        response_model=ProfileDetail,
        summary="Change a profile",
        description="Replaces its text whole. `If-Match` must name the content it replaces: 409 with both etags when "
        "it was changed meanwhile. Changing one that came with Mecum makes a file of its name, which covers it.",
    )
    async def write(profile_id: ProfileId, asker: Asker, body: TextWrite, if_match: IfMatch = None) -> Response:
        async with database.writing(asker) as scope:
            found = await service.write(scope, profile_id, body.text, expected(if_match))
        return _told(found)


def _using(routes: Routes, database: Database, service: ProfileService) -> None:
    @routes.post(
        "/profiles/{profile_id}/activate",
        response_model=ProfileDetail,
        summary="Activate a profile",
        description="It counts from now on, in the place of the one that did for the same owner. Activating one of "
        "the instance ends who asks's own, which would hide it.",
    )
    async def activate(profile_id: ProfileId, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            found = await service.activate(scope, profile_id)
        return _told(found)

    @routes.post(
        "/profiles/{profile_id}/deactivate",
        response_model=ProfileDetail,
        summary="Deactivate a profile",
        description="It counts no longer; what the files say does.",
    )
    async def deactivate(profile_id: ProfileId, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            found = await service.deactivate(scope, profile_id)
        return _told(found)


def _removing(routes: Routes, database: Database, removal: ProfileRemoval) -> None:
    @routes.delete(
        "/profiles/{profile_id}",
        status_code=204,
        summary="Remove a profile",
        description="To the trash, from where `restore` brings it back for 30 days; a file goes to the folder `.trash` "
        "beside it. With `purge` it is what is in the trash that is deleted, for ever.",
    )
    async def delete(
        profile_id: ProfileId,
        asker: Asker,
        purge: Annotated[bool, Query(description="For ever, from the trash.", examples=[False])] = False,
    ) -> Response:
        async with database.writing(asker) as scope:
            await (removal.purge if purge else removal.delete)(scope, profile_id)
        if purge:
            await database.vacuum_log()
        return Response(status_code=204)

    @routes.post(
        "/profiles/{profile_id}/restore",
        response_model=ProfileDetail,
        summary="Bring a profile back",
        description="Takes out of the trash what was removed last under this id, address or name. It is not active.",
    )
    async def restore(profile_id: ProfileId, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            return _told(await removal.restore(scope, profile_id))

    @routes.get(
        "/trash/profiles",
        response_model=RemovedProfileList,
        summary="List removed profiles",
        description="Those in the trash, which are deleted for ever 30 days after they were removed.",
    )
    async def removed(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            found = await removal.newest(scope)
        return answer({"items": [removed_view(one) for one in found], "next_cursor": None})


def _told(found: Stored, status: int = 200) -> Response:
    return answer(detail(found), status, {"ETag": f'"{found.etag}"'})
