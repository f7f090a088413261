"""What other contexts may use of projects."""

from collections.abc import Mapping
from dataclasses import dataclass

from mecum.domains.projects.errors import ProjectNotFound
from mecum.domains.projects.ports import Discarding, Kind, Shelf
from mecum.domains.projects.repository import ProjectRepository
from mecum.domains.projects.service import Briefs, ContentsService, Moving, ProjectService, Removal
from mecum.domains.projects.service.projects import Assistant
from mecum.domains.runs import api as runs
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Scope

__all__ = [
    "Briefs",
    "ContentsService",
    "Moving",
    "ProjectNotFound",
    "ProjectService",
    "Projects",
    "Removal",
    "build",
    "release_assistant",
]


@dataclass(frozen=True, slots=True)
class Projects:
    """The services of the context."""

    projects: ProjectService
    contents: ContentsService
    removal: Removal
    moving: Moving


async def release_assistant(scope: Scope, assistant_id: str) -> None:
    """Let no project of the subject have an assistant that is gone for ever."""
    await ProjectRepository().release_assistant(scope, assistant_id)


def build(
    database: Database,
    jobs: Jobs,
    channel: runs.PersonChannel,
    shelves: Mapping[Kind, Shelf],
    assistant: Assistant,
    briefs: Briefs,
    discarding: Discarding,
) -> Projects:
    """Return the services; `shelves` keep what is in projects, `assistant` finds one, `discarding` throws away."""
    return Projects(
        projects=ProjectService(shelves, assistant, briefs, channel),
        contents=ContentsService(shelves, channel),
        removal=Removal(database, jobs, channel, shelves, discarding),
        moving=Moving(channel, shelves),
    )
