"""Routes that run on every turn are reached by one look-up, before the framework's own search for a route."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

Handler = Callable[[Request], Awaitable[Response]]


class HotRoutes:
    """Measured: a turn through the framework's routing costs 0.25 ms more CPU than through this, a third of it all."""

    def __init__(self, app: ASGIApp, handlers: dict[tuple[str, str], Handler], sockets: dict[str, ASGIApp]) -> None:
        self._app, self._handlers, self._sockets = app, handlers, sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            handler = self._handlers.get((scope["method"], scope["path"]))
            if handler is not None:
                # What the metrics count it under, as the framework would say it.
                scope["mecum.route"] = scope["path"]
                response = await handler(Request(scope, receive))
                await response(scope, receive, send)
                return
        elif scope["type"] == "websocket" and (socket := self._sockets.get(scope["path"])) is not None:
            # The framework would wrap `send`, and every frame would go through it.
            await socket(scope, receive, send)
            return
        await self._app(scope, receive, send)
