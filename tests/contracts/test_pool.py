"""A pool over real servers: dead, slow, broken, limited ones; nothing is asked twice that has begun."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import pytest

from fakes.fixtures import LoopbackOnly
from fakes.sinks import Recorder
from fakes.steps import Bytes, Drop, Fail, Hang, Say, Step, Wait, says
from fakes.upstream import Upstream
from mecum.inference.errors import ModelLimited, ModelRefused, ModelUnavailable
from mecum.inference.exchange import BACKGROUND, Answer, ModelMessage, ModelRequest, TextContent
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.routing.pool import PoolProvider
from mecum.infra.net import Net
from mecum.integrations.openai.provider import OpenAIProvider

pytestmark = pytest.mark.slow


def request(priority: int = 0) -> ModelRequest:
    """Return a request to the pool."""
    return ModelRequest("m", (ModelMessage("user", (TextContent("hello"),)),), priority=priority)


@dataclass
class Fleet:
    """Servers of one model `m`, each an endpoint `a`, `b`, …, and the pool over them."""

    servers: list[Upstream]
    registry: Registry
    provider: PoolProvider
    net: Net
    sinks: list[Recorder] = field(default_factory=list[Recorder])

    async def ask(self, priority: int = 0) -> Answer:
        """Ask the pool."""
        sink = Recorder()
        self.sinks.append(sink)
        return await self.registry.choose("pool/m").model.answer(request(priority), sink)

    @property
    def asked(self) -> list[int]:
        """How many answers each server was asked for."""
        return [len(server.answers()) for server in self.servers]


@asynccontextmanager
async def fleet(*does: Sequence[Step], patience: float = 5.0) -> AsyncGenerator[Fleet]:
    """Start a server for each list of steps."""
    with ExitStack() as stack:
        servers = [stack.enter_context(Upstream()) for _ in does]
        for server, steps in zip(servers, does, strict=True):
            server.script("m", steps)
        net = Net(LoopbackOnly())
        names = "abcdef"[: len(servers)]
        registry = Registry([OpenAIProvider(net, n, f"{s.url}/v1") for n, s in zip(names, servers, strict=True)])
        preferences = Preferences(pools={"m": tuple(f"{name}/m" for name in names)})
        provider = PoolProvider(registry, lambda: preferences, patience=patience)
        registry.derive(provider)
        await registry.refresh()
        try:
            yield Fleet(servers, registry, provider, net)
        finally:
            await net.close()


@contextmanager
def page() -> Generator[str]:
    """A web server that answers everything with an HTML page; yield its address."""
    body = b"<html><body>It works!</body></html>"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


async def test_requests_are_spread_over_those_that_are_free() -> None:
    slowly = [Wait(0.2), Say("x")]
    async with fleet(slowly, slowly, slowly) as one:
        answers = await asyncio.gather(*(one.ask() for _ in range(9)))
        assert one.asked == [3, 3, 3]
        assert {answer.served_by for answer in answers} == {"a/m", "b/m", "c/m"}


@pytest.mark.parametrize(
    "broken",
    [
        [Fail(500, "no")],
        [Fail(401, "no")],
        [Fail(404, "no")],
        [Drop()],
        [Bytes('{"error": {"message": "out of memory"}}\n\n'), Drop()],
        [Bytes("{broken\n\n"), Drop()],
    ],
    ids=["500", "401", "404", "lost", "error-in-200", "garbage"],
)
async def test_one_that_does_not_begin_is_passed_over_at_once(broken: list[Step]) -> None:
    async with fleet(broken, says("well")) as one:
        for _ in range(6):
            assert (await one.ask()).served_by == "b/m"
        assert [sink.whole for sink in one.sinks] == ["well"] * 6
        assert one.asked[0] == 1, "it is left alone for a while"


async def test_a_page_of_html_is_no_answer() -> None:
    async with fleet(says("well")) as one:
        with page() as address:
            net = Net(LoopbackOnly())
            one.registry.add(OpenAIProvider(net, "b", f"{address}/v1"))
            await one.registry.refresh()
            assert one.registry.find("b/m") is None
            assert (await one.ask()).served_by == "a/m"
            await net.close()


async def test_half_a_stream_is_not_asked_again() -> None:
    async with fleet([Say("half "), Wait(0.05), Drop()], says("well")) as one:
        with pytest.raises(ModelUnavailable):
            await one.ask()
        assert one.sinks[0].whole == "half "
        assert one.asked == [1, 0]


async def test_a_silent_one_is_given_up_and_what_waits_there_goes_on() -> None:
    async with fleet([Hang()], says("well"), patience=0.2) as one:
        assert (await one.ask()).served_by == "b/m"
        one.servers[0].wait_for(aborts=1)
        assert (await one.ask()).served_by == "b/m"
        assert one.asked == [1, 2]


@pytest.mark.slow
async def test_the_slow_one_is_known_by_those_who_wait() -> None:
    async with fleet([Wait(1.0), Say("x")], says("well")) as one:
        first = asyncio.create_task(one.ask())
        await asyncio.sleep(0.2)
        for _ in range(20):
            await one.ask()
        assert one.asked == [1, 20]
        await first
        for _ in range(20):
            await one.ask()
        assert one.asked == [1, 40]


async def test_who_asks_to_slow_down_is_left_alone_as_long_as_it_says() -> None:
    limited = [Fail(429, "slow down", headers={"Retry-After": "30"})]
    async with fleet(limited, says("well")) as one:
        for _ in range(3):
            assert (await one.ask()).served_by == "b/m"
        assert one.asked[0] == 1
        [health] = [one.provider.health(info) for info in one.provider.members("m") if info.endpoint == "a"]
        assert 25 < health.rest <= 30
    async with fleet(limited, limited) as one:
        for _ in range(2):
            with pytest.raises(ModelLimited) as caught:
                await one.ask()
            assert 25 < caught.value.details["retry_after"] <= 30
        assert one.asked == [1, 1]


@pytest.mark.slow
async def test_one_that_is_back_is_found_out_by_one_request() -> None:
    async with fleet([Fail(503, "no")], [Wait(0.1), Say("well")]) as one:
        await one.ask()
        one.servers[0].script("m", [Wait(0.1), Say("back")])
        await asyncio.sleep(0.6)
        answers = await asyncio.gather(*(one.ask() for _ in range(8)))
        assert [answer.served_by for answer in answers].count("a/m") == 1
        answers = await asyncio.gather(*(one.ask() for _ in range(8)))
        assert [answer.served_by for answer in answers].count("a/m") > 1


async def test_all_dead_is_said_soon() -> None:
    async with fleet(says("x"), says("x")) as one:
        for name in "ab":
            one.registry.add(OpenAIProvider(one.net, name, "http://127.0.0.1:1/v1"))
        async with asyncio.timeout(2):
            for _ in range(5):
                with pytest.raises(ModelUnavailable):
                    await one.ask()


async def test_a_wrong_request_is_nobodys_failure() -> None:
    async with fleet([Fail(400, "no such parameter")], [Fail(400, "no such parameter")]) as one:
        for _ in range(3):
            with pytest.raises(ModelRefused):
                await one.ask()
        assert sum(one.asked) == 3


async def test_people_go_before_background_work() -> None:
    async with fleet([Wait(0.1), Say("x")]) as one:
        one.registry.limit("a", 1)
        order: list[str] = []

        async def ask(who: str, priority: int) -> None:
            await one.ask(priority)
            order.append(who)

        tasks = [asyncio.create_task(ask("first", BACKGROUND))]
        await asyncio.sleep(0.02)
        tasks += [asyncio.create_task(ask("job", BACKGROUND)), asyncio.create_task(ask("person", 0))]
        await asyncio.gather(*tasks)
        assert order == ["first", "person", "job"]


async def test_who_leaves_the_queue_takes_nobodys_place() -> None:
    async with fleet([Wait(0.1), Say("x")]) as one:
        one.registry.limit("a", 1)
        tasks = [asyncio.create_task(one.ask()) for _ in range(3)]
        await asyncio.sleep(0.02)
        tasks[1].cancel()
        tasks[0].cancel()
        async with asyncio.timeout(2):
            assert (await tasks[2]).served_by == "a/m"
            assert (await one.ask()).served_by == "a/m"


async def test_a_pool_is_what_all_of_its_members_are() -> None:
    async with fleet(says("x"), says("y")) as one:
        info = one.registry.find("pool/m")
        assert info is not None
        assert (info.available, info.local, info.on_request, info.detail) == (True, True, True, "2 of 2 endpoints")
