"""The one door out: who is asked, which connection is used, and that leaving hangs up."""

import asyncio
import ipaddress
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from fakes.fixtures import LoopbackOnly
from fakes.raw import answering
from mecum.infra.net import Flow, Net, NetUnavailable, Outgoing, PrivateAddressRefused
from mecum.infra.net.calls import BadAddress
from mecum.infra.net.client import is_loopback
from mecum.kernel.errors import Denied

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSING = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@dataclass
class Gate:
    """An egress gate that keeps what it was asked, and refuses or not."""

    refuses: bool
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    recorded: list[tuple[str, int | None]] = field(default_factory=list[tuple[str, int | None]])

    async def admit(self, call: Outgoing, host: str) -> None:
        self.asked.append((host, call.purpose, call.data_class))
        if self.refuses:
            raise Denied

    async def record(self, call: Outgoing, host: str, status: int | None) -> None:
        self.recorded.append((host, status))


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Net]:
    """Return a door that nobody leaves this machine through."""
    made = Net(LoopbackOnly())
    yield made
    await made.close()


def get(url: str, **more: float) -> Outgoing:
    """Return a plain request."""
    return Outgoing("GET", url, purpose="test", **more)  # pyright: ignore[reportArgumentType]


async def test_a_connection_is_used_again(door: Net) -> None:
    async with answering([OK]) as server:
        for _ in range(3):
            response = await door.fetch(get(f"{server.url}/a?b=c"))
            assert (response.status, response.body) == (200, b"ok")
            assert response.headers[b"content-length"] == b"2"
        assert (len(server.requests), server.connections) == (3, 1)
        assert server.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")


async def test_requests_at_the_same_time_have_connections_of_their_own(door: Net) -> None:
    async with answering([0.05, OK]) as server:
        await asyncio.gather(*(door.fetch(get(server.url)) for _ in range(3)))
        assert server.connections == 3
        await asyncio.gather(*(door.fetch(get(server.url)) for _ in range(3)))
        assert server.connections == 3


async def test_a_closing_server_gets_a_fresh_connection(door: Net) -> None:
    async with answering([CLOSING]) as server:
        for _ in range(2):
            assert (await door.fetch(get(server.url))).body == b"ok"
        assert server.connections == 2


async def test_a_kept_connection_that_died_meanwhile_is_replaced_once(door: Net) -> None:
    # The second request goes over the kept connection, which the server ends without a word.
    async with answering([OK], [None], [OK]) as server:
        assert (await door.fetch(get(server.url))).body == b"ok"
        assert (await door.fetch(get(server.url))).body == b"ok"
        assert (server.connections, len(server.requests)) == (2, 3)


