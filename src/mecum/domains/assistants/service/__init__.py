"""What can be done with assistants and prompts."""

from mecum.domains.assistants.service.arrivals import Arrival, Arrivals, BroughtVector
from mecum.domains.assistants.service.assistants import AssistantService
from mecum.domains.assistants.service.births import Births
from mecum.domains.assistants.service.history import HistoryService
from mecum.domains.assistants.service.measuring import MeasureService
from mecum.domains.assistants.service.personas import Personas
from mecum.domains.assistants.service.prompts import PromptService
from mecum.domains.assistants.service.removal import Removal
from mecum.domains.assistants.service.starters import StarterService

__all__ = [
    "Arrival",
    "Arrivals",
    "AssistantService",
    "Births",
    "BroughtVector",
    "HistoryService",
    "MeasureService",
    "Personas",
    "PromptService",
    "Removal",
    "StarterService",
]
