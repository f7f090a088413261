"""Keeps children: started at first use, shared while used, ended when idle or when another model needs the room."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from mecum.inference.catalogue.footprint import CacheKind
from mecum.infra.hardware import core
from mecum.integrations.llama_cpp import process
from mecum.integrations.llama_cpp.process import Child
from mecum.kernel import clock

IDLE_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Load:
    """What to have loaded; `changed` (the file's time stamp) tells a replaced file, `need` is in bytes.

    `cache` is how keys and values are kept, `spare` how many bytes may be spent on keeping earlier prompts;
    `embeds` loads it to make vectors, `projector` to see images.
    """

    path: str
    changed: int
    context_length: int
    need: int
    cache: CacheKind = "f16"
    spare: int = 0
    embeds: bool = False
    projector: str = ""


@dataclass
class _Loaded:
    task: "asyncio.Task[Child]"
    users: int = 0
    idle_since: float = 0.0
    timer: asyncio.TimerHandle | None = None
    keep: float = IDLE_SECONDS
    """After how many idle seconds it goes; below 0 it does not, unless another one needs the room."""
    leaving: bool = False
    """Whether it goes when those who use it now are done."""

    @property
    def usable(self) -> bool:
        if not self.task.done():
            return True
        return not self.task.cancelled() and self.task.exception() is None and self.task.result().running


def available_memory() -> int:
    """Return how many bytes new work may take without pushing other work out, also within a container."""
    return core.memory().available


class Runtime:
    """The children of this server. Two models are loaded at once only when memory has room for both."""

    def __init__(
        self,
        idle_seconds: float = IDLE_SECONDS,
        start: Callable[[str, int, CacheKind, int, bool, str], Awaitable[Child]] = process.start,
        memory: Callable[[], int] = available_memory,
    ) -> None:
        self._idle_seconds = idle_seconds
        self._start = start
        self._memory = memory
        self._loaded: dict[Load, _Loaded] = {}
        self._stopping: set[asyncio.Task[None]] = set()
        self._entering = asyncio.Lock()
        self._released = asyncio.Event()

    @property
    def loaded(self) -> list[Load]:
        """What is loaded or loading now."""
        return [load for load, entry in self._loaded.items() if entry.usable]

    def busy(self, load: Load) -> int:
        """How many use it now."""
        return self._loaded[load].users

    def rest(self, load: Load) -> float | None:
        """The seconds after which it goes when nobody uses it; None while somebody does, and when it stays."""
        timer = self._loaded[load].timer
        if timer is None or timer.cancelled():
            return None
        return max(0.0, timer.when() - asyncio.get_running_loop().time())

    async def unload(self, path: str) -> None:
        """Free what the model at `path` takes; nothing when it is not loaded.

        Who uses it now is waited for, and so is its end. Who needs it meanwhile keeps it.
        """
        for load in [load for load in self._loaded if load.path == path]:
            entry = self._loaded[load]
            entry.leaving = True
            if not entry.users:
                self._retire(load)
            while self._loaded.get(load) is entry and entry.leaving:
                self._released.clear()
                await self._released.wait()
        if self._stopping:
            await asyncio.wait(self._stopping)

    @asynccontextmanager
    async def lend(
        self, load: Load, on_wait: Callable[[], None], keep: float | None = None
    ) -> AsyncGenerator[Child, None]:
        """Lend the child with this model; `on_wait` is called when it has to be loaded first.

        It goes `keep` idle seconds later, below 0 never by itself; None as is usual.

        Raises ModelUnavailable or ModelCrashed when it does not load. Leaving early does not stop a load: whoever
        asked for it will ask again.
        """
        async with self._entering:
            entry = await self._entry(load, on_wait)
            entry.users += 1
            entry.keep = self._idle_seconds if keep is None else keep
        try:
            if not entry.task.done():
                on_wait()
            yield await asyncio.shield(entry.task)
        finally:
            entry.users -= 1
            self._leave(load, entry)

    async def close(self) -> None:
        """End every child; returns when they are gone."""
        for load in list(self._loaded):
            self._retire(load)
        while self._stopping:
            await asyncio.wait(self._stopping)

    async def _entry(self, load: Load, on_wait: Callable[[], None]) -> _Loaded:
        entry = self._loaded.get(load)
        if entry is not None and entry.usable:
            # Whoever wanted it gone is overruled by who needs it.
            entry.leaving = False
            if entry.timer is not None:
                entry.timer.cancel()
            return entry
        if entry is not None:
            self._retire(load)
        await self._make_room(load, on_wait)
        entry = _Loaded(asyncio.create_task(self._run(load)))
        self._loaded[load] = entry
        return entry

    async def _run(self, load: Load) -> Child:
        return await self._start(load.path, load.context_length, load.cache, load.spare, load.embeds, load.projector)

    async def _make_room(self, load: Load, on_wait: Callable[[], None]) -> None:
        """Return when `load` fits beside what is loaded; idle models go first, busy ones are waited for."""
        while self._loaded and not self._fits(load):
            idle = [(entry.idle_since, other) for other, entry in self._loaded.items() if not entry.users]
            if not idle:
                on_wait()
                self._released.clear()
                await self._released.wait()
                continue
            self._retire(min(idle, key=lambda item: item[0])[1])
            await asyncio.gather(*self._stopping)

    def _fits(self, load: Load) -> bool:
        loading = sum(other.need for other, entry in self._loaded.items() if not entry.task.done())
        return self._memory() - loading >= load.need

    def _leave(self, load: Load, entry: _Loaded) -> None:
        entry.idle_since = clock.monotonic()
        self._released.set()
        if entry.users or self._loaded.get(load) is not entry:
            return
        if not entry.usable or entry.leaving:
            self._retire(load)
        elif entry.keep >= 0:
            entry.timer = asyncio.get_running_loop().call_later(entry.keep, self._retire, load)
        else:
            entry.timer = None

    def _retire(self, load: Load) -> None:
        entry = self._loaded.pop(load)
        if entry.timer is not None:
            entry.timer.cancel()
        task = asyncio.create_task(_end(entry.task))
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)


async def _end(starting: "asyncio.Task[Child]") -> None:
    if not starting.done():
        starting.cancel()
    await asyncio.wait([starting])
    if not starting.cancelled() and starting.exception() is None:
        await starting.result().stop()
