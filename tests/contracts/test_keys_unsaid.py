"""One suite for every wire that sends a key: a server that repeats it in its errors does not get it said."""

from collections.abc import Sequence

import pytest

from fakes.raw import answering
from fakes.sinks import Recorder
from fakes.steps import Fail, Say, Step
from fakes.upstream import Upstream
from mecum.inference.exchange import ModelMessage, ModelRequest, TextContent
from mecum.inference.ports import EmbeddingModel, ModelInfo, Provider
from mecum.inference.wires.embeddings import OpenAIEmbedding
from mecum.infra.net import Net
from mecum.integrations.anthropic.provider import AnthropicProvider
from mecum.integrations.google.provider import GoogleProvider
from mecum.integrations.ollama.embed import OllamaEmbedding
from mecum.integrations.ollama.provider import OllamaProvider
from mecum.integrations.openai.provider import OpenAIProvider
from mecum.kernel.errors import MecumError

KEY = "planted-7d1f0c2b9e"
SAYS = f"Wrong key: Bearer {KEY}. Ask for another one."
WIRES = ("openai", "ollama", "anthropic", "google")
every_wire = pytest.mark.parametrize("kind", WIRES)


def provider(kind: str, net: Net, url: str, key: str | None = KEY) -> Provider:
    """Return the endpoint at `url` on a wire, asked with a key."""
    match kind:
        case "openai":
            return OpenAIProvider(net, kind, f"{url}/v1", key)
        case "ollama":
            return OllamaProvider(net, url, kind, key)
        case "anthropic":
            return AnthropicProvider(net, kind, url, key)
        case _:
            return GoogleProvider(net, kind, url, key)


async def refusal(kind: str, net: Net, upstream: Upstream, steps: Sequence[Step]) -> MecumError:
    """Return how the wire words a failed answer."""
    upstream.script("m", steps)
    model = provider(kind, net, upstream.url).open(ModelInfo(f"{kind}/m", "m", kind, kind, local=True))
    with pytest.raises(MecumError) as caught:
        await model.answer(ModelRequest("m", (ModelMessage("user", (TextContent("x"),)),)), Recorder())
    return caught.value


@every_wire
@pytest.mark.parametrize("steps", [[Fail(401, SAYS)], [Fail(500, SAYS)], [Say("so far"), Fail(500, SAYS)]])
async def test_an_answer_that_fails(kind: str, net: Net, upstream: Upstream, steps: Sequence[Step]) -> None:
    error = await refusal(kind, net, upstream, steps)
    assert KEY in str(dict(upstream.requests[-1].headers)), "the test sends no key"
    assert "Wrong key: Bearer (the key). Ask for another one." in error.message
    assert KEY not in f"{error.message} {error} {error!r} {error.details}"


@every_wire
async def test_a_key_that_is_cut_off_with_the_sentence(kind: str, net: Net, upstream: Upstream) -> None:
    error = await refusal(kind, net, upstream, [Fail(400, "x" * 288 + KEY)])
    assert error.message.endswith("x(the key)")


@every_wire
@pytest.mark.parametrize("status", [401, 200])
async def test_a_list_that_is_refused(kind: str, net: Net, status: int) -> None:
    body = f'{{"error":{{"message":"{SAYS}"}}}}'.encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n".encode()
    async with answering([head + body]) as server:
        with pytest.raises(MecumError) as caught:
            await provider(kind, net, server.url).models()
        assert KEY.encode() in server.requests[0], "the test sends no key"
    assert "(the key)" in caught.value.message
    assert KEY not in f"{caught.value.message} {caught.value!r}"


@pytest.mark.parametrize("make", [OpenAIEmbedding, OllamaEmbedding])
async def test_vectors_that_are_refused(net: Net, make: type[OpenAIEmbedding | OllamaEmbedding]) -> None:
    body = f'{{"error":"{SAYS}"}}'.encode()
    async with answering([b"HTTP/1.1 401 No\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)]) as server:
        model: EmbeddingModel = make(net, server.url, "m", KEY)
        with pytest.raises(MecumError) as caught:
            await model.embed(["a"])
    assert "(the key)" in caught.value.message
    assert KEY not in f"{caught.value.message} {caught.value!r}"


async def test_a_word_that_stands_in_for_a_key_is_no_secret(net: Net, upstream: Upstream) -> None:
    upstream.script("m", [Fail(500, "none of this works")])
    model = provider("openai", net, upstream.url, "none").open(ModelInfo("a/m", "m", "a", "a", local=True))
    with pytest.raises(MecumError, match="none of this works"):
        await model.answer(ModelRequest("m", (ModelMessage("user", (TextContent("x"),)),)), Recorder())
