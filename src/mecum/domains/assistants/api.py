"""What other contexts may use of assistants."""

from dataclasses import dataclass

from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.assistants.rules.pictures import Picture, picture_of
from mecum.domains.assistants.rules.slugs import PATTERN as SLUG
from mecum.domains.assistants.rules.slugs import slug_of
from mecum.domains.assistants.rules.vectors import unpacked
from mecum.domains.assistants.service import (
    Arrival,
    Arrivals,
    AssistantService,
    Births,
    BroughtText,
    BroughtVector,
    Departure,
    Departures,
    HistoryService,
    Kept,
    MeasureService,
    Personas,
    PictureService,
    PromptService,
    Removal,
    StarterService,
)
from mecum.domains.assistants.service.keeping import Keeper
from mecum.domains.assistants.service.measuring import Citing
from mecum.domains.assistants.service.removal import Forgotten
from mecum.domains.runs import api as runs
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database

__all__ = [
    "SLUG",
    "Arrival",
    "Arrivals",
    "AssistantNotFound",
    "AssistantService",
    "Assistants",
    "Births",
    "BroughtText",
    "BroughtVector",
    "Departure",
    "Departures",
    "HistoryService",
    "Kept",
    "MeasureService",
    "Personas",
    "Picture",
    "PictureService",
    "PromptService",
    "Removal",
    "StarterService",
    "build",
    "picture_of",
    "slug_of",
    "unpacked",
]


@dataclass(frozen=True, slots=True)
class Assistants:
    """The services of the context."""

    assistants: AssistantService
    births: Births
    arrivals: Arrivals
    departures: Departures
    history: HistoryService
    prompts: PromptService
    starters: StarterService
    removal: Removal
    personas: Personas
    measures: MeasureService
    pictures: PictureService


def build(
    database: Database, jobs: Jobs, channel: runs.PersonChannel, forgotten: Forgotten, citing: Citing
) -> Assistants:
    """Return the services; `forgotten` lets go of an assistant that is purged, `citing` knows which answers cite."""
    keeper, prompts = Keeper(jobs, channel), PromptService()
    births = Births(keeper, prompts)
    services = AssistantService(keeper, prompts)
    return Assistants(
        assistants=services,
        births=births,
        arrivals=Arrivals(births, prompts),
        departures=Departures(),
        history=HistoryService(keeper),
        prompts=prompts,
        starters=StarterService(births),
        removal=Removal(database, jobs, channel, forgotten),
        personas=Personas(database),
        measures=MeasureService(database, citing),
        pictures=PictureService(services),
    )
