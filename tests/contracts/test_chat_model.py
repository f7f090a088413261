"""One suite for every ChatModel: whatever speaks behind the port, the sink sees the same behaviour."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakes.sinks import Recorder
from fakes.steps import Drop, Fail, Finish, Hang, Say, Split, says
from fakes.upstream import Upstream
from mecum.inference.errors import (
    ContextTooLong,
    ModelAuthFailed,
    ModelLimited,
    ModelNotFound,
    ModelRefused,
    ModelUnavailable,
)
from mecum.inference.exchange import Answer, ModelMessage, ModelRequest, TextContent
from mecum.inference.ports import ChatModel, ModelInfo, Provider
from mecum.inference.wires.openai import OpenAIChat
from mecum.infra.net import Net
from mecum.integrations.anthropic.provider import AnthropicProvider
from mecum.integrations.builtin.chat import BuiltinChat
from mecum.integrations.google.provider import GoogleProvider
from mecum.integrations.llama_cpp.provider import LlamaCppProvider
from mecum.integrations.ollama.chat import OllamaChat
from mecum.kernel import clock
from mecum.kernel.errors import MecumError

RAW_WIRES = ("openai", "ollama")
WIRES = (*RAW_WIRES, "anthropic", "google")
ALL = (*WIRES, "llama_cpp", "builtin")
# What a cancel may take to hang up on a quiet machine; the test records it, and fails only far beyond.
GOAL_SECONDS = 0.05
Record = Callable[[str, object], None]


@dataclass
class Adapter:
    """A model behind the port, and the name it is asked under."""

    model: ChatModel
    name: str

    async def ask(self, text: str, sink: Recorder, **more: Any) -> Answer:
        messages = (ModelMessage("user", (TextContent(text),)),)
        return await self.model.answer(ModelRequest(self.name, messages, **more), sink)


@pytest.fixture
async def adapter(request: pytest.FixtureRequest, net: Net, tmp_path: Path) -> AsyncIterator[Adapter]:
    """Return the adapter that the test is parametrised with."""
    kind: str = request.param
    if kind == "builtin":
        yield Adapter(BuiltinChat(), "search")
    elif kind == "llama_cpp":
        stories: Path = request.getfixturevalue("stories")
        provider = LlamaCppProvider(net, tmp_path)
        info = await provider.add(stories)
        yield Adapter(provider.open(info), info.name)
        await provider.close()
    else:
        upstream: Upstream = request.getfixturevalue("upstream")
        yield Adapter(wire(kind, net, upstream.url), "m")


def wire(kind: str, net: Net, url: str) -> ChatModel:
    """Return the adapter of a wire for the server at `url`."""
    info = ModelInfo(f"{kind}/m", "m", kind, kind, local=True)
    provider: Provider
    match kind:
        case "openai":
            return OpenAIChat(net, f"{url}/v1")
        case "ollama":
            return OllamaChat(net, url, info)
        case "anthropic":
            provider = AnthropicProvider(net, kind, url)
        case _:
            provider = GoogleProvider(net, kind, url)
    return provider.open(info)


every_adapter = pytest.mark.parametrize("adapter", ALL, indirect=True)
every_raw_wire = pytest.mark.parametrize("adapter", RAW_WIRES, indirect=True)
every_wire = pytest.mark.parametrize("adapter", WIRES, indirect=True)


@every_adapter
async def test_text_arrives_in_pieces_and_in_order(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", says("One", " two", " three", "."))
    sink = Recorder()
    answer = await adapter.ask("Say hello", sink, temperature=0.0, parameters={"max_tokens": 20})
    assert len(sink.said) >= 2
    assert "".join(sink.said) == sink.whole
    assert sink.undecoded == len(sink.said)
    assert answer.stop_reason in ("stop", "length")
    if adapter.name == "m":
        assert (sink.said[0], sink.whole) == ("One", "One two three.")


@every_adapter
async def test_usage_is_reported(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [*says("a", "b"), Finish("stop", 11, 7)])
    answer = await adapter.ask("Once upon a time", Recorder(), parameters={"max_tokens": 7})
    assert answer.usage.raw is not None
    if adapter.name == "search":
        # It has no tokens, and passes nothing off as them.
        assert (answer.usage.input_tokens, answer.usage.output_tokens) == (None, None)
        return
    assert answer.usage.output_tokens == 7
    assert answer.usage.input_tokens
    if adapter.name == "m":
        assert answer.usage.input_tokens == 11


@every_adapter
async def test_a_limit_ends_with_length(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [*says("a"), Finish("length")])
    answer = await adapter.ask("Once upon a time", Recorder(), parameters={"max_tokens": 3})
    assert answer.stop_reason == "length"


@every_adapter
async def test_two_answers_at_once_do_not_mix(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", says(*"abcdefgh"))
    sinks = [Recorder(), Recorder()]
    alone = Recorder()
    more: dict[str, Any] = {"temperature": 0.0, "parameters": {"max_tokens": 12}}
    await adapter.ask("Tell me of Tom", alone, **more)
    await asyncio.gather(*(adapter.ask("Tell me of Tom", sink, **more) for sink in sinks))
    assert [sink.whole for sink in sinks] == [alone.whole] * 2


@every_adapter
async def test_a_cancelled_answer_says_nothing_more(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [Say("begin"), Hang()])
    sink = Recorder()
    task = asyncio.create_task(adapter.ask("Once upon a time", sink))
    async with asyncio.timeout(20):
        await sink.spoken.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    said = len(sink.said)
    await asyncio.sleep(0.05)
    assert len(sink.said) == said


@every_wire
async def test_a_cancel_reaches_the_upstream(adapter: Adapter, upstream: Upstream, record_property: Record) -> None:
    upstream.script("m", [Say("begin"), Hang()])
    sink = Recorder()
    task = asyncio.create_task(adapter.ask("x", sink))
    async with asyncio.timeout(10):
        await sink.spoken.wait()
    assert upstream.aborts == []
    asked = clock.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await upstream.seen(aborts=1)
    took = upstream.aborts[0].at - asked
    record_property("cancel_seconds", round(took, 4))
    record_property("cancel_goal_held", took <= GOAL_SECONDS)
    assert upstream.aborts[0].request.model == "m"
    assert took < 2


@every_wire
async def test_a_cancel_before_the_first_word(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [Hang()])
    task = asyncio.create_task(adapter.ask("x", Recorder()))
    await upstream.seen(requests=1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await upstream.seen(aborts=1)


@every_wire
@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "bad request", ModelRefused),
        (400, "the input length exceeds the context length", ContextTooLong),
        (401, "wrong key", ModelAuthFailed),
        (403, "not yours", ModelAuthFailed),
        (404, "model not found", ModelNotFound),
        (429, "slow down", ModelLimited),
        (500, "broken", ModelUnavailable),
        (503, "busy", ModelUnavailable),
    ],
)
async def test_errors_are_translated(
    adapter: Adapter, upstream: Upstream, status: int, message: str, error: type[MecumError]
) -> None:
    upstream.script("m", [Fail(status, message)])
    sink = Recorder()
    with pytest.raises(error) as caught:
        await adapter.ask("x", sink)
    assert type(caught.value) is error
    assert message in caught.value.message
    assert sink.events == []


@every_wire
async def test_an_error_in_the_middle_keeps_what_was_said(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [Say("so far"), Fail(500, "out of memory")])
    sink = Recorder()
    with pytest.raises(ModelUnavailable, match="out of memory"):
        await adapter.ask("x", sink)
    assert sink.whole == "so far"


@every_wire
async def test_a_connection_that_breaks(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [Say("so far"), Drop()])
    sink = Recorder()
    with pytest.raises(ModelUnavailable):
        await adapter.ask("x", sink)
    assert sink.whole == "so far"


@pytest.mark.parametrize("kind", WIRES)
async def test_a_server_that_is_not_there(kind: str, net: Net) -> None:
    with pytest.raises(ModelUnavailable):
        await Adapter(wire(kind, net, "http://127.0.0.1:9"), "m").ask("x", Recorder())


@every_wire
async def test_the_next_answer_after_a_failure(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", says("fine"))
    upstream.script("m", [Say("half"), Drop()], times=1)
    with pytest.raises(ModelUnavailable):
        await adapter.ask("x", Recorder())
    sink = Recorder()
    await adapter.ask("x", sink)
    assert sink.whole == "fine"


@every_wire
@pytest.mark.parametrize(
    ("escaped", "expected"),
    [
        ("a\\u0000b", "a\x00b"),
        ("a\\ud83db", "a\ud83db"),
        ("a\\udfff", "a\udfff"),
        ("\\ud83d\\ude00", "😀"),
        ("\\\\u0000", "\\u0000"),
        ('tab\\t\\"q\\" \\/ \\\\', 'tab\t"q" / \\'),
        ("naïve 東京 👩‍👩‍👧", "naïve 東京 👩‍👩‍👧"),
    ],
)
async def test_text_that_needs_care(adapter: Adapter, upstream: Upstream, escaped: str, expected: str) -> None:
    upstream.script("m", [Say("<"), Say(escaped=escaped), Say(">")])
    sink = Recorder()
    await adapter.ask("x", sink)
    assert sink.whole == f"<{expected}>"


@every_raw_wire
async def test_text_that_needs_care_in_a_completion(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [Say("<"), Say(escaped="a\\u0000b\\ud83d"), Say(">")])
    sink = Recorder()
    await adapter.ask("x", sink, mode="raw")
    assert sink.whole == "<a\x00b\ud83d>"


@pytest.mark.parametrize("adapter", ["anthropic", "google"], indirect=True)
async def test_a_wire_without_completions_refuses_them(adapter: Adapter) -> None:
    with pytest.raises(ModelRefused, match="only chats"):
        await adapter.ask("x", Recorder(), mode="raw")


@every_wire
async def test_halves_of_a_pair_in_two_deltas_both_arrive(adapter: Adapter, upstream: Upstream) -> None:
    upstream.script("m", [Say(escaped="a\\ud83d"), Say(escaped="\\ude00b")])
    sink = Recorder()
    await adapter.ask("x", sink)
    assert sink.whole == "a\ud83d\ude00b"


@every_wire
@pytest.mark.parametrize("size", [1, 5])
async def test_network_pieces_of_any_size(adapter: Adapter, upstream: Upstream, size: int) -> None:
    text = 'naïve — 東京 👩‍👩‍👧 "quoted" \\ <b>\n'
    upstream.script("m", [Split(size), *says(*(text[at : at + 4] for at in range(0, len(text), 4)))])
    sink = Recorder()
    await adapter.ask("x", sink)
    assert sink.whole == text


@every_wire
async def test_reasoning_is_not_the_answer(adapter: Adapter) -> None:
    sink = Recorder()
    named = Adapter(adapter.model, "fake-think")
    await named.ask("x", sink)
    assert "".join(sink.thought) == "Let me think."
    assert sink.whole == "The answer is 42."


@every_wire
async def test_a_tool_call(adapter: Adapter) -> None:
    sink = Recorder()
    answer = await Adapter(adapter.model, "fake-tool").ask("x", sink)
    call_id, name, arguments = sink.calls[0]
    assert (call_id, name, arguments.replace(" ", "")) == ("call_1", "clock", '{"zone":"UTC"}')
    assert answer.stop_reason == "tool_calls"
