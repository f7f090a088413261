"""Whether models could be loaded now, for those who look at the list: by the same numbers as the choice is made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mecum.inference.capabilities import Source
from mecum.inference.selection.resources import Resources, need_gb, too_large
from mecum.inference.selection.rules import Candidate
from mecum.inference.windows import SENT_AT_LEAST


@dataclass(frozen=True, slots=True)
class Fitting:
    """Whether a model could be loaded now (None: not known), and a sentence why."""

    fits: bool | None = None
    reason: str | None = None


_UNKNOWN = Fitting()


def fittings(candidates: Iterable[Candidate], resources: Resources) -> dict[str, Fitting]:
    """Return by reference whether each model of this machine could be loaded with what `resources` says is free.

    What a server has loaded already it can free itself, as where a model is chosen.
    """
    listed, held = list(candidates), Counter[str]()
    for one in listed:
        if one.info.loaded and one.info.local:
            held[one.info.endpoint] += one.info.memory_bytes or one.info.size_bytes or 0
    return {one.info.ref: _fitting(one, resources, held[one.info.endpoint]) for one in listed}


def _fitting(one: Candidate, resources: Resources, held: int) -> Fitting:
    info = one.info
    if info.fits is not None or not info.local:
        return Fitting(info.fits, info.fit_reason)
    need = need_gb(info, one.capabilities)
    if need is None or not _is_said(one):
        return _UNKNOWN
    if info.loaded:
        return Fitting(True, "It is loaded.")
    if resources.memory_free is None:
        return _UNKNOWN
    takes = f"Takes {need:.1f} GB{_counted(one)}"
    why = too_large(need, resources, held)
    if why is not None:
        return Fitting(False, f"{takes}, and {why.partition(', ')[2]}.")
    free = (resources.memory_free + (resources.graphics_free or 0) + held) / 1e9
    return Fitting(True, f"{takes}; {free:.1f} GB are free or can be freed.")


def _counted(one: Candidate) -> str:
    """What the figure is of: what a person says holds for whatever they thought of."""
    if "explicit" in _sources(one):
        return ", as you say"
    if one.info.window_from != "sent":
        return ""
    return f" with {min(SENT_AT_LEAST, one.info.context_length or SENT_AT_LEAST):,} tokens of context"


def _is_said(one: Candidate) -> bool:
    """Whether what it needs is more than a guess by its name."""
    return one.info.memory_bytes is not None or "explicit" in _sources(one)


def _sources(one: Candidate) -> list[Source]:
    said = one.capabilities.sources
    return [said[name] for name in ("memory_gb_estimate", "min_memory_gb") if name in said]
