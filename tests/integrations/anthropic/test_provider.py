"""What a server on the Anthropic wire has."""

from typing import Any

import orjson
import pytest

from fakes import anthropic_wire
from fakes.raw import answering
from fakes.upstream import Upstream
from mecum.inference.errors import ModelAuthFailed, ModelUnavailable
from mecum.inference.ports import ModelInfo
from mecum.infra.net import Net
from mecum.integrations.anthropic.abilities import Abilities, abilities_of
from mecum.integrations.anthropic.provider import AnthropicProvider


def page(value: Any) -> list[bytes]:
    """Return the answer of a server that says `value`."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)]


async def test_what_each_can_do(net: Net) -> None:
    told = [anthropic_wire.model("claude-new"), anthropic_wire.model("copied", told=False)]
    async with answering(page({"data": told, "has_more": False})) as server:
        new, copied = await AnthropicProvider(net, "anthropic", f"{server.url}/v1", "sk-key").models()
        assert server.requests[0].startswith(b"GET /v1/models?limit=1000 ")
        assert b"x-api-key: sk-key" in server.requests[0]
    assert new == ModelInfo(
        "anthropic/claude-new", "claude-new", "anthropic", "anthropic", local=True, context_length=200_000,
        vision=True, reasoning=True, detail="Claude-New · on this machine", rank=25, refuses=True,
        needs_key=True,
    )  # fmt: skip
    assert (copied.context_length, copied.vision, copied.tools, copied.reasoning) == (None, None, None, None)


async def test_all_pages_are_read(net: Net) -> None:
    pages = [page(anthropic_wire.models(["a", "b"], more=True)), page(anthropic_wire.models(["c"]))]
    async with answering(*pages) as server:
        found = await AnthropicProvider(net, "anthropic", server.url).models()
        assert b"after_id=b" in server.requests[1]
    assert [model.name for model in found] == ["a", "b", "c"]


def test_abilities() -> None:
    assert abilities_of(anthropic_wire.model("new")) == Abilities(
        64_000, True, True, frozenset({"low", "medium", "high", "max"}), True
    )
    old = abilities_of(anthropic_wire.model("old", adaptive=False))
    assert (old.adaptive, old.budgeted, old.efforts) == (False, True, frozenset())
    assert abilities_of({"id": "copied"}) == Abilities()


async def test_a_listed_model_is_asked_for_what_it_can(net: Net, upstream: Upstream) -> None:
    provider = AnthropicProvider(net, "anthropic", upstream.url)
    listed = {model.name: model for model in await provider.models()}
    assert listed["fake-echo"].needs_key is None, "a server that copies the wire may need none"
    assert (provider.endpoint, provider.local) == ("anthropic", True)
    await provider.close()


@pytest.mark.parametrize("said", [b"<html>Welcome</html>", {"models": []}, {"data": [{"name": "x"}]}, []])
async def test_a_server_that_speaks_something_else(net: Net, said: Any) -> None:
    async with answering(page(said)) as server:
        with pytest.raises(ModelUnavailable, match=r"does not speak|web page"):
            await AnthropicProvider(net, "anthropic", server.url).models()


async def test_a_wrong_key(net: Net, upstream: Upstream) -> None:
    upstream.require_key("sk-right")
    with pytest.raises(ModelAuthFailed):
        await AnthropicProvider(net, "anthropic", upstream.url, "sk-wrong").models()
    assert await AnthropicProvider(net, "anthropic", upstream.url, "sk-right").models()


async def test_a_server_that_is_not_there(net: Net) -> None:
    with pytest.raises(ModelUnavailable):
        await AnthropicProvider(net, "anthropic", "http://127.0.0.1:9").models()
