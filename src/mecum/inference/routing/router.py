"""Who answers: what was chosen or put in its place, and who stands in when that one does not begin to."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mecum.inference.errors import (
    ModelAuthFailed,
    ModelCrashed,
    ModelLimited,
    ModelNotFound,
    ModelSilent,
    ModelUnavailable,
)
from mecum.inference.lanes import LimitedModel
from mecum.inference.loading.swapping import Swaps
from mecum.inference.ports import ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Choice, Registry
from mecum.inference.routing.patience import PatientModel
from mecum.inference.routing.shares import Shares
from mecum.inference.selection.difficulty import Verdict
from mecum.inference.selection.rules import Policy
from mecum.kernel.errors import MecumError

_POOL = "pool"
_USUAL_TIMES = 4
_WORDS: tuple[tuple[type[MecumError], str], ...] = (
    (ModelCrashed, "crashed"),
    (ModelSilent, "silent"),
    (ModelUnavailable, "unavailable"),
    (ModelLimited, "limited"),
    (ModelAuthFailed, "key refused"),
    (ModelNotFound, "not found"),
)


@dataclass(frozen=True, slots=True)
class Passed:
    """A model that did not begin to answer, and why."""

    info: ModelInfo
    error: MecumError

    @property
    def word(self) -> str:
        """Why, in a word or two."""
        return next((word for kind, word in _WORDS if isinstance(self.error, kind)), "refused")


class Needs(NamedTuple):
    """What a stand-in must be able to do: see, continue text as it is, be a language model."""

    vision: bool = False
    raw: bool = False
    real: bool = False


class Router:
    """Chooses by the registry, with what is swapped and the configured chains.

    `allowed` says whether a person consented to a model beyond this machine: no chain goes there otherwise. A model
    with a chain has `first_word` seconds for its first word, more where it `usual`ly takes (seconds; None: unknown).
    """

    def __init__(
        self,
        registry: Registry,
        preferences: Callable[[], Preferences],
        swaps: Swaps,
        allowed: Callable[[ModelInfo], bool],
        *,
        first_word: float = 20.0,
        usual: Callable[[str], float | None] = lambda ref: None,
    ) -> None:
        self._registry, self._preferences, self._swaps, self._allowed = registry, preferences, swaps, allowed
        self._shares = Shares(preferences)
        self._first_word, self._usual = first_word, usual

    def wanted(self, wanted: str | None) -> str | None:
        """Return what is chosen for a reference, a name or a role: what was swapped in for it, if anything was."""
        return self._swaps.wanted(wanted)

    def choose(
        self,
        wanted: str | None = None,
        *,
        vision: bool = False,
        real: bool = False,
        question: Callable[[], str] | None = None,
        policy: Policy | None = None,
    ) -> Choice:
        """Return the model for `wanted`, as `Registry.choose`; for one that is known to be away its stand-in.

        `question` reads what is asked: a role may have one model for hard questions and one for the rest. `policy` is
        what this one request may be sent to, where a role is asked for; what is swapped in may be elsewhere.
        """
        instead = self._swaps.wanted(wanted)
        verdict = None if question is None else self._shares.verdict(instead, question)
        hard = None if verdict is None else verdict.strong
        try:
            choice = self._registry.choose(instead, vision=vision, real=real, hard=hard, policy=policy)
        except (ModelUnavailable, ModelNotFound) as error:
            found = self._instead_of(instead, error, Needs(vision=vision, real=real))
            if found is not None:
                return found
            if instead != wanted:
                # Never what was swapped out: that may be what a person wants nothing sent to.
                raise ModelUnavailable(_gone(instead, wanted)) from error
            raise
        swapped = self._swaps.wanted(choice.info.ref)
        if swapped != choice.info.ref or instead != wanted:
            try:
                info = self._registry.choose(swapped, vision=vision, real=real)
            except (ModelUnavailable, ModelNotFound) as error:
                raise ModelUnavailable(_gone(swapped, choice.info.ref)) from error
            said = self._registry.chosen(info.info, f"Swapped in for {wanted or 'role:chat'}.")
            return replace(said, selection=choice.selection)
        return choice if verdict is None else replace(choice, reason=f"{verdict.reason} {choice.reason}")

    def weighed(self, role: str, question: str) -> Verdict | None:
        """Return whether a question would go to the strong model of a role; None for one without two models."""
        return self._shares.weighed(role, question)

    def after(self, passed: Sequence[Passed], needs: Needs) -> Choice | None:
        """Return who stands in for the models that did not begin to answer, the first of which was chosen."""
        refs = {one.info.ref for one in passed}
        for info in self._chain(passed[0].info):
            if info.ref not in refs and self._may(info, needs):
                chosen = self._registry.chosen(info, _reason(passed, info))
                return replace(chosen, instead_of=passed[0].info.ref)
        return None

    def patient(self, choice: Choice, needs: Needs, passed: Sequence[Passed] = ()) -> Choice:
        """Return the choice with a limit for its first word, where another model would answer after it.

        Where there is none the limit would only take an answer away. A pool counts for each of its members.
        """
        info = choice.info
        if not self._preferences().fallbacks or info.endpoint == _POOL:
            return choice
        if self.after([*passed, Passed(info, ModelSilent())], needs) is None:
            return choice
        seconds = max(self._first_word, _USUAL_TIMES * (self._usual(info.ref) or 0.0))
        model = choice.model
        if isinstance(model, LimitedModel):
            # Waiting for its turn is no silence.
            return replace(choice, model=replace(model, model=PatientModel(model.model, info.ref, seconds)))
        return replace(choice, model=PatientModel(model, info.ref, seconds))

    def _instead_of(self, wanted: str | None, error: MecumError, needs: Needs) -> Choice | None:
        if wanted is None:
            return None
        endpoint, _, name = wanted.partition("/")
        # It may never have been listed, and have a chain all the same.
        away = self._registry.find(wanted) or ModelInfo(wanted, name, "", endpoint, local=False, available=False)
        return self.after([Passed(away, error)], needs)

    def _may(self, info: ModelInfo, needs: Needs) -> bool:
        able = (not needs.vision or info.vision is not False) and (not info.raw_only or needs.raw)
        there = info.available and info.fits is not False and not (needs.real and info.recalls)
        return able and there and (info.local or self._allowed(info))

    def _chain(self, info: ModelInfo) -> Iterator[ModelInfo]:
        """Yield the model's own chain, then those of its links; each once, also where they make a circle."""
        seen, names = {info.ref}, deque(self._fallbacks(info))
        while names:
            found = self._named(names.popleft())
            if found is not None and found.ref not in seen:
                seen.add(found.ref)
                names.extend(self._fallbacks(found))
                yield found

    def _fallbacks(self, info: ModelInfo) -> Sequence[str]:
        configured = self._preferences().fallbacks
        names = (info.ref, info.name, f"{info.provider}:{info.name}")
        return next((configured[name] for name in names if name in configured), ())

    def _named(self, name: str) -> ModelInfo | None:
        """Find a model by its reference, its name, or as `provider:name`."""
        found = self._registry.lookup(name)
        if found is not None or ":" not in name:
            return found
        provider, _, rest = name.partition(":")
        same = [info for info in self._registry.models() if (info.provider, info.name) == (provider, rest)]
        return same[0] if same else None


def _gone(target: str | None, source: str | None) -> str:
    return (
        f"{target}, which was swapped in for {source or 'role:chat'}, cannot answer now. Swap back, or bring it back."
    )


def _reason(passed: Sequence[Passed], info: ModelInfo) -> str:
    first, *others = passed
    more = "".join(f", {one.info.ref} neither ({one.word})" for one in others)
    return f"{first.info.ref} did not answer ({first.word}){more}; {info.ref} stood in."
