"""`/v1/models`: what can be asked for by `model`."""

from typing import Any

from pydantic import BaseModel, Field

from mecum.inference.errors import ModelNotFound
from mecum.inference.ports import ModelInfo
from mecum.inference.registry import Registry


class ModelEntry(BaseModel):
    """A model."""

    id: str = Field(description="What `model` takes.", examples=["ollama/llama3.2:3b"])
    object: str = Field(description="Always `model`.", examples=["model"])
    created: int = Field(description="Always 0: not known.", examples=[0])
    owned_by: str = Field(description="The endpoint that serves it.", examples=["ollama"])


class ModelEntries(BaseModel):
    """All models."""

    object: str = Field(description="Always `list`.", examples=["list"])
    data: list[ModelEntry] = Field(description="The models, best first.", examples=[[]])


async def listed(registry: Registry) -> dict[str, Any]:
    """Return the models that can answer now."""
    await registry.complete()
    return {"object": "list", "data": [_view(info) for info in registry.models() if info.available]}


async def found(registry: Registry, named: str) -> dict[str, Any]:
    """Return one model by its id, or by its name where only one has it; raises ModelNotFound."""
    await registry.complete()
    info = registry.find(named)
    if info is None:
        raise ModelNotFound(f"The model '{named}' does not exist here.")
    return _view(info)


def of_assistant(named: str) -> dict[str, Any]:
    """Return an assistant as a model: programs ask it by this id."""
    return {"id": named, "object": "model", "created": 0, "owned_by": "mecum"}


def _view(info: ModelInfo) -> dict[str, Any]:
    return {"id": info.ref, "object": "model", "created": 0, "owned_by": info.endpoint}
