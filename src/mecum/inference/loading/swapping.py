"""Other models in the place of those that were chosen, from the next turn on, until they are swapped back."""

from collections.abc import Callable, Mapping

from mecum.inference.errors import ModelAmbiguous, ModelNotFound, ModelUnavailable, SwapOff
from mecum.inference.ports import LoadingProvider, ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.repository import Swap, SwapRepository, drop_swap, keep_swap
from mecum.inference.roles import BUILT_IN
from mecum.inference.selection.naming import missing
from mecum.inference.selection.notices import SWAPPED
from mecum.infra.storage import Database
from mecum.kernel import clock

_DEFAULT = "role:chat"


class Swaps:
    """What is swapped. Turns under way keep the model they have: they were given it when they began.

    A swap is kept over a restart, and counts while the configuration has `hot_swap`. Without a database it is kept as
    long as the process.
    """

    def __init__(
        self, registry: Registry, preferences: Callable[[], Preferences], database: Database | None = None
    ) -> None:
        self._registry, self._preferences, self._database = registry, preferences, database
        self._swapped: dict[str, Swap] = {}

    async def load(self) -> None:
        """Take up what was swapped when the last process ended."""
        if self._database is not None:
            async with self._database.reading(None) as scope:
                self._swapped = {one.source: one for one in await SwapRepository().all(scope)}

    @property
    def current(self) -> Mapping[str, Swap]:
        """What stands in the place of which reference or `role:NAME`."""
        return self._swapped

    def obstacle(self, one: Swap) -> str | None:
        """Return why a swap does not count now; None when it does."""
        if not self._preferences().hot_swap:
            return "Swapping is switched off, so it does not count until it is allowed again."
        info = self._registry.lookup(one.target)
        if info is None:
            return f"{one.target} is not here: swap back, or bring it back."
        return None if info.available else f"{one.target} does not answer now: swap back, or start its server."

    async def swap(self, source: str, target: str) -> str:
        """Let the model `target` answer in the place of the role or model `source`; return its reference, loaded.

        Back again is swapping `source` for itself. Raises SwapOff, ModelNotFound, and ModelUnavailable or ModelCrashed
        when the model does not load; nothing is swapped then.
        """
        name, to = self.source(source), self._registry.lookup(target)
        if name == (self._source(target) if to is None else to.ref):
            return await self._back(name)
        if not self._preferences().hot_swap:
            raise SwapOff
        if to is None:
            to = self._registry.get(target)
        before, one = self._swapped.get(name), Swap(name, to.ref, clock.milliseconds())
        if to.fits is False:
            # Both together have no room: new turns wait for the new one, and the old one is not kept busy by them.
            self._swapped[name] = one
        try:
            await self._load(to)
            await self._keep(one)
        except BaseException:
            self._put(name, before)
            raise
        self._swapped[name] = one
        self._notice(one)
        self._registry.announce()
        return to.ref

    def wanted(self, wanted: str | None) -> str | None:
        """Return what to choose for a reference, a name or a role."""
        if not self._swapped:
            return wanted
        one = self._swapped.get(wanted or _DEFAULT)
        return wanted if one is None or not self._preferences().hot_swap else one.target

    def source(self, source: str) -> str:
        """Return the key of a role or a model; raises ModelNotFound."""
        found = self._source(source)
        if found is None:
            error = missing(source, self._registry.models())
            several = isinstance(error, ModelAmbiguous)
            raise error if several else ModelNotFound(f"There is no role or model {source!r} here.")
        return found

    def _source(self, source: str) -> str | None:
        role = source.removeprefix("role:")
        if role in BUILT_IN or role in self._preferences().roles:
            return f"role:{role}"
        info = self._registry.lookup(source)
        # What was swapped can be swapped back, also where it is gone.
        return info.ref if info is not None else source if source in self._swapped else None

    def _put(self, name: str, one: Swap | None) -> None:
        if one is None:
            self._swapped.pop(name, None)
        else:
            self._swapped[name] = one

    async def _load(self, to: ModelInfo) -> None:
        provider = self._registry.provider(to.endpoint)
        if isinstance(provider, LoadingProvider):
            await provider.load(to)

    async def _keep(self, one: Swap) -> None:
        if self._database is not None:
            await self._database.commit([keep_swap(one)])

    async def _back(self, name: str) -> str:
        if self._swapped.pop(name, None) is not None and self._database is not None:
            await self._database.commit([drop_swap(name)])
        self._registry.selector.notices.end(f"swap:{name}")
        self._registry.announce()
        try:
            return self._registry.choose(name).info.ref
        except (ModelNotFound, ModelUnavailable):
            # It is swapped back all the same.
            return name

    def _notice(self, one: Swap) -> None:
        """Say it as long as it holds: it outlives the person's memory of it."""
        about = one.source.removeprefix("role:")
        message = f"{one.target} answers in the place of {about}, for which it was swapped in."
        self._registry.selector.notices.say(f"swap:{one.source}", SWAPPED, about, message, one.target)
