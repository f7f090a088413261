"""The route of what models cost and how they perform."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from fastapi import Response
from pydantic import BaseModel, Field

from mecum.inference.measuring import Measurements, Performance
from mecum.inference.ports import ModelInfo
from mecum.inference.pricing import ModelPrice, Prices
from mecum.inference.registry import Registry
from mecum.inference.schemas import EstimatedView
from mecum.infra.hardware.reading import Hardware
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes

_MILLION: Final = 1_000_000


class PriceView(BaseModel):
    """What a model costs now, for a million tokens; long requests may cost more."""

    input: float = Field(description="What is read.", examples=[2.5])
    output: float = Field(description="What is written.", examples=[10.0])
    cached: float = Field(description="What is read from the provider's cache.", examples=[1.25])
    currency: str = Field(description="In which currency.", examples=["USD"])
    table: str = Field(description="The table it is from.", examples=["genai-prices 0.2.3"])
    table_date: str | None = Field(
        description="The newest day on which a price in it began to hold.", examples=["2026-11-09"]
    )
    source: str = Field(description="Where that table has it from.", examples=["https://openai.com/api/pricing/"])


class MeasuredView(BaseModel):
    """What was measured of a model's answers; a day ago counts half."""

    tokens_per_second: float | None = Field(description="Tokens a second, once it speaks.", examples=[41.7])
    first_token_seconds: float | None = Field(
        description="Seconds to its first word, without loading.", examples=[0.31]
    )
    failure_rate: float | None = Field(
        description="The share, 0 to 1, of what it was asked that it did not answer.", examples=[0.02]
    )
    answers: float = Field(description="How many answers this rests on.", examples=[48.2])


class FigureView(BaseModel):
    """The figures of a model; null is unknown."""

    ref: str = Field(description="Its reference.", examples=["ollama/llama3.2:3b"])
    price: PriceView | None = Field(
        description="What it costs; null where that is not known, and for one of this machine.", examples=[None]
    )
    measured: MeasuredView | None = Field(description="How it performs; null when it was never asked.", examples=[None])
    estimated: EstimatedView | None = Field(
        description="How fast it would be here, until its speed was measured; null from then on, for one that runs "
        "elsewhere or does not fit, and where nothing is known of its size.",
        examples=[{"tokens_per_second": 5.9, "method": "Estimate: 30 GB/s (main memory), 5.10 GB read a token."}],
    )


class FigureList(BaseModel):
    """The figures of all models that have any."""

    items: list[FigureView] = Field(description="The models.", examples=[[]])


def router(registry: Registry, measurements: Measurements, prices: Prices, hardware: Hardware) -> Routes:
    """Return the route."""
    routes = Routes(tags=["models"])

    @routes.get(
        "/models/figures",
        response_model=FigureList,
        summary="List what models cost and how they perform",
        description="For every model of which any is known: its price, from a table that is in the package, what was "
        "measured of its answers, and until then how fast it would be on this machine.",
    )
    async def figures(_: Asker) -> Response:
        models = registry.models()
        costly = [info for info in models if not info.local]
        # A table of thousands of models: looking a hundred of them up takes longer than a turn may wait.
        known = await asyncio.to_thread(_prices, prices, costly) if costly else {}
        return answer({"items": _figures(models, known, measurements.find, await speeds(registry, hardware, models))})

    return routes


def _prices(prices: Prices, models: list[ModelInfo]) -> dict[str, ModelPrice]:
    prices.table()
    found = ((info.ref, prices.price_of(info)) for info in models)
    return {ref: price for ref, price in found if price is not None}


def _figures(
    models: list[ModelInfo],
    prices: dict[str, ModelPrice],
    performance: Callable[[str], Performance | None],
    estimated: Mapping[str, Any],
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for info in models:
        price, measured = prices.get(info.ref), performance(info.ref)
        told = {
            "price": None if price is None else price_view(price),
            "measured": _measured(measured),
            "estimated": until_measured(estimated.get(info.ref), measured),
        }
        if any(value is not None for value in told.values()):
            found.append({"ref": info.ref, **told})
    return found


async def speeds(registry: Registry, hardware: Hardware, models: Sequence[ModelInfo]) -> dict[str, Any]:
    """Return by reference how fast models would be on this machine, as the wire shows it."""
    from mecum.inference.catalogue.speed import estimates  # noqa: PLC0415 - the catalogue is for those who look

    machine = await hardware.machine()
    found = await asyncio.to_thread(estimates, models, registry.fittings(), machine)
    return {ref: asdict(speed) for ref, speed in found.items()}


def until_measured(estimated: Any, measured: Performance | None) -> Any:
    """Return an estimate; None once the speed was measured."""
    return None if measured is not None and measured.tokens_per_second is not None else estimated


def price_view(price: ModelPrice) -> dict[str, Any]:
    """Return a price as the wire shows it."""
    rates = price.rates
    return {
        "input": _for_a_million(rates.input),
        "output": _for_a_million(rates.output),
        "cached": _for_a_million(rates.cached),
        "currency": price.currency,
        "table": price.table,
        "table_date": None if price.table_date is None else price.table_date.isoformat(),
        "source": price.source,
    }


def _for_a_million(rate: Decimal) -> float:
    return float(rate * _MILLION)


def _measured(measured: Performance | None) -> dict[str, Any] | None:
    if measured is None:
        return None
    return {
        "tokens_per_second": measured.tokens_per_second,
        "first_token_seconds": measured.first_token_seconds,
        "failure_rate": measured.failure_rate,
        "answers": measured.answers,
    }
