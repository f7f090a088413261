"""The route of everything that is known of one model."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Response

from mecum.inference.facts import rules
from mecum.inference.facts.schemas import ModelFacts
from mecum.inference.facts.service import Facts, Setting
from mecum.inference.figures_http import price_view
from mecum.inference.http import view
from mecum.inference.loading.http import loaded_view, performance_view, swap_view
from mecum.inference.loading.swapping import Swaps
from mecum.inference.measuring import Measurements
from mecum.inference.ports import Loaded, ModelInfo
from mecum.inference.pricing import ModelPrice, Prices
from mecum.inference.registry import Registry
from mecum.inference.role_http import known
from mecum.inference.selection.fitting import Fitting
from mecum.inference.selection.naming import names_of
from mecum.infra.hardware.reading import Hardware
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes


def router(
    registry: Registry, facts: Facts, swaps: Swaps, measurements: Measurements, prices: Prices, hardware: Hardware
) -> Routes:
    """Return the route."""
    routes = Routes(tags=["models"])

    @routes.get(
        "/models/facts",
        response_model=ModelFacts,
        summary="Look at one model",
        description="Everything that is known of it: where it is, what it can do, what it reads at once, takes of "
        "memory and costs, how it fared, what it is used for and what is configured of it, each with where that is "
        "from.",
    )
    async def one(
        asker: Asker,
        ref: Annotated[
            str,
            Query(
                max_length=500,
                description="Its reference, or its name where only one has it.",
                examples=["ollama/llama3.1:8b"],
            ),
        ],
    ) -> Response:
        info = await facts.model(ref)
        loaded = await facts.loaded(info)
        fitting = registry.fittings().get(info.ref)
        # The table of prices is read first, where it was not: not for the loop.
        price = None if info.local else await asyncio.to_thread(_price, prices, info)
        told = {
            "model": view(info, fitting),
            "names": list(names_of(info)),
            "served": _served(facts, info),
            "capabilities": known(registry, info.ref)["capabilities"],
            "window": _window(registry, info, loaded),
            "memory": _memory(info, fitting),
            "stays": _stays(facts, info),
            "loaded": None if loaded is None else loaded_view(loaded),
            "performance": await performance_view(registry, measurements, hardware, info.ref),
            "price": None if price is None else price_view(price),
            "price_why": rules.costs(info, price),
            "roles": [{"role": role, "reason": reason} for role, reason in facts.roles(info)],
            "swaps": [swap_view(swaps, swapped) for swapped in facts.swaps(info)],
            "configured": [_setting(setting) for setting in facts.configured(info, asker)],
        }
        return answer(told)

    return routes


def _price(prices: Prices, info: ModelInfo) -> ModelPrice | None:
    prices.table()
    return prices.price_of(info)


def _served(facts: Facts, info: ModelInfo) -> dict[str, Any]:
    place = facts.place(info)
    return {
        "address": place.address,
        "file": None if place.file is None else str(place.file),
        "relay": place.relay,
        "members": list(place.members),
        "most_at_once": place.most_at_once,
        "why": rules.place(info, place.address, place.relay, place.members),
        "silence": place.silence,
    }


def _window(registry: Registry, info: ModelInfo, loaded: Loaded | None) -> dict[str, Any]:
    window = registry.window(info)
    return {
        "tokens": window.tokens,
        "served": window.served,
        "source": window.source,
        "loaded": None if loaded is None else loaded.window,
        "refuses": window.refuses,
        "why": rules.reads(window, info),
    }


def _memory(info: ModelInfo, fitting: Fitting | None) -> dict[str, Any]:
    parts = info.memory_parts
    return {
        "bytes": info.memory_bytes,
        "measured": info.memory_measured,
        "parts": None if parts is None else {**asdict(parts), "total": parts.total},
        "fits": info.fits if fitting is None else fitting.fits,
        "why": rules.takes(info, info.fit_reason if fitting is None else fitting.reason),
    }


def _stays(facts: Facts, info: ModelInfo) -> dict[str, Any] | None:
    kept = facts.stays(info)
    return None if kept is None else {"seconds": kept.seconds, "source": kept.source, "why": rules.stays(kept)}


def _setting(setting: Setting) -> dict[str, Any]:
    said = setting.said
    return {
        "key": setting.key,
        "value": setting.value,
        "level": said.level,
        "source": said.source,
        "file": said.file,
        "line": said.line,
    }
