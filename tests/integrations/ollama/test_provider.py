"""What an Ollama server has: found, described, told apart."""

import pytest

from fakes.ollama_wire import OllamaModel
from fakes.sinks import Recorder
from fakes.steps import says
from fakes.upstream import Upstream
from mecum.inference.catalogue.footprint import footprint
from mecum.inference.catalogue.shape import shape as layers
from mecum.inference.errors import ModelAuthFailed, ModelUnavailable
from mecum.inference.exchange import ModelMessage, ModelRequest, TextContent
from mecum.inference.ports import ModelInfo
from mecum.infra.net import Net
from mecum.integrations.ollama import memory
from mecum.integrations.ollama.provider import LOOPBACK, OllamaProvider, is_cloud

SEEING = OllamaModel("llava:7b", 8192, ("completion", "vision"), digest="1" * 64, parameter_size="7.2B")
THINKING = OllamaModel("qwen3:8b", 40_960, ("completion", "tools", "thinking"), digest="2" * 64, family="qwen3")
EMBEDDING = OllamaModel("nomic-embed-text:latest", 2048, ("embedding",), digest="3" * 64)
CLOUD = OllamaModel(
    "gpt-oss:120b-cloud",
    capabilities=("completion", "tools", "thinking"),
    size=384,
    digest="4" * 64,
    family="gptoss",
    parameter_size="116.8B",
    remote_host="https://ollama.com:443",
    remote_model="gpt-oss:120b",
)
OLD = OllamaModel("old:latest", None, None, digest="5" * 64)


@pytest.fixture
def server(upstream: Upstream) -> Upstream:
    upstream.models = [SEEING, THINKING, EMBEDDING, CLOUD, OLD]
    return upstream


async def models(net: Net, server: Upstream) -> dict[str, ModelInfo]:
    return {model.name: model for model in await OllamaProvider(net, server.url).models()}


async def test_what_each_can_do(net: Net, server: Upstream) -> None:
    found = await models(net, server)
    assert set(found) == {"nomic-embed-text:latest", "llava:7b", "qwen3:8b", "gpt-oss:120b-cloud", "old:latest"}
    seeing, thinking, old = found["llava:7b"], found["qwen3:8b"], found["old:latest"]
    assert (seeing.vision, seeing.tools, seeing.reasoning) == (True, False, False)
    assert (thinking.vision, thinking.tools, thinking.reasoning) == (False, True, True)
    assert (thinking.context_length, thinking.ref) == (40_960, "ollama/qwen3:8b")
    assert (old.vision, old.tools, old.reasoning, old.context_length) == (None, None, None, None)
    embeds = found["nomic-embed-text:latest"].kind
    assert (embeds, seeing.kind, old.kind) == ("embedder", "chat", "chat")
    assert seeing.detail == "7.2B · Q4_K_M · 4.7 GB"
    assert seeing.size_bytes == 4_700_000_000


async def test_cloud_models_are_not_local(net: Net, server: Upstream) -> None:
    found = await models(net, server)
    cloud, here = found["gpt-oss:120b-cloud"], found["qwen3:8b"]
    assert (cloud.local, here.local) == (False, True)
    assert cloud.size_bytes is None
    assert cloud.detail == "116.8B · runs at ollama.com"
    assert cloud.rank < here.rank


@pytest.mark.parametrize(
    ("entry", "shown", "expected"),
    [
        ({"name": "a:8b"}, {}, False),
        ({"name": "a:8b-cloud"}, {}, True),
        ({"name": "a:cloud"}, {}, True),
        ({"name": "cloud:8b"}, {}, False),
        ({"name": "mine:latest", "remote_host": "https://ollama.com"}, {}, True),
        ({"name": "mine:latest"}, {"remote_host": "https://ollama.com"}, True),
    ],
)
def test_is_cloud(entry: dict[str, str], shown: dict[str, str], expected: bool) -> None:
    assert is_cloud(entry, shown) is expected


