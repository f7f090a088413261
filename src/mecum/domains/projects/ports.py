"""What a turn takes from a project, and what projects ask of those whose things are in them; light: turns load it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from mecum.infra.storage import Scope
from mecum.kernel.subject import Subject

Kind = Literal["conversations", "assistants", "files"]
KINDS: Final[tuple[Kind, ...]] = ("conversations", "assistants", "files")

END: Final = "projects.end"
"""The kind of job that ends a project which was in the trash long enough."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A project as its conversations need it."""

    id: str
    name: str
    version: int
    instructions: str | None
    assistant_id: str | None
    """Who answers new conversations in it."""
    model: str | None
    """What answers them."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Where those below a project look it up."""

    find: Callable[[Scope, str], Awaitable[Brief]]
    """Returns the subject's project with this id; raises ProjectNotFound."""
    named: Callable[[Scope, str], Awaitable[str]]
    """Returns the id of the subject's project of this name, which is made where there is none."""


class Shelf(Protocol):
    """Things of one kind and the projects they are in, kept by the context whose things they are."""

    async def counts(self, scope: Scope) -> Mapping[str, int]:
        """Return how many things outside the trash are in each of the subject's projects that has any."""
        ...

    async def inside(self, scope: Scope, project_id: str) -> Sequence[dict[str, Any]]:
        """Return what is in a project, as the wire shows it in short."""
        ...

    async def put(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        """Put things into a project, out of the one before; return the id of each, None where there is no such."""
        ...

    async def take_out(self, scope: Scope, project_id: str, references: Sequence[str]) -> Sequence[str | None]:
        """Take things out of a project; return the id of each, None where it was not in it."""
        ...

    async def leave(self, scope: Scope, project_id: str) -> Sequence[str]:
        """The project goes to the trash: return what was in it, and let it be in none."""
        ...

    async def come_back(self, scope: Scope, project_id: str, held: Sequence[str]) -> None:
        """The project comes out of the trash: what was in it is in it again, unless it is gone or elsewhere."""
        ...

    async def forget(self, scope: Scope, project_id: str) -> None:
        """The project is gone for ever, and with it what nobody else holds."""
        ...


@dataclass(frozen=True, slots=True)
class Discarding:
    """How conversations go to the trash together, and come back."""

    discard: Callable[[Subject, Sequence[str]], Awaitable[str | None]]
    """Moves conversations to the trash; returns what undoes it, None when there was nothing to move."""
    undo: Callable[[Subject, str], Awaitable[None]]
    """Takes them out of it again; harmless when that was done."""
    sweep: Callable[[], Awaitable[None]]
    """Leaves no bytes of files that were forgotten."""
    note: Callable[[Sequence[int]], None]
    """Notes what is deleted for ever by the moments (milliseconds) since which it was there; waits for the disk."""
