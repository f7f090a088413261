"""Everything that is known of one model, looked up where each thing is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mecum.inference.configuration.levels import LEVELS, Said
from mecum.inference.configuration.merging import inner, leaves
from mecum.inference.configuration.problems import dotted
from mecum.inference.configuration.service import Configuration
from mecum.inference.keeping import Keeping, Kept
from mecum.inference.loading.service import Loading
from mecum.inference.loading.swapping import Swaps
from mecum.inference.ports import FileProvider, Loaded, LoadingProvider, ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.repository import Swap
from mecum.inference.selection.naming import Names
from mecum.inference.wires.relays import relay_of
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

_PATIENCE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model is: the address its server is asked at, its file, where it is passed on to, a pool's members."""

    address: str | None = None
    file: Path | None = None
    relay: str | None = None
    members: tuple[str, ...] = ()
    most_at_once: int | None = None
    silence: str | None = None
    """That its server did not answer when it was asked last, and why."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the configuration says of a model, and the strongest level that says it."""

    key: str
    value: Any
    said: Said


class Facts:
    """Looks them up. `address` returns where an endpoint is asked, None for one that nobody is asked for."""

    def __init__(
        self,
        registry: Registry,
        configuration: Configuration,
        keeping: Keeping,
        loading: Loading,
        swaps: Swaps,
        address: Callable[[str], str | None],
    ) -> None:
        self._registry, self._configuration, self._keeping = registry, configuration, keeping
        self._loading, self._swaps, self._address = loading, swaps, address

    async def model(self, ref: str) -> ModelInfo:
        """Return the model of this reference or name.

        Raises ModelNotFound with the right word, where one is near, and ModelUnavailable where its server says nothing.
        """
        await self._registry.complete(everywhere=False, patience=_PATIENCE)
        return self._registry.get(ref)

    def place(self, info: ModelInfo) -> Place:
        """Return where a model is."""
        address = self._address(info.endpoint)
        members = self._preferences().pools.get(info.name, ()) if info.provider == "pool" else ()
        relay = None if address is None else relay_of(info.provider, address, local=info.local)
        return Place(
            address,
            self._file(info),
            relay,
            members,
            self._registry.limited(info.endpoint),
            self._registry.silence(info.endpoint),
        )

    def stays(self, info: ModelInfo) -> Kept | None:
        """Return how long a model stays in memory; None where loading it is not Mecum's to do."""
        provider = self._registry.provider(info.endpoint)
        ours = isinstance(provider, LoadingProvider) and info.local == provider.local
        return self._keeping.kept(info) if ours else None

    async def loaded(self, info: ModelInfo) -> Loaded | None:
        """Return what is known of a model in memory; None where it is not there."""
        if self.stays(info) is None:
            return None
        return next((one for one in await self._loading.loaded() if one.ref == info.ref), None)

    def roles(self, info: ModelInfo) -> list[tuple[str, str]]:
        """Return the roles that a model fills now, and why."""
        found = [self._registry.selection(role) for role in self._registry.roles()]
        return [(one.role, one.reason) for one in found if one.chosen == info.ref]

    def swaps(self, info: ModelInfo) -> list[Swap]:
        """Return the swaps that a model is part of."""
        return [one for one in self._swaps.current.values() if info.ref in (one.source, one.target)]

    def configured(self, info: ModelInfo, asker: Subject) -> list[Setting]:
        """Return what the configuration says of a model to who asks, under whichever of its names."""
        tree = self._configuration.tree(asker)
        meant = Names(self._registry.models()).meant
        paths = [
            path
            for at, model in _entries(tree)
            if any(one.ref == info.ref for one in meant(_called(at)))
            for path, _ in leaves(model, at)
        ]
        found = (self._setting(dotted(path), asker) for path in paths)
        return [one for one in found if one is not None]

    def _setting(self, key: str, asker: Subject) -> Setting | None:
        explained = self._configuration.explain(key, asker)
        counting = [said for said in explained.levels if said.given and said.in_force and said.level != LEVELS[0]]
        return Setting(key, explained.value, counting[-1]) if counting else None

    def _file(self, info: ModelInfo) -> Path | None:
        provider = self._registry.provider(info.endpoint)
        if not isinstance(provider, FileProvider):
            return None
        try:
            return provider.path_of(info)
        except MecumError:
            # It was there when the list was made.
            return None

    def _preferences(self) -> Preferences:
        return self._configuration.preferences()


def _entries(tree: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    """Return everything that is said of a model by its name, with its path."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for key in ("model_profiles", "fallbacks"):
        found.extend(((key, name), said) for name, said in inner(tree, key).items())
    for provider in inner(tree, "cloud_providers"):
        models = inner(inner(inner(tree, "cloud_providers"), provider), "models")
        found.extend((("cloud_providers", provider, "models", name), said) for name, said in models.items())
    return found


def _called(path: tuple[str, ...]) -> str:
    """Return the name that a model is called at a path."""
    return f"{path[1]}:{path[3]}" if path[0] == "cloud_providers" else path[1]
