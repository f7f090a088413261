"""One file over the one door out: resumed, checked, refused; never half of one where a whole one is meant."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
import pytest_asyncio

from factories.certificates import self_signed
from fakes.broken_server import saying
from fakes.file_server import FileServer, serving
from fakes.fixtures import net
from mecum.inference.errors import (
    NoRoomOnDisk,
    NotAModelFile,
    PullFailed,
    PullRedirected,
    PullRefused,
    PullTooLarge,
    PullUnproven,
)
from mecum.inference.pulls import checksum
from mecum.inference.pulls.download import Download, Limits
from mecum.infra.net import Net
from mecum.kernel.errors import MecumError

__all__ = ["net"]
DATA = b"GGUF" + bytes(range(256)) * 4000
SHA = hashlib.sha256(DATA).hexdigest()
ROOM = Limits(10**9, lambda _: 10**10)


class Open:
    """A policy that grants everything and remembers what."""

    def __init__(self) -> None:
        self.granted: list[str] = []

    def granting(self, url: str, purpose: str) -> AbstractContextManager[None]:
        self.granted.append(f"{purpose} {url}")
        return nullcontext()

    def require_reach(self, url: str, purpose: str) -> None:
        """Everything can be reached."""


@pytest_asyncio.fixture
async def server() -> AsyncIterator[FileServer]:
    """Return a server of the file."""
    async with serving(DATA) as files:
        yield files


def download(
    net: Net, server: FileServer, folder: Path, limits: Limits = ROOM, hosts: frozenset[str] = frozenset()
) -> Download:
    """Return a download of the file."""
    return Download(net, Open(), server.url, folder / ".pull-1", hosts, limits)


async def test_a_whole_file(net: Net, server: FileServer, tmp_path: Path) -> None:
    one = download(net, server, tmp_path)
    assert await one.run() is None
    assert one.part.read_bytes() == DATA
    assert (one.progress.done, one.progress.of) == (len(DATA), len(DATA))
    assert await one.run() is None
    assert len(server.asked) == 1, "there already"


async def test_what_broke_off_goes_on_there(net: Net, server: FileServer, tmp_path: Path) -> None:
    server.cuts = [300_000, 300_000]
    one = download(net, server, tmp_path)
    await one.run()
    assert one.part.read_bytes() == DATA
    first, second, third = server.ranges_asked
    assert first is None
    assert second is not None
    assert third is not None
    assert 0 < int(second[6:-1]) < int(third[6:-1])
    assert server.asked[1][1]["if-range"] == '"one"'


async def test_another_process_goes_on_there(net: Net, server: FileServer, tmp_path: Path) -> None:
    server.hold = asyncio.Event()
    first = download(net, server, tmp_path)
    task = asyncio.create_task(first.run())
    async with asyncio.timeout(5):
        while first.progress.done == 0:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    there = first.part.stat().st_size
    assert 0 < there < len(DATA)
    server.hold = None
    second = download(net, server, tmp_path)
    await second.run()
    assert second.part.read_bytes() == DATA
    assert server.ranges_asked[-1] == f"bytes={there}-"


async def test_without_ranges_it_begins_anew(net: Net, server: FileServer, tmp_path: Path) -> None:
    server.ranges, server.cuts = False, [300_000]
    one = download(net, server, tmp_path)
    await one.run()
    assert one.part.read_bytes() == DATA
    assert len(server.asked) == 2


async def test_a_server_that_always_breaks_off_is_tried_later(net: Net, server: FileServer, tmp_path: Path) -> None:
    server.ranges, server.cuts = False, [300_000] * 30
    with pytest.raises(PullFailed, match="early"):
        await download(net, server, tmp_path).run()
    assert len(server.asked) < 5


@pytest.mark.parametrize("length", [True, False])
async def test_another_file_meanwhile_begins_anew(net: Net, server: FileServer, tmp_path: Path, length: bool) -> None:
    server.cuts = [300_000, 0]
    one = download(net, server, tmp_path)
    with pytest.raises(PullFailed):
        await one.run()
    server.data, server.etag = b"GGUF" + b"other" * 90_000, '"two"'
    server.length = length
    await one.run()
    assert one.part.read_bytes() == server.data


async def test_a_shorter_file_meanwhile_begins_anew(net: Net, server: FileServer, tmp_path: Path) -> None:
    server.etag, server.cuts = None, [300_000, 0]
    one = download(net, server, tmp_path)
    with pytest.raises(PullFailed):
        await one.run()
    server.data = b"GGUF" + b"short" * 1000
    await one.run()
    assert one.part.read_bytes() == server.data


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"data": b"<html>Sign in</html>"}, NotAModelFile),
        ({"data": b"GG<html>"}, NotAModelFile),
        ({"data": b""}, NotAModelFile),
        ({"headers": {"Content-Type": "text/html; charset=utf-8"}}, NotAModelFile),
        ({"status": 404, "data": b"no such file"}, PullRefused),
        ({"status": 401}, PullRefused),
        ({"status": 503}, PullFailed),
        ({"send_on": "http://localhost:9/x"}, PullRedirected),
        ({"send_on": "ftp://127.0.0.1/x"}, PullRedirected),
        ({"send_on": "//files.example.org/x"}, PullRedirected),
        ({"send_on": "/files/tiny.gguf"}, PullRefused),
    ],
)
async def test_what_is_not_the_file(
    net: Net, server: FileServer, tmp_path: Path, change: dict[str, object], error: type[MecumError]
) -> None:
    for name, value in change.items():
        setattr(server, name, value)
    one = download(net, server, tmp_path)
    with pytest.raises(error):
        await one.run()
    assert not one.part.exists() or one.part.stat().st_size <= 2


async def test_it_is_sent_on_to_a_host_that_was_named(net: Net, server: FileServer, tmp_path: Path) -> None:
    async with serving() as hub:
        hub.send_on = server.url.replace("127.0.0.1", "localhost")
        hub.headers = {"X-Linked-Etag": f'"{SHA}"'}
        server.headers = {"X-Linked-Etag": "0" * 64}
        with pytest.raises(PullRedirected, match="--allow-host localhost"):
            await download(net, hub, tmp_path).run()
        assert server.asked == []
        one = download(net, hub, tmp_path, hosts=frozenset({"localhost"}))
        assert await one.run() == SHA, "as the hub says, not whom it sends on to"
    assert one.part.read_bytes() == DATA


@pytest.mark.parametrize(
    "headers",
    [
        {"Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(SHA)).decode()}:"},
        {"Digest": f"md5=abc, SHA-256={base64.b64encode(bytes.fromhex(SHA)).decode()}"},
        {"X-Linked-Etag": f'"{SHA}"'},
    ],
)
async def test_the_server_says_the_checksum(
    net: Net, server: FileServer, tmp_path: Path, headers: dict[str, str]
) -> None:
    server.headers, server.cuts = headers, [300_000]
    assert await download(net, server, tmp_path).run() == SHA


@pytest.mark.parametrize(
    "said",
    [
        {},
        {b"digest": b"sha-256=short"},
        {b"x-linked-etag": b'"abc"'},
        {b"content-digest": b"sha-256=:" + base64.b64encode(bytes.fromhex(SHA)) + b":"},
    ],
)
def test_what_is_no_checksum_of_the_file(said: dict[bytes, bytes]) -> None:
    assert checksum.said_by(said) is None


async def test_a_server_that_does_not_prove_who_it_is(net: Net, tmp_path: Path) -> None:
    with saying(b"", b"", self_signed(tmp_path)) as url:
        one = Download(net, Open(), f"{url}/tiny.gguf", tmp_path / ".pull-1", frozenset(), ROOM)
        with pytest.raises(PullUnproven, match="does not prove who it is"):
            await one.run()


async def test_too_large_a_file(net: Net, server: FileServer, tmp_path: Path) -> None:
    limits = Limits(len(DATA) - 1, ROOM.free)
    with pytest.raises(PullTooLarge, match="are allowed"):
        await download(net, server, tmp_path, limits).run()
    server.length = False
    with pytest.raises(PullTooLarge, match="larger"):
        await download(net, server, tmp_path, limits).run()


async def test_a_full_disk(net: Net, server: FileServer, tmp_path: Path) -> None:
    left = (256 << 20) + len(DATA)
    await download(net, server, tmp_path / "a", Limits(10**9, lambda _: left)).run()
    with pytest.raises(NoRoomOnDisk, match="has room for"):
        await download(net, server, tmp_path / "b", Limits(10**9, lambda _: left - 1)).run()


async def test_a_disk_that_does_not_take_it(net: Net, server: FileServer, tmp_path: Path) -> None:
    one = download(net, server, tmp_path)
    one.part.mkdir(parents=True)
    with pytest.raises(NoRoomOnDisk, match="does not take"):
        await one.run()


async def test_nobody_there(net: Net, tmp_path: Path) -> None:
    one = Download(net, Open(), "http://127.0.0.1:1/x.gguf", tmp_path, frozenset(), ROOM)
    with pytest.raises(PullFailed):
        await one.run()
