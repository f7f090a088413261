"""How much an import does in one go: little while people are being answered, more while nobody is there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from mecum.kernel import clock

_QUIET, _BUSY = 48, 10
"""Messages written in one group. Each takes the loop a tenth of a millisecond, and a turn may wait for one group."""
_TURN_SECONDS: Final = 0.1
"""The longest one group waits while answers are being written: an import goes on beside them, slowly."""
_NOTICED: Final = 0.001
_REST: Final = 0.0015
"""Seconds between two groups while the next question is expected: it meets none of them more often than one."""
_REMEMBERED: Final = 5.0
"""Seconds after an answer in which the next question is expected."""
_RELIEVED_EVERY: Final = 128
"""Groups, after which the store may put them where they belong."""
_LOOKS: Final = 2
"""Turns of the loop until what arrived has begun: one takes the bytes in, one runs what they ask for."""


class Pace:
    """Waits for people's turns between two groups, by `wait`, and remembers whether there were any.

    `relieve` is called every so many groups, for the sake of those turns; see `Writer.relieve`.
    """

    def __init__(self, wait: Callable[[float], Awaitable[None]], relieve: Callable[[], None]) -> None:
        self._wait, self._relieve, self._groups = wait, relieve, 0
        # Who has just asked for an import is there.
        self._seen = clock.monotonic()

    @property
    def together(self) -> int:
        """How many messages are read, and written, in one go."""
        return _BUSY if clock.monotonic() - self._seen < _REMEMBERED else _QUIET

    async def breathe(self) -> None:
        """Let people's turns go first, after a group and a rest while the next one is expected."""
        self._groups += 1
        if self._groups % _RELIEVED_EVERY == 0:
            self._relieve()
        if self.together == _BUSY:
            await asyncio.sleep(_REST)
        await self.give_way()

    async def give_way(self) -> None:
        """Let the turns go first that are being answered, or were asked for during the step before."""
        for _ in range(_LOOKS):
            await asyncio.sleep(0)
        began = clock.monotonic()
        await self._wait(_TURN_SECONDS)
        if (now := clock.monotonic()) - began > _NOTICED:
            self._seen = now
