"""What transfer needs of rooms that most starts do without."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecum.domains.assistants import api as assistants
    from mecum.domains.projects import api as projects
    from mecum.inference.moving import PersonalModels

Room = Callable[[], Awaitable["assistants.Assistants"]]
"""The room of assistants, loaded when it is asked for."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Each is loaded when it is asked for."""

    assistants: Room
    projects: Callable[[], Awaitable["projects.Projects"]]
    personal: "PersonalModels"
    """What a person says about models for themselves."""
