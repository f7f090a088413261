"""Which questions of a role are hard enough for its stronger model, where a person set two models for it."""

from collections.abc import Callable
from typing import Final

from mecum.inference.difficulty import StrongShare
from mecum.inference.preferences import Preferences
from mecum.inference.roles import ByDifficulty

_ROLE: Final = "role:"
_SAID: Final = {
    True: "Harder than usual by its text, so the stronger of two models comes first.",
    False: "Not harder than usual by its text, or enough were: the weaker of two models comes first.",
}


class Shares:
    """Counts, for each role with two models, how many of its questions went to the strong one."""

    def __init__(self, preferences: Callable[[], Preferences]) -> None:
        self._preferences = preferences
        self._shares: dict[str, tuple[ByDifficulty, StrongShare]] = {}

    def hard(self, wanted: str | None, question: Callable[[], str]) -> bool | None:
        """Return whether a question is for the strong model of the role it is asked of, and count it.

        None where no role was asked for, or one without two models; `question` is not read then.
        """
        if wanted is not None and not wanted.startswith(_ROLE):
            return None
        role = (wanted or "role:chat").removeprefix(_ROLE)
        mapping = self._preferences().roles.get(role)
        if mapping is None or mapping.by_difficulty is None:
            return None
        pair, share = self._shares.get(role, (None, None))
        if share is None or pair != mapping.by_difficulty:
            share = StrongShare(mapping.by_difficulty.share)
            self._shares[role] = mapping.by_difficulty, share
        return share.strong(question())


def said(hard: bool | None, reason: str) -> str:
    """Return the reason for a choice with what the question had to do with it."""
    return reason if hard is None else f"{_SAID[hard]} {reason}"
