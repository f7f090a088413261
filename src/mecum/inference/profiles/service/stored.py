"""Profiles as values: where each is kept, whose it is, and the address that means it and no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mecum.inference.configuration.checking import Checked, checked
from mecum.inference.configuration.files import etag_of
from mecum.inference.configuration.levels import Level
from mecum.inference.configuration.service import ProfileText
from mecum.inference.profiles.model import Profile
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject

Owner = Literal["shipped", "instance", "organisation", "person"]
Keeper = Literal["instance", "organisation", "person"]
"""Whose a new profile may be."""
STRENGTH: Final[dict[Owner, int]] = {"person": 0, "organisation": 1, "instance": 2, "shipped": 3}
FOLDER: Final = "user_profiles"


@dataclass(frozen=True, slots=True)
class Stored:
    """A profile as it is kept; `id` is its name where it is a file."""

    id: str
    name: str
    owner: Owner
    body: bytes
    said: Checked
    active: bool
    created_at: str | None = None
    modified_at: str | None = None

    @property
    def address(self) -> str:
        """`instance:coding`, `person:evenings`: the level of its owner, and its name; those of files are one level."""
        return f"{level_of(self.owner)}:{self.name}"

    @property
    def etag(self) -> str:
        """Names the content."""
        return etag_of(self.body)


def level_of(owner: str) -> str:
    """Return the level that addresses of an owner's profiles begin with."""
    return "instance" if owner == "shipped" else owner


def place(address: str) -> tuple[str | None, str]:
    """Return the level (None where it says none) and the name that an address says.

    `shipped` is the same as `instance`: a file in the folder covers the one of its name that came with Mecum.
    """
    level, colon, name = address.partition(":")
    return (level_of(level), name) if colon else (None, address)


def stored(row: Profile, active: Mapping[str, str]) -> Stored:
    """Return a row's profile; `active` names the active one of each owner."""
    owner: Owner = "organisation" if row.person_id is None else "person"
    body = row.body.encode()
    whose = row.organisation_id if row.person_id is None else row.person_id
    made, changed = (clock.iso(clock.to_milliseconds(at)) for at in (row.created_at, row.modified_at))
    said = text_of(row).said
    return Stored(row.id, row.name, owner, body, said, active.get(whose) == row.id, made, changed)


def text_of(row: Profile) -> ProfileText:
    """Return what a row says."""
    return ProfileText(row.name, checked(row.body.encode(), "json", f"profile {row.name}", profile=True))


def slot(owner: Owner, subject: Subject) -> str:
    """Return for whom a profile counts: the id of a person or organisation, or nothing for the instance."""
    return {"person": subject.person_id, "organisation": subject.organisation_id}.get(owner, "")


def counting(owner: str) -> Level:
    """Return the level at which the profile of a `slot` counts."""
    if not owner:
        return "instance"
    return "organisation" if ids.is_id(owner, "org") else "person"
