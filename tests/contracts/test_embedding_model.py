"""One suite for every EmbeddingModel: a vector for each text, in their order, and nothing cut off."""

import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.gguf_models import embedding
from fakes.upstream import Upstream
from mecum.inference.errors import ContextTooLong, ModelAuthFailed, ModelNotFound, ModelRefused, ModelUnavailable
from mecum.inference.ports import EmbeddingModel, EmbeddingProvider, ModelInfo, Provider
from mecum.infra.net import Net
from mecum.integrations.llama_cpp.provider import LlamaCppProvider
from mecum.integrations.ollama.provider import OllamaProvider
from mecum.integrations.openai.provider import OpenAIProvider

WIRES = ("openai", "ollama")
ALL = (*WIRES, "llama_cpp")
SKY, GRASS = "Once upon a time there was a sky.", "Lily went to the park."


def wire(kind: str, net: Net, url: str, name: str = "fake-embed") -> EmbeddingModel:
    """Return the adapter of a wire for a model of the server at `url`."""
    provider: Provider = OpenAIProvider(net, kind, f"{url}/v1") if kind == "openai" else OllamaProvider(net, url, kind)
    assert isinstance(provider, EmbeddingProvider)
    return provider.embedder(ModelInfo(f"{kind}/{name}", name, kind, kind, local=True))


@pytest.fixture
async def embedder(request: pytest.FixtureRequest, net: Net, tmp_path: Path) -> AsyncIterator[EmbeddingModel]:
    """Return the adapter that the test is parametrised with."""
    if request.param != "llama_cpp":
        upstream: Upstream = request.getfixturevalue("upstream")
        yield wire(request.param, net, upstream.url)
        return
    stories: Path = request.getfixturevalue("stories")
    provider = LlamaCppProvider(net, tmp_path)
    yield provider.embedder(await provider.add(embedding(tmp_path / "vectors.gguf", stories)))
    await provider.close()


every_adapter = pytest.mark.parametrize("embedder", ALL, indirect=True)
every_wire = pytest.mark.parametrize("kind", WIRES)


@every_adapter
async def test_every_text_has_its_vector_in_order(embedder: EmbeddingModel) -> None:
    made = await embedder.embed([SKY, GRASS, SKY])
    one = (await embedder.embed([GRASS])).vectors[0]
    assert [len(vector) for vector in made.vectors] == [len(one)] * 3
    assert made.vectors[1] == pytest.approx(one, abs=1e-3)
    assert made.vectors[0] == pytest.approx(made.vectors[2], abs=1e-3)
    assert made.vectors[0] != pytest.approx(made.vectors[1], abs=1e-3)
    assert all(math.isfinite(number) for vector in made.vectors for number in vector)


@every_adapter
async def test_tokens_are_counted(embedder: EmbeddingModel) -> None:
    short, long = await embedder.embed([GRASS]), await embedder.embed([GRASS, SKY, SKY])
    assert 0 < (short.usage.input_tokens or 0) < (long.usage.input_tokens or 0)
    assert short.usage.raw


@every_adapter
async def test_dimensions_are_made_or_refused(embedder: EmbeddingModel) -> None:
    with pytest.raises(ModelRefused) as caught:
        await embedder.embed([SKY], 5)
    assert caught.value.details["parameter"] == "dimensions"


@every_adapter
async def test_a_text_that_is_too_long_is_refused(embedder: EmbeddingModel) -> None:
    with pytest.raises(ContextTooLong):
        await embedder.embed(["sky and grass " * 400])


@every_wire
async def test_dimensions_that_can_be_made(kind: str, net: Net, upstream: Upstream) -> None:
    made = await wire(kind, net, upstream.url).embed([SKY, GRASS], 4)
    assert [len(vector) for vector in made.vectors] == [4, 4]
    assert upstream.requests[-1].json["dimensions"] == 4


@every_wire
async def test_failures_are_translated(kind: str, net: Net, upstream: Upstream) -> None:
    with pytest.raises(ModelNotFound):
        await wire(kind, net, upstream.url, "nobody").embed([SKY])
    with pytest.raises(ModelUnavailable):
        await wire(kind, net, "http://127.0.0.1:9").embed([SKY])
    upstream.require_key("sesame")
    with pytest.raises(ModelAuthFailed):
        await wire(kind, net, upstream.url).embed([SKY])


async def test_an_ollama_text_is_never_cut_off(net: Net, upstream: Upstream) -> None:
    await wire("ollama", net, upstream.url).embed([SKY])
    assert upstream.requests[-1].json == {"model": "fake-embed", "input": [SKY], "truncate": False}
