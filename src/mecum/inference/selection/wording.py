"""What a selection says: why this model, why not that one, and the way out where none has what is asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from mecum.inference.ports import ModelKind
from mecum.inference.selection.ranking import Ranking, preference
from mecum.inference.selection.rules import MAKES, Standing

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_MOVERS: Final = frozenset({"memory", "memory_limit", "heat", "battery", "failing"})
"""The rules that depend on the state of the machine: when they move a choice, the reason says so."""
_POLICIES: Final = frozenset({"egress", "consent", "privacy", "budget", "cloud_fallback", "switched_off"})
_KEPT: Final = " The role has kept it since the start; choose anew, and it is filled again."
_WAY_OUT: Final = "Connect a model server that has one, or get such a model."


def reason(role: str, chosen: Standing, standings: Sequence[Standing], ranking: Ranking, *, kept: bool) -> str:
    """Return why this model was chosen."""
    if not ranking.mapped:
        said = _best(chosen, standings, ranking) + _passed_over(chosen, standings)
    elif chosen.choice is not None:
        said = _choice(role, chosen, standings)
    elif chosen.named is not None:
        said = f"Your cloud model for {role}{_because(standings)}."
    elif any(one.named for one in standings):
        said = f"None of your choices for {role} can be used{_because(standings)}. {_best(chosen, standings, ranking)}"
    else:
        said = f"{_best(chosen, standings, ranking)}{_passed_over(chosen, standings)}"
    return said + _doubts(role, chosen) + (_KEPT if kept else "")


def order(one: Standing, chosen: Standing, ranking: Ranking, *, kept: bool) -> str:
    """Return why a model that nothing speaks against comes after the chosen one, with the numbers."""
    if kept:
        return f"the role keeps {chosen.info.ref}, which it was given at the start (hot_swap is off)"
    if one.choice is not None:
        return f"it is your {ordinal(one.choice)} choice, after {chosen.info.ref}"
    if one.named is not None:
        return f"it stands in only when none of your choices can be used; {chosen.info.ref} can"
    if chosen.named is not None:
        return f"you prefer {chosen.info.ref}"
    return _worse(one, chosen, ranking)


def problem(role: str, chosen: Standing) -> str:
    """Return what a role asks for that the chosen model lacks, and the way out."""
    return (
        f"No model here has all that {role} asks for; of {chosen.info.ref}, {'; '.join(chosen.lacks)}. "
        "Add one that has it, or ask less of the role; what each model lacks is said with it."
    )


def nothing(role: str, kind: ModelKind, standings: Sequence[Standing]) -> str:
    """Return that no model can fill the role, what stands in the way of the nearest one, and the way out."""
    if kind != "chat":
        return f"No model here {MAKES[kind]}, which the role {role} needs. {_WAY_OUT}"
    near = next(
        (one for one in standings if one.refusal is not None and one.refusal.rule not in ("search", "kind")), None
    )
    said = "No model can answer now."
    return said if near is None or near.refusal is None else f"{said} {_called(near)}: {near.refusal.why}."


def ordinal(number: int) -> str:
    """Return the word for a place counted from 0."""
    return _ORDINALS[number] if number < len(_ORDINALS) else f"{number + 1}th"


def _choice(role: str, chosen: Standing, standings: Sequence[Standing]) -> str:
    before = [one for one in standings if one.choice is not None and one.choice < (chosen.choice or 0)]
    return f"Your {ordinal(chosen.choice or 0)} choice for {role}{_because(before)}."


def _because(standings: Iterable[Standing]) -> str:
    """Return what took a person's choices out, the first two of them."""
    out = [
        f"{_called(one)}: {one.refusal.why}" for one in standings if one.named is not None and one.refusal is not None
    ]
    return f" ({'; '.join(out[:2])})" if out else ""


def _best(chosen: Standing, standings: Sequence[Standing], ranking: Ranking) -> str:
    info = chosen.info
    if info.recalls:
        return "No language model is loaded, so the built-in search answers."
    beside = [one for one in standings if one.usable and one.info.endpoint == info.endpoint]
    same = sum(one.free or not chosen.free for one in beside)
    where = "on this machine" if info.local else "in the cloud"
    if same == 1:
        only = "" if len(beside) == 1 else " that can do this"
        return f"The only model of {info.endpoint}{only}, {where}."
    first = "smallest" if ranking.smaller else "largest"
    kind = "best" if ranking.scores else first if info.size_bytes else "first"
    return f"The {kind} of {same} models of {info.endpoint}, {where}."


def _passed_over(chosen: Standing, standings: Sequence[Standing]) -> str:
    """Return what would have been chosen, were it not for the state of the machine or the policy: a sentence a rule.

    One that is too large for any day must not hide that heat moved the choice.
    """
    rules = _MOVERS | _POLICIES if chosen.info.recalls else _MOVERS
    passed = [
        (one, one.refusal)
        for one in standings
        if one.candidate is not None and one.refusal is not None and one.refusal.rule in rules
    ]
    first: dict[str, str] = {}
    for one, refusal in sorted(passed, key=lambda it: preference(replace(it[0].info, fits=None))):
        if refusal.rule not in first and _before(one, chosen):
            first[refusal.rule] = _out(one, refusal.why)
    return "".join(first.values())


def _out(one: Standing, why: str) -> str:
    if one.info.fits is False:
        return f" {one.info.name} does not fit into the memory that is free."
    return f" {one.info.name} is passed over: {why}."


def _before(one: Standing, chosen: Standing) -> bool:
    would = replace(one.info, fits=None)
    return chosen.info.recalls or preference(would) < preference(chosen.info)


def _doubts(role: str, chosen: Standing) -> str:
    """Return what speaks against the chosen model all the same, or is not known."""
    if chosen.info.recalls:
        return ""
    if chosen.refusal is None:
        return f" Of it, {'; '.join(chosen.lacks)}." if chosen.lacks else ""
    if chosen.refusal.rule == "requirement":
        return f" It is not known to have all that {role} asks for: {'; '.join(chosen.lacks)}."
    return f" There is no better one: {chosen.refusal.why}."


def _called(one: Standing) -> str:
    return one.info.ref if one.named is None else one.named


def _worse(one: Standing, chosen: Standing, ranking: Ranking) -> str:
    """Return the first thing by which the chosen model comes before another that nobody named either."""
    mine, its = one.info, chosen.info
    if mine.recalls:
        return "the built-in responder is the last resort"
    if one.candidate is not None and chosen.candidate is not None:
        if ranking.local_first and mine.local != its.local:
            return f"models of this machine come first, as {its.ref}"
        if ranking.scores and (less := ranking.score(one.candidate)) != (more := ranking.score(chosen.candidate)):
            return f"it meets what is asked less well ({less:.2f}) than {its.ref} ({more:.2f})"
    if mine.rank != its.rank:
        return f"models of {its.endpoint} come before those of {mine.endpoint}"
    if mine.size_bytes != its.size_bytes:
        sizes = f"it {_gb(mine.size_bytes)}, {its.ref} {_gb(its.size_bytes)}"
        return f"{'smaller' if ranking.smaller else 'larger'} models come first: {sizes}"
    return f"it comes after {its.ref} in the order of names"


def _gb(size: int | None) -> str:
    return "of unknown size" if not size else f"{size / 1e9:.1f} GB"
