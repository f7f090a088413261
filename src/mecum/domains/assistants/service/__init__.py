"""What can be done with assistants and prompts."""

from mecum.domains.assistants.service.arrivals import Arrival, Arrivals, BroughtText, BroughtVector
from mecum.domains.assistants.service.assistants import AssistantService
from mecum.domains.assistants.service.batches import BatchService
from mecum.domains.assistants.service.births import Births
from mecum.domains.assistants.service.departures import Departure, Departures
from mecum.domains.assistants.service.history import HistoryService
from mecum.domains.assistants.service.keeping import Kept
from mecum.domains.assistants.service.measuring import MeasureService
from mecum.domains.assistants.service.personas import Personas
from mecum.domains.assistants.service.pictures import PictureService
from mecum.domains.assistants.service.prompts import PromptService
from mecum.domains.assistants.service.removal import Removal
from mecum.domains.assistants.service.shelf import PlacedAssistants
from mecum.domains.assistants.service.starters import StarterService

__all__ = [
    "Arrival",
    "Arrivals",
    "AssistantService",
    "BatchService",
    "Births",
    "BroughtText",
    "BroughtVector",
    "Departure",
    "Departures",
    "HistoryService",
    "Kept",
    "MeasureService",
    "Personas",
    "PictureService",
    "PlacedAssistants",
    "PromptService",
    "Removal",
    "StarterService",
]
