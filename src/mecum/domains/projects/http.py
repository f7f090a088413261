"""The routes of projects: list, make, change, put in and take out, throw away, bring back."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response

from mecum.domains.projects.api import Projects
from mecum.domains.projects.schemas import (
    ProjectChange,
    ProjectContents,
    ProjectCreate,
    ProjectFull,
    ProjectList,
    ProjectMoved,
    ProjectRemoved,
)
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel.paging import MAX_LIMIT

_Project = Annotated[str, Path(description="A project, by id or name.", examples=["prj_06hq3k8w2m5v9"])]
_Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[50])]
_Cursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before.", examples=["WzEsMl0"])
]


def router(database: Database, context: Projects) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["projects"])
    _kept(routes, database, context)
    _contents(routes, database, context)
    _removed(routes, database, context)
    return routes


def _kept(routes: Routes, database: Database, context: Projects) -> None:
    service = context.projects

    @routes.get(
        "/projects",
        response_model=ProjectList,
        summary="List projects",
        description="By name, each with how much is in it.",
    )
    async def page(
        asker: Asker,
        deleted: Annotated[bool, Query(description="Those in the trash.", examples=[False])] = False,
        limit: _Limit = 50,
        cursor: _Cursor = None,
    ) -> Response:
        async with database.reading(asker) as scope:
            found = await service.page(scope, deleted=deleted, cursor=cursor, limit=limit)
        return answer({"items": found.items, "next_cursor": found.next_cursor})

    @routes.post(
        "/projects",
        status_code=201,
        response_model=ProjectFull,
        summary="Make a project",
        description="An empty one. Names that differ in nothing but case, accents and spaces are the same.",
    )
    async def create(asker: Asker, body: ProjectCreate) -> Response:
        async with database.writing(asker) as scope:
            view = await service.view(scope, await service.create(scope, body))
        return answer(view, 201)

    @routes.get(
        "/projects/{project}",
        response_model=ProjectFull,
        summary="Read a project",
        description="With its instructions, assistants and files. One in the trash is not found.",
    )
    async def get(asker: Asker, project: _Project) -> Response:
        async with database.reading(asker) as scope:
            return answer(await service.view(scope, project))

    @routes.patch(
        "/projects/{project}",
        response_model=ProjectFull,
        summary="Change a project",
        description="Name, instructions, default assistant and model. What is absent stays. With `version`, a change "
        "in the meantime is refused with 409 and what it is now.",
    )
    async def change(asker: Asker, project: _Project, body: ProjectChange) -> Response:
        async with database.writing(asker) as scope:
            return answer(await service.view(scope, await service.change(scope, project, body)))


def _contents(routes: Routes, database: Database, context: Projects) -> None:
    contents = context.contents

    @routes.post(
        "/projects/{project}/contents",
        response_model=ProjectMoved,
        summary="Put things into a project",
        description="Conversations and assistants are in one project at most and leave the one before; a file can be "
        "in several. What there is not is skipped with its reason; the rest moves all the same.",
    )
    async def put(asker: Asker, project: _Project, body: ProjectContents) -> Response:
        async with database.writing(asker) as scope:
            moved = await contents.put(scope, project, body)
        return answer(moved)

    @routes.post(
        "/projects/{project}/contents/remove",
        response_model=ProjectMoved,
        summary="Take things out of a project",
        description="Conversations and assistants stay, in no project; a file that nothing else holds is deleted a "
        "day after it was uploaded. What is not in it is skipped.",
    )
    async def take_out(asker: Asker, project: _Project, body: ProjectContents) -> Response:
        async with database.writing(asker) as scope:
            moved = await contents.take_out(scope, project, body)
        return answer(moved)


def _removed(routes: Routes, database: Database, context: Projects) -> None:
    removal = context.removal

    @routes.delete(
        "/projects/{project}",
        response_model=ProjectRemoved,
        summary="Delete a project",
        description="Moves it to the trash, from where it can be restored for 30 days, and says what became of what "
        "was in it. Its conversations and assistants stay unless `conversations=delete`, which moves the "
        "conversations to the trash too. With `purge` the project is deleted for ever, also from the trash.",
    )
    async def delete(
        asker: Asker,
        project: _Project,
        conversations: Annotated[
            Literal["keep", "delete"], Query(description="What becomes of its conversations.", examples=["keep"])
        ] = "keep",
        purge: Annotated[bool, Query(description="For ever.", examples=[False])] = False,
    ) -> Response:
        remove = removal.purge if purge else removal.trash
        return answer(await remove(asker, project, conversations=conversations == "delete"))

    @routes.post(
        "/projects/{project}/restore",
        response_model=ProjectFull,
        summary="Restore a project",
        description="Takes it out of the trash, with everything that was in it and is in no other project by now; "
        "conversations that went to the trash with it come back too. Where its name is taken, it gets a number.",
    )
    async def restore(asker: Asker, project: _Project) -> Response:
        project_id = await removal.restore(asker, project)
        async with database.reading(asker) as scope:
            return answer(await context.projects.view(scope, project_id))
