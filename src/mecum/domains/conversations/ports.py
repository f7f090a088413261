"""What conversations ask of whoever makes the answers, and of what else is in the trash."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from mecum.kernel.subject import Subject

Emptied = Callable[[Subject], Awaitable[int]]
"""Deletes everything of one kind in a subject's trash for ever; returns how much that was."""


class ActiveRuns(Protocol):
    """The runs that are being made or wait to be."""

    def of_conversation(self, subject: Subject, conversation_id: str) -> list[dict[str, Any]]:
        """Return the unfinished runs of a conversation as the wire shows them, oldest first."""
        ...

    async def stop(self, subject: Subject, conversation_ids: Sequence[str]) -> None:
        """Cancel the unfinished runs of these conversations and return when they have settled on disk."""
        ...

    async def scrub(self) -> None:
        """Leave nothing of settled runs in the journal."""
        ...
