"""Growth: points for answers and thumbs, and the stage they make."""

from collections.abc import Iterator
from typing import Final

from mecum.domains.assistants.rules.measures.values import Evidence, Measure, lacking
from mecum.kernel import clock

STAGES: Final = (("seed", 1), ("sprout", 10), ("sapling", 50), ("tree", 250))
"""A stage, and the points from which on it is one."""


def growth(evidence: Evidence) -> Iterator[Measure]:
    """Return points, stage, and when it began and reached the stage."""
    ended = [one for one in reversed(evidence.answers) if one.ended]
    points, reached = 0, dict[str, int]()
    for one in ended:
        points = max(0, points + 1 + (one.thumb or 0))
        for stage, least in STAGES:
            if points >= least:
                reached.setdefault(stage, one.at)
    up, down = (sum(one.thumb == sign for one in ended) for sign in (1, -1))
    inputs = {"ended": len(ended), "thumbs_up": up, "thumbs_down": down, "points": points}
    sum_ = "One point for each answer that came to its end, one more for a thumb up, one less for a thumb down."
    ladder = ", ".join(f"{stage} from {least}" for stage, least in STAGES)
    if not ended:
        missing = lacking(1, "answer")
        for name, label, method in _NAMES:
            why = sum_ if method == _SUM else f"{sum_} The stages: {ladder}."
            yield Measure(name, label, method, why, None, "points" if method == _SUM else None, inputs, missing)
        return
    stage = next((stage for stage, least in reversed(STAGES) if points >= least), STAGES[0][0])
    counted = f"{sum_} {len(ended)} + {up} - {down}, never below 0: {points}."
    values = {
        "growth_points": points,
        "growth_stage": stage,
        "nurture_started_at": clock.iso(ended[0].at),
        "growth_unlocked_at": clock.iso(reached.get(stage, ended[0].at)),
    }
    told = {"growth_points": counted, "nurture_started_at": "The first of its answers that came to its end."}
    for name, label, method in _NAMES:
        why = told.get(name, f"{counted} The stages: {ladder}.")
        yield Measure(name, label, method, why, values[name], "points" if method == _SUM else None, inputs)


_SUM: Final = "sum of points"
_NAMES: Final = (
    ("growth_points", "What it grew by", _SUM),
    ("growth_stage", "How far it has grown", "stages of points"),
    ("nurture_started_at", "Began to grow", "first answer"),
    ("growth_unlocked_at", "Reached its stage", "stages of points"),
)
