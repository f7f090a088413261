"""Routes that are made when somebody first needs them: once, however many ask, and the document has them."""

import asyncio

import httpx2
import pytest
from fastapi import FastAPI, Response

from factories.houses import House
from mecum.edges.http.app import compose
from mecum.edges.http.late import Built, LateRoom, LateRoutes
from mecum.infra.web.routes import Routes

pytestmark = pytest.mark.slow


async def test_they_are_made_once_and_only_for_their_paths() -> None:
    made: list[str] = []
    told: list[int] = []

    async def build() -> Built:
        await asyncio.sleep(0.01)
        made.append("now")
        routes = Routes()

        @routes.get("/late/one")
        async def one() -> Response:
            return Response("here")

        return routes, (dict,)  # type: ignore[arg-type]  # pyright: ignore[reportReturnType]

    late = LateRoutes(FastAPI(), "/api", [LateRoom(("/api/late",), build)], lambda bodies: told.append(len(bodies)))
    transport = httpx2.ASGITransport(app=late)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.get("/api/early")).status_code == 404
        assert made == []
        answers = await asyncio.gather(*(client.get("/api/late/one") for _ in range(5)))
        assert [answer.text for answer in answers] == ["here"] * 5
    assert (made, told) == (["now"], [1])


async def test_the_first_requests_find_them(plain_house: House) -> None:
    parts = plain_house.parts
    parts.authenticator.admit_local("let me in", parts.owner)
    transport, headers = httpx2.ASGITransport(app=compose(parts)), {"Authorization": "Bearer let me in"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        answers = await asyncio.gather(*(client.get("/api/v1/assistants") for _ in range(4)))
        assert [answer.json() for answer in answers] == [{"items": [], "next_cursor": None}] * 4
        assert (await client.get("/api/v1/backups")).status_code == 200
        document = (await client.get("/api/v1/openapi.json")).json()
        assert {"/api/v1/assistants", "/api/v1/prompts", "/api/v1/backups", "/api/v1/export"} <= document[
            "paths"
        ].keys()
        assert {"RunCreate", "AssistantCreate"} <= document["components"]["schemas"].keys()
