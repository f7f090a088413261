"""What loads models into memory: an Ollama server on its wire, and real children of llama.cpp."""

import asyncio
from pathlib import Path

import pytest

from fakes.ollama_wire import OllamaModel
from fakes.sinks import Recorder
from fakes.upstream import Upstream
from mecum.inference.errors import ModelNotFound, NotLoadable
from mecum.inference.exchange import ModelMessage, ModelRequest, TextContent
from mecum.inference.keeping import Keeping
from mecum.inference.loading.service import Loading
from mecum.inference.ports import LoadingProvider
from mecum.inference.registry import Registry
from mecum.infra.net import Net
from mecum.integrations.llama_cpp.provider import LlamaCppProvider, installed
from mecum.integrations.llama_cpp.runtime import Runtime
from mecum.integrations.ollama.provider import OllamaProvider
from mecum.integrations.openai.provider import OpenAIProvider

pytestmark = pytest.mark.slow


async def refs(loading: Loading) -> list[str]:
    """Return what is loaded."""
    return [one.ref for one in await loading.loaded()]


def loaded_now(registry: Registry) -> bool | None:
    """Return what the list of models says of the small one."""
    info = registry.find("ollama/small:1b")
    assert info is not None
    return info.loaded


async def test_ollama_loads_and_unloads(net: Net, upstream: Upstream) -> None:
    upstream.models = [
        OllamaModel("small:1b", digest="1" * 64),
        OllamaModel("far:cloud", digest="2" * 64, remote_host="https://ollama.com"),
    ]
    registry = Registry([OllamaProvider(net, upstream.url), OpenAIProvider(net, "up", f"{upstream.url}/v1")])
    await registry.refresh()
    loading = Loading(registry)
    assert await loading.loaded() == []
    assert loaded_now(registry) is False
    assert (await loading.load("ollama/small:1b")).loaded is True
    assert loaded_now(registry) is True, "the list says so at once"
    [one] = await loading.loaded()
    assert (one.ref, one.memory_bytes, one.busy) == ("ollama/small:1b", 4_700_000_000, None)
    assert one.until == 1_795_244_400_000
    assert upstream.answers()[-1].json["options"] == {"num_ctx": 8192}
    assert (await loading.unload("ollama/small:1b")).loaded is False
    assert loaded_now(registry) is False
    assert await loading.loaded() == []
    upstream.loaded.append("small:1b")
    await registry.refresh()
    assert loaded_now(registry) is True, "somebody else loaded it"
    for ref in ("up/small:1b", "ollama/far:cloud"):
        with pytest.raises(NotLoadable):
            await loading.load(ref)
    with pytest.raises(ModelNotFound):
        await loading.load("ollama/nothing")


@pytest.mark.parametrize(("keep", "sent"), [(None, None), (0, "0s"), (1800.0, "1800s")])
async def test_how_long_ollama_keeps_a_model_is_sent_where_a_person_says_it(
    net: Net, upstream: Upstream, keep: float | None, sent: str | None
) -> None:
    upstream.models = [
        OllamaModel("small:1b", digest="1" * 64),
        OllamaModel("vectors", capabilities=("embedding",), digest="3" * 64),
        OllamaModel("far:cloud", digest="2" * 64, remote_host="https://ollama.com"),
    ]
    provider = OllamaProvider(net, upstream.url, keep=Keeping(usual=keep))
    models = {model.name: model for model in await provider.models()}
    question = (ModelMessage("user", (TextContent("Hi"),)),)
    await provider.open(models["small:1b"]).answer(ModelRequest("small:1b", question), Recorder())
    await provider.embedder(models["vectors"]).embed(["Hi"])
    await provider.load(models["small:1b"])
    asked = [one for one in upstream.requests if one.method == "POST" and not one.path.endswith("/show")]
    assert [one.json.get("keep_alive") for one in asked] == [sent] * 3
    # One request may say otherwise.
    said = ModelRequest("small:1b", question, keep=-1)
    await provider.open(models["small:1b"]).answer(said, Recorder())
    assert upstream.requests[-1].json["keep_alive"] == -1
    await provider.embedder(models["vectors"]).embed(["Hi"], keep=90.0)
    assert upstream.requests[-1].json["keep_alive"] == "90s"


async def test_an_endpoint_that_is_away_has_nothing_loaded(net: Net) -> None:
    assert await Loading(Registry([OllamaProvider(net, "http://127.0.0.1:1")])).loaded() == []


@pytest.mark.skipif(not installed(), reason="llama.cpp is not installed")
async def test_a_file_is_loaded_used_and_unloaded(net: Net, stories: Path) -> None:
    runtime = Runtime()
    provider = LlamaCppProvider(net, stories.parent, runtime=runtime)
    assert isinstance(provider, LoadingProvider)
    registry = Registry([provider])
    await registry.refresh()
    loading = Loading(registry)
    try:
        await loading.load("llama_cpp/stories260K")
        [one] = await loading.loaded()
        assert (one.ref, one.busy) == ("llama_cpp/stories260K", 0)
        assert one.until is not None
        before = runtime.loaded
        # It makes one at a time, each in a blink: with eight there is still one to make when it is looked at.
        sinks = [Recorder() for _ in range(8)]
        request = ModelRequest(
            "stories260K", (ModelMessage("user", (TextContent("Once"),)),), mode="raw", parameters={"max_tokens": 200}
        )
        model = registry.choose("llama_cpp/stories260K").model
        answering = [asyncio.create_task(model.answer(request, sink)) for sink in sinks]
        await asyncio.wait_for(sinks[0].spoken.wait(), 10)
        assert (await loading.loaded())[0].busy
        assert runtime.loaded == before, "what was loaded is what answers"
        await loading.unload("llama_cpp/stories260K")
        answers = await asyncio.gather(*answering)
        assert all(answer.stop_reason in ("length", "stop") for answer in answers)
        assert all(sink.whole for sink in sinks)
        assert await refs(loading) == []
    finally:
        await provider.close()