async def test_show_is_asked_once_per_digest(net: Net, server: Upstream) -> None:
    provider = OllamaProvider(net, server.url)
    await provider.models()
    await provider.models()
    assert sum(request.path == "/api/show" for request in server.requests) == 5
    server.models[0] = OllamaModel("llava:7b", 16_384, digest="9" * 64)
    changed = {model.name: model for model in await provider.models()}
    assert changed["llava:7b"].context_length == 16_384
    assert sum(request.path == "/api/show" for request in server.requests) == 6


async def test_an_opened_model_answers(net: Net, server: Upstream) -> None:
    provider = OllamaProvider(net, server.url)
    [model] = [one for one in await provider.models() if one.name == "qwen3:8b"]
    server.script("qwen3:8b", says("hello"))
    sink = Recorder()
    await provider.open(model).answer(ModelRequest("qwen3:8b", (ModelMessage("user", (TextContent("x"),)),)), sink)
    assert sink.whole == "hello"
    await provider.close()


async def test_a_server_that_is_not_there(net: Net) -> None:
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1:9"):
        await OllamaProvider(net, "http://127.0.0.1:9").models()


async def test_a_key(net: Net, server: Upstream) -> None:
    server.require_key("k")
    with pytest.raises(ModelAuthFailed):
        await OllamaProvider(net, server.url).models()
    assert await OllamaProvider(net, server.url, key="k").models()


def test_names(net: Net) -> None:
    assert OllamaProvider(net).endpoint == "ollama"
    assert OllamaProvider(net, endpoint="den").endpoint == "den"
    assert LOOPBACK == "http://127.0.0.1:11434"


async def test_what_a_model_is_and_takes(net: Net, server: Upstream) -> None:
    server.loaded.append("llava:7b")
    found = await models(net, server)
    seeing, thinking, cloud = found["llava:7b"], found["qwen3:8b"], found["gpt-oss:120b-cloud"]
    assert (seeing.loaded, thinking.loaded, cloud.loaded) == (True, False, None)
    assert (seeing.memory_measured, thinking.memory_measured, cloud.memory_measured) == (True, False, False)
    assert (thinking.parameters, thinking.quantization, thinking.kind) == (8_030_261_248, "Q4_K_M", "chat")
    assert seeing.memory_bytes == 4_700_000_000, "as its server measured"
    assert thinking.memory_bytes == 4_700_000_000 + (512 << 20)
    assert cloud.memory_bytes is None


def test_memory_counts_the_cache_of_the_smallest_window() -> None:
    shape = {"block_count": 32, "embedding_length": 4096, "attention.head_count": 32, "attention.head_count_kv": 8}
    info = {"general.architecture": "llama", **{f"llama.{name}": value for name, value in shape.items()}}
    described = {**info, "llama.context_length": 131_072}
    found = memory.estimate(4_700_000_000, {"model_info": described})
    assert found is not None
    same = footprint(layers(described, "llama"), 4_700_000_000, 8192)
    assert found.total == same.total, "as a file of the same shape"
    assert (found.weights, found.cache, found.compute, found.process, found.tokens) == (
        same.weights,
        1 << 30,
        same.compute,
        same.process,
        8192,
    ), "8 KV heads × 256 × 2 bytes × 32 layers × 8192 tokens is the cache alone"
    short = memory.estimate(4_700_000_000, {"model_info": {**info, "llama.context_length": 2048}})
    assert short is not None
    assert (short.total < found.total, short.tokens) == (True, 2048)
    bare = memory.estimate(1000, {})
    assert bare is not None
    assert (bare.weights, bare.cache, bare.compute, bare.tokens) == (1000, None, None, None)
    assert memory.estimate(None, {"model_info": info}) is None
    assert memory.estimate(0, {}) is None
    assert memory.quantization({}, {"details": {"quantization_level": "unknown"}}) is None
