"""All HTTP surfaces as one application."""

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from mecum import __version__
from mecum.bootstrap import Parts, page_folder
from mecum.domains.identity import http as identity_http
from mecum.edges.http import runs as runs_http
from mecum.edges.http import system
from mecum.edges.http.hot import HotRoutes
from mecum.edges.http.page import Page
from mecum.edges.ws.socket import Sockets
from mecum.inference import http as inference_http
from mecum.infra.web.requests import SUBJECT

if TYPE_CHECKING:
    from mecum.kernel.errors import MecumError

_STATUS = {"invalid": 400, "denied": 403, "not_found": 404, "conflict": 409, "limit": 429, "unavailable": 503, "internal": 500}


def status_of(cls: "type[MecumError]") -> int:
    """Return the HTTP status of an error."""
    return _STATUS[cls.kind]


def compose(parts: Parts) -> ASGIApp:
    """Return the whole of HTTP and WebSocket over `parts`."""
    api = FastAPI(title="Mecum", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    page = Page(page_folder())
    creation = runs_http.Creation(parts.chat, parts.reader, most_bytes=parts.settings.server.max_body_mb << 20)

    async def ready() -> str:
        return await parts.database.check()

    facts = system.Facts(
        data_folder=parts.settings.data_dir,
        encryption=parts.settings.storage.key,
        network=lambda: ", ".join(["this machine", *parts.policy.hosts]) if parts.policy.hosts else "local only",
        page_built=page.built,
        status_of=status_of,
        ready=ready,
    )
    for router in (
        runs_http.router(creation, parts.chat, parts.reader),
        identity_http.router(parts.identity, parts.database, parts.owner),
        inference_http.router(parts.database, parts.models, parts.registry, parts.settings.models_dir),
        system.router(parts.database, parts.registry, facts),
    ):
        api.include_router(router, prefix="/api/v1")
    sockets = Sockets(parts.database, parts.reader, parts.channel, most=parts.settings.server.max_sockets)
    api.router.routes.append(WebSocketRoute("/api/v1/ws", sockets))
    api.router.routes.append(Route("/{path:path}", page, methods=["GET", "HEAD"]))
    return _Authenticated(HotRoutes(api, {("POST", "/api/v1/runs"): creation}), parts)


class _Authenticated:
    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app, self._parts = app, parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for name, value in scope.get("headers", ()):
            if name == b"authorization":
                proof = await self._parts.authenticator.find_bearer(value[7:])
                if proof is not None:
                    scope[SUBJECT] = proof.subject
        await self._app(scope, receive, send)
