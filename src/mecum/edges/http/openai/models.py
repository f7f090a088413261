"""`/v1/models`: what can be asked for by `model`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from pydantic import BaseModel, Field

from mecum.domains.assistants.ports import REFERENCE
from mecum.inference.ports import ModelInfo
from mecum.inference.registry import Registry
from mecum.kernel.subject import Subject

Active = Callable[[Subject], Awaitable[Sequence[tuple[str, int]]]]
"""Returns the slug of each active assistant of a person and when it was made (milliseconds)."""
_MILLISECONDS: Final = 1000


class ModelEntry(BaseModel):
    """A model."""

    id: str = Field(description="What `model` takes.", examples=["ollama/llama3.2:3b"])
    object: str = Field(description="Always `model`.", examples=["model"])
    created: int = Field(
        description="When an assistant was made, in seconds since 1970; 0 for a model: not known.", examples=[0]
    )
    owned_by: str = Field(description="The endpoint that serves it; `mecum` for an assistant.", examples=["ollama"])


class ModelEntries(BaseModel):
    """All models."""

    object: str = Field(description="Always `list`.", examples=["list"])
    data: list[ModelEntry] = Field(description="The models, best first, and then the assistants.", examples=[[]])


async def listed(registry: Registry, active: Active, subject: Subject) -> dict[str, Any]:
    """Return the models that can answer now, and the assistants that are in use."""
    await registry.complete()
    models = [_view(info) for info in registry.models() if info.available]
    return {"object": "list", "data": models + [_assistant(*one) for one in await active(subject)]}


async def found(registry: Registry, named: str) -> dict[str, Any]:
    """Return one model by its id, or by its name where only one has it; raises ModelNotFound."""
    await registry.complete()
    return _view(registry.get(named))


async def of_assistant(named: str, active: Active, subject: Subject) -> dict[str, Any]:
    """Return an assistant, which there is, as a model: programs ask it by this id. One not in use has no date."""
    slug = named.removeprefix(REFERENCE)
    return _assistant(slug, dict(await active(subject)).get(slug, 0))


def _assistant(slug: str, made: int) -> dict[str, Any]:
    return {"id": f"{REFERENCE}{slug}", "object": "model", "created": made // _MILLISECONDS, "owned_by": "mecum"}


def _view(info: ModelInfo) -> dict[str, Any]:
    return {"id": info.ref, "object": "model", "created": 0, "owned_by": info.endpoint}
