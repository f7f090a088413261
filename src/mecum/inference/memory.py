"""What the memory a model takes is for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemoryParts:
    """An estimate in bytes, with a window of so many `tokens`; None is unknown."""

    weights: int
    cache: int | None
    """Keys and values of every token in the window, and states of recurrent layers."""
    compute: int | None
    process: int
    tokens: int | None

    @property
    def total(self) -> int:
        """All of it, as far as it is known."""
        return self.weights + (self.cache or 0) + (self.compute or 0) + self.process
