"""What a figure says: goals, measured values, rows, and how they are written down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

Mode = Literal["quick", "full"]


class NotMeasured(Exception):
    """A figure could not be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure: its name, its unit, and the value it must stay at or below (`most`) or at or above (`least`)."""

    name: str
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def text(self) -> str | None:
        """The goal as a person reads it."""
        if self.most is not None:
            return f"≤ {self.most:g}"
        return None if self.least is None else f"≥ {self.least:g}"

    def holds(self, value: float) -> bool | None:
        """Whether `value` is good enough; None when there is no goal."""
        if self.most is not None:
            return value <= self.most
        return None if self.least is None else value >= self.least


@dataclass(frozen=True, slots=True)
class Value:
    """What was measured, with a note on what it is made of."""

    number: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of `results.json`. `value` is None when it was not measured; then the note says why."""

    name: str
    value: float | None
    unit: str
    goal: str | None
    holds: bool | None
    mode: Mode
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is written."""
        found = {name: getattr(self, name) for name in ("name", "value", "unit", "goal", "holds", "mode")}
        return found | ({"note": self.note} if self.note else {})


@dataclass(slots=True)
class Samples:
    """Repetitions of several values, by name."""

    taken: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def add(self, values: Mapping[str, float]) -> None:
        """Take one repetition."""
        for name, value in values.items():
            self.taken.setdefault(name, []).append(value)

    def middle(self, name: str) -> float:
        """Return the median of the repetitions of `name`."""
        return median(self.taken[name])

    def spread(self, name: str) -> str:
        """Return the lowest and the highest, for a note."""
        return f"{min(self.taken[name]):.3g} to {max(self.taken[name]):.3g}"

    def ratio(self, of: str, to: str) -> Value:
        """Return the median of the ratios within each repetition."""
        ratios = [a / b for a, b in zip(self.taken[of], self.taken[to], strict=True) if b > 0]
        if not ratios:
            raise NotMeasured(f"{to} was not measured")
        return Value(median(ratios), f"{self.middle(of):.3g} against {self.middle(to):.3g}")


def rows_of(goals: Sequence[Goal], values: Mapping[str, Value | float | str], mode: Mode, missing: str) -> list[Row]:
    """Return a row for every goal; a text says why there is no value, `missing` why one is not there at all."""
    rows: list[Row] = []
    for goal in goals:
        value = values.get(goal.name, missing)
        if isinstance(value, str):
            rows.append(Row(goal.name, None, goal.unit, goal.text, None, mode, value))
            continue
        if not isinstance(value, Value):
            value = Value(value)
        number = round(value.number, 4)
        rows.append(Row(goal.name, number, goal.unit, goal.text, goal.holds(number), mode, value.note))
    return rows


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a person reads them."""
    lines: list[str] = []
    for row in rows:
        value = "—" if row.value is None else f"{row.value:g}"
        said = {True: "holds", False: "DOES NOT HOLD", None: "" if row.value is not None else "not measured"}[row.holds]
        lines.append(f"{row.name:<44} {value:>10} {row.unit:<9} {row.goal or '':<9} {said:<13} {row.note}".rstrip())
    return "\n".join(lines)


def write(rows: Sequence[Row], file: Path) -> None:
    """Write `results.json`, one row a line; rows of figures that were not asked for stay as they are."""
    before: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
    kept = {row["name"]: row for row in before}
    kept |= {row.name: row.as_json() for row in rows}
    lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in kept.values())
    file.write_text(f"[\n  {lines}\n]\n")
