"""All HTTP surfaces as one application."""

import asyncio
from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from mecum import __version__
from mecum.bootstrap import Parts, page_folder
from mecum.domains.conversations import http as conversations_http
from mecum.domains.identity import api as identity
from mecum.domains.identity import http as identity_http
from mecum.domains.privacy import api as privacy
from mecum.domains.privacy import http as privacy_http
from mecum.domains.transfer import api as transfer
from mecum.domains.transfer import http as transfer_http
from mecum.edges.http import hardware, system
from mecum.edges.http import runs as runs_http
from mecum.edges.http.document import describe
from mecum.edges.http.hosts import Hosts
from mecum.edges.http.hot import HotRoutes
from mecum.edges.http.late import Built, LateRoom, LateRoutes
from mecum.edges.http.ollama import http as ollama_http
from mecum.edges.http.ollama.errors import rendered as ollama_rendered
from mecum.edges.http.openai import http as openai_http
from mecum.edges.http.openai.errors import rendered
from mecum.edges.http.page import Page
from mecum.edges.http.problems import Problems, problem, status_of
from mecum.edges.http.schemas import RunCreate
from mecum.edges.http.security import Guard
from mecum.edges.ws.socket import Sockets
from mecum.inference import figures_http, role_http
from mecum.inference import http as inference_http
from mecum.inference.catalogue import http as catalogue_http
from mecum.inference.configuration import http as configuration_http
from mecum.inference.importing import http as importing_http
from mecum.inference.importing.service import ImportService
from mecum.inference.loading import http as loading_http
from mecum.inference.loading.service import Loading
from mecum.inference.own import http as own_http
from mecum.inference.profiles import http as profiles_http
from mecum.inference.pulls import http as pulls_http
from mecum.infra.tracing.health import Health, has_room
from mecum.infra.web.routes import Routes, below

_BODIES: Final[Sequence[type[BaseModel]]] = (RunCreate, *openai_http.BODIES, *ollama_http.BODIES)
"""What routes read by themselves."""


def compose(parts: Parts) -> ASGIApp:
    """Return the whole of HTTP and WebSocket over `parts`."""
    server = parts.settings.server
    page = Page(page_folder())
    creation = runs_http.Creation(parts.chat, parts.reader, most_bytes=server.max_body_mb << 20)
    openai = openai_http.build(
        parts.chat,
        parts.reader,
        parts.broker.registry,
        parts.broker.router,
        parts.database,
        parts.record,
        parts.assistants.active,
        most_bytes=server.max_body_mb << 20,
    )
    likeness = ollama_http.router(openai.calls, parts.broker.keeping)
    beside = (system.metrics_router(parts.metrics), openai_http.router(openai), likeness)
    api = FastAPI(
        title="Mecum",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        # What it would send goes past the one door out, and is set up from the environment.
        telemetry={"auto_configure": False},
        routes=[*below("/api/v1", *_routers(parts, creation, page)), *below("", *beside)],
    )
    bodies = [*_BODIES]
    describe(api, bodies)
    late = LateRoutes(api, "/api/v1", _late_rooms(parts), bodies.extend)
    sockets = Sockets(parts.database, parts.reader, parts.channel, most=server.max_sockets)
    parts.metrics.gauge("mecum_sockets", "Open WebSocket connections.", lambda: sockets.open)
    # Whatever is no address of the API is one of the page; a wrong method is not.
    api.router.default = GZipMiddleware(page, minimum_size=1024)
    # In this order: what is below `/api/v1` is not Ollama's.
    shapes = {"/api/v1": problem, ollama_http.PREFIX: ollama_rendered, openai_http.PREFIX: rendered}
    problems = Problems(shapes, parts.errors.note)
    problems.install(api)
    return Guard(
        HotRoutes(
            late,
            {("POST", "/api/v1/runs"): creation, ("POST", "/v1/chat/completions"): openai.chat},
            {"/api/v1/ws": sockets},
        ),
        parts.authenticator,
        Hosts(server.host, server.allowed_hosts, server.public_url),
        problems,
        cookie=identity.cookie_name(parts.owner.organisation_id),
        most_bytes=server.max_body_mb << 20,
        large=("/api/v1/files", "/api/v1/models/files", "/api/v1/conversations/import", "/api/v1/imports/files"),
        observe=parts.metrics.observe_request,
    )


