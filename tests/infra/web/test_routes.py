"""A route is made when it is asked for, and not before; what it says of itself is made for the document alone."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, FastAPI, Query, Response
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from fakes.asgi import Browser
from mecum.infra.web.requests import answer
from mecum.infra.web.routes import Route, Routes, below, described


class Named(BaseModel):
    """A name."""

    name: str


def add_rooms(routes: APIRouter) -> None:
    """Add routes of two kinds: one that makes its own response, one that leaves it to the framework."""

    @routes.get("/rooms/{room}", response_model=Named, responses={404: {"model": Named}})
    async def found(room: str, loud: Annotated[bool, Query()] = False) -> Response:
        return answer({"name": room.upper() if loud else room})

    @routes.post("/rooms", response_model=Named, status_code=201)
    async def made(body: Named) -> dict[str, str]:
        return {"name": body.name, "secret": "1234"}


@pytest.fixture
def routes() -> Routes:
    """Return them, below a prefix."""
    rooms, house = Routes(prefix="/api", tags=["rooms"]), Routes()
    add_rooms(rooms)
    house.take(rooms)
    return house


@pytest.fixture
def browser(routes: Routes) -> Browser:
    """Return a client of an application that has them."""
    app: Any = FastAPI(routes=routes.routes)
    return Browser(app, {})


def made(routes: Routes) -> list[str]:
    """Return the paths of the routes that the framework has made."""
    return [route.path for route in routes.routes if isinstance(route, Route) and "dependant" in vars(route)]


async def test_a_route_is_made_when_it_is_asked_for(routes: Routes, browser: Browser) -> None:
    assert made(routes) == []
    found = await browser.ask("GET", "/api/rooms/blue?loud=1")
    assert (found.status, found.json) == (200, {"name": "BLUE"})
    assert made(routes) == ["/api/rooms/{room}"]


async def test_other_requests_make_none(routes: Routes, browser: Browser) -> None:
    assert (await browser.ask("GET", "/api/roofs")).status == 404
    assert made(routes) == []


async def test_a_wrong_method_is_refused(browser: Browser) -> None:
    assert (await browser.ask("DELETE", "/api/rooms/blue")).status == 405


async def test_what_is_wrong_is_refused(browser: Browser) -> None:
    assert (await browser.ask("GET", "/api/rooms/blue?loud=perhaps")).status == 422
    assert (await browser.ask("POST", "/api/rooms", {"title": "blue"})).status == 422


async def test_an_answer_that_is_no_response_is_written_by_its_model(browser: Browser) -> None:
    found = await browser.ask("POST", "/api/rooms", {"name": "blue"})
    assert (found.status, found.json) == (201, {"name": "blue"})


async def test_an_own_response_has_no_model_but_in_the_document(routes: Routes, browser: Browser) -> None:
    await browser.ask("GET", "/api/rooms/blue")
    route = next(route for route in routes.routes if isinstance(route, Route) and "{" in route.path)
    assert (route.response_field, route.response_fields) == (None, {})
    assert route.described().response_field is not None


async def test_below_another_prefix_they_are_others(routes: Routes, browser: Browser) -> None:
    deeper = Browser(FastAPI(routes=below("/v2", routes)), {})
    assert (await deeper.ask("GET", "/v2/api/rooms/blue")).status == 200
    assert (await deeper.ask("GET", "/api/rooms/blue")).status == 404
    assert made(routes) == []


async def test_they_are_not_included(routes: Routes) -> None:
    app: Any = FastAPI()
    app.include_router(routes)
    with pytest.raises(NotImplementedError):
        await Browser(app, {}).ask("GET", "/api/rooms/blue")


def test_the_document_is_that_of_the_frameworks_own_routes(routes: Routes) -> None:
    ours = get_openapi(title="Rooms", version="1", routes=[*described(routes.routes)])
    assert made(routes) == []
    rooms, app = APIRouter(tags=["rooms"]), FastAPI(title="Rooms", version="1")
    add_rooms(rooms)
    app.include_router(rooms, prefix="/api")
    assert ours == app.openapi()
    found = ours["paths"]["/api/rooms/{room}"]["get"]
    assert found["tags"] == ["rooms"]
    assert found["responses"].keys() == {"200", "404", "422"}
