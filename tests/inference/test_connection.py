"""A test of a connection says what is wrong in a sentence of its own, and which prices are known when nothing is."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from factories.certificates import self_signed as context_of
from factories.sites import Site
from fakes.beyond import PRICED, beyond
from fakes.raw import answering

__all__ = ["beyond"]
API = "/api/v1"
WIRES = ["openai", "anthropic", "google", "ollama"]


def whole(body: bytes, kind: str = "application/json") -> bytes:
    """Return a response."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


HALF = b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"data": [{"id": "a"'
OPEN_HALF = b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"data": [{"id": "a"'


async def tried(site: Site, wire: str, url: str) -> Any:
    """Add an endpoint without a consent, and test it."""
    body = {"name": f"try-{wire}", "wire": wire, "base_url": url}
    added = await site.browser.ask("POST", f"{API}/endpoints", body)
    assert added.status == 201, added.body
    return (await site.browser.ask("POST", f"{API}/endpoints/{added.json['id']}/test")).json


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (whole(b"<!DOCTYPE html><title>Sign in</title>", "text/html"), "not_a_server a web page, not with models"),
        (
            whole(b'{"error": {"message": "quota spent"}}'),
            "error_inside 200 with an error inside. It said: quota spent",
        ),
        (whole(b'{"data": [{"id": '), "cut_short ends in the middle"),
        (whole(b"models: none"), "not_a_server is not JSON"),
        (OPEN_HALF, "cut_short ends in the middle"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unavailable "),
    ],
)
async def test_what_is_no_list_of_models(site: Site, wire: str, answer: bytes, says: str) -> None:
    async with answering([answer, None]) as server:
        found = await tried(site, wire, server.url)
    code, _, words = says.partition(" ")
    assert (found["ok"], found["code"]) == (False, f"model.{code}")
    assert words in found["detail"], found


@pytest.mark.parametrize("wire", ["openai", "anthropic", "google"])
async def test_half_an_answer(site: Site, wire: str) -> None:
    async with answering([HALF, None]) as server:
        found = await tried(site, wire, server.url)
    assert (found["ok"], found["detail"]) == (False, "The server ended the connection early.")


@asynccontextmanager
async def self_signed(folder: Path) -> AsyncGenerator[str]:
    """Serve TLS with a certificate that nobody vouches for."""
    context = context_of(folder)

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.mark.parametrize("wire", WIRES)
async def test_a_certificate_that_proves_nothing(site: Site, tmp_path: Path, wire: str) -> None:
    async with self_signed(tmp_path) as url:
        found = await tried(site, wire, url)
    assert (found["ok"], found["code"]) == (False, "model.certificate_invalid")
    assert found["detail"].startswith("127.0.0.1 does not prove who it is: "), found


async def test_no_tls_there(site: Site) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    found = await tried(site, "openai", f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    assert found["ok"] is False
    assert "http://" in found["detail"], found


async def test_which_prices_are_known(site: Site, beyond: list[str]) -> None:
    listed = whole(b'{"data": [{"id": "gpt-4o-mini"}, {"id": "nobody-knows-this-1"}]}')
    async with answering([listed, None]) as server:
        found = await tried(site, "openai", f"http://{PRICED}:{server.port}/v1")
    assert (found["ok"], found["models"], found["priced"]) == (True, 2, 1)
    assert found["price_table"].startswith("genai-prices ")
    assert found["price_table_date"] in found["detail"]
    assert found["detail"].startswith("2 models; the price of 1 is known (genai-prices ")
    assert beyond == [PRICED]


async def test_one_of_this_machine_has_no_prices(site: Site) -> None:
    found = (await site.browser.ask("POST", f"{API}/endpoints/up/test")).json
    assert (found["ok"], found["priced"], found["price_table"], found["code"]) == (True, None, None, None)
    assert found["latency_ms"] is not None
