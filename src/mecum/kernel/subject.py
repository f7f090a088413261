"""Who asks: a frozen value that every service takes first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A person in an organisation, what they may do, and the request they act in."""

    organisation_id: str
    person_id: str
    permissions: frozenset[str] = frozenset()
    request_id: str | None = None
