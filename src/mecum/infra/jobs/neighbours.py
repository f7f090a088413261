"""The port to other processes on the same store that do jobs as well: what happens to a job there is heard here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from mecum.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class JobNews:
    """What happened to a job: state running, done, failed, cancelled or queued (again), and its progress."""

    id: str
    kind: str
    state: str
    subject: Subject | None
    progress: Any = None
    error: str | None = None


Heard = Callable[[JobNews], None]


class Neighbours(Protocol):
    """Who else does jobs of this store."""

    @property
    def alone(self) -> bool:
        """Whether nobody else can: what was being done when this process began is nobody's any more."""
        ...

    async def start(self, heard: Heard, missed: Callable[[], None]) -> None:
        """Call `heard` with everything that happens to jobs from now on, in this process as well.

        `missed` is called after it may have been deaf for a while. Raises what connecting raises.
        """
        ...

    async def stop(self) -> None:
        """Hear no more."""
        ...


class Alone:
    """The embedded store: its file has one owner. What happens here is told here, and there is nothing else to hear."""

    alone = True

    async def start(self, heard: Heard, missed: Callable[[], None]) -> None:
        """See `Neighbours`."""

    async def stop(self) -> None:
        """See `Neighbours`."""
