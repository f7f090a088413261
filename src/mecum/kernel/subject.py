"""Who asks: a frozen value that every service takes first."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Subject:
    """A person in an organisation, what they may do, and the request they act in."""

    organisation_id: str
    person_id: str
    permissions: frozenset[str] = frozenset()
    request_id: str | None = None

    def acting_in(self, request_id: str) -> Self:
        """Return the same person in this request."""
        return type(self)(self.organisation_id, self.person_id, self.permissions, request_id)


ACTING: Final[ContextVar[Subject | None]] = ContextVar("mecum.acting", default=None)
"""For whom the running task acts; set where a request, a turn or a job begins. None: the instance itself."""
