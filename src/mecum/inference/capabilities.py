"""What a model can do and what it takes, each fact with where it is from; unknown is unknown, never false or zero."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Source = Literal["explicit", "measured", "reported", "table", "name"]
"""Where a fact is from, the strongest first: a person wrote it, we measured it, its server or file said it, a table of
known models has it, its name lets it be guessed."""


@dataclass(frozen=True, slots=True)
class ModelCapabilities:
    """The fields of requirement document 003 under its names. Strengths and sensitivity go from 0 to 1, memory is in GB
    of 10^9 bytes, `model_size` counts parameters, `context_length` tokens."""

    context_length: int | None = None
    quantization_level: str | None = None
    model_size: int | None = None
    memory_gb_estimate: float | None = None
    reasoning_strength: float | None = None
    coding_strength: float | None = None
    creativity: float | None = None
    multilingual_score: float | None = None
    supports_function_calling: bool | None = None
    supports_vision: bool | None = None
    supports_tools: bool | None = None
    min_memory_gb: float | None = None
    recommended_memory_gb: float | None = None
    thermal_sensitivity: float | None = None
    model_source: str | None = None
    requires_api_key: bool | None = None
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    """The source of every field that is known."""
