"""Routes that few need are made at the first request for one, and for the document that describes them all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from mecum.infra.web.routes import Routes, below

Built = tuple[Routes, Sequence[type[BaseModel]]]
"""The routes of a room, and the bodies they read by themselves."""


@dataclass(slots=True)
class LateRoom:
    """Routes below some prefixes that are not made yet."""

    prefixes: tuple[str, ...]
    build: Callable[[], Awaitable[Built]]
    there: bool = False
    one: asyncio.Lock = field(default_factory=asyncio.Lock)


class LateRoutes:
    """Making a room's routes and shapes costs as much as a start may take altogether; most starts need none of them.

    `describe` is told the bodies of a room that came.
    """

    def __init__(
        self,
        api: FastAPI,
        prefix: str,
        rooms: Sequence[LateRoom],
        describe: Callable[[Sequence[type[BaseModel]]], None],
    ) -> None:
        self._api, self._prefix, self._rooms, self._describe = api, prefix, rooms, describe
        self._missing = len(rooms)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._missing and scope["type"] == "http":
            path = scope["path"]
            for room in self._rooms:
                if not room.there and (path == self._api.openapi_url or path.startswith(room.prefixes)):
                    await self._open(room)
        await self._api(scope, receive, send)

    async def _open(self, room: LateRoom) -> None:
        async with room.one:
            if room.there:
                return
            routes, bodies = await room.build()
            self._api.router.routes.extend(below(self._prefix, routes))
            self._describe(bodies)
            room.there = True
            self._missing -= 1
