"""What conversations ask of whoever makes the answers."""

from collections.abc import Sequence
from typing import Any, Protocol

from mecum.kernel.subject import Subject


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
