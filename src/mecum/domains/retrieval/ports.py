"""The port to a word index over messages; SQLite and PostgreSQL each have one beside the rows it indexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mecum.infra.storage import Op, Scope


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds the words; `n` is the position for the next page, local to the store."""

    n: int
    message_id: str


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
    role: str | None = None
    archived: bool | None = None
    project: str | None = None
    """Its conversation is in the project of this name, folded."""
    outside: tuple[str, ...] = ()
    """And in none of these."""

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for."""
        return self != Filters()


class Words(Protocol):
    """Finds messages by words, newest first, within what a subject may see."""

    def index(self, texts: Sequence[tuple[str, str]]) -> Op:
        """Return the one write that makes stored messages, by id and text, findable."""
        ...

    async def missing(self, scope: Scope) -> list[str]:
        """Return the ids of messages younger than the newest findable one, oldest first, at most 1,000."""
        ...

    async def forget(self, scope: Scope, texts: Sequence[tuple[str, str]]) -> None:
        """Remove the words of messages, (id, the text as it was indexed), before their rows go; no bytes stay."""
        ...

    async def search(
        self, scope: Scope, words: list[str], *, prefix: bool, before: int | None, limit: int, within: Filters
    ) -> list[Hit]:
        """Return messages of listed, not deleted conversations that hold all `words` and fit the filters.

        `prefix`: the last word may go on.
        """
        ...
