"""The route of the catalogue."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import BaseModel, Field

from mecum.inference.catalogue.entries import Quantization
from mecum.inference.catalogue.service import Offer, offers
from mecum.inference.registry import Registry
from mecum.infra.hardware.reading import Hardware
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes


class CatalogueView(BaseModel):
    """An open model, and what it would be on this machine."""

    source: str = Field(description="What `POST /models/pulls` fetches it by.", examples=["ollama:qwen3:8b"])
    name: str = Field(description="Its name at Ollama.", examples=["qwen3:8b"])
    model: str = Field(description="What its makers call it.", examples=["Qwen3-8B"])
    parameters: int = Field(description="How many parameters it has.", examples=[8190000000])
    quantization: Quantization = Field(description="How its weights are kept.", examples=["Q4_K_M"])
    context_length: int = Field(
        description="The tokens of context it is counted with: those asked for, at most its own.", examples=[8192]
    )
    own_context_length: int = Field(description="The longest context it was made for.", examples=[40960])
    weights_bytes: int = Field(
        description="Its weights, about; the exact size is what the server says when it is pulled.",
        examples=[5070000000],
    )
    memory_bytes: int = Field(description="What loading it takes, about.", examples=[6800000000])
    fits: Literal["now", "machine", "no"] = Field(
        description="Into what is free now, into this machine when less else runs, or not.", examples=["now"]
    )
    fit_reason: str = Field(description="Why, with the figures.", examples=["Takes 6.8 GB with 8,192 tokens."])
    tokens_per_second: float | None = Field(
        description="About how fast it would write; null where it does not fit.", examples=[5.9]
    )
    speed_method: str = Field(
        description="How that was estimated.", examples=["Estimate: 30 GB/s (main memory), 5.1 GB read a token."]
    )
    here: bool = Field(description="Whether it is here already.", examples=[False])
    sources: list[str] = Field(
        description="Where its facts are from.", examples=[["github:example/models config.py at 0123abc"]]
    )


class CatalogueList(BaseModel):
    """The catalogue."""

    items: list[CatalogueView] = Field(description="The models, the smallest first.")
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


def router(hardware: Hardware, registry: Registry) -> Routes:
    """Return the route."""
    routes = Routes(tags=["models"])

    @routes.get(
        "/models/catalogue",
        response_model=CatalogueList,
        summary="List what would fit this machine",
        description="Well-known open models: what each would take here, whether that fits, and about how fast it would "
        "be. Nothing is asked of anybody for it.",
    )
    async def catalogue(
        _: Asker,
        context: Annotated[
            int, Query(ge=256, le=1_048_576, description="Tokens of context to count with.", examples=[8192])
        ] = 8192,
        quantization: Annotated[
            Quantization | None,
            Query(description="Count with this one instead of the file's own.", examples=["Q8_0"]),
        ] = None,
    ) -> Response:
        machine = await hardware.machine()
        known = {info.name for info in registry.models()}
        found = offers(machine, context, quantization)
        return answer({"items": [_view(offer, known) for offer in found], "next_cursor": None})

    return routes


def _view(offer: Offer, known: set[str]) -> dict[str, Any]:
    entry = offer.entry
    return {
        "source": f"ollama:{entry.name}",
        "name": entry.name,
        "model": entry.model,
        "parameters": entry.parameters,
        "quantization": offer.quantization,
        "context_length": offer.context_length,
        "own_context_length": entry.context_length,
        "weights_bytes": offer.weights,
        "memory_bytes": offer.memory,
        "fits": offer.fits,
        "fit_reason": offer.why,
        "tokens_per_second": offer.tokens_per_second,
        "speed_method": offer.method,
        "here": entry.name in known,
        "sources": list(entry.sources),
    }
