"""Responses that are read together: nothing is lost, whoever leaves is let go, and a few are never made to wait."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from fakes.fixtures import LoopbackOnly
from fakes.raw import answering
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.infra.net.beat import Beat

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="epoll is Linux's")
MANY = 40


class Pipe:
    """Something to read."""

    def __init__(self) -> None:
        self.number, self._theirs = os.pipe()
        os.set_blocking(self.number, False)
        self.got = b""
        self.resting = False

    def data_received(self, data: bytes) -> None:
        self.got += data

    def rest(self) -> None:
        self.resting = True

    def resume(self) -> None:
        self.resting = False

    def say(self, data: bytes) -> None:
        """Let something arrive."""
        os.write(self._theirs, data)

    def hang_up(self) -> None:
        """Let the other side end."""
        os.close(self._theirs)


@pytest.fixture
def busy() -> Iterator[tuple[Beat, list[int]]]:
    """Return a beat while many responses stream, and how often it was wanted."""
    beat, wanted = Beat(), list[int]()
    beat.wanted = lambda: wanted.append(1)
    for _ in range(MANY):
        beat.begins()
    yield beat, wanted
    beat.close()


def test_a_few_are_read_as_they_come() -> None:
    beat, pipe = Beat(), Pipe()
    beat.wanted = lambda: None
    for _ in range(20):
        beat.begins()
    assert not beat.join(pipe.number, pipe)
    assert not pipe.resting
    assert beat.read() is None


def test_nobody_joins_a_beat_that_nobody_makes() -> None:
    beat, pipe = Beat(), Pipe()
    for _ in range(MANY):
        beat.begins()
    assert not beat.join(pipe.number, pipe)


def test_what_arrived_is_read_at_the_beat(busy: tuple[Beat, list[int]]) -> None:
    (beat, wanted), pipes = busy, [Pipe() for _ in range(3)]
    assert all(beat.join(pipe.number, pipe) for pipe in pipes)
    assert (wanted, [pipe.resting for pipe in pipes]) == ([1], [True] * 3)
    pipes[0].say(b"a")
    pipes[2].say(b"c")
    assert beat.read() is False
    assert [pipe.got for pipe in pipes] == [b"a", b"", b"c"]
    beat.leave(pipes[0].number)
    beat.leave(pipes[0].number)
    assert not pipes[0].resting
    pipes[0].say(b"later")
    beat.read()
    assert pipes[0].got == b"a"


def test_the_end_is_left_to_the_transport(busy: tuple[Beat, list[int]]) -> None:
    (beat, wanted), pipe = busy, Pipe()
    beat.join(pipe.number, pipe)
    pipe.hang_up()
    assert beat.read() is False
    assert not pipe.resting
    assert beat.read() is None
    assert beat.join(pipe.number, pipe)
    assert wanted == [1, 1]


def test_never_all_at_once_and_each_only_once_a_beat(busy: tuple[Beat, list[int]]) -> None:
    (beat, _), pipes = busy, [Pipe() for _ in range(300)]
    for pipe in pipes:
        beat.join(pipe.number, pipe)
        pipe.say(b"x" * 20_000)
    beat.read()  # the first one only counts them
    rounds = 1
    while beat.read():
        rounds += 1
    assert rounds == 3
    assert all(pipe.got for pipe in pipes)
    for pipe in pipes:
        beat.leave(pipe.number)
        os.close(pipe.number)
        pipe.hang_up()


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Net]:
    """Return a door whose beat is made every 5 ms."""
    made = Net(LoopbackOnly())
    made.beat.wanted = lambda: None

    loop = asyncio.get_running_loop()

    def at_a_beat() -> None:
        nonlocal timer
        timer = loop.call_soon(at_a_beat) if made.beat.read() else loop.call_later(0.005, at_a_beat)

    timer: asyncio.Handle = loop.call_soon(at_a_beat)
    yield made
    timer.cancel()
    await made.close()


class Heard:
    """A response as it arrived."""

    def __init__(self) -> None:
        self.told = b""

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        assert status == 200

    def body(self, data: bytes) -> None:
        self.told += data


def chunked(number: int, pause: float, *, whole: bool = True) -> list[bytes | float | None]:
    """Return a response in pieces that are sent one after the other; not `whole`: the server ends it early."""
    steps: list[bytes | float | None] = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]
    for text in (b"%d " % n * 10 for n in range(number)):
        steps += [b"%x\r\n%b\r\n" % (len(text), text), pause]
    return [*steps, b"0\r\n\r\n" if whole else None]


async def test_many_streams_arrive_whole_and_their_connections_are_used_again(door: Net) -> None:
    told = b"".join(b"%d " % n * 10 for n in range(20))

    async def ask(url: str) -> bytes:
        heard = Heard()
        await door.stream(Outgoing("GET", url, purpose="test", paced=True), heard)
        return heard.told

    async with answering(chunked(20, 0.003)) as server:
        for _ in range(2):
            assert await asyncio.gather(*(ask(server.url) for _ in range(MANY))) == [told] * MANY
        assert server.connections == MANY


async def test_one_that_breaks_off_or_is_left_takes_no_other_along(door: Net) -> None:
    async def ask(url: str) -> str:
        heard = Heard()
        try:
            await door.stream(Outgoing("GET", url, purpose="test", paced=True), heard)
        except NetUnavailable:
            return "broken"
        return heard.told.decode()

    async with answering(chunked(20, 0.01)) as server, answering(chunked(10, 0.01, whole=False)) as broken:
        whole = [asyncio.create_task(ask(server.url)) for _ in range(MANY)]
        breaks = [asyncio.create_task(ask(broken.url)) for _ in range(3)]
        left = [asyncio.create_task(ask(server.url)) for _ in range(3)]
        await asyncio.sleep(0.1)
        for task in left:
            task.cancel()
        assert len(set(await asyncio.gather(*whole))) == 1
        assert await asyncio.gather(*breaks) == ["broken"] * 3
        assert all(task.cancelled() for task in left)
