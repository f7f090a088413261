"""Which model turns texts into vectors: one that was named, or the first that can."""

from dataclasses import dataclass
from typing import Final

from mecum.inference.errors import ModelRefused, ModelUnavailable, NoEmbedder
from mecum.inference.ports import EmbeddingModel, EmbeddingProvider, ModelInfo
from mecum.inference.registry import Registry

ROLE: Final = "role:embedder"
_SILENT: Final = "openai"
"""The wire whose lists do not say what kind of model one is."""


@dataclass(frozen=True, slots=True)
class Embedder:
    """A model that will make the vectors."""

    info: ModelInfo
    model: EmbeddingModel


class Embedders:
    """The embedding models among the models of this instance."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def choose(self, wanted: str) -> Embedder:
        """Return the model of this reference or name, or the one for `role:embedder`.

        Raises ModelNotFound, ModelUnavailable, ModelRefused for a model that makes no vectors, NoEmbedder.
        """
        await self._registry.complete()
        return self._open(self._best() if wanted == ROLE else self._named(wanted))

    def _best(self) -> ModelInfo:
        chosen = self._registry.selection("embedder").chosen
        found = None if chosen is None else self._registry.find(chosen)
        if found is None:
            raise NoEmbedder
        return found

    def _named(self, wanted: str) -> ModelInfo:
        info = self._registry.get(wanted)
        if not info.available:
            raise ModelUnavailable(self._registry.absence(info))
        return info

    def _open(self, info: ModelInfo) -> Embedder:
        provider = self._registry.provider(info.endpoint)
        silent = info.provider == _SILENT
        if not (info.kind == "embedder" or silent) or not isinstance(provider, EmbeddingProvider):
            raise ModelRefused(f"{info.ref} answers in text and makes no vectors.", parameter="model")
        return Embedder(info, provider.embedder(info))
