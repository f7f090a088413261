"""A model leaves the memory when it is told to: not before its answers end, not against those who need it."""

import asyncio
from typing import cast

from mecum.integrations.llama_cpp.process import Child
from mecum.integrations.llama_cpp.runtime import Load, Runtime

A = Load("/a.gguf", 1, 512, 100)


class Doll:
    """Stands in for a child process."""

    def __init__(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False


async def start(*_: object) -> Child:
    return cast("Child", Doll())


def nobody() -> None:
    """Nobody waits."""


async def test_idle_it_goes_at_once() -> None:
    runtime = Runtime(start=start)
    async with runtime.lend(A, nobody) as child:
        assert runtime.busy(A) == 1
        assert runtime.rest(A) is None
    assert (runtime.rest(A) or 0) > 500
    await runtime.unload(A.path)
    assert runtime.loaded == []
    assert not child.running
    await runtime.unload(A.path)


async def test_busy_it_goes_when_its_answers_end() -> None:
    runtime, done = Runtime(start=start), asyncio.Event()

    async def use() -> Child:
        async with runtime.lend(A, nobody) as child:
            await done.wait()
            assert child.running
            return child

    using = asyncio.create_task(use())
    await asyncio.sleep(0.01)
    unloading = asyncio.create_task(runtime.unload(A.path))
    await asyncio.sleep(0.01)
    assert not unloading.done()
    done.set()
    async with asyncio.timeout(2):
        await unloading
    assert not (await using).running
    assert runtime.loaded == []


async def test_who_needs_it_meanwhile_keeps_it() -> None:
    runtime, done = Runtime(start=start), asyncio.Event()

    async def use() -> None:
        async with runtime.lend(A, nobody):
            await done.wait()

    first = asyncio.create_task(use())
    await asyncio.sleep(0.01)
    unloading = asyncio.create_task(runtime.unload(A.path))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(use())
    await asyncio.sleep(0.01)
    done.set()
    async with asyncio.timeout(2):
        await asyncio.gather(first, second, unloading)
    assert runtime.loaded == [A]
    await runtime.close()
