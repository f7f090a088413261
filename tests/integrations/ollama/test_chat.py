"""The Ollama wire against a real server: what is sent, what arrives, what goes wrong."""

import asyncio
from typing import Any

import pytest

from fakes.ollama_wire import OllamaModel
from fakes.sinks import Recorder
from fakes.steps import Bytes, Call, Fail, Finish, Hang, Say, Split, Think, says
from fakes.upstream import Upstream
from mecum.inference.errors import (
    ContextTooLong,
    ModelAuthFailed,
    ModelCrashed,
    ModelLimited,
    ModelNotFound,
    ModelRefused,
    ModelUnavailable,
)
from mecum.inference.exchange import Answer, ModelMessage, ModelRequest, TextContent, ToolSpec
from mecum.inference.ports import ModelInfo
from mecum.infra.net import Net
from mecum.integrations.ollama.chat import OllamaChat, OllamaStream
from mecum.kernel.errors import MecumError

CLOCK = ToolSpec("clock", "Tells the time.", {"type": "object", "properties": {"zone": {"type": "string"}}})


def info(name: str = "fake-n4", **more: Any) -> ModelInfo:
    known: dict[str, Any] = {"context_length": 32_768, **more}
    return ModelInfo(f"ollama/{name}", name, "ollama", "ollama", local=True, **known)


def asks(text: str = "hello", name: str = "fake-n4", **more: Any) -> ModelRequest:
    return ModelRequest(name, (ModelMessage("user", (TextContent(text),)),), **more)


async def answered(net: Net, upstream: Upstream, request: ModelRequest, **known: Any) -> tuple[Answer, Recorder]:
    sink = Recorder()
    model = OllamaChat(net, upstream.url, info(request.model, **known))
    return await model.answer(request, sink), sink


async def test_text_arrives_in_order_without_being_decoded(net: Net, upstream: Upstream) -> None:
    answer, sink = await answered(net, upstream, asks())
    assert sink.said == [" the", " quick", " brown", " fox"]
    assert sink.undecoded == 4
    assert answer.stop_reason == "stop"
    assert answer.model == "fake-n4"


async def test_usage_comes_from_the_eval_counts(net: Net, upstream: Upstream) -> None:
    upstream.script("m", [*says("a", "b"), Finish("stop", 11, 7)])
    answer, _ = await answered(net, upstream, asks(name="m"))
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (11, 7)
    assert answer.usage.raw is not None
    assert answer.usage.raw["eval_count"] == 7
    assert "total_duration" in answer.usage.raw


@pytest.mark.parametrize(("reason", "expected"), [("stop", "stop"), ("length", "length"), ("unload", "other")])
async def test_done_reason(net: Net, upstream: Upstream, reason: str, expected: str) -> None:
    upstream.script("m", [Say("a"), Finish(reason)])
    answer, _ = await answered(net, upstream, asks(name="m"))
    assert answer.stop_reason == expected


async def test_thinking_is_reasoning(net: Net, upstream: Upstream) -> None:
    upstream.script("m", [Think("Let "), Think("me."), Say("42")])
    _, sink = await answered(net, upstream, asks(name="m"))
    assert sink.events == [("reasoning", "Let "), ("reasoning", "me."), ("text", "42")]


async def test_tool_calls(net: Net, upstream: Upstream) -> None:
    upstream.script("m", [Call("clock", '{"zone": "UTC"}', "call_7"), Call("clock", "{}", "call_8", index=1)])
    answer, sink = await answered(net, upstream, asks(name="m", tools=(CLOCK,)))
    assert sink.calls == {0: ["call_7", "clock", '{"zone":"UTC"}'], 1: ["call_8", "clock", "{}"]}
    assert answer.stop_reason == "tool_calls"
    assert upstream.answers()[0].json["tools"][0]["function"]["name"] == "clock"


async def test_a_server_that_numbers_no_calls(net: Net) -> None:
    sink = Recorder()
    stream = OllamaStream(sink, raw=False)
    stream.head(200, {})
    stream.body(
        b'{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"clock"}}]},"done":false}\n'
    )
    stream.body(b'{"message":{"role":"assistant","content":""},"done":true}\n')
    assert stream.finish().stop_reason == "tool_calls"
    assert sink.calls[0][0].startswith("call_")
    assert sink.calls[0][1:] == ["clock", "{}"]


async def test_raw_mode_is_untemplated(net: Net, upstream: Upstream) -> None:
    _, sink = await answered(net, upstream, asks("Once upon a time", mode="raw"))
    sent = upstream.answers()[0]
    assert sent.path == "/api/generate"
    assert sent.json["raw"] is True
    assert sent.json["prompt"] == "Once upon a time"
    assert "system" not in sent.json
    assert "messages" not in sent.json
    assert sink.whole == " the quick brown fox"
    assert sink.undecoded == 4


async def test_the_window_is_sent_and_nothing_is_cut_in_silence(net: Net, upstream: Upstream) -> None:
    await answered(net, upstream, asks())
    sent = upstream.answers()[0].json
    assert sent["options"]["num_ctx"] == 8192
    assert (sent["truncate"], sent["shift"]) == (False, False)
    assert "keep_alive" not in sent


@pytest.mark.parametrize("size", [1, 7, 64])
async def test_network_pieces_of_any_size(net: Net, upstream: Upstream, size: int) -> None:
    text = 'naïve — 東京 👩‍👩‍👧 𝄞 "quoted" \\ <b>&amp;</b>\n\t\u2028 end'
    upstream.script("m", [Split(size), *says(*(text[at : at + 3] for at in range(0, len(text), 3)))])
    _, sink = await answered(net, upstream, asks(name="m"))
    assert sink.whole == text


