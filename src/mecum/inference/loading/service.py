"""What is in memory, and putting it there and taking it out."""

import asyncio
import logging
from typing import Final

from mecum.inference.errors import NotLoadable
from mecum.inference.keeping import Keeping
from mecum.inference.ports import Loaded, LoadingProvider, ModelInfo
from mecum.inference.registry import Registry
from mecum.kernel.errors import MecumError

_log = logging.getLogger("mecum.models")
_ASK_SECONDS: Final = 2.0


class Loading:
    """Models of this instance that are loaded by somebody Mecum can ask to."""

    def __init__(self, registry: Registry, keeping: Keeping | None = None) -> None:
        self._registry, self._keeping = registry, keeping or Keeping()

    async def load(self, ref: str, keep: float | None = None) -> ModelInfo:
        """Have a model in memory; raises ModelNotFound, NotLoadable, ModelUnavailable, ModelCrashed.

        `keep` is for how many idle seconds, below 0 for ever, until it is unloaded; None as configured.
        """
        info, provider = self._find(ref)
        self._keeping.ask(info, keep)
        await provider.load(info)
        return await self._again(info)

    async def unload(self, ref: str) -> ModelInfo:
        """Free a model's memory once the answers it makes have ended; raises ModelNotFound, NotLoadable."""
        info, provider = self._find(ref)
        self._keeping.ask(info, None)
        await provider.unload(info)
        return await self._again(info)

    async def loaded(self) -> list[Loaded]:
        """Return what is loaded on this machine; an endpoint that does not answer has nothing to say."""
        asked = [p for p in self._registry.providers() if isinstance(p, LoadingProvider) and p.local]
        return [one for said in await asyncio.gather(*map(_loaded, asked)) for one in said]

    async def _again(self, info: ModelInfo) -> ModelInfo:
        """Return the model as its server lists it now: one that came may have sent others away."""
        await self._registry.ask(info.endpoint)
        return self._registry.find(info.ref) or info

    def _find(self, ref: str) -> tuple[ModelInfo, LoadingProvider]:
        info = self._registry.get(ref)
        provider = self._registry.provider(info.endpoint)
        # A model beyond this machine behind a server on it is loaded by nobody here.
        if not isinstance(provider, LoadingProvider) or info.local != provider.local:
            raise NotLoadable(f"Where {info.ref} runs is not for Mecum to load or unload.")
        return info, provider


async def _loaded(provider: LoadingProvider) -> list[Loaded]:
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            return await provider.loaded()
    except (MecumError, TimeoutError) as error:
        _log.debug(
            "endpoint does not say what it has loaded",
            extra={"endpoint": provider.endpoint, "reason": type(error).__name__},
        )
        return []
