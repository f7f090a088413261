"""What a figure is: its goals and how it is measured, small or as the goals say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.rows import Goal, Mode, Value
from bench.servers import Server

Values = Mapping[str, Value | float | str]
"""By the goal's name; a text says why there is no value."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bench:
    """What every figure is given: the size, the model server, and a way to say what goes on."""

    mode: Mode
    upstream: Callable[[], Server]
    say: Callable[[str], None]
    began: float
    """When the run began, on the monotonic clock."""
    kept: Callable[[Server], Server]
    """Takes a server that goes on beside other figures: it is stopped when the run ends, however that is."""

    def size(self, quick: T, full: T) -> T:
        """Return the size for this run."""
        return full if self.mode == "full" else quick


@dataclass(frozen=True, slots=True)
class Figure:
    """A group of values that are measured together."""

    name: str
    goals: Sequence[Goal]
    measure: Callable[[Bench], Values]
    alone: bool = True
    """False when it may be measured while the soak goes on."""


@dataclass(frozen=True, slots=True)
class LongFigure:
    """Values that take long and little: `begin` starts measuring beside the others and returns how to finish."""

    name: str
    goals: Sequence[Goal]
    begin: Callable[[Bench], Callable[[], Values]]
