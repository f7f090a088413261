"""What holds of projects without asking a database: their names, and how the wire shows them."""

from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import Any

from mecum.domains.projects.model import Project
from mecum.domains.retrieval import api as retrieval
from mecum.kernel import clock


def tidy(name: str) -> str:
    """Return a name with single spaces between its words."""
    return " ".join(name.split())


def key_of(name: str) -> str:
    """Return what is the same for names that differ in nothing but case, accents and spaces."""
    return retrieval.folded(tidy(name))


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number where its key is among `taken`."""
    numbered = (f"{name} ({number})" for number in count(2))
    return name if key_of(name) not in taken else next(one for one in numbered if key_of(one) not in taken)


def held_by(project: Project) -> Mapping[str, Sequence[str]]:
    """Return what was in a project when it was moved to the trash, by kind."""
    held: Mapping[str, Sequence[str]] = project.held or {}
    return held


def project_view(project: Project, *, conversations: int, files: int) -> dict[str, Any]:
    """Return a project as a list shows it."""
    return {
        "id": project.id,
        "name": project.name,
        "assistant_id": project.assistant_id,
        "model": project.model,
        "version": project.version,
        "conversation_count": conversations,
        "file_count": files,
        "created_at": clock.iso(clock.to_milliseconds(project.created_at)),
        "updated_at": clock.iso(clock.to_milliseconds(project.updated_at)),
        "deleted_at": None if project.deleted_at is None else clock.iso(clock.to_milliseconds(project.deleted_at)),
    }
