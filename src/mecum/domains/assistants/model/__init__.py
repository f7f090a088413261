"""The tables of assistants and prompts. A field is declared once, in its facet; everything else derives from it."""

from typing import Final

from mecum.domains.assistants.model.capabilities import VECTORS, Capabilities
from mecum.domains.assistants.model.configuration import Configuration
from mecum.domains.assistants.model.core import Assistant, Facet
from mecum.domains.assistants.model.display import Display
from mecum.domains.assistants.model.fields import EFFECTS, Effect, Field, fields_of
from mecum.domains.assistants.model.flat import AssistantArrival, AssistantReference, PromptArrival, RollOut
from mecum.domains.assistants.model.growth import Growth
from mecum.domains.assistants.model.history import (
    AssistantMeasures,
    AssistantPicture,
    AssistantVector,
    AssistantVersion,
)
from mecum.domains.assistants.model.identity import Identity
from mecum.domains.assistants.model.prompts import Prompt, PromptVersion
from mecum.domains.assistants.model.quality import Quality

Facets = type[Identity] | type[Configuration] | type[Capabilities] | type[Growth] | type[Quality] | type[Display]
FACETS: Final[dict[str, Facets]] = {
    entity.facet: entity for entity in (Identity, Configuration, Capabilities, Growth, Quality, Display)
}
FIELDS: Final[dict[str, tuple[Field, ...]]] = {name: fields_of(entity) for name, entity in FACETS.items()}
"""The fields of each facet that are columns; `VECTORS` are those of the capabilities that are rows."""

__all__ = [
    "EFFECTS",
    "FACETS",
    "FIELDS",
    "VECTORS",
    "Assistant",
    "AssistantArrival",
    "AssistantMeasures",
    "AssistantPicture",
    "AssistantReference",
    "AssistantVector",
    "AssistantVersion",
    "Capabilities",
    "Configuration",
    "Display",
    "Effect",
    "Facet",
    "Facets",
    "Field",
    "Growth",
    "Identity",
    "Prompt",
    "PromptArrival",
    "PromptVersion",
    "Quality",
    "RollOut",
]
