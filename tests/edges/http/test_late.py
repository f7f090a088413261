"""Routes that are made when somebody first needs them: once, however many ask, and the document has them."""

import asyncio

import httpx2

from factories.houses import House
from mecum.edges.http.app import compose
from mecum.edges.http.late import LateRoutes


async def test_they_are_made_once_and_only_for_their_paths() -> None:
    made: list[str] = []
    seen: list[str] = []

    async def include() -> None:
        await asyncio.sleep(0.01)
        made.append("now")

    async def app(scope: object, receive: object, send: object) -> None:
        seen.append(f"{len(made)}")

    late = LateRoutes(app, ("/api/v1/late",), include)

    async def ask(path: str) -> None:
        await late({"type": "http", "path": path}, None, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    await ask("/api/v1/early")
    await asyncio.gather(*(ask("/api/v1/late/one") for _ in range(5)))
    assert (made, seen) == (["now"], ["0", *["1"] * 5])


async def test_the_first_requests_find_them(plain_house: House) -> None:
    parts = plain_house.parts
    parts.authenticator.admit_local("let me in", parts.owner)
    transport, headers = httpx2.ASGITransport(app=compose(parts)), {"Authorization": "Bearer let me in"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        answers = await asyncio.gather(*(client.get("/api/v1/assistants") for _ in range(4)))
        assert [answer.json() for answer in answers] == [{"items": [], "next_cursor": None}] * 4
        paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
        assert {"/api/v1/assistants", "/api/v1/prompts", "/api/v1/runs"} <= paths.keys()
