"""The port to a word index over messages; SQLite and PostgreSQL each have one beside the rows it indexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from mecum.infra.storage import Op, Scope


class Position(NamedTuple):
    """Where a page ends: the next one is below it. Two numbers that mean something to this store only."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds the words, and where the next page begins if this one ends here."""

    message_id: str
    position: Position


@dataclass(frozen=True, slots=True)
class Kept:
    """What a conversation must be kept under: an assistant, by its id, slug or name; `not_`: anything but that."""

    kind: str
    name: str
    not_: bool = False
    ids: tuple[str, ...] = ()
    """What the name stands for, once somebody looked."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a message must be to be found; moments are milliseconds since 1970, tags are folded."""

    after: int | None = None
    """Not before this moment."""
    before: int | None = None
    """Before this moment."""
    tags: tuple[str, ...] = ()
    """Its conversation has all of these."""
    without: tuple[str, ...] = ()
    """And none of these."""
    kept: tuple[Kept, ...] = ()
    role: str | None = None
    archived: bool | None = None
    project: str | None = None
    """Its conversation is in the project of this name, folded."""
    outside: tuple[str, ...] = ()
    """And in none of these."""

    @property
    def few(self) -> bool:
        """Whether few conversations may fit: those that somebody put there."""
        kept = any(not one.not_ for one in self.kept)
        return bool(self.tags) or kept or self.project is not None or self.archived is True

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for."""
        return self != Filters()


class Words(Protocol):
    """Finds messages by words, the newest by their dates first, within what a subject may see."""

    def index(self, texts: Sequence[tuple[str, str]]) -> Op:
        """Return the one write that makes stored messages, by id and text, findable."""
        ...

    async def missing(self, scope: Scope) -> list[str]:
        """Return the ids of messages about as young as the newest findable one, oldest first, at most 1,000."""
        ...

    async def forget(self, scope: Scope, texts: Sequence[tuple[str, str]]) -> None:
        """Remove the words of messages, (id, the text as it was indexed), before their rows go; no bytes stay."""
        ...

    async def search(
        self, scope: Scope, words: list[str], *, prefix: bool, before: Position | None, limit: int, within: Filters
    ) -> list[Hit]:
        """Return messages of listed, not deleted conversations that hold all `words` and fit the filters.

        `prefix`: the last word may go on.
        """
        ...
