"""Making messages findable a moment after they are stored, many at a time: a word index is dear to change row by row."""

import asyncio

from mecum.domains.retrieval.ports import Words
from mecum.infra.storage import Database, Op
from mecum.kernel.errors import MecumError

_SECONDS = 0.25
_MOST = 64


class Indexer:
    """Collects what became durable. What a crash leaves out is found by `Words.missing` at the next start."""

    def __init__(self, database: Database, words: Words) -> None:
        self._database, self._words = database, words
        self._waiting: list[Op] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, message_id: str, text: str) -> None:
        """Make a stored message findable soon."""
        if not text:
            return
        self._waiting.append(self._words.index(message_id, text))
        if len(self._waiting) >= _MOST:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what was collected."""
        ops = self._take()
        if ops:
            self._database.writer.submit(ops, _left_out)

    async def settle(self) -> None:
        """Write what was collected and return when it is on disk; whoever deletes messages calls this first."""
        await self._database.commit(self._take())

    def _take(self) -> list[Op]:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ops, self._waiting = self._waiting, []
        return ops


def _left_out(_: MecumError | None) -> None:
    """A message that could not be indexed now is found missing at the next start."""