@pytest.mark.parametrize("size", range(1, 40))
def test_pieces_cut_anywhere(size: int) -> None:
    said = '{"message":{"role":"assistant","content":"é東👩 \\n\\""},"done":false}\n'
    data = (said * 2 + '{"message":{"role":"assistant","content":""},"done":true}\n').encode()
    sink = Recorder()
    stream = OllamaStream(sink, raw=False)
    stream.head(200, {})
    for at in range(0, len(data), size):
        stream.body(data[at : at + size])
    assert stream.finish().stop_reason == "stop"
    assert sink.said == ['é東👩 \n"'] * 2
    assert sink.undecoded == 2


@pytest.mark.parametrize(
    ("escaped", "expected"),
    [
        ("a\\u0000b", "a\x00b"),
        ("a\\ud83db", "a\ud83db"),
        ("\\ud83d\\ude00", "😀"),
        ('\\u003cb\\u003e \\"x\\" \\\\ \\n', '<b> "x" \\ \n'),
        ("é\\n", "é\n"),
        ("end\\\\", "end\\"),
        ('\\"},\\"done\\":false}', '"},"done":false}'),
    ],
)
@pytest.mark.parametrize("mode", ["chat", "raw"])
async def test_escapes(net: Net, upstream: Upstream, escaped: str, expected: str, mode: Any) -> None:
    upstream.script("m", [Say(escaped=escaped), Say("!")])
    _, sink = await answered(net, upstream, asks(name="m", mode=mode))
    assert sink.whole == expected + "!"


async def test_an_answer_that_was_not_streamed() -> None:
    sink = Recorder()
    stream = OllamaStream(sink, raw=False)
    stream.head(200, {})
    stream.body(b'{"model":"m","message":{"role":"assistant","content":"whole"},"done":true,"eval_count":3}')
    assert stream.finish().usage.output_tokens == 3
    assert sink.whole == "whole"


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (Fail(401, "unauthorized"), ModelAuthFailed),
        (Fail(404, "model 'm' not found"), ModelNotFound),
        (Fail(429, "slow down"), ModelLimited),
        (Fail(400, "does not support tools"), ModelRefused),
        (Fail(400, "the input length exceeds the context length"), ContextTooLong),
        (Fail(500, "model requires more system memory (9 GiB) than is available (4 GiB)"), ModelUnavailable),
        (Fail(500, "llama runner process has terminated: signal: killed"), ModelCrashed),
        (Fail(503, "busy"), ModelUnavailable),
    ],
)
async def test_errors_before_the_answer(net: Net, upstream: Upstream, step: Fail, error: type[MecumError]) -> None:
    upstream.script("m", [step])
    with pytest.raises(error, match=step.message.split("(")[0].strip()) as caught:
        await answered(net, upstream, asks(name="m"))
    assert type(caught.value) is error


async def test_an_error_in_the_middle_keeps_what_was_said(net: Net, upstream: Upstream) -> None:
    upstream.script("m", [Say("so far"), Fail(500, "out of memory")])
    sink = Recorder()
    with pytest.raises(ModelUnavailable, match="out of memory"):
        await OllamaChat(net, upstream.url, info("m")).answer(asks(name="m"), sink)
    assert sink.whole == "so far"


@pytest.mark.parametrize("model", ["fake-drop3", "fake-malformed"])
async def test_a_broken_stream_is_no_answer(net: Net, upstream: Upstream, model: str) -> None:
    with pytest.raises(ModelUnavailable):
        await answered(net, upstream, asks(name=model))


async def test_a_stream_that_ends_without_its_last_record(net: Net, upstream: Upstream) -> None:
    stream = OllamaStream(Recorder(), raw=False)
    stream.head(200, {})
    stream.body(b'{"message":{"role":"assistant","content":"half"},"done":false}\n')
    with pytest.raises(ModelUnavailable, match="before the answer was complete"):
        stream.finish()


async def test_a_record_that_is_not_json(net: Net, upstream: Upstream) -> None:
    upstream.script("m", [Say("a"), Bytes("{broken}\n"), Say("b")])
    with pytest.raises(ModelUnavailable, match="not JSON"):
        await answered(net, upstream, asks(name="m"))


async def test_no_server(net: Net) -> None:
    with pytest.raises(ModelUnavailable):
        await OllamaChat(net, "http://127.0.0.1:9", info()).answer(asks(), Recorder())


async def test_the_key_goes_along(net: Net, upstream: Upstream) -> None:
    upstream.require_key("sk-1")
    with pytest.raises(ModelAuthFailed):
        await answered(net, upstream, asks())
    await OllamaChat(net, upstream.url, info(), key="sk-1").answer(asks(), Recorder())


async def test_cancelling_hangs_up(net: Net, upstream: Upstream) -> None:
    upstream.script("m", [Say("begin"), Hang()])
    sink = Recorder()
    task = asyncio.create_task(OllamaChat(net, upstream.url, info("m")).answer(asks(name="m"), sink))
    async with asyncio.timeout(5):
        await sink.spoken.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await upstream.seen(aborts=1)


async def test_a_model_that_cannot_use_tools(net: Net, upstream: Upstream) -> None:
    upstream.add(OllamaModel("plain", capabilities=("completion",)))
    with pytest.raises(ModelRefused, match="does not support tools"):
        await answered(net, upstream, asks(name="plain", tools=(CLOCK,)))
