"""The routes of models and endpoints."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any, Final

import anyio
from fastapi import Query, Request, Response

from mecum.inference.errors import ModelFileElsewhere, ModelUnavailable, NotAModelFile
from mecum.inference.ports import FileProvider, ModelInfo
from mecum.inference.registry import Choice, Registry
from mecum.inference.schemas import (
    EndpointCreate,
    EndpointList,
    EndpointTest,
    EndpointView,
    ManifestList,
    ManifestView,
    ModelList,
    ModelView,
)
from mecum.inference.selection.fitting import Fitting
from mecum.inference.service import ModelService, free_name
from mecum.infra.net.client import is_loopback
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

_MAGIC: Final = b"GGUF"
_PAGE_SECONDS: Final = 0.25
_OURS: Final = ("rank", "recalls", "on_request", "memory_parts")


def router(
    database: Database,
    service: ModelService,
    registry: Registry,
    folder: Path,
    choose: Callable[[], Choice],
) -> Routes:
    """Return the routes; `choose` says what answers when nobody chose."""
    routes = Routes(tags=["models"])

    @routes.get(
        "/models",
        response_model=ModelList,
        summary="List models",
        description="All models this instance knows, best first.",
    )
    async def models(_: Asker) -> Response:
        await registry.complete(everywhere=False, patience=_PAGE_SECONDS)
        return answer(listing(registry, choose))

    @routes.post(
        "/models/refresh",
        response_model=ModelList,
        summary="Look for models again",
        description="Asks every endpoint what it has, also those beyond this machine.",
    )
    async def refresh(_: Asker) -> Response:
        await registry.refresh(everywhere=True)
        return answer(listing(registry, choose))

    @routes.post(
        "/models/files",
        status_code=201,
        response_model=ModelView,
        summary="Add a GGUF file",
        description="Stores the body as a model file; refused when it is not GGUF, not whole, or holds no model "
        "that answers. With `path` the body is empty and a file of the server's machine is used where it lies, by "
        "those who ask for it, until the server stops.",
        openapi_extra={
            "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
        },
    )
    async def upload(
        request: Request,
        _: Asker,
        name: Annotated[
            str, Query(max_length=200, description="Its file name.", examples=["tiny.gguf"])
        ] = "model.gguf",
        path: Annotated[
            str | None,
            Query(description="Its whole path, for a caller on the same machine.", examples=["/models/tiny.gguf"]),
        ] = None,
    ) -> Response:
        if path is not None:
            return answer(view(await _offered(request, registry, Path(path))), 201)
        return answer(view(await _uploaded(request, registry, folder, name)), 201)

    @routes.get(
        "/endpoints",
        response_model=EndpointList,
        summary="List model servers",
        description="Every model server that is asked.",
    )
    async def endpoints(asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            items = await service.endpoints(scope)
        return answer({"items": [item.model_dump() for item in items], "next_cursor": None})

    @routes.get(
        "/endpoints/known",
        response_model=ManifestList,
        summary="List the model servers known by name",
        description="Where they are and what they speak, so that adding one takes a key and no address. None of them "
        "is asked.",
    )
    async def known(asker: Asker) -> Response:
        items = [ManifestView.model_validate(one, from_attributes=True).model_dump() for one in service.known]
        return answer({"items": items, "next_cursor": None})

    @routes.post(
        "/endpoints",
        status_code=201,
        response_model=EndpointView,
        summary="Add a model server",
        description="Its key is stored sealed. One beyond this machine is known from then on, and asked only once "
        "somebody agreed: with `consent` here, or later with `POST /privacy/consents`.",
    )
    async def add(body: EndpointCreate, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            view_ = await service.add(scope, body)
        await registry.ask(body.name)
        return answer(view_.model_dump(), 201)

    @routes.delete(
        "/endpoints/{endpoint_id}",
        status_code=204,
        summary="Remove a model server",
        description="Forgets its key and the consent that was given for it.",
    )
    async def remove(endpoint_id: str, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            name = await service.remove(scope, endpoint_id)
        await registry.remove(name)
        return Response(status_code=204)

    @routes.post(
        "/endpoints/{endpoint_id}/test",
        response_model=EndpointTest,
        summary="Test a model server",
        description="Asks it for its models and says how long that took. Sends nothing else, so it needs no consent; "
        "what left is in the egress log.",
    )
    async def test(endpoint_id: str, asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            result = await service.test(scope, endpoint_id)
        return answer(result.model_dump())

    return routes


def listing(registry: Registry, choose: Callable[[], Choice]) -> dict[str, Any]:
    """Return all models and the one that answers when nobody chose."""
    try:
        choice = choose()
        default = {"ref": choice.info.ref, "reason": choice.reason}
    except ModelUnavailable:
        default = None
    fits = registry.fittings()
    return {"items": [view(info, fits.get(info.ref)) for info in registry.models()], "default": default}


def view(info: ModelInfo, found: Fitting | None = None) -> dict[str, Any]:
    """Return a model as the wire shows it; `found` is whether it could be loaded now, where its provider leaves it."""
    told = {name: value for name, value in asdict(info).items() if name not in _OURS}
    return told if found is None else told | {"fits": found.fits, "fit_reason": found.reason}


async def _offered(request: Request, registry: Registry, path: Path) -> ModelInfo:
    """Use the file at `path` where it lies; raises ModelFileElsewhere, NotAModelFile or what is wrong with the file."""
    if request.client is None or not is_loopback(request.client.host):
        raise ModelFileElsewhere
    if not path.is_absolute():
        raise NotAModelFile
    info = await _files(registry).add(path)
    await registry.refresh(anew=True)
    return info


async def _uploaded(request: Request, registry: Registry, folder: Path, name: str) -> ModelInfo:
    """Keep the body as a model file and return its model; raises NotAModelFile or what is wrong with the file.

    It is written and checked in a folder of its own, which nobody lists: what is refused leaves nothing behind.
    """
    provider = _files(registry)
    own = await asyncio.to_thread(_own_folder, folder)
    try:
        draft = free_name(own, name)
        await _write(request, draft)
        await provider.check(draft)
        file = free_name(folder, name)
        draft.replace(file)
    finally:
        await asyncio.to_thread(shutil.rmtree, own, ignore_errors=True)
    info = await provider.add(file)
    await registry.refresh(anew=True)
    return info


def _own_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(mkdtemp(prefix=".upload-", dir=folder))


def _files(registry: Registry) -> FileProvider:
    provider = registry.provider("llama_cpp")
    if not isinstance(provider, FileProvider):
        raise NotAModelFile
    return provider


async def _write(request: Request, path: Path) -> None:
    """Write the body to `path`; raises NotAModelFile at its first bytes."""
    begun = b""
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in request.stream():
            begun = begun if len(begun) >= len(_MAGIC) else begun + chunk[: len(_MAGIC)]
            if not (begun.startswith(_MAGIC) or _MAGIC.startswith(begun)):
                raise NotAModelFile
            await file.write(chunk)
    if not begun.startswith(_MAGIC):
        raise NotAModelFile
