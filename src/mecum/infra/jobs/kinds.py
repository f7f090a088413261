"""What a kind of job is, and what its handler gets."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from mecum.infra.jobs.repository import Claimed, JobView
from mecum.infra.storage import Scope
from mecum.kernel.subject import Subject

URGENT: Final = -10
"""Priority of what a person waits for: it does not let turns go first."""
NORMAL: Final = 0
LATER: Final = 10
_FIRST_DELAY: Final = 2.0
_LONGEST_DELAY: Final = 3600.0


class Task:
    """One attempt at a job, as its handler sees it. A job may be done more than once: see `complete`."""

    def __init__(
        self,
        claimed: Claimed,
        tell: Callable[["Task", Any, bool], Awaitable[None]],
        complete: Callable[[Scope, Claimed], Awaitable[None]],
        breathe: Callable[[float | None], Awaitable[None]],
    ) -> None:
        self._claimed, self._tell, self._complete, self._breathe = claimed, tell, complete, breathe
        self.completed = False

    @property
    def id(self) -> str:
        """The job's id."""
        return self._claimed.id

    @property
    def kind(self) -> str:
        """Its kind."""
        return self._claimed.kind

    @property
    def payload(self) -> Any:
        """Ids and small JSON, as enqueued."""
        return self._claimed.payload

    @property
    def subject(self) -> Subject | None:
        """The person it was enqueued for; None for the instance itself."""
        return self._claimed.subject

    @property
    def attempt(self) -> int:
        """1 for the first time."""
        return self._claimed.attempt

    @property
    def claimed(self) -> Claimed:
        """The claim with its fence."""
        return self._claimed

    async def progress(self, value: Any, *, now: bool = False) -> None:
        """Say how far the job is, in small JSON such as `{"done": 3, "of": 10}`.

        Stored twice a second at most, and when it must not be lost (`now`) in any case.
        """
        await self._tell(self, value, now)

    async def complete(self, scope: Scope) -> None:
        """Finish the job in the same change as its effect, so that it has it exactly once; raises LeaseLost."""
        await self._complete(scope, self._claimed)
        self.completed = True

    async def breathe(self, seconds: float | None = None) -> None:
        """Let people's turns go first, between two pieces of a long job; for so many seconds at most."""
        await self._breathe(seconds)


Handler = Callable[[Task], Awaitable[None]]
Hook = Callable[[Scope, JobView], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: who does it, how often it is tried, how many seconds it may take, and whether `every` so many.

    `at_once` is how many of it are done at the same time by all processes together, None for as many as there is room
    for: what takes hours must not leave nobody for the rest. `home` is for what rests on the memory of the server
    itself (models, runs that are being written): a worker leaves it alone. `owed` is what somebody was promised, such
    as that what they deleted will be gone: it cannot be cancelled. `cancelled` and `again` are told, in the change
    itself, that somebody did that to a job; what they raise refuses it. `repeats` are the ends after which it may be
    run again.
    """

    name: str
    handler: Handler
    most_attempts: int = 6
    timeout: float = 600.0
    every: float | None = None
    priority: int = NORMAL
    at_once: int | None = None
    home: bool = False
    owed: bool = False
    cancelled: Hook | None = None
    again: Hook | None = None
    repeats: tuple[str, ...] = ("failed", "cancelled")


def delay_before(attempt: int) -> float:
    """Return the seconds to wait after a failed attempt: 2, 4, 8 … up to an hour, less up to half by chance."""
    longest: float = min(_FIRST_DELAY * 2 ** min(attempt - 1, 20), _LONGEST_DELAY)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311
