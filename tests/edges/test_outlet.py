"""Sending without a queue: what a client takes now is sent now, and nothing else is."""

import asyncio
from typing import Any

from mecum.edges.outlet import Message, Outlet


class Pipe:
    """A client's `send`: takes at once, or when it is let."""

    def __init__(self, *, stuck: bool = False, error: Exception | None = None) -> None:
        self.taken: list[Any] = []
        self.free = asyncio.Event()
        self.error = error
        if not stuck:
            self.free.set()

    async def send(self, message: Message) -> None:
        if not self.free.is_set():
            await self.free.wait()
            await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.taken.append(message["n"])


class Texts(Pipe):
    """The same for a WebSocket."""

    async def send(self, message: Message) -> None:
        await super().send({"n": message["text"]})


async def test_a_client_that_reads_is_sent_to_in_place() -> None:
    pipe, freed = Pipe(), list[int]()
    outlet = Outlet(pipe.send, lambda: freed.append(1))
    assert all(outlet.write({"n": number}) for number in range(3))
    assert pipe.taken == [0, 1, 2]
    assert not outlet.busy
    assert freed == []


async def test_a_client_that_does_not_read_gets_one_message_and_says_when_it_is_free() -> None:
    pipe, freed = Pipe(stuck=True), asyncio.Event()
    outlet = Outlet(pipe.send, freed.set)
    assert outlet.write({"n": 1})
    assert outlet.busy
    assert not outlet.write({"n": 2})
    assert pipe.taken == []
    pipe.free.set()
    async with asyncio.timeout(5):
        await freed.wait()
    assert pipe.taken == [1]
    assert not outlet.busy
    assert outlet.write({"n": 3})
    assert pipe.taken == [1, 3]


async def test_a_client_that_hung_up_is_closed() -> None:
    for error in (OSError("gone"), RuntimeError("closed")):
        outlet = Outlet(Pipe(error=error).send, lambda: None)
        assert not outlet.write({"n": 1})
        assert outlet.closed
        assert not outlet.write({"n": 2})


async def test_a_client_that_hangs_up_while_it_is_slow_is_closed() -> None:
    freed: list[int] = []
    pipe = Pipe(stuck=True, error=OSError("gone"))
    outlet = Outlet(pipe.send, lambda: freed.append(1))
    assert outlet.write({"n": 1})
    pipe.free.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert outlet.closed
    assert not outlet.busy
    assert freed == []


async def test_an_outlet_that_was_closed_meanwhile_tells_nobody() -> None:
    freed: list[int] = []
    pipe = Pipe(stuck=True)
    outlet = Outlet(pipe.send, lambda: freed.append(1))
    outlet.write({"n": 1})
    outlet.closed = True
    pipe.free.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert pipe.taken == [1]
    assert freed == []


async def test_of_several_texts_as_many_are_taken_as_the_client_takes() -> None:
    pipe = Texts()
    outlet = Outlet(pipe.send, lambda: None)
    assert outlet.text(b"a", b"b") == 2
    assert pipe.taken == ["a", "b"]


async def test_of_several_texts_a_client_that_does_not_read_is_sent_one() -> None:
    pipe, freed = Texts(stuck=True), asyncio.Event()
    outlet = Outlet(pipe.send, freed.set)
    assert outlet.text(b"a", b"b") == 1
    assert outlet.text(b"b") == 0
    pipe.free.set()
    async with asyncio.timeout(5):
        await freed.wait()
    assert pipe.taken == ["a"]
