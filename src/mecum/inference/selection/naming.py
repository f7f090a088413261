"""Which model is meant by a name: a reference, a name only one has, `provider:name`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from heapq import nlargest
from typing import Final

from mecum.inference.errors import ModelAmbiguous, ModelNotFound
from mecum.inference.ports import ModelInfo

_DATED: Final = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})$")
_LATEST: Final = ":latest"
_MOST_NAMED: Final = 5
_MOST_COMPARED: Final = 24
_ALIKE: Final = 0.6
_PIECE: Final = 2
"""Letters in a row that two names may share."""


def names_of(info: ModelInfo) -> tuple[str, ...]:
    """Return the names a model may be configured under, the most exact first."""
    name = info.name
    tagged = name.removesuffix(_LATEST) if name.endswith(_LATEST) else name + _LATEST
    told = (info.ref, name, tagged, f"{info.endpoint}:{name}", f"{info.provider}:{name}")
    return (*told, f"{info.endpoint}/{tagged}")


def missing(ref: str, models: Iterable[ModelInfo]) -> ModelNotFound:
    """Return the error that there is no such model, or that several bear that name, with the right words."""
    listed = list(models)
    bearing = _bearing(ref, listed)
    if len(bearing) > 1:
        more = f" and {len(bearing) - _MOST_NAMED} more" if len(bearing) > _MOST_NAMED else ""
        said = f"{len(bearing)} models are called {ref!r}; say which: {', '.join(bearing[:_MOST_NAMED])}{more}."
        return ModelAmbiguous(said, models=bearing[:_MOST_NAMED])
    words = [word for info in listed for word in (info.name, info.ref)]
    near = get_close_matches(ref, _alike(ref, words), n=1, cutoff=_ALIKE)
    meant = " or ".join(map(repr, _bearing(near[0], listed)[:_MOST_NAMED])) if near else ""
    return ModelNotFound(f"There is no model {ref!r} here{f'; did you mean {meant}?' if meant else '.'}")


def _alike(ref: str, words: Sequence[str]) -> list[str]:
    """Return the few words that share most with `ref`: to compare thousands letter by letter takes 0.1 s."""
    pieces = {ref[at : at + _PIECE] for at in range(max(1, len(ref) - _PIECE + 1))}
    return nlargest(_MOST_COMPARED, words, key=lambda word: sum(piece in word for piece in pieces))


def _bearing(name: str, models: Iterable[ModelInfo]) -> list[str]:
    return sorted(info.ref for info in models if name in names_of(info))


def absent(names: Iterable[str], models: Sequence[ModelInfo], silent: Iterable[str]) -> dict[str, str]:
    """Return of `names` those that no model here bears, or several do, each with the sentence that says so.

    Who names an endpoint that does not answer, or may not be asked, may be right.
    """
    known, unsure = Names(models), tuple(f"{endpoint}{mark}" for endpoint in silent for mark in "/:")
    vain = [name for name in names if len(known.meant(name)) != 1 and not name.startswith(unsure)]
    return {name: missing(name, models).message for name in vain}


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
        if (info := self._refs.get(name) or self._refs.get(name + _LATEST)) is not None:
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
