"""Reading and writing assistants and prompts."""

from mecum.domains.assistants.repository.assistants import AssistantRepository
from mecum.domains.assistants.repository.history import HistoryRepository
from mecum.domains.assistants.repository.measures import FIGURES, MeasureRepository, PictureRepository
from mecum.domains.assistants.repository.prompts import PromptRepository
from mecum.domains.assistants.repository.views import Listing, ViewRepository, active, persona

__all__ = [
    "FIGURES",
    "AssistantRepository",
    "HistoryRepository",
    "Listing",
    "MeasureRepository",
    "PictureRepository",
    "PromptRepository",
    "ViewRepository",
    "active",
    "persona",
]
