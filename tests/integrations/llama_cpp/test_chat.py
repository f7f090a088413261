"""A real language model of 1 MB in a real child process."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from factories.cards import picture
from fakes import gguf_models
from fakes.sinks import Recorder
from mecum.inference.errors import AnswerOffSchema, ContextTooLong, ModelCrashed, ModelRefused
from mecum.inference.exchange import Answer, ImageContent, Mode, ModelMessage, ModelRequest, TextContent, ToolSpec
from mecum.infra.net import Net
from mecum.integrations.llama_cpp import process
from mecum.integrations.llama_cpp.gguf import BadModelFile
from mecum.integrations.llama_cpp.process import Child
from mecum.integrations.llama_cpp.provider import LlamaCppProvider
from mecum.integrations.llama_cpp.runtime import Runtime

pytestmark = pytest.mark.slow  # each starts a llama.cpp of its own

STORY = ", there was a little girl named Lily. She loved to play outside in the park."
DIRECT = """
import json, sys
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.n_parallel, params.port = sys.argv[1], 512, 1, 0
server = xllamacpp.Server(params)
asked = json.loads(sys.argv[2])
print("@@" + json.dumps(server.handle_chat_completions(asked)["choices"][0]["message"]["content"]))
"""


def without_template(model: Path, target: Path) -> None:
    data = model.read_bytes()
    target.write_bytes(data.replace(b"tokenizer.chat_template", b"tokenizer.chat_nothing_"))


class Bench:
    """A provider with the stories model, and the children it started."""

    def __init__(self, net: Net, folder: Path) -> None:
        self.children: list[Child] = []
        self.provider = LlamaCppProvider(net, folder, runtime=Runtime(start=self._start))

    async def _start(
        self, path: str, context_length: int, cache: str, spare: int, embeds: bool, projector: str
    ) -> Child:
        self.children.append(await process.start(path, context_length, cache, spare, embeds, projector))
        return self.children[-1]

    async def ask(self, path: Path, sink: Recorder, *texts: str, **more: Any) -> Answer:
        model = await self.provider.add(path)
        roles = ("user", "assistant")
        messages = tuple(ModelMessage(roles[place % 2], (TextContent(text),)) for place, text in enumerate(texts))
        request = ModelRequest(model.name, more.pop("messages", messages), temperature=0.0, **more)
        return await self.provider.open(model).answer(request, sink)


@pytest.fixture
async def bench(net: Net, tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(net, tmp_path)
    yield made
    await made.provider.close()


async def test_raw_mode_continues_the_story(bench: Bench, stories: Path) -> None:
    sink = Recorder()
    answer = await bench.ask(stories, sink, "Once upon a time", mode="raw", parameters={"max_tokens": 40})
    assert sink.whole.startswith(STORY)
    assert sink.phases == ["loading"]
    assert answer.stop_reason == "length"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (5, 40)
    assert answer.model == str(stories)
    again = Recorder()
    await bench.ask(stories, again, "Once upon a time", mode="raw", parameters={"max_tokens": 40})
    assert (again.whole, again.phases, len(bench.children)) == (sink.whole, [], 1)


async def test_chat_mode_is_llama_cpps_own_greedy_answer(bench: Bench, stories: Path) -> None:
    texts = ("Once upon a time", "there was a dog.", "What did the dog do?")
    sink = Recorder()
    await bench.ask(stories, sink, *texts, parameters={"max_tokens": 60})
    roles = ("user", "assistant", "user")
    asked = {
        "messages": [{"role": role, "content": text} for role, text in zip(roles, texts, strict=True)],
        "temperature": 0,
        "max_tokens": 60,
    }
    direct = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIRECT, str(stories), json.dumps(asked), stdout=-1, stderr=-3
    )
    said, _ = await direct.communicate()
    assert sink.whole == json.loads(said.decode().rpartition("@@")[2])
    assert len(sink.whole) > 60


async def test_a_killed_child_is_a_clear_error_and_comes_back(bench: Bench, stories: Path) -> None:
    sink = Recorder()
    task = asyncio.create_task(bench.ask(stories, sink, "Once upon a time", mode="raw"))
    async with asyncio.timeout(20):
        await sink.spoken.wait()
    os.kill(bench.children[0].pid, signal.SIGKILL)
    with pytest.raises(ModelCrashed):
        await task
    assert sink.whole
    again = Recorder()
    await bench.ask(stories, again, "Once upon a time", mode="raw", parameters={"max_tokens": 20})
    assert again.whole == STORY[: len(again.whole)]
    assert again.phases == ["loading"]
    assert len(bench.children) == 2


async def test_cancelling_frees_the_child(bench: Bench, stories: Path) -> None:
    sink = Recorder()
    task = asyncio.create_task(bench.ask(stories, sink, "Once upon a time", mode="raw"))
    async with asyncio.timeout(20):
        await sink.spoken.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    again = Recorder()
    async with asyncio.timeout(20):
        await bench.ask(stories, again, "Once upon a time", mode="raw", parameters={"max_tokens": 5})
    assert again.whole
    assert len(bench.children) == 1


async def test_a_json_schema_is_kept(bench: Bench, stories: Path) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    sink = Recorder()
    await bench.ask(stories, sink, "Hi", parameters={"response_format": form, "max_tokens": 100})
    assert type(json.loads(sink.whole)["a"]) is bool
    with pytest.raises(ModelRefused, match="response_format"):
        await bench.ask(stories, sink, "Hi", mode="raw", parameters={"response_format": form})


@pytest.mark.parametrize("limit", [{"minimum": 10**9}, {"exclusiveMaximum": -(10**9)}])
async def test_an_answer_against_a_limit_of_its_schema_fails(
    bench: Bench, stories: Path, limit: dict[str, int]
) -> None:
    number = {"type": "object", "properties": {"a": {"type": "number"} | limit}, "required": ["a"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": number}}
    sink = Recorder()
    parameters = {"response_format": form, "max_tokens": 100}
    with pytest.raises(AnswerOffSchema, match=r"the answer\.a is"):
        await bench.ask(stories, sink, "Hi", parameters=parameters)
    assert "a" in json.loads(sink.whole)


@pytest.mark.parametrize(
    ("mode", "parameters", "tops"), [("chat", {"logprobs": True, "top_logprobs": 3}, 3), ("raw", {"logprobs": 2}, 2)]
)
async def test_how_likely_tokens_were(
    bench: Bench, stories: Path, mode: Mode, parameters: dict[str, Any], tops: int
) -> None:
    sink = Recorder()
    await bench.ask(stories, sink, "Once upon a time", mode=mode, parameters={"max_tokens": 12, **parameters})
    assert "".join(token["token"] for token in sink.tokens) == sink.whole
    assert all(token["logprob"] <= 0 for token in sink.tokens)
    assert [len(token["top_logprobs"]) for token in sink.tokens] == [tops] * len(sink.tokens)


async def test_too_long(bench: Bench, stories: Path) -> None:
    with pytest.raises(ContextTooLong, match="512"):
        await bench.ask(stories, Recorder(), "Once upon a time " * 300, mode="raw")


async def test_a_smaller_window_on_request(bench: Bench, stories: Path) -> None:
    with pytest.raises(ContextTooLong, match="256"):
        await bench.ask(stories, Recorder(), "Once upon a time " * 90, mode="raw", context_length=256)


async def test_a_file_without_a_template_only_continues(bench: Bench, stories: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.gguf"
    without_template(stories, plain)
    [model] = await bench.provider.models()
    assert model.raw_only
    assert model.detail == "260K · F32 · 1.1 MB · continues text only"
    with pytest.raises(ModelRefused, match="Completion mode"):
        await bench.ask(plain, Recorder(), "Hello")
    sink = Recorder()
    await bench.ask(plain, sink, "Once upon a time", mode="raw", parameters={"max_tokens": 10})
    assert sink.whole == STORY[: len(sink.whole)]


async def test_an_image_is_named_not_sent(bench: Bench, stories: Path) -> None:
    seen = ModelMessage("user", (TextContent("Look:"), ImageContent("image/png", b"\x89PNG")))
    sink = Recorder()
    await bench.ask(stories, sink, messages=(seen,), parameters={"max_tokens": 3})
    assert sink.whole


async def test_what_it_does_not_know_is_refused(bench: Bench, stories: Path) -> None:
    with pytest.raises(ModelRefused, match="mirostat"):
        await bench.ask(stories, Recorder(), "Hi", parameters={"mirostat": 2})


async def test_a_strict_tool_is_refused(bench: Bench, stories: Path) -> None:
    with pytest.raises(ModelRefused, match="schema"):
        await bench.ask(stories, Recorder(), "Hi", tools=(ToolSpec("f", "", {"type": "object"}, strict=True),))


async def test_a_file_that_went_away(bench: Bench, stories: Path, tmp_path: Path) -> None:
    path = tmp_path / "gone.gguf"
    shutil.copy(stories, path)
    model = await bench.provider.add(path)
    path.unlink()
    request = ModelRequest(model.name, (ModelMessage("user", (TextContent("x"),)),))
    with pytest.raises(BadModelFile, match="cannot be read"):
        await bench.provider.open(model).answer(request, Recorder())


async def test_a_model_with_its_projector_beside_it_is_shown_the_image(
    bench: Bench, stories: Path, tmp_path: Path
) -> None:
    shutil.copy(stories, tmp_path / "seeing.gguf")
    blind, seeing = Recorder(), Recorder()
    said = (TextContent("Once"), ImageContent("image/png", picture()))
    asked = {"messages": (ModelMessage("user", said),), "parameters": {"max_tokens": 8}}
    told = await bench.ask(tmp_path / "seeing.gguf", blind, **asked)
    gguf_models.projector(tmp_path / "mmproj-seeing-f16.gguf", width=64)
    model = await bench.provider.add(tmp_path / "seeing.gguf")
    assert model.vision is True
    shown = await bench.ask(tmp_path / "seeing.gguf", seeing, **asked)
    # Two by two patches take the place of the sentence that an image was there.
    text = await bench.ask(tmp_path / "seeing.gguf", Recorder(), "Once", parameters={"max_tokens": 8})
    counts = [one.usage.input_tokens or 0 for one in (text, shown, told)]
    assert counts[0] + 4 <= counts[1] < counts[2]
    assert len(bench.children) == 2
    assert {info.name for info in await bench.provider.models()} == {"seeing"}
