"""Which of two models comes first where nobody prefers any: the best of what is left."""

from typing import Final

from mecum.inference.ports import ModelInfo
from mecum.inference.roles import Requirements
from mecum.inference.selection.matching import score
from mecum.inference.selection.rules import Candidate, Conditions

Key = tuple[bool, bool, float, tuple[bool, bool, bool, int, bool, int, str]]
_NOTHING: Final = Requirements()


class Ranking:
    """The order of one selection. For a role that a person mapped, models of this machine come first if they like, then
    what meets its requirements best; for any other the order of the list of models."""

    def __init__(self, conditions: Conditions, *, mapped: bool) -> None:
        self.mapped = mapped
        self._requirements = conditions.requirements
        self.local_first = mapped and conditions.preferences.prefer_local
        self.scores = mapped and conditions.requirements != _NOTHING
        self._known: dict[str, float] = {}
        self.smaller = conditions.preferences.prefer_smaller

    def key(self, candidate: Candidate) -> Key:
        """Return what to sort by, the best first."""
        info = candidate.info
        usual = preference(info)
        if self.smaller:
            usual = (*usual[:5], -usual[5], usual[6])
        degree = -self.score(candidate) if self.scores else 0.0
        return info.recalls, self.local_first and not info.local, degree, usual

    def score(self, candidate: Candidate) -> float:
        """Return from 0 to 1 how well it meets the requirements."""
        known = self._known.get(candidate.info.ref)
        if known is None:
            known = self._known[candidate.info.ref] = score(candidate.capabilities, self._requirements)
        return known


def preference(info: ModelInfo) -> tuple[bool, bool, bool, int, bool, int, str]:
    """Return what models are sorted by where nobody asks for anything: the best first."""
    size = -(info.size_bytes or 0)
    return (not info.available, info.fits is False, info.on_request, -info.rank, info.raw_only, size, info.ref)
