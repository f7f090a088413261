"""Which GGUF files are offered, and as what."""

from pathlib import Path
from typing import Any, cast

import pytest

from fakes.gguf_files import llama, write_gguf
from mecum.inference.errors import ModelNotFound
from mecum.inference.ports import ModelInfo
from mecum.infra.hardware.machine import Memory
from mecum.infra.net import Net
from mecum.integrations.llama_cpp.gguf import BadModelFile
from mecum.integrations.llama_cpp.process import Child
from mecum.integrations.llama_cpp.provider import LlamaCppProvider, installed
from mecum.integrations.llama_cpp.runtime import Load, Runtime

THINKS = "{% if tools %}{{ tools }}{% endif %}{{ messages }}<think>"


async def listed(net: Net, folder: Path, *paths: Path, has_runtime: bool = True) -> dict[str, ModelInfo]:
    provider = LlamaCppProvider(net, folder, paths, has_runtime=has_runtime)
    return {model.name: model for model in await provider.models()}


async def test_what_is_in_the_folder(net: Net, tmp_path: Path) -> None:
    write_gguf(tmp_path / "chat.gguf", llama(tokenizer__chat_template=THINKS))
    write_gguf(tmp_path / "plain.gguf", llama(tokenizer__chat_template=""))
    write_gguf(tmp_path / "embed.gguf", llama(llama__pooling_type=1))
    write_gguf(tmp_path / "sees.gguf", {**llama(), "general.architecture": "clip"})
    write_gguf(tmp_path / "big-00002-of-00002.gguf", llama(split__no=1))
    (tmp_path / "bad.gguf").write_bytes(b"nothing at all, but long enough")
    found = await listed(net, tmp_path)
    assert set(found) == {"chat", "plain", "embed", "bad"}
    embed = found["embed"]
    assert (embed.kind, embed.raw_only, found["chat"].kind) == ("embedder", False, "chat")
    assert embed.detail.endswith("turns text into vectors")
    chat, plain, bad = found["chat"], found["plain"], found["bad"]
    assert (chat.ref, chat.local, chat.tools, chat.reasoning) == ("llama_cpp/chat", True, True, True)
    assert (chat.raw_only, plain.raw_only) == (False, True)
    assert (chat.context_length, chat.vision) == (4096, False)
    assert chat.detail == "32.8K · Q4_K_M · 0.1 MB"
    assert (bad.available, bad.detail) == (False, "bad.gguf is not a GGUF file.")


async def test_a_file_named_by_path(net: Net, tmp_path: Path) -> None:
    folder, path = tmp_path / "models", write_gguf(tmp_path / "mine.gguf", llama())
    provider = LlamaCppProvider(net, folder)
    assert await provider.models() == []
    added = await provider.add(path)
    assert (added.name, added.ref) == (str(path), f"llama_cpp/{path}")
    assert await provider.add(path) == added
    assert await provider.models() == [added]
    provider.open(added)
    assert await listed(net, folder, path) == {str(path): added}


async def test_a_path_inside_the_folder_has_its_short_name(net: Net, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "mine.gguf", llama())
    provider = LlamaCppProvider(net, tmp_path)
    assert (await provider.add(path)).name == "mine"
    assert len(await provider.models()) == 1


async def test_one_file_is_one_model_by_whatever_path(net: Net, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    own, other = write_gguf(folder / "own.gguf", llama()), write_gguf(tmp_path / "other.gguf", llama())
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "again.gguf").symlink_to(other)
    provider = LlamaCppProvider(net, folder)
    assert (await provider.add(tmp_path / "link" / own.name)).ref == "llama_cpp/own"
    first = await provider.add(other)
    assert await provider.add(tmp_path / "again.gguf") == first
    found = await provider.models()
    assert [(model.name, model.on_request) for model in found] == [("own", False), (str(other), True)]


async def test_what_does_not_answer_is_not_added(net: Net, tmp_path: Path) -> None:
    provider = LlamaCppProvider(net, tmp_path / "models")
    for more, words in (({"general__architecture": "clip"}, "projector"), ({"split__no": 1}, "first part")):
        path = write_gguf(tmp_path / "x.gguf", llama(**more))
        for refused in (provider.check(path), provider.add(path)):
            with pytest.raises(BadModelFile, match=words):
                await refused
    assert await provider.models() == []


async def test_a_path_nobody_added_is_not_opened(net: Net, tmp_path: Path) -> None:
    provider = LlamaCppProvider(net, tmp_path)
    info = ModelInfo("llama_cpp//etc/passwd", "/etc/passwd", "llama_cpp", "llama_cpp", local=True)
    with pytest.raises(ModelNotFound):
        provider.open(info)
    with pytest.raises(BadModelFile):
        await provider.add(Path("/etc/passwd"))


async def test_without_the_extra(net: Net, tmp_path: Path) -> None:
    write_gguf(tmp_path / "a.gguf", llama())
    model = (await listed(net, tmp_path, has_runtime=False))["a"]
    assert not model.available
    assert "mecum[llama]" in model.detail
    assert isinstance(installed(), bool)


async def test_names(net: Net, tmp_path: Path) -> None:
    provider = LlamaCppProvider(net, tmp_path)
    assert provider.endpoint == "llama_cpp"
    await provider.close()


class Doll:
    """Stands in for a child process."""

    running = True

    async def stop(self) -> None:
        self.running = False


async def test_a_loaded_model_fits_though_its_memory_is_taken(net: Net, tmp_path: Path) -> None:
    async def start(path: str, context_length: int, cache: str, spare: int, embeds: bool, projector: str) -> Child:
        return cast("Child", Doll())

    path = write_gguf(tmp_path / "mine.gguf", llama())
    runtime = Runtime(start=start)
    provider = LlamaCppProvider(net, tmp_path, runtime=runtime, has_runtime=True, memory=lambda: Memory(1 << 30, 1000))
    assert [model.fits for model in await provider.models()] == [False]
    async with runtime.lend(Load(str(path), 1, 512, 100), lambda: None):
        assert [(model.fits, model.fit_reason) for model in await provider.models()] == [(True, "It is loaded.")]
    await provider.close()
    assert [model.fits for model in await provider.models()] == [False]


async def test_the_settings_decide_context_and_cache(net: Net, tmp_path: Path) -> None:
    write_gguf(tmp_path / "mine.gguf", llama(llama__attention__key_length=32, llama__attention__value_length=32))

    async def told(**more: Any) -> ModelInfo:
        return (await LlamaCppProvider(net, tmp_path, **more).models())[0]

    usual, small, short = await told(), await told(cache="q4_0"), await told(context_length=1024)
    assert (usual.context_length, small.context_length, short.context_length) == (4096, 4096, 1024)
    assert usual.memory_bytes is not None
    assert small.memory_bytes is not None
    assert small.memory_bytes < usual.memory_bytes
    assert (await told(context_length=1 << 20)).context_length == 4096
