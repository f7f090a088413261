"""Routes that few need are made at the first request for one, and for the document that describes them all."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send

Include = Callable[[], Awaitable[None]]
"""Adds the routes to the application."""


class LateRoutes:
    """Making a room's routes and shapes costs as much as a start may take altogether; most starts need none of them."""

    def __init__(self, app: ASGIApp, prefixes: tuple[str, ...], include: Include) -> None:
        self._app, self._prefixes, self._include = app, prefixes, include
        self._there, self._one = False, asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._there and scope["type"] == "http" and scope["path"].startswith(self._prefixes):
            async with self._one:
                if not self._there:
                    await self._include()
                    self._there = True
        await self._app(scope, receive, send)
