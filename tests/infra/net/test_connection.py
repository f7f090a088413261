"""One HTTP/1.1 exchange: however the body is framed and split, it arrives whole; what is not HTTP is said."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fakes.fixtures import LoopbackOnly
from fakes.raw import answering
from mecum.infra.net import Net, NetUnavailable, Outgoing
from mecum.infra.net.beat import Beat
from mecum.infra.net.connection import Connection


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Net]:
    """Return a door that nobody leaves this machine through."""
    made = Net(LoopbackOnly())
    yield made
    await made.close()


def call(url: str, method: str = "GET", body: bytes = b"", **headers: str) -> Outgoing:
    """Return a request."""
    return Outgoing(method, url, purpose="test", headers=headers, body=body)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;ext=1\r\n \r\n5\r\nworld\r\n0\r\n\r\n"


async def test_a_chunked_body_is_joined(door: Net) -> None:
    async with answering([CHUNKED]) as server:
        assert (await door.fetch(call(server.url))).body == b"hello world"
        assert (await door.fetch(call(server.url))).body == b"hello world"
        assert server.connections == 1


async def test_a_body_split_anywhere_is_the_same(door: Net) -> None:
    pieces: list[bytes | float | None] = []
    for at in range(0, len(CHUNKED), 7):
        pieces += [CHUNKED[at : at + 7], 0.001]
    async with answering(pieces) as server:
        assert (await door.fetch(call(server.url))).body == b"hello world"


async def test_a_body_without_a_length_ends_with_the_connection(door: Net) -> None:
    async with answering([b"HTTP/1.1 200 OK\r\n\r\nall ", b"of it", None]) as server:
        for _ in range(2):
            assert (await door.fetch(call(server.url))).body == b"all of it"
        assert server.connections == 2


async def test_an_answer_without_a_body(door: Net) -> None:
    async with answering([b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"]) as server:
        response = await door.fetch(call(server.url, "DELETE"))
        assert (response.status, response.body) == (204, b"")


async def test_header_names_are_lower_case(door: Net) -> None:
    async with answering([b"HTTP/1.1 418 Teapot\r\nX-Kind: Tea\r\nContent-Length: 0\r\n\r\n"]) as server:
        response = await door.fetch(call(server.url))
        assert (response.status, response.headers[b"x-kind"]) == (418, b"Tea")


async def test_a_body_goes_out_with_its_length(door: Net) -> None:
    async with answering([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]) as server:
        await door.fetch(call(server.url, "POST", "ä".encode(), Accept="text/plain"))
        await door.fetch(call(server.url, "POST"))
        await door.fetch(call(server.url))
    full, empty, none = server.requests
    assert b"Content-Length: 2\r\n" in full
    assert full.endswith(b"\r\n\r\n\xc3\xa4")
    assert b"Accept: text/plain\r\n" in full
    assert b"Content-Length: 0\r\n" in empty
    assert b"Content-Length" not in none


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\nb", "a\rb"])
async def test_a_line_break_in_a_header_is_refused(door: Net, value: str) -> None:
    async with answering([CHUNKED]) as server:
        with pytest.raises(ValueError, match="line break"):
            await door.fetch(call(server.url, "GET", Accept=value))
        assert server.requests == []


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 two hundred\r\n\r\n", b"\x00\x01\x02\r\n\r\n"])
async def test_what_is_not_http_is_said(door: Net, said: bytes) -> None:
    async with answering([said, 5.0]) as server:
        with pytest.raises(NetUnavailable, match="not HTTP"):
            await door.fetch(call(server.url))


async def test_words_nobody_asked_for_end_the_connection(door: Net) -> None:
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    for unasked in ([ok + ok.replace(b"ok", b"no")], [ok, 0.05, ok.replace(b"ok", b"no"), 0.05]):
        async with answering(unasked, [ok]) as server:
            assert (await door.fetch(call(server.url))).body == b"ok"
            await asyncio.sleep(0.1)
            assert (await door.fetch(call(server.url))).body == b"ok"
            assert server.connections == 2


async def test_what_is_said_meanwhile_is_not_the_answer(door: Net) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
    async with answering([early, 0.01, early + CHUNKED]) as server:
        response = await door.fetch(call(server.url))
        assert (response.status, response.body) == (200, b"hello world")
        assert b"link" not in response.headers


class Failing:
    """A receiver with a fault of its own."""

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        assert status == 200
        assert headers

    def body(self, data: bytes) -> None:
        raise LookupError(data)


async def test_a_receivers_own_error_is_the_callers(door: Net) -> None:
    async with answering([CHUNKED]) as server:
        with pytest.raises(LookupError):
            await door.stream(call(server.url), Failing())


async def test_a_connection_that_is_gone_says_so() -> None:
    with pytest.raises(NetUnavailable, match="was closed"):
        await Connection(Beat()).exchange(call("http://127.0.0.1:9/"), Failing())
