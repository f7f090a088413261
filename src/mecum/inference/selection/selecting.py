"""Fills roles from the models there are now: holds what was read before, so that nothing is read when a turn asks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mecum.inference.capabilities import ModelCapabilities, Source, unknown
from mecum.inference.errors import ModelNotFound
from mecum.inference.ports import ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.roles import BUILT_IN, BUILT_IN_MAPPINGS, Requirements, RoleMapping
from mecum.inference.selection.known import Knowledge, known
from mecum.inference.selection.mapper import Selection, Surroundings, Wanted, select
from mecum.inference.selection.naming import Names, names_of
from mecum.inference.selection.notices import UNMET, Notices
from mecum.inference.selection.resources import Resources
from mecum.inference.selection.rules import Candidate, Policy

Asked = tuple[str, bool, bool]
"""A role, whether images are shown, whether a language model is needed."""
_Key = tuple[Asked, Policy | None, bool | None]
_MOST_SELECTIONS: Final = 1000
_MOST_LEARNED: Final = 1000
_NOBODYS: Final = ModelCapabilities()
_NOBODY: Final[Mapping[str, str]] = {}


@dataclass
class _Filled:
    """What was filled, and what of the world it rests on."""

    preferences: Preferences
    policy: Policy
    candidates: list[Candidate] | None = None
    selections: dict[_Key, Selection] = field(default_factory=dict[_Key, Selection])


class Selector:
    """The selections of this process. `preferences` and `policy` return the value that holds now, the same object as
    long as nothing changed."""

    def __init__(
        self,
        preferences: Callable[[], Preferences] | None = None,
        policy: Callable[[], Policy] | None = None,
    ) -> None:
        none, usual = Preferences(), Policy()
        self._preferences = preferences or (lambda: none)
        self._policy = policy or (lambda: usual)
        self._resources = Resources()
        self._failing: Mapping[str, str] = {}
        self._knowledge = Knowledge()
        self._filled = _Filled(self._preferences(), self._policy())
        self._kept: dict[Asked, str] = {}
        self._measured: dict[str, ModelCapabilities] = {}
        """What was found out about models by asking them, by reference."""
        self.notices = Notices()

    @property
    def resources(self) -> Resources:
        """What the machine had left when it was last read."""
        return self._resources

    def current(self) -> bool:
        """Whether what was filled still holds; when preferences or policy are others, everything is filled anew."""
        now, policy = self._preferences(), self._policy()
        if now is self._filled.preferences and policy is self._filled.policy:
            return True
        if now is not self._filled.preferences:
            self.release()
        self._filled = _Filled(now, policy)
        return False

    def forget(self) -> None:
        """Fill everything anew: the models are others. What roles were given at the start they keep, if it is there."""
        self._filled = _Filled(self._preferences(), self._policy())

    def release(self) -> None:
        """Let no role keep what it was given: somebody asked for a new choice."""
        self._kept.clear()

    def consider(self, resources: Resources, failing: Mapping[str, str] = _NOBODY) -> bool:
        """Take a new reading of the machine, and who only failed lately; tell whether it changes anything."""
        if resources == self._resources and failing == self._failing:
            return False
        self._resources, self._failing = resources, failing
        self._filled.selections.clear()
        return True

    def roles(self) -> list[str]:
        """Return the roles there are: the built-in ones, then a person's own by name."""
        return [*BUILT_IN, *sorted(self._filled.preferences.roles.keys() - set(BUILT_IN))]

    def watched(self) -> list[str]:
        """Return the roles a person should hear of: those they map, and those they were told of that exist."""
        self.current()
        notices = self.notices.newest(dismissed=True)
        told, there = {one.about for one in notices if one.kind == UNMET}, set(self.roles())
        for gone in told - there:
            self.notices.note(gone, None)
        return sorted(self._filled.preferences.roles.keys() | (told & there))

    def mapping(self, role: str) -> RoleMapping | None:
        """Return how a person maps a role, if anybody does."""
        return self._filled.preferences.roles.get(role)

    def requirements(self, role: str) -> Requirements:
        """Return what a role asks of a model."""
        return (self.mapping(role) or BUILT_IN_MAPPINGS.get(role) or RoleMapping()).requirements

    @property
    def hot_swap(self) -> bool:
        """Whether roles are filled anew while the server runs."""
        return self._filled.preferences.hot_swap

    def select(
        self,
        role: str,
        models: Sequence[ModelInfo],
        *,
        vision: bool = False,
        real: bool = False,
        keep: bool = True,
        policy: Policy | None = None,
        hard: bool | None = None,
        silent: Mapping[str, str] = _NOBODY,
    ) -> Selection:
        """Return the selection for a role among `models`; raises ModelNotFound when there is no such role.

        `keep`: whether the role may keep what it is given: not while some models are not known yet. `policy` is that of
        one request, `hard` whether its question is; the role keeps nothing of either. `silent` says of each endpoint
        that does not answer since when, and why; who changes it has everything filled anew.
        """
        asked = (role, vision, real)
        if (found := self._filled.selections.get((asked, policy, hard))) is not None:
            return found
        if role not in BUILT_IN and role not in self._filled.preferences.roles:
            raise ModelNotFound(unknown(role, tuple(self.roles()), "role"))
        preferences = self._filled.preferences
        kept = None if preferences.hot_swap or hard is not None else self._kept.get(asked)
        policed = policy or self._filled.policy
        around = Surroundings(preferences.selection, self._resources, policed, self._failing, silent)
        found = select(Wanted(role, self.mapping(role), vision, real, kept, hard), self.candidates(models), around)
        if len(self._filled.selections) >= _MOST_SELECTIONS:
            self._filled.selections.clear()
        self._filled.selections[asked, policy, hard] = found
        if keep and policy is None and hard is None:
            self._keep(asked, found, models)
            if self.mapping(role) is not None or found.problem is None:
                self.note(asked, found)
        return found

    def note(self, asked: Asked, found: Selection) -> None:
        """Let the person know what a role lacks that they mapped, or that somebody asked for."""
        if asked == (found.role, False, False):
            self.notices.note(found.role, found.problem)

    def temperature(self, role: str, chosen: ModelInfo, models: Sequence[ModelInfo]) -> float | None:
        """Return the temperature a person set for the model in this role, or for the role; None where nobody did."""
        told = self._filled.preferences.temperatures
        names = Names(models) if told else None
        for named, by_role in told.items():
            if names is not None and role in by_role and chosen in names.meant(named):
                return by_role[role]
        mapping = self.mapping(role)
        return None if mapping is None else mapping.temperature

    def candidates(self, models: Sequence[ModelInfo]) -> list[Candidate]:
        """Return the models with what is known of them."""
        if self._filled.candidates is None:
            said = self._said(models)
            self._knowledge.keep({info.ref: None for info in models})
            self._filled.candidates = [
                Candidate(info, self._knowledge.of(info, said.get(info.ref, _NOBODYS), self._found_out(info)))
                for info in models
            ]
        return self._filled.candidates

    def known(self, info: ModelInfo, models: Sequence[ModelInfo]) -> ModelCapabilities:
        """Return what is known of a model, also of one that its server did not list."""
        listed = next((one for one in self.candidates(models) if one.info.ref == info.ref), None)
        if listed is not None:
            return listed.capabilities
        return known(info, self._said([*models, info]).get(info.ref, _NOBODYS), self._found_out(info))

    def learn_window(self, ref: str, tokens: int) -> None:
        """Take it that a model reads so many tokens at once and no more, as its server said when it refused them."""
        if len(self._measured) >= _MOST_LEARNED:
            self._measured.clear()
        self._measured[ref] = ModelCapabilities(context_length=tokens)
        self.forget()

    def _found_out(self, info: ModelInfo) -> ModelCapabilities:
        return self._measured.get(info.ref, _NOBODYS)

    def _said(self, models: Iterable[ModelInfo]) -> Mapping[str, ModelCapabilities]:
        """Return by reference what a person says of models; a name that several bear says it of each.

        Under several names each fact counts by itself, that under the most exact name first.
        """
        given = self._filled.preferences.capabilities
        if not given:
            return {}
        names, told = Names(models), dict[str, tuple[ModelInfo, list[str]]]()
        for named in given:
            for info in names.meant(named):
                told.setdefault(info.ref, (info, []))[1].append(named)
        return {ref: _joined(info, all_, given) for ref, (info, all_) in told.items()}

    def _keep(self, asked: Asked, found: Selection, models: Sequence[ModelInfo]) -> None:
        """Remember the first model a role was given. The built-in responder only fills in until there is one."""
        if found.chosen is None:
            return
        kept = self._kept.get(asked)
        chosen = next(info for info in models if info.ref == found.chosen)
        if not chosen.recalls and (kept is None or all(info.ref != kept for info in models)):
            self._kept[asked] = found.chosen


def _joined(info: ModelInfo, named: Sequence[str], given: Mapping[str, ModelCapabilities]) -> ModelCapabilities:
    """Return what is said of a model under all of these names."""
    if len(named) == 1:
        return given[named[0]]
    exact = names_of(info)
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for name in sorted(named, key=lambda one: exact.index(one) if one in exact else len(exact), reverse=True):
        values |= {field_: getattr(given[name], field_) for field_ in given[name].sources}
        sources |= given[name].sources
    return ModelCapabilities(**values, sources=sources)
