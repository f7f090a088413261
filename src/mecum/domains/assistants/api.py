"""What other contexts may use of assistants."""

from dataclasses import dataclass

from mecum.domains.assistants.errors import AssistantNotFound
from mecum.domains.assistants.rules.flat import values as flat_values
from mecum.domains.assistants.rules.flat.rows import Brought, brought
from mecum.domains.assistants.rules.pictures import Picture, picture_of
from mecum.domains.assistants.rules.slugs import PATTERN as SLUG
from mecum.domains.assistants.rules.slugs import slug_of
from mecum.domains.assistants.rules.vectors import unpacked
from mecum.domains.assistants.service import (
    Arrival,
    Arrivals,
    AssistantService,
    BatchService,
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
    PlacedAssistants,
    PromptService,
    Removal,
    StarterService,
)
from mecum.domains.assistants.service.flat_arrivals import BroughtPrompt, FlatArrivals, Intake, Taken
from mecum.domains.assistants.service.flat_reading import FlatReading
from mecum.domains.assistants.service.flat_writing import FlatWriting
from mecum.domains.assistants.service.keeping import Keeper
from mecum.domains.assistants.service.measuring import Citing
from mecum.domains.assistants.service.removal import Forgotten
from mecum.domains.runs import api as runs
from mecum.infra.archive.ledger import Ledger
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database

__all__ = [
    "SLUG",
    "Arrival",
    "Arrivals",
    "AssistantNotFound",
    "AssistantService",
    "Assistants",
    "BatchService",
    "Births",
    "Brought",
    "BroughtPrompt",
    "BroughtText",
    "BroughtVector",
    "Departure",
    "Departures",
    "FlatArrivals",
    "FlatReading",
    "FlatWriting",
    "HistoryService",
    "Intake",
    "Kept",
    "MeasureService",
    "Personas",
    "Picture",
    "PictureService",
    "PlacedAssistants",
    "PromptService",
    "Removal",
    "StarterService",
    "Taken",
    "brought",
    "build",
    "flat_values",
    "picture_of",
    "slug_of",
    "unpacked",
]


@dataclass(frozen=True, slots=True)
class Assistants:
    """The services of the context."""

    assistants: AssistantService
    batches: BatchService
    births: Births
    arrivals: Arrivals
    departures: Departures
    flat_arrivals: FlatArrivals
    flat_reading: FlatReading
    flat_writing: FlatWriting
    history: HistoryService
    prompts: PromptService
    starters: StarterService
    removal: Removal
    personas: Personas
    measures: MeasureService
    pictures: PictureService
    placed: PlacedAssistants
    """Those in projects."""


def build(
    database: Database,
    jobs: Jobs,
    channel: runs.PersonChannel,
    forgotten: Forgotten,
    citing: Citing,
    ledger: Ledger,
) -> Assistants:
    """Return the services; `forgotten` lets go of an assistant that is purged, `citing` knows which answers cite.

    `ledger` notes what is deleted for ever.
    """
    keeper, prompts = Keeper(jobs, channel), PromptService()
    births, service, reading = Births(keeper, prompts), AssistantService(keeper, prompts), FlatReading()
    removal = Removal(database, jobs, channel, forgotten, ledger)
    return Assistants(
        assistants=service,
        batches=BatchService(database, service, removal),
        births=births,
        arrivals=Arrivals(births, prompts),
        departures=Departures(),
        flat_arrivals=FlatArrivals(jobs),
        flat_reading=reading,
        flat_writing=FlatWriting(reading, service, keeper, prompts),
        history=HistoryService(keeper),
        prompts=prompts,
        starters=StarterService(births),
        removal=removal,
        personas=Personas(database),
        measures=MeasureService(database, citing),
        pictures=PictureService(service),
        placed=PlacedAssistants(service),
    )
