"""When children start, are shared, and end; with children that need no model."""

import asyncio
from typing import cast

import pytest

from mecum.inference.errors import ModelUnavailable
from mecum.integrations.llama_cpp.process import Child
from mecum.integrations.llama_cpp.runtime import Load, Runtime, available_memory

A, B, C = (Load(f"/{name}.gguf", 1, 512, 100) for name in "abc")


class Doll:
    """Stands in for a child process."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.running = True

    async def stop(self) -> None:
        self.running = False


class Nursery:
    """Starts dolls; a start takes until `ready` is set."""

    def __init__(self) -> None:
        self.started: list[Doll] = []
        self.ready = asyncio.Event()
        self.ready.set()
        self.broken = False

    async def start(
        self, path: str, context_length: int, cache: str, spare: int, embeds: bool, projector: str
    ) -> Child:
        doll = Doll(path)
        self.started.append(doll)
        await self.ready.wait()
        if self.broken:
            raise ModelUnavailable("no")
        return cast("Child", doll)


class Waits:
    """Counts how often somebody was told to wait."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_child_serves_many(monkeypatch: pytest.MonkeyPatch) -> None:
    nursery, waits = Nursery(), Waits()
    runtime = Runtime(start=nursery.start)
    async with runtime.lend(A, waits) as first, runtime.lend(A, waits) as second:
        assert first is second
    async with runtime.lend(A, waits):
        pass
    assert (len(nursery.started), waits.count) == (1, 1)
    await runtime.close()
    assert not nursery.started[0].running
    assert runtime.loaded == []


async def test_idle_children_end() -> None:
    nursery = Nursery()
    runtime = Runtime(idle_seconds=0.02, start=nursery.start)
    async with runtime.lend(A, Waits()):
        await asyncio.sleep(0.06)
        assert runtime.loaded == [A]
    async with runtime.lend(A, Waits()):
        pass
    async with asyncio.timeout(5):
        while nursery.started[0].running:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert runtime.loaded == []
    async with runtime.lend(A, Waits()):
        assert len(nursery.started) == 2
    await runtime.close()


async def test_each_child_stays_as_long_as_was_said_last() -> None:
    nursery = Nursery()
    runtime = Runtime(idle_seconds=0.0, start=nursery.start)
    async with runtime.lend(A, Waits(), keep=-1):
        assert runtime.rest(A) is None
    assert (runtime.loaded, runtime.rest(A)) == ([A], None)
    async with runtime.lend(A, Waits(), keep=3600):
        pass
    rest = runtime.rest(A)
    assert rest is not None
    assert 3000 < rest <= 3600
    # As is usual again: not at all.
    async with runtime.lend(A, Waits()):
        pass
    async with asyncio.timeout(5):
        while nursery.started[0].running:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert runtime.loaded == []
    await runtime.close()


async def test_a_child_that_stays_for_ever_makes_room_all_the_same() -> None:
    nursery = Nursery()
    runtime = Runtime(start=nursery.start, memory=lambda: 50)
    async with runtime.lend(A, Waits(), keep=-1):
        pass
    async with runtime.lend(B, Waits()):
        assert runtime.loaded == [B]
    await runtime.close()


async def test_a_dead_child_is_replaced() -> None:
    nursery, waits = Nursery(), Waits()
    runtime = Runtime(start=nursery.start)
    async with runtime.lend(A, waits):
        nursery.started[0].running = False
    assert runtime.loaded == []
    async with runtime.lend(A, waits):
        pass
    assert (len(nursery.started), waits.count) == (2, 2)
    nursery.started[1].running = False
    async with runtime.lend(A, waits):
        assert len(nursery.started) == 3
    await runtime.close()


async def test_a_load_that_failed_is_tried_again() -> None:
    nursery = Nursery()
    runtime = Runtime(start=nursery.start)
    nursery.broken = True
    with pytest.raises(ModelUnavailable):
        async with runtime.lend(A, Waits()):
            pass
    nursery.broken = False
    async with runtime.lend(A, Waits()):
        pass
    await runtime.close()


async def test_one_model_at_a_time_unless_there_is_room() -> None:
    nursery, free = Nursery(), [100]
    runtime = Runtime(start=nursery.start, memory=lambda: free[0])
    async with runtime.lend(A, Waits()):
        pass
    async with runtime.lend(B, Waits()):
        pass
    assert runtime.loaded == [A, B]
    free[0] = 50
    async with runtime.lend(C, Waits()):
        assert runtime.loaded == [C]
    await runtime.close()


async def test_a_busy_model_is_waited_for() -> None:
    nursery, waits = Nursery(), Waits()
    runtime = Runtime(start=nursery.start, memory=lambda: 50)
    order: list[str] = []

    async def use(load: Load, release: asyncio.Event) -> None:
        async with runtime.lend(load, waits):
            order.append(load.path)
            await release.wait()

    first, second = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(use(A, first))
        await settle()
        group.create_task(use(B, second))
        await settle()
        assert order == ["/a.gguf"]
        first.set()
        second.set()
    assert order == ["/a.gguf", "/b.gguf"]
    assert runtime.loaded == [B]
    await runtime.close()


async def test_room_is_kept_for_what_is_still_loading() -> None:
    nursery = Nursery()
    nursery.ready.clear()
    runtime = Runtime(start=nursery.start, memory=lambda: 150)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for load in (A, B):

            async def use(load: Load = load) -> None:
                async with runtime.lend(load, Waits()):
                    assert runtime.loaded == [load] or len(runtime.loaded) == 2

            group.create_task(use())
        await settle()
        assert len(nursery.started) == 1
        nursery.ready.set()
    await runtime.close()


async def test_leaving_early_does_not_stop_the_load() -> None:
    nursery = Nursery()
    nursery.ready.clear()
    runtime = Runtime(start=nursery.start)

    async def use() -> None:
        async with runtime.lend(A, Waits()):
            pass

    task = asyncio.create_task(use())
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    nursery.ready.set()
    await use()
    assert len(nursery.started) == 1
    await runtime.close()


async def test_closing_while_loading() -> None:
    nursery = Nursery()
    nursery.ready.clear()
    runtime = Runtime(start=nursery.start)

    async def use() -> None:
        async with runtime.lend(A, Waits()):
            pass

    task = asyncio.create_task(use())
    await settle()
    await runtime.close()
    with pytest.raises((asyncio.CancelledError, ModelUnavailable)):
        await task


def test_memory_is_counted() -> None:
    assert available_memory() > 0
