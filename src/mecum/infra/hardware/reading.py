"""Reads a machine, and keeps the last reading so that nobody waits for a slow sensor or program."""

import asyncio
from pathlib import Path
from typing import Final

from mecum.infra.hardware import condition, core, graphics
from mecum.infra.hardware.machine import Machine, Processor
from mecum.infra.hardware.place import Place
from mecum.kernel import clock

_FRESH_SECONDS: Final = 5.0
_PATIENCE_SECONDS: Final = 0.5


def read(place: Place, folder: Path) -> Machine:
    """Return the machine whose files are at `place`, with the disk under `folder`; may take seconds."""
    return Machine(
        system=place.system,
        processor=core.processor(place),
        memory=core.memory(place),
        disk=core.disk(folder),
        gpus=graphics.gpus(place),
        temperatures=condition.temperatures(place),
        batteries=condition.batteries(place),
    )


class Hardware:
    """This machine, read again when somebody asks and the last reading is older than five seconds."""

    def __init__(self, folder: Path, place: Place | None = None) -> None:
        self._folder = folder
        self._place = place or Place()
        self._last: Machine | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def machine(self) -> Machine:
        """Return the machine within half a second: what is slower is of the last reading, or unknown at first."""
        if self._last is None or clock.monotonic() - self._read_at > _FRESH_SECONDS:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read(), name="hardware")
            await asyncio.wait([self._reading], timeout=_PATIENCE_SECONDS)
        return self._last or self._quick()

    async def close(self) -> None:
        """Wait for a reading that is under way; each program it asks has two seconds."""
        if self._reading is not None:
            await asyncio.wait([self._reading])

    async def _read(self) -> None:
        self._last = await asyncio.to_thread(read, self._place, self._folder)
        self._read_at = clock.monotonic()

    def _quick(self) -> Machine:
        unknown = Processor(None, None, None, None)
        return Machine(self._place.system, unknown, core.memory(self._place), None, None, None, None)
