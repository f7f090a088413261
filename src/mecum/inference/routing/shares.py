"""Which questions of a role are hard enough for its stronger model, where a person set two models for it."""

from collections.abc import Callable
from typing import Final

from mecum.inference.preferences import Preferences
from mecum.inference.roles import ByDifficulty
from mecum.inference.selection.difficulty import StrongShare, Verdict

_ROLE: Final = "role:"


class Shares:
    """Counts, for each role with two models, how many of its questions went to the strong one."""

    def __init__(self, preferences: Callable[[], Preferences]) -> None:
        self._preferences = preferences
        self._shares: dict[str, tuple[ByDifficulty, StrongShare]] = {}

    def verdict(self, wanted: str | None, question: Callable[[], str]) -> Verdict | None:
        """Return whether a question is for the strong model of the role it is asked of, and count it.

        None where no role was asked for, or one without two models; `question` is not read then.
        """
        if wanted is not None and not wanted.startswith(_ROLE):
            return None
        share = self._share((wanted or "role:chat").removeprefix(_ROLE))
        return None if share is None else share.counted(question())

    def weighed(self, role: str, question: str) -> Verdict | None:
        """Return what the verdict on a question would be, counting nothing; None for a role without two models."""
        share = self._share(role)
        return None if share is None else share.weighed(question)

    def _share(self, role: str) -> StrongShare | None:
        mapping = self._preferences().roles.get(role)
        if mapping is None or mapping.by_difficulty is None:
            return None
        pair, share = self._shares.get(role, (None, None))
        if share is None or pair != mapping.by_difficulty:
            share = StrongShare(mapping.by_difficulty.share)
            self._shares[role] = mapping.by_difficulty, share
        return share
