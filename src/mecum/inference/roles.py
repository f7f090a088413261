"""Roles: what a model is needed for, what it must be able to do then, and which models a person would rather have."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from mecum.inference.ports import ModelKind

BUILT_IN: Final = (
    "chat",
    "planner",
    "critic",
    "executor",
    "titler",
    "summariser",
    "embedder",
    "transcriber",
    "speaker",
    "vision",
)
"""The roles that exist without being configured; a configuration may add its own."""

KINDS: Final[Mapping[str, ModelKind]] = {"embedder": "embedder", "transcriber": "transcriber", "speaker": "speaker"}
"""What kind of model a role needs that a model which answers in text cannot fill."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a role asks of a model. None asks nothing; False asks nothing either: what a model can do beyond does no
    harm. Strengths are the least, memory and heat the most; units as in `ModelCapabilities`."""

    context_length_min: int | None = None
    memory_gb_max: float | None = None
    reasoning_strength: float | None = None
    coding_strength: float | None = None
    creativity: float | None = None
    multilingual_score: float | None = None
    supports_function_calling: bool | None = None
    supports_vision: bool | None = None
    supports_tools: bool | None = None
    thermal_sensitivity_max: float | None = None


@dataclass(frozen=True, slots=True)
class ByDifficulty:
    """Two models, named as in `RoleMapping`: at most `share` (0 to 1) of the questions, the harder, go to `strong`."""

    strong: str
    weak: str
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class RoleMapping:
    """How a role is filled: preferred models in order, what they must meet, and the cloud model that may stand in.

    A model is named by its reference `endpoint/name`, by its name where only one has it, or as `provider:name`.
    """

    preferred: tuple[str, ...] = ()
    requirements: Requirements = Requirements()
    cloud_fallback: str | None = None
    temperature: float | None = None
    by_difficulty: ByDifficulty | None = None
    """Which of two models comes before the preferred ones is for the question to say."""

    def asked(self, hard: bool | None) -> "RoleMapping":
        """Return the mapping for a question that is hard or is not; where nothing is asked (None) the strong model
        comes first."""
        pair = self.by_difficulty
        if pair is None:
            return self
        first = (pair.weak, pair.strong) if hard is False else (pair.strong, pair.weak)
        return replace(self, preferred=tuple(dict.fromkeys((*first, *self.preferred))), by_difficulty=None)


BUILT_IN_MAPPINGS: Final[Mapping[str, RoleMapping]] = {
    "vision": RoleMapping(requirements=Requirements(supports_vision=True))
}
"""How a role is filled that nobody configured: vision by a model that sees, the others by the best there is."""
