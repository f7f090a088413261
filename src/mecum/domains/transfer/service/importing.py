"""Which import is being made."""

from dataclasses import dataclass

from mecum.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class Importing:
    """Which import this is, and for whom."""

    id: str
    subject: Subject
    dry_run: bool
    began: int
    """Milliseconds; the time of what has none."""
