"""Which model is meant by a name: a reference, a name only one has, `provider:name`."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from mecum.inference.ports import ModelInfo

_DATED: Final = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})$")
_LATEST: Final = ":latest"


def names_of(info: ModelInfo) -> tuple[str, ...]:
    """Return the names a model may be configured under, the most exact first."""
    name = info.name
    tagged = (name.removesuffix(_LATEST),) if name.endswith(_LATEST) else (name + _LATEST,)
    return (info.ref, name, *tagged, f"{info.endpoint}:{name}", f"{info.provider}:{name}")


class Names:
    """The names of the models there are; when several bear a name, all of them are meant."""

    def __init__(self, models: Iterable[ModelInfo]) -> None:
        self._refs: dict[str, ModelInfo] = {}
        self._named: defaultdict[str, list[ModelInfo]] = defaultdict(list)
        for info in models:
            self._refs[info.ref] = info
            self._named[info.name].append(info)
            if info.name.endswith(_LATEST):
                self._named[info.name.removesuffix(_LATEST)].append(info)

    def meant(self, name: str) -> tuple[ModelInfo, ...]:
        """Return the models that `name` may mean, by reference: one, none, or those of whom one must be named."""
        if (info := self._refs.get(name)) is not None:
            return (info,)
        if found := self._named.get(name) or self._named.get(name.removesuffix(_LATEST)):
            return tuple(sorted(found, key=lambda one: one.ref))
        provider, separator, rest = name.partition(":")
        return self._of(provider, rest) if separator and rest else ()

    def _of(self, provider: str, name: str) -> tuple[ModelInfo, ...]:
        """A model of a provider; by a name without its date, the newest."""
        found = [one for one in self._named.get(name, ()) if provider in (one.provider, one.endpoint)]
        if not found:
            dated = [
                one
                for one in self._refs.values()
                if provider in (one.provider, one.endpoint) and _DATED.sub("", one.name) == name != one.name
            ]
            newest = max((one.name for one in dated), default=None)
            found = [one for one in dated if one.name == newest]
        return tuple(sorted(found, key=lambda one: one.ref))