def _late_rooms(parts: Parts) -> list[LateRoom]:
    """Each loads what it is made of beside the loop: modules, tables, shapes."""

    async def assistants() -> Built:
        context = await parts.assistants.get()

        def built() -> Built:
            from mecum.domains.assistants import http as assistants_http  # noqa: PLC0415 - see `late`
            from mecum.domains.transfer.http import assistants as outgoing_http  # noqa: PLC0415

            routes = assistants_http.router(parts.database, context)
            routes.take(outgoing_http.router(parts.database, parts.assistants.get, parts.record.projects))
            return routes, assistants_http.BODIES

        return await asyncio.to_thread(built)

    async def projects() -> Built:
        context = await parts.projects.get(parts.record)

        def built() -> Built:
            from mecum.domains.projects import http as projects_http  # noqa: PLC0415 - see `late`

            return projects_http.router(parts.database, context), ()

        return await asyncio.to_thread(built)

    def backups() -> Built:
        from mecum.bootstrap.upkeep import backups_of  # noqa: PLC0415 - see `late`
        from mecum.domains.transfer.http import backups as backups_http  # noqa: PLC0415

        return backups_http.router(parts.database, backups_of(parts.settings, parts.keys, parts.jobs)), ()

    def everything() -> Built:
        from mecum.domains.transfer.http import everything as everything_http  # noqa: PLC0415 - see `late`

        copies = transfer.build(parts.database, parts.record)
        return everything_http.router(parts.database, copies, parts.record, parts.rooms), ()

    def jobs() -> Built:
        from mecum.edges.http import jobs as jobs_http  # noqa: PLC0415 - see `late`

        return jobs_http.router(parts.database, parts.jobs), ()

    def facts() -> Built:
        from mecum.inference.facts import http as facts_http  # noqa: PLC0415 - see `late`
        from mecum.inference.facts.service import Facts  # noqa: PLC0415

        broker = parts.broker
        loading = Loading(broker.registry, broker.keeping)
        found = Facts(broker.registry, broker.configuration, broker.keeping, loading, broker.swaps, broker.models.place)
        return facts_http.router(
            broker.registry, found, broker.swaps, broker.measurements, broker.prices, broker.hardware
        ), ()

    return [
        LateRoom(("/api/v1/models/facts",), lambda: asyncio.to_thread(facts)),
        LateRoom(("/api/v1/assistants", "/api/v1/prompts"), assistants),
        LateRoom(("/api/v1/jobs",), lambda: asyncio.to_thread(jobs)),
        LateRoom(("/api/v1/projects",), projects),
        LateRoom(("/api/v1/backups",), lambda: asyncio.to_thread(backups)),
        LateRoom(("/api/v1/export", "/api/v1/conversations/export"), lambda: asyncio.to_thread(everything)),
    ]


def _routers(parts: Parts, creation: runs_http.Creation, page: Page) -> tuple[Routes, ...]:
    server = parts.settings.server
    secure = (server.public_url or "").startswith("https:")
    copies = transfer.build(parts.database, parts.record)
    return (
        runs_http.router(creation, parts.chat, parts.reader),
        # Before the conversations: `import` is none of their ids.
        transfer_http.router(copies, most_bytes=server.max_upload_mb << 20),
        transfer_http.imports_router(parts.database, parts.record.files, parts.imports),
        conversations_http.router(parts.database, parts.record),
        identity_http.router(parts.identity, parts.database, parts.owner, secure=secure),
        privacy_http.router(parts.database, privacy.PrivacyService(parts.policy)),
        *_model_routers(parts),
        hardware.router(parts.broker.hardware),
        system.router(parts.database, parts.broker.registry, _facts(parts, page)),
    )


def _model_routers(parts: Parts) -> tuple[Routes, ...]:
    broker, database, registry = parts.broker, parts.database, parts.broker.registry
    return (
        # Before the models, one of which is no `catalogue`, no `loaded` and no `pulls`.
        catalogue_http.router(broker.hardware, registry),
        pulls_http.router(database, parts.pulls),
        figures_http.router(registry, broker.measurements, broker.prices, broker.hardware),
        loading_http.router(
            registry, Loading(registry, broker.keeping), broker.swaps, broker.measurements, broker.hardware
        ),
        inference_http.router(database, broker.models, registry, parts.settings.models_dir, broker.router.choose),
        role_http.router(registry, broker.router.weighed),
        configuration_http.router(broker.configuration),
        own_http.router(database, broker.own),
        profiles_http.router(database, broker.profiles, broker.profile_trash),
        importing_http.router(database, ImportService(broker.configuration, broker.models)),
    )


def _facts(parts: Parts, page: Page) -> system.Facts:
    health = Health()
    health.add("database", parts.database.check)
    health.add("disk", lambda: has_room(parts.settings.data_dir))
    return system.Facts(
        data_folder=parts.settings.data_dir,
        encryption=parts.settings.storage.key,
        network=lambda: ", ".join(["this machine", *parts.policy.hosts]) if parts.policy.hosts else "local only",
        page_built=page.built,
        status_of=status_of,
        ready=health.ready,
        errors=parts.errors,
    )
