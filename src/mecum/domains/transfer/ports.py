"""What transfer needs of rooms that most starts do without."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mecum.domains.assistants import api as assistants

Room = Callable[[], Awaitable["assistants.Assistants"]]
"""The room of assistants, loaded when it is asked for."""
