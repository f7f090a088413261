"""What a server on the Google wire has."""

from typing import Any

import orjson
import pytest

from fakes import google_wire
from fakes.raw import answering
from fakes.upstream import Upstream
from mecum.inference.errors import ModelAuthFailed, ModelLimited, ModelUnavailable
from mecum.inference.ports import ModelInfo
from mecum.infra.net import Net
from mecum.integrations.google.provider import GoogleProvider


def page(value: Any, status: bytes = b"200 OK") -> list[bytes]:
    """Return the answer of a server that says `value`."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return [b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)]


async def test_what_each_can_do(net: Net) -> None:
    plain = google_wire.model("gemma")
    del plain["thinking"], plain["displayName"]
    others = [
        google_wire.model("gemini-embedding", supportedGenerationMethods=["embedContent"]),
        google_wire.model("gemini-flash-tts"),
        google_wire.model("gemini-flash-image"),
    ]
    async with answering(page({"models": [google_wire.model("gemini-3-pro"), plain, *others]})) as server:
        found, gemma = await GoogleProvider(net, "google", server.url, "key").models()
        assert server.requests[0].startswith(b"GET /v1beta/models?pageSize=1000 ")
        assert b"x-goog-api-key: key" in server.requests[0]
    assert found == ModelInfo(
        "google/gemini-3-pro", "gemini-3-pro", "google", "google", local=True, context_length=1_048_576,
        reasoning=True, detail="Gemini-3-Pro · on this machine", rank=25, refuses=True,
        needs_key=True,
    )  # fmt: skip
    assert (gemma.reasoning, gemma.detail) == (None, "on this machine")


async def test_all_pages_are_read(net: Net) -> None:
    pages = [page(google_wire.models(["a", "b"], "next/1")), page(google_wire.models(["c"]))]
    async with answering(*pages) as server:
        found = await GoogleProvider(net, "google", f"{server.url}/v1").models()
        assert server.requests[1].startswith(b"GET /v1/models?pageSize=1000&pageToken=next%2F1 ")
    assert [model.name for model in found] == ["a", "b", "c"]


async def test_an_endpoint(net: Net, upstream: Upstream) -> None:
    provider = GoogleProvider(net, "google", upstream.url)
    assert {model.name: model.needs_key for model in await provider.models()}["fake-echo"] is None
    assert (provider.endpoint, provider.local) == ("google", True)
    await provider.close()


@pytest.mark.parametrize("said", [b"<html>Welcome</html>", {"models": [{"id": "x"}]}, {"models": "none"}, []])
async def test_a_server_that_speaks_something_else(net: Net, said: Any) -> None:
    async with answering(page(said)) as server:
        with pytest.raises(ModelUnavailable, match=r"does not speak|web page"):
            await GoogleProvider(net, "google", server.url).models()


async def test_a_wrong_key(net: Net) -> None:
    refusal = google_wire.error(400, "API key not valid.", "API_KEY_INVALID")
    async with answering(page(refusal, b"400 Bad Request")) as server:
        with pytest.raises(ModelAuthFailed, match="not valid"):
            await GoogleProvider(net, "google", server.url, "wrong").models()


async def test_a_quota(net: Net) -> None:
    async with answering(page([google_wire.error(429, "Quota", "7s")], b"429 Too Many Requests")) as server:
        with pytest.raises(ModelLimited) as caught:
            await GoogleProvider(net, "google", server.url, "key").models()
    assert caught.value.details["retry_after"] == 7


async def test_a_server_that_is_not_there(net: Net) -> None:
    with pytest.raises(ModelUnavailable):
        await GoogleProvider(net, "google", "http://127.0.0.1:9").models()
