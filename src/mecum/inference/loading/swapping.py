"""Other models in the place of those that were chosen, from the next turn on, until the server stops."""

from collections.abc import Callable, Mapping

from mecum.inference.errors import ModelNotFound, SwapOff
from mecum.inference.ports import LoadingProvider, ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.roles import BUILT_IN

_DEFAULT = "role:chat"


class Swaps:
    """What is swapped. Turns under way keep the model they have: they were given it when they began."""

    def __init__(self, registry: Registry, preferences: Callable[[], Preferences]) -> None:
        self._registry, self._preferences = registry, preferences
        self._swapped: dict[str, str] = {}

    @property
    def current(self) -> Mapping[str, str]:
        """What stands in the place of which reference or `role:NAME`."""
        return self._swapped

    async def swap(self, source: str, target: str) -> ModelInfo:
        """Let the model `target` answer in the place of the role or model `source`; return it, loaded.

        Back again is swapping `source` for itself. Raises SwapOff, ModelNotFound, and ModelUnavailable or ModelCrashed
        when the model does not load; nothing is swapped then.
        """
        if not self._preferences().hot_swap:
            raise SwapOff
        name, to = self.source(source), self._registry.lookup(target)
        if to is None:
            if self.source(target) != name:
                raise ModelNotFound(f"There is no model {target!r} here.")
            return await self._back(name)
        if name == to.ref:
            return await self._back(name)
        if to.fits is False:
            # Both together have no room: new turns wait for the new one, and the old one is not kept busy by them.
            self._swapped[name] = to.ref
        await self._load(to, name)
        self._swapped[name] = to.ref
        return to

    def wanted(self, wanted: str | None) -> str | None:
        """Return what to choose for a reference, a name or a role."""
        return self._swapped.get(wanted or _DEFAULT, wanted) if self._swapped else wanted

    async def _load(self, to: ModelInfo, name: str) -> None:
        provider = self._registry.provider(to.endpoint)
        if not isinstance(provider, LoadingProvider):
            return
        before = self._swapped.get(name)
        try:
            await provider.load(to)
        except BaseException:
            if before == to.ref:
                del self._swapped[name]
            raise

    async def _back(self, name: str) -> ModelInfo:
        self._swapped.pop(name, None)
        return self._registry.choose(name).info

    def source(self, source: str) -> str:
        """Return the key of a role or a model; raises ModelNotFound."""
        role = source.removeprefix("role:")
        if role in BUILT_IN or role in self._preferences().roles:
            return f"role:{role}"
        info = self._registry.lookup(source)
        if info is None:
            raise ModelNotFound(f"There is no role or model {source!r} here.")
        return info.ref
