"""What the record asks of the engine: which answers are being made, and to leave some of them be."""

import asyncio
from collections.abc import Sequence
from typing import Any

from mecum.domains.runs import api as runs
from mecum.engine.chat.reading import RunReader
from mecum.engine.chat.service import ChatService
from mecum.kernel.subject import Subject


class ActiveTurns:
    """See `conversations.ports.ActiveRuns`. The engine reads the record, so it exists later: `serve` joins them."""

    def __init__(self, log: runs.RunLog) -> None:
        self._log = log
        self._service: ChatService | None = None
        self._reader: RunReader | None = None

    def serve(self, service: ChatService, reader: RunReader) -> None:
        """Answer from these."""
        self._service, self._reader = service, reader

    def of_conversation(self, subject: Subject, conversation_id: str) -> list[dict[str, Any]]:
        return [] if self._reader is None else self._reader.of_conversation(subject, conversation_id)

    async def stop(self, subject: Subject, conversation_ids: Sequence[str]) -> None:
        if self._service is None:
            return
        turns = [turn for wanted in conversation_ids for turn in self._service.in_conversation(wanted)]
        own = [turn for turn in turns if turn.subject.person_id == subject.person_id]
        for turn in own:
            await self._service.cancel(turn.run_id)
        await asyncio.gather(*(turn.stream.wait() for turn in own))

    async def scrub(self) -> None:
        await self._log.fold()
