"""So many answers at once and no more: who waits goes by priority, then by when they came."""

import asyncio
import heapq
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from mecum.inference.exchange import Answer, AnswerSink, ModelRequest
from mecum.inference.ports import ChatModel


class Lane:
    """Lets `most` in at once; the smallest priority is the next."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = most
        """Below zero while more are in than may be since it was narrowed."""
        self._came = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def most(self) -> int:
        """How many may be in at once."""
        return self._most

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(not entry[2].done() for entry in self._waiting)

    def resize(self, most: int) -> None:
        """Let so many in from now on; who is in stays, who waits and has room comes in."""
        self._free += most - self._most
        self._most = most
        while self._free > 0 and self._waiting:
            self._free -= 1
            self._pass_on()

    @asynccontextmanager
    async def turn(self, priority: int) -> AsyncGenerator[None]:
        """Wait for a place and keep it."""
        await self._enter(priority)
        try:
            yield
        finally:
            self._pass_on()

    async def _enter(self, priority: int) -> None:
        if self._free > 0:
            self._free -= 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._came += 1
        heapq.heappush(self._waiting, (priority, self._came, place))
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                # It was given the place in the moment it left.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._free >= 0 and self._waiting:
            _, _, place = heapq.heappop(self._waiting)
            if not place.done():
                place.set_result(None)
                return
        self._free += 1


@dataclass(frozen=True, slots=True)
class LimitedModel:
    """A model whose endpoint makes only so many answers at once."""

    model: ChatModel
    lane: Lane

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Wait for a place, then answer; raises what the model raises."""
        async with self.lane.turn(request.priority):
            return await self.model.answer(request, sink)
