"""Which model fills a role, and why each other one does not: pure, and the same answer for the same input.

The order is that of requirement document 003: preferred models in order, each against the requirements and against
memory and heat; a consented cloud model; the best of what is left; the built-in responder last. `rules` has what takes
a model out, `ranking` which of two comes first, `wording` what is said.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mecum.inference.preferences import SelectionPreferences
from mecum.inference.roles import BUILT_IN_MAPPINGS, KINDS, RoleMapping
from mecum.inference.selection import wording
from mecum.inference.selection.naming import Names
from mecum.inference.selection.ranking import Ranking
from mecum.inference.selection.resources import Resources, strain
from mecum.inference.selection.rules import (
    CLOUD_FALLBACK,
    Candidate,
    Conditions,
    Policy,
    Refusal,
    Standing,
    standing,
    unseen,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A role, how a person maps it (None: nobody did), and what this one request needs beyond it.

    `real` leaves the built-in responder out; `kept` is the model the role was given before, which it keeps as long as
    no rule takes that out.
    """

    role: str
    mapping: RoleMapping | None = None
    vision: bool = False
    real: bool = False
    kept: str | None = None
    hard: bool | None = None
    """Whether what is asked is hard; None where nobody looked."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else decides: the person's preferences, what the machine has left, what may be sent where, who only failed
    lately and how (by reference), which endpoints do not answer, since when and why (by name)."""

    preferences: SelectionPreferences = field(default_factory=SelectionPreferences)
    resources: Resources = field(default_factory=Resources)
    policy: Policy = field(default_factory=Policy)
    failing: Mapping[str, str] = field(default_factory=dict[str, str])
    silent: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Considered:
    """A model that was looked at, in the order in which it was. `rule` is what took it out; None for the chosen one.

    `ref` is None where what a person named is not here; `named` is how they named it.
    """

    ref: str | None
    named: str | None
    rule: str | None
    why: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The model chosen for a role (None: none can fill it), why, and everything that was looked at, in order.

    `problem` says what the role asks for and the chosen model lacks, with the way out; None when it has all.
    """

    role: str
    chosen: str | None
    reason: str
    considered: tuple[Considered, ...]
    problem: str | None = None


def select(wanted: Wanted, candidates: Sequence[Candidate], around: Surroundings) -> Selection:
    """Choose the model for a role. The order of `candidates` makes no difference."""
    if wanted.mapping is not None:
        wanted = replace(wanted, mapping=wanted.mapping.asked(wanted.hard))
    conditions = _conditions(wanted, candidates, around)
    ranking = Ranking(conditions, mapped=wanted.mapping is not None)
    standings = _standings(wanted, candidates, conditions, ranking)
    chosen, kept = _chosen(wanted, standings)
    if chosen is None:
        said = wording.nothing(wanted.role, conditions.kind, standings)
        looked = tuple(_considered(one, None, ranking, kept=False) for one in standings)
        return Selection(wanted.role, None, said, looked, said)
    looked = tuple(_considered(one, chosen, ranking, kept=kept) for one in standings)
    reason = wording.reason(wanted.role, chosen, standings, ranking, kept=kept)
    lacks = chosen.refusal is not None and chosen.refusal.rule == "requirement"
    problem = wording.problem(wanted.role, chosen) if lacks and not wanted.vision else None
    return Selection(wanted.role, chosen.info.ref, reason, looked, problem)


def _conditions(wanted: Wanted, candidates: Sequence[Candidate], around: Surroundings) -> Conditions:
    mapping = wanted.mapping or BUILT_IN_MAPPINGS.get(wanted.role) or RoleMapping()
    asked = replace(mapping.requirements, supports_vision=True) if wanted.vision else mapping.requirements
    held: defaultdict[str, int] = defaultdict(int)
    for one in candidates:
        if one.info.loaded and one.info.local:
            held[one.info.endpoint] += one.info.memory_bytes or one.info.size_bytes or 0
    return Conditions(
        kind=KINDS.get(wanted.role, "chat"),
        requirements=asked,
        real=wanted.real,
        prefers=wanted.mapping is not None and bool(mapping.preferred),
        preferences=around.preferences,
        resources=around.resources,
        policy=around.policy,
        strain=strain(around.resources, around.preferences.thermal_threshold),
        held=held,
        failing=around.failing,
        silent=around.silent,
    )


def _standings(
    wanted: Wanted, candidates: Sequence[Candidate], conditions: Conditions, ranking: Ranking
) -> list[Standing]:
    """Return everything there is to look at, in order: what a person named, then the rest, the best first."""
    found: list[Standing] = []
    mapping = wanted.mapping
    if mapping is not None and (mapping.preferred or mapping.cloud_fallback):
        names, by_ref = Names(one.info for one in candidates), {one.info.ref: one for one in candidates}
        for choice, named in enumerate(mapping.preferred):
            found.append(_named(named, choice, names, by_ref, conditions))
        if mapping.cloud_fallback is not None:
            found.append(_stand_in(_named(mapping.cloud_fallback, None, names, by_ref, conditions), conditions))
    taken = {one.info.ref for one in found if one.candidate is not None}
    rest = sorted((one for one in candidates if one.info.ref not in taken), key=ranking.key)
    return [*found, *(standing(one, conditions) for one in rest)]


def _named(
    named: str, choice: int | None, names: Names, by_ref: Mapping[str, Candidate], conditions: Conditions
) -> Standing:
    meant = names.meant(named)
    if len(meant) == 1:
        return standing(by_ref[meant[0].ref], conditions, named, choice)
    if not meant:
        return Standing(named, choice, None, unseen(named, conditions))
    refs = ", ".join(one.ref for one in meant)
    return Standing(named, choice, None, Refusal("ambiguous", f"{len(meant)} models bear this name ({refs}): name one"))


def _stand_in(found: Standing, conditions: Conditions) -> Standing:
    if conditions.preferences.enable_cloud_fallbacks or found.candidate is None or found.info.local:
        return found
    return replace(found, refusal=Refusal("cloud_fallback", CLOUD_FALLBACK))


def _chosen(wanted: Wanted, standings: Sequence[Standing]) -> tuple[Standing | None, bool]:
    """Return the one to take, and whether it is so only because the role has it already."""
    free = next((one for one in standings if one.free and not one.info.recalls), None)
    if free is not None:
        kept = next((one for one in standings if one.free and one.info.ref == wanted.kept), None)
        return (free, False) if kept is None or kept is free or kept.info.recalls else (kept, True)
    usable = [one for one in standings if one.usable]
    return min(usable, key=_drawbacks, default=None), False


def _drawbacks(one: Standing) -> tuple[bool, int, int, float]:
    """Return what to sort by where something speaks against each: what it lacks, what is unknown, what it heats."""
    lacking = sum(not short.unknown for short in one.short)
    sensitivity = one.candidate.capabilities.thermal_sensitivity if one.candidate else None
    heats = sensitivity or 0.0 if one.refusal is not None and one.refusal.rule in ("heat", "battery") else 0.0
    return one.info.recalls, lacking, len(one.short), heats


def _considered(one: Standing, chosen: Standing | None, ranking: Ranking, *, kept: bool) -> Considered:
    ref = None if one.candidate is None else one.info.ref
    score = None if one.candidate is None or not ranking.scores else ranking.score(one.candidate)
    if one is chosen:
        return Considered(ref, one.named, None, _noted(one), score)
    if one.refusal is not None:
        return Considered(ref, one.named, one.refusal.rule, one.refusal.why, score)
    if chosen is None:
        raise AssertionError("a model nothing speaks against was not taken")
    return Considered(ref, one.named, "order", wording.order(one, chosen, ranking, kept=kept), score)


def _noted(one: Standing) -> str:
    return "; ".join(one.lacks) or "nothing speaks against it"
