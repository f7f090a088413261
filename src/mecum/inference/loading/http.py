"""The routes that load, unload and swap models, and tell how they perform."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Path, Response

from mecum.inference.figures_http import speeds, until_measured
from mecum.inference.keeping import seconds_of
from mecum.inference.loading.schemas import (
    LoadedList,
    ModelLoad,
    ModelNamed,
    PerformanceView,
    SwapCreate,
    SwapList,
    SwapView,
)
from mecum.inference.loading.service import Loading
from mecum.inference.loading.swapping import Swaps
from mecum.inference.measuring import NOTHING, Measurements
from mecum.inference.ports import Loaded
from mecum.inference.registry import Registry
from mecum.inference.repository import Swap
from mecum.inference.selection.naming import missing
from mecum.infra.hardware.reading import Hardware
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel import clock

Ref = Annotated[str, Path(description="The model's reference, or its name.", examples=["ollama/llama3.2:3b"])]


def router(
    registry: Registry, loading: Loading, swaps: Swaps, measurements: Measurements, hardware: Hardware
) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["models"])
    _loading(routes, loading)
    _swapping(routes, swaps)

    @routes.get(
        "/models/{ref:path}/performance",
        response_model=PerformanceView,
        summary="Tell how a model performs",
        description="Measured from its answers, kept across restarts; until its speed was, how fast it would be here.",
    )
    async def performance(ref: Ref, _: Asker) -> Response:
        return answer(await performance_view(registry, measurements, hardware, ref))

    return routes


async def performance_view(
    registry: Registry, measurements: Measurements, hardware: Hardware, ref: str
) -> dict[str, object]:
    """Return how a model performs, as the wire shows it; raises ModelNotFound for one nobody knows."""
    info = registry.find(ref)
    measured = measurements.find(ref if info is None else info.ref)
    if info is None and measured is None:
        raise missing(ref, registry.models())
    told: dict[str, object] = asdict(measured or NOTHING)
    at = None if measured is None else clock.iso(measured.measured_at)
    found = {} if info is None else await speeds(registry, hardware, [info])
    name = ref if info is None else info.ref
    return told | {"ref": name, "measured_at": at, "estimated": until_measured(found.get(name), measured)}


def _loading(routes: Routes, loading: Loading) -> None:
    @routes.get(
        "/models/loaded",
        response_model=LoadedList,
        summary="List the models in memory",
        description="Those of this machine, whoever loaded them.",
    )
    async def loaded(_: Asker) -> Response:
        return answer({"items": [loaded_view(one) for one in await loading.loaded()]})

    @routes.post(
        "/models/load",
        status_code=204,
        summary="Load a model",
        description="Answers when it is in memory. Where there is no room for two, the other one leaves first, once "
        "the answers it makes have ended.",
    )
    async def load(body: ModelLoad, _: Asker) -> Response:
        await loading.load(body.ref, None if body.keep_alive is None else seconds_of(body.keep_alive))
        return Response(status_code=204)

    @routes.post(
        "/models/unload",
        status_code=204,
        summary="Unload a model",
        description="Answers when its memory is free; the answers it makes end first. The next question loads it anew.",
    )
    async def unload(body: ModelNamed, _: Asker) -> Response:
        await loading.unload(body.ref)
        return Response(status_code=204)


def _swapping(routes: Routes, swaps: Swaps) -> None:
    @routes.get(
        "/models/swaps",
        response_model=SwapList,
        summary="List what is swapped",
        description="Which model answers in the place of which role or model, until it is swapped back.",
    )
    async def swapped(_: Asker) -> Response:
        return answer({"items": [swap_view(swaps, one) for one in swaps.current.values()]})

    @routes.post(
        "/models/swap",
        response_model=SwapView,
        summary="Swap a model for another one",
        description="From the next turn on; answers under way end on the model they began with. Needs `hot_swap` in "
        "the configuration. The new model is loaded first where that is Mecum's to do.",
    )
    async def swap(body: SwapCreate, _: Asker) -> Response:
        source = swaps.source(body.source)
        target = await swaps.swap(body.source, body.target)
        one = swaps.current.get(source)
        return answer(_back_view(source, target) if one is None else swap_view(swaps, one))


def swap_view(swaps: Swaps, one: Swap) -> dict[str, object]:
    """Return a swap as the wire shows it."""
    obstacle = swaps.obstacle(one)
    told = {"in_force": obstacle is None, "detail": obstacle, "swapped_at": clock.iso(one.at)}
    return {"from": one.source, "to": one.target, **told}


def _back_view(source: str, target: str) -> dict[str, object]:
    return {"from": source, "to": target, "in_force": False, "detail": None, "swapped_at": None}


def loaded_view(one: Loaded) -> dict[str, object]:
    """Return what is known of a model in memory, as the wire shows it."""
    until = None if one.until is None else clock.iso(one.until)
    return {"ref": one.ref, "memory_bytes": one.memory_bytes, "busy": one.busy, "until": until}
