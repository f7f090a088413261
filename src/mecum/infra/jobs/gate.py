"""A person's turn always goes first: jobs ask here whether somebody is waiting for an answer."""

import asyncio
from collections.abc import Callable


class Gate:
    """Counts turns under way; `with gate:` is one of them."""

    def __init__(self) -> None:
        self._turns = 0
        self._free = asyncio.Event()
        self._free.set()
        self._freed: list[Callable[[], None]] = []

    @property
    def busy(self) -> bool:
        """Whether a person's turn is under way."""
        return self._turns > 0

    def enter(self) -> None:
        """A turn begins."""
        self._turns += 1
        if self._turns == 1:
            self._free.clear()

    def leave(self) -> None:
        """A turn has ended."""
        self._turns -= 1
        if self._turns == 0:
            self._free.set()
            for callback in self._freed:
                callback()

    def __enter__(self) -> None:
        self.enter()

    def __exit__(self, *_: object) -> None:
        self.leave()

    def on_free(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the last turn has ended."""
        self._freed.append(callback)

    async def wait(self, seconds: float) -> None:
        """Return when no turn is under way, after `seconds` at the latest."""
        if self._free.is_set():
            return
        try:
            async with asyncio.timeout(seconds):
                await self._free.wait()
        except TimeoutError:
            return
