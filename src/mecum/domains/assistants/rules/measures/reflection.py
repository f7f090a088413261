"""Looking back: a job does it, and can where there is enough to look back on."""

from collections.abc import Iterator
from typing import Final

from mecum.domains.assistants.rules.measures.quality import LEAST_ANSWERS
from mecum.domains.assistants.rules.measures.values import Evidence, Measure, Reflection, counted, lacking
from mecum.kernel import clock

_METHOD: Final = "review of its answers"
_WHY: Final = (
    f"A job looks back on its answers, without asking a model; it can where {LEAST_ANSWERS} of them are recorded."
)
_WAITS: Final = "Nobody has looked back yet: the job does, once it has answered."


def reflected(evidence: Evidence) -> Reflection:
    """Return what looking back now leaves behind."""
    before = evidence.reflection
    _, of = counted(evidence.answers)
    missing = lacking(LEAST_ANSWERS - of, "answer") if of < LEAST_ANSWERS else None
    first = before.succeeded_at if before is not None else None
    tries = before.tries if before is not None else 0
    if first is None:
        tries += missing is not None
        first = None if missing else evidence.at
    return Reflection(tries, evidence.at, first, missing)


def reflection(evidence: Evidence) -> Iterator[Measure]:
    """Return when it was tried last, whether it could be done, why not, and how often it was tried at first."""
    last = evidence.reflection
    _, of = counted(evidence.answers)
    inputs = {"answers": of, "needed": LEAST_ANSWERS}
    if last is None:
        for name, label in _NAMES:
            yield Measure(name, label, _METHOD, _WHY, None, None, inputs, _WAITS)
        return
    done = last.missing is None
    values = {
        "last_reflection_attempted_at": clock.iso(last.attempted_at),
        "last_reflection_successful": done,
        "reflection_error": last.missing,
        "birth_reflection_retry_count": last.tries,
        "can_retry_birth_reflection": last.succeeded_at is None,
    }
    told = f"{_WHY} {'It could' if done else f'It could not: {last.missing}'}"
    for name, label in _NAMES:
        nothing = "It could be done." if name == "reflection_error" and done else None
        yield Measure(name, label, _METHOD, told, values[name], None, inputs, nothing)


_NAMES: Final = (
    ("last_reflection_attempted_at", "Looked back last"),
    ("last_reflection_successful", "Could look back"),
    ("reflection_error", "Why it could not"),
    ("birth_reflection_retry_count", "Tried before it could at first"),
    ("can_retry_birth_reflection", "Still waits for its first"),
)
