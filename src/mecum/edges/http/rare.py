"""Rooms that are loaded when the first request asks for one of their routes: what is rarely used costs no start."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from mecum.infra.web.routes import Routes, below


class RareRoutes(BaseRoute):
    """Stands for the routes below some paths, and is replaced by them when one is asked for."""

    def __init__(self, api: FastAPI, paths: tuple[str, ...], build: Callable[[], Routes]) -> None:
        self._api, self._paths, self._build = api, paths, build

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a path is one of ours."""
        path = scope["path"] if scope["type"] == "http" else ""
        ours = any(path == one or path.startswith(one + "/") for one in self._paths)
        return (Match.FULL if ours else Match.NONE), {}

    def url_path_for(self, name: str, /, **path_params: object) -> object:  # type: ignore[override]
        """There are no names before there are routes."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Build the routes and let them answer."""
        self.open()
        await self._api.router(scope, receive, send)

    def open(self) -> None:
        """Put the routes in our place."""
        routes = self._api.router.routes
        if self not in routes:
            # Somebody else's request built them meanwhile.
            return
        routes.remove(self)
        routes.extend(below("/api/v1", self._build()))