async def test_what_was_begun_is_not_sent_twice(door: Net) -> None:
    async with answering([OK], [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", None]) as server:
        await door.fetch(get(server.url))
        with pytest.raises(NetUnavailable, match="ended the connection early"):
            await door.fetch(get(server.url))
        assert len(server.requests) == 2


async def test_a_fresh_connection_that_ends_is_not_tried_again(door: Net) -> None:
    async with answering([None]) as server:
        with pytest.raises(NetUnavailable):
            await door.fetch(get(server.url))
        assert len(server.requests) == 1


async def test_nobody_listening_is_said(door: Net) -> None:
    async with answering([OK]) as server:
        port = server.port
    with pytest.raises(NetUnavailable, match=rf"127\.0\.0\.1:{port} does not answer"):
        await door.fetch(get(f"http://127.0.0.1:{port}/"))


async def test_tls_to_a_server_without_it_fails(door: Net) -> None:
    async with answering([OK]) as server:
        for _ in range(2):
            with pytest.raises(NetUnavailable):
                await door.fetch(get(f"https://127.0.0.1:{server.port}/", connect_timeout=0.3))


async def test_leaving_hangs_up_at_once(door: Net) -> None:
    async with answering([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 20.0]) as server:
        task = asyncio.create_task(door.fetch(get(server.url)))
        while not server.requests:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
        task.cancel()
        began = time.perf_counter()
        async with asyncio.timeout(5):
            await server.gone.wait()
        assert time.perf_counter() - began < 1
        with pytest.raises(asyncio.CancelledError):
            await task
        server.requests.clear()


@pytest.mark.slow
async def test_silence_has_an_end(door: Net) -> None:
    async with answering([30.0]) as server:
        with pytest.raises(NetUnavailable, match="Nothing arrived"):
            await door.fetch(get(server.url, timeout=0.2))


@pytest.mark.slow
async def test_a_silent_server_is_not_asked_twice(door: Net) -> None:
    async with answering([OK], [30.0]) as server:
        await door.fetch(get(server.url))
        with pytest.raises(NetUnavailable, match="Nothing arrived"):
            await door.fetch(get(server.url, timeout=0.2))
        assert (len(server.requests), server.connections) == (2, 1)


@pytest.mark.slow
async def test_a_slow_but_talking_server_is_heard_out(door: Net) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with answering([head, *([0.3, b"1\r\nx\r\n"] * 5), b"0\r\n\r\n"]) as server:
        assert (await door.fetch(get(server.url, timeout=1.0))).body == b"xxxxx"


async def test_closing_ends_what_is_idle_and_what_is_busy() -> None:
    door = Net(LoopbackOnly())
    async with answering([OK], [30.0]) as server:
        await door.fetch(get(server.url))
        task = asyncio.create_task(door.fetch(get(server.url)))
        while len(server.requests) < 2:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.005)
        await door.close()
        with pytest.raises(NetUnavailable):
            await task


async def test_the_gate_is_asked_before_the_name_is(outbound_attempts: list[str]) -> None:
    gate = Gate(refuses=True)
    door = Net(gate)
    with pytest.raises(Denied):
        await door.fetch(get("https://models.example.org/v1/models"))
    assert gate.asked == [("models.example.org", "test", "conversation")]
    # Nothing left, so nothing is written down, and no name server was asked.
    assert gate.recorded == []
    assert outbound_attempts == []
    await door.close()


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.5", "169.254.169.254", "[fd00::1]", "0.0.0.0", "100.64.0.1"])
async def test_a_private_address_is_refused(host: str, outbound_attempts: list[str]) -> None:
    gate = Gate(refuses=False)
    door = Net(gate)
    with pytest.raises(PrivateAddressRefused):
        await door.fetch(get(f"http://{host}:8080/"))
    assert gate.asked
    assert gate.recorded == [(host.strip("[]"), None)]
    assert outbound_attempts == []
    await door.close()


async def test_loopback_needs_no_permission() -> None:
    gate = Gate(refuses=True)
    door = Net(gate)
    async with answering([OK]) as server:
        assert (await door.fetch(get(f"http://localhost:{server.port}/"))).status == 200
    assert gate.asked == gate.recorded == []
    await door.close()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1:80", "http:///path", "file:///etc/passwd", ""])
async def test_only_web_addresses_are_called(door: Net, url: str) -> None:
    with pytest.raises(BadAddress):
        await door.fetch(get(url))


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("[::1]", True),
        ("::1", True),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
        ("8.8.8.8", False),
        ("", False),
    ],
)
def test_what_loopback_is(host: str, local: bool) -> None:
    assert is_loopback(host) is local
    if local and host != "localhost":
        assert ipaddress.ip_address(host.strip("[]")).is_loopback


async def test_a_receiver_makes_the_server_wait(door: Net) -> None:
    size, flow = 40 << 20, Flow()

    class Slow:
        """Wants a rest after its first piece."""

        def __init__(self) -> None:
            self.taken = 0

        def head(self, status: int, headers: dict[bytes, bytes]) -> None:
            """Nothing to see."""

        def body(self, data: bytes) -> None:
            self.taken += len(data)
            flow.pause()

    slow = Slow()
    async with answering([b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size, bytes(size)]) as server:
        call = get(server.url)
        call.flow = flow
        exchange = asyncio.create_task(door.stream(call, slow))
        async with asyncio.timeout(10):
            while not flow.paused:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.1)
            assert 0 < slow.taken < size // 4
            while not exchange.done():
                flow.resume()
                await asyncio.sleep(0)
        await exchange
    assert slow.taken == size
