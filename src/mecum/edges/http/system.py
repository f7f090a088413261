"""The routes about the server itself: is it alive, is it ready, what does it serve, what went wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse

from mecum import __version__
from mecum.inference.registry import Registry
from mecum.infra.secrets.settings import KeySource
from mecum.infra.storage import Database
from mecum.infra.tracing.groups import ErrorGroups
from mecum.infra.tracing.metrics import Metrics
from mecum.infra.tracing.model import ErrorGroup
from mecum.infra.tracing.repository import ErrorRepository
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel import clock, errors

_MOST_GROUPS = 200


class HealthView(BaseModel):
    """Whether the server is alive."""

    status: str = Field(description="`ok`, or what is wrong.", examples=["ok"])
    version: str = Field(description="The version of Mecum.", examples=["0.1.0"])


class SystemView(BaseModel):
    """The system card."""

    version: str = Field(description="The version of Mecum.", examples=["0.1.0"])
    models: int = Field(description="How many models are known.", examples=[3])
    data_folder: str = Field(description="Where everything is kept.", examples=["/home/ada/.local/share/mecum"])
    encryption: KeySource = Field(description="Where the key that encrypts the store comes from.", examples=["none"])
    network: str = Field(description="What may leave this machine.", examples=["local only"])
    database: Literal["sqlite", "postgresql"] = Field(description="What keeps everything.", examples=["sqlite"])
    page: bool = Field(description="Whether the page is built.", examples=[True])


class ErrorGroupView(BaseModel):
    """An error that happened, with all its occurrences."""

    code: str = Field(description="Its stable code.", examples=["model.unavailable"])
    fingerprint: str = Field(description="What is the same about its occurrences.", examples=["a1b2c3d4"])
    message: str = Field(description="What it says, without anybody's words.", examples=["The model does not answer."])
    count: int = Field(description="How often it happened.", examples=[3])
    first_at: str = Field(description="When first.", examples=["2026-11-21T06:40:00.123Z"])
    last_at: str = Field(description="When last.", examples=["2026-11-21T07:12:41.007Z"])
    run_id: str | None = Field(description="A run to look at.", examples=["run_06hq3k8w2m5v9"])


class ErrorList(BaseModel):
    """Errors that happened."""

    items: list[ErrorGroupView] = Field(description="The groups, the newest first.", examples=[[]])


class ErrorCodeView(BaseModel):
    """An error that the API may answer with."""

    code: str = Field(description="Its stable code.", examples=["conversation.not_found"])
    kind: errors.Kind = Field(description="Its kind, which decides the status.", examples=["not_found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    description: str = Field(description="A sentence for people.", examples=["There is no such conversation."])


class ErrorCodeList(BaseModel):
    """All errors."""

    items: list[ErrorCodeView] = Field(description="The errors by code.", examples=[[]])


@dataclass(frozen=True, slots=True)
class Facts:
    """What the system card says of this instance."""

    data_folder: Path
    encryption: str
    network: Callable[[], str]
    page_built: bool
    status_of: Callable[[type[errors.MecumError]], int]
    ready: Callable[[], Awaitable[str]]
    errors: ErrorGroups


def router(database: Database, registry: Registry, facts: Facts) -> Routes:
    """Return the routes below /api/v1."""
    routes = Routes(tags=["system"])

    @routes.get(
        "/health", response_model=HealthView, summary="Is it alive", description="Answers while the process does."
    )
    async def health() -> Response:
        return answer({"status": "ok", "version": __version__})

    @routes.get(
        "/health/ready",
        response_model=HealthView,
        summary="Is it ready",
        description="503 while the database does not answer, or the disk is full.",
        responses={503: {"model": HealthView, "description": "Not ready."}},
    )
    async def ready() -> Response:
        said = await facts.ready()
        return answer({"status": said, "version": __version__}, 200 if said == "ok" else 503)

    @routes.get(
        "/system",
        response_model=SystemView,
        summary="The system card",
        description="Models, where data is, what encrypts it, what may leave.",
    )
    async def system(_: Asker) -> Response:
        return answer(
            {
                "version": __version__,
                "models": len(registry.models()),
                "data_folder": str(facts.data_folder),
                "encryption": facts.encryption,
                "network": facts.network(),
                "database": database.engine.dialect.name,
                "page": facts.page_built,
            }
        )

    @routes.get(
        "/errors",
        response_model=ErrorList,
        summary="List errors that happened",
        description="Grouped by code and fingerprint, the newest first; never with anybody's words.",
    )
    async def happened(_: Asker) -> Response:
        await facts.errors.settle()
        async with database.reading(None) as scope:
            groups = await ErrorRepository().newest(scope, _MOST_GROUPS)
        return answer({"items": [_group(group) for group in groups]})

    @routes.get(
        "/errors/codes",
        response_model=ErrorCodeList,
        summary="List error codes",
        description="Every error this server can answer with; generated from the code.",
    )
    async def codes() -> Response:
        return answer({"items": error_codes(facts.status_of)})

    return routes


def metrics_router(metrics: Metrics) -> Routes:
    """Return the route that Prometheus reads."""
    routes = Routes(tags=["system"])

    @routes.get(
        "/metrics",
        response_class=PlainTextResponse,
        summary="Metrics",
        description="Numbers for Prometheus. Needs a key or a session like everything else.",
        responses={200: {"content": {"text/plain": {"example": "mecum_active_runs 0.0"}}, "description": "Numbers."}},
    )
    async def numbers(_: Asker) -> Response:
        body, media_type = metrics.exposition()
        return Response(body, media_type=media_type)

    return routes


def _group(group: ErrorGroup) -> dict[str, Any]:
    return {
        "code": group.code,
        "fingerprint": group.fingerprint,
        "message": group.message,
        "count": group.count,
        "first_at": clock.iso(clock.to_milliseconds(group.first_at)),
        "last_at": clock.iso(clock.to_milliseconds(group.last_at)),
        "run_id": group.run_id,
    }


def error_codes(status_of: Callable[[type[errors.MecumError]], int]) -> list[dict[str, Any]]:
    """Return every declared error."""
    return [
        {
            "code": code,
            "kind": cls.kind,
            "status": status_of(cls),
            "description": (cls.__doc__ or code).strip().splitlines()[0],
        }
        for code, cls in errors.declared().items()
    ]
