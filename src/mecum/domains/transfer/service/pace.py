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


class Pace:
    """Waits for people's turns between two groups, by `wait`, and remembers whether there were any."""

    def __init__(self, wait: Callable[[float], Awaitable[None]]) -> None:
        self._wait = wait
        self._seen = -_REMEMBERED

    @property
    def together(self) -> int:
        """How many messages are read, and written, in one go."""
        return _BUSY if clock.monotonic() - self._seen < _REMEMBERED else _QUIET

    async def breathe(self) -> None:
        """Let people's turns go first."""
        began = clock.monotonic()
        await self._wait(_TURN_SECONDS)
        if (now := clock.monotonic()) - began > _NOTICED:
            self._seen = now
        if self.together == _BUSY:
            await asyncio.sleep(_REST)
