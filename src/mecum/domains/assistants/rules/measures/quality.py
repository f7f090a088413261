"""Trust, certification, drift, and how answers went."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mecum.domains.assistants.rules.measures.values import (
    Z_ONE_SIDED,
    Answer,
    Evidence,
    Measure,
    counted,
    lacking,
    rated,
    short,
    some,
    wilson,
    z_of,
)
from mecum.kernel import clock

LEAST_ANSWERS: Final = 5
LEAST_THUMBS: Final = 5
WINDOW: Final = 20
"""The newest answers, which drift holds against those before them."""
_BEFORE: Final = 100
_LEAST_SOURCED: Final = 10
_CITED: Final = 0.9
Counts = tuple[int, int]


def performance(evidence: Evidence) -> Iterator[Measure]:
    """Return how many answers there were, how many came to their end, and how long they took."""
    yield _total(evidence)
    yield _success(evidence)
    yield _time(evidence)


def _total(evidence: Evidence) -> Measure:
    method, label = "count", "Answers it gave"
    if not evidence.total:
        why = "Every answer that is recorded, however it went."
        return Measure("total_interactions", label, method, why, unit="answers", missing=lacking(1, "answer"))
    why = f"{some(evidence.total, 'answer')} of it {'is' if evidence.total == 1 else 'are'} recorded."
    inputs = {"answers": evidence.total}
    return Measure("total_interactions", label, method, why, evidence.total, "answers", inputs)


def _success(evidence: Evidence) -> Measure:
    ended, of = counted(evidence.answers)
    inputs = {"ended": ended, "answers": of, "stopped_by_a_person": len(evidence.answers) - of}
    name, label, method = "success_rate", "Answers that came to their end", "share"
    why = "Answers that came to their end, by all of them; those that a person stopped do not count."
    if of < LEAST_ANSWERS:
        missing = lacking(LEAST_ANSWERS - of, "answer")
        return Measure(name, label, method, why, unit="share", inputs=inputs, missing=missing)
    return Measure(name, label, method, f"{why} {ended} / {of} = {short(ended / of)}.", ended / of, "share", inputs)


def _time(evidence: Evidence) -> Measure:
    taken = [one.seconds for one in evidence.answers if one.ended and one.seconds is not None]
    name, label, method = "avg_response_time", "Seconds to an answer", "arithmetic mean"
    why = "From the moment an answer was begun to its end, of those that came to it."
    inputs: dict[str, Any] = {"answers": len(taken), "seconds": short(sum(taken))}
    if len(taken) < LEAST_ANSWERS:
        missing = lacking(LEAST_ANSWERS - len(taken), "answer")
        return Measure(name, label, method, why, unit="seconds", inputs=inputs, missing=missing)
    mean = short(sum(taken) / len(taken))
    return Measure(
        name, label, method, f"{why} {inputs['seconds']} s / {len(taken)} = {mean} s.", mean, "seconds", inputs
    )


# Trust


def trust(evidence: Evidence) -> Iterator[Measure]:
    """Return the score and what it consists of."""
    (up, thumbs), (ended, of) = rated(evidence.answers), counted(evidence.answers)
    method = "lower bound of the Wilson interval"
    inputs = {"thumbs_up": up, "thumbs": thumbs, "ended": ended, "answers": of}
    why = (
        "The lower of two shares that at least is to be expected with 95 %: thumbs up among thumbs, and answers that "
        "came to their end among all. Few answers give little trust, however good they were."
    )
    missing = _lacking_both(thumbs, of)
    score, parts, told = None, None, why
    if missing is None:
        parts = {"liked": short(wilson(up, thumbs)), "ended": short(wilson(ended, of))}
        score = min(parts.values())
        told = f"{why} {up} of {thumbs} thumbs: {parts['liked']}; {ended} of {of} answers: {parts['ended']}."
    yield Measure("last_trust_score", "Trust", method, told, score, "share", inputs, missing)
    yield Measure("last_trust_components", "What trust consists of", method, told, parts, None, inputs, missing)


def _lacking_both(thumbs: int, of: int) -> str | None:
    wanted = [
        some(least - there, what)
        for there, least, what in ((thumbs, LEAST_THUMBS, "thumb"), (of, LEAST_ANSWERS, "answer"))
        if there < least
    ]
    return None if not wanted else f"{' and '.join(wanted)} more are needed."


# Drift


def drift(evidence: Evidence) -> Iterator[Measure]:
    """Return whether the newest answers are worse than those before, and how a change of the prompt did."""
    counting = [one for one in evidence.answers if one.counts]
    newest, before = counting[:WINDOW], counting[WINDOW : WINDOW + _BEFORE]
    tested = _tested(before, newest) if len(before) >= WINDOW else {}
    inputs: dict[str, Any] = {"newest": len(newest), "before": len(before), **_flat(tested)}
    method = "two-proportion z-test"
    why = (
        f"The newest {WINDOW} answers against up to {_BEFORE} before them: whether fewer came to their end, or fewer "
        f"of the thumbs are up, than chance explains at 5 % (z below -{Z_ONE_SIDED})."
    )
    names = (("needs_recovery", "Drifted too far"), ("last_drift_check", "Drift was looked at"))
    if not tested:
        missing = lacking(2 * WINDOW - len(counting), "answer")
        yield from (Measure(name, label, method, why, None, None, inputs, missing) for name, label in names)
    else:
        fell = min(z for _, _, z in tested.values()) < -Z_ONE_SIDED
        told = f"{why} {_shares(tested)}"
        for (name, label), value in zip(names, (fell, clock.iso(evidence.at)), strict=True):
            yield Measure(name, label, method, told, value, None, inputs)
    yield _prompt_change(evidence, counting)


def _prompt_change(evidence: Evidence, counting: Sequence[Answer]) -> Measure:
    name, label, method = "prompt_change", "What the last prompt changed", "difference of shares"
    why = "Answers that came to their end, since the prompt was changed last, less the share before."
    if evidence.prompt_changed is None:
        return Measure(name, label, method, why, unit="share", missing="The prompt was not changed yet.")
    version, moment = evidence.prompt_changed
    since = [one for one in counting if one.revision is not None and one.revision >= version]
    before = [one for one in counting if one.revision is not None and one.revision < version]
    inputs: dict[str, Any] = {"version": version, "at": clock.iso(moment), "since": len(since), "before": len(before)}
    left = [LEAST_ANSWERS - len(some_) for some_ in (before, since)]
    if left[0] > 0:
        missing = f"From before the change there are only {len(before)} answers."
        return Measure(name, label, method, why, None, "share", inputs, missing)
    if left[1] > 0:
        return Measure(name, label, method, why, None, "share", inputs, lacking(left[1], "answer"))
    (good, of), (later, among) = counted(before), counted(since)
    value = short(later / among - good / of)
    told = f"{why} {later} / {among} - {good} / {of} = {value}."
    return Measure(name, label, method, told, value, "share", inputs)


def _tested(before: Sequence[Answer], newest: Sequence[Answer]) -> dict[str, tuple[Counts, Counts, float]]:
    tested = {"ended": (counted(before), counted(newest))}
    liked = rated(before), rated(newest)
    if min(liked[0][1], liked[1][1]) >= LEAST_THUMBS:
        tested["liked"] = liked
    return {name: (one, other, z_of(one, other)) for name, (one, other) in tested.items()}


def _flat(tested: dict[str, tuple[Counts, Counts, float]]) -> dict[str, Any]:
    return {
        f"{name}_{which}": value
        for name, (one, other, z) in tested.items()
        for which, value in (("before", list(one)), ("newest", list(other)), ("z", short(z)))
    }


def _shares(tested: dict[str, tuple[Counts, Counts, float]]) -> str:
    words = {"ended": "came to their end", "liked": "thumbs are up"}
    return " ".join(
        f"{words[name]}: {one[0]} of {one[1]} before, {other[0]} of {other[1]} newest, z = {short(z)}."
        for name, (one, other, z) in tested.items()
    )


# Certification


def certification(evidence: Evidence) -> Iterator[Measure]:
    """Return whether it answers from what it is given: the newest answers that were given passages cite them."""
    sourced = [one for one in evidence.answers if one.ended and one.cites is not None][:WINDOW]
    cited = sum(one.cites is True for one in sourced)
    inputs: dict[str, Any] = {"cited": cited, "given_passages": len(sourced)}
    method = "share of cited answers"
    why = (
        f"Of the newest {WINDOW} answers that were given passages, at least {_CITED:.0%} cite one; "
        f"{_LEAST_SOURCED} are needed."
    )
    missing = None
    if len(sourced) < _LEAST_SOURCED:
        missing = lacking(_LEAST_SOURCED - len(sourced), "answer with passages")
    ready = None if missing else cited / len(sourced) >= _CITED
    at = clock.iso(sourced[0].at) if ready else None
    told = why if missing else f"{why} {cited} of {len(sourced)} do."
    notes = None if missing else f"{cited} of {len(sourced)} answers with passages cite one."
    later = missing or (None if ready else "It is not certified.")
    for name, label, value, lacks in (
        ("certified_rag_ready", "Certified to answer from documents", ready, missing),
        ("rag_certification_date", "Certified on the answers up to", at, later),
        ("rag_certification_notes", "What was found", notes, missing),
        ("last_rag_certified_at", "Certified last", at, later),
    ):
        yield Measure(name, label, method, told, value, None, inputs, lacks)
