"""The Google wire against a real server: what is sent, what arrives, what goes wrong."""

from typing import Any

import orjson
import pytest

from fakes.google_wire import error
from fakes.sinks import Recorder
from fakes.steps import Bytes, Call, Cite, Drop, Fail, Finish, Say, Sign, Step, Think, says
from fakes.upstream import Upstream
from mecum.inference.errors import (
    ContextTooLong,
    ModelAuthFailed,
    ModelLimited,
    ModelRefused,
    ModelUnavailable,
)
from mecum.inference.exchange import (
    Answer,
    CallContent,
    ModelMessage,
    ModelRequest,
    Passage,
    ReasoningContent,
    ResultContent,
    TextContent,
    ToolSpec,
)
from mecum.inference.ports import ModelInfo
from mecum.infra.net import Net
from mecum.integrations.google.chat import ContentStream
from mecum.integrations.google.provider import GoogleProvider
from mecum.kernel.errors import MecumError

TOOLS = (ToolSpec("look", "Looks.", {"type": "object"}),)
EVENTS = {b"content-type": b"text/event-stream"}
JSON = {b"content-type": b"application/json; charset=UTF-8"}


class Keeper(Recorder):
    """A sink that keeps proofs too."""

    def signed(self, signature: str, origin: str, *, redacted: bool = False) -> None:
        self.events.append(("signed", (signature, origin)))


async def answered(net: Net, upstream: Upstream, steps: list[Step], **more: Any) -> tuple[Answer, Keeper]:
    upstream.script("gemini", steps)
    provider = GoogleProvider(net, "google", upstream.url, "key")
    model = provider.open(ModelInfo("google/gemini", "gemini", "google", "google", local=True))
    sink = Keeper()
    messages = (ModelMessage("user", (TextContent("hello"),)),)
    return await model.answer(ModelRequest("gemini", messages, **more), sink), sink


def read(headers: dict[bytes, bytes], body: bytes) -> tuple[Answer, Keeper]:
    sink = Keeper()
    stream = ContentStream(sink, "google/gemini")
    stream.events.head(200, headers)
    stream.events.body(body)
    return stream.finish(), sink


async def test_what_is_sent(net: Net, upstream: Upstream) -> None:
    await answered(net, upstream, says("hi"))
    sent = upstream.answers()[-1]
    assert sent.path == "/v1beta/models/gemini:streamGenerateContent?alt=sse"
    assert sent.headers["x-goog-api-key"] == "key"
    assert sent.json == {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}


async def test_thoughts_and_proofs(net: Net, upstream: Upstream) -> None:
    steps: list[Step] = [
        Think("Hm."),
        Say("I look."),
        Sign("one"),
        Call("look", "{}", "c1"),
        Call("look", "{}", "c2"),
        Sign("two"),
    ]
    answer, sink = await answered(net, upstream, steps, tools=TOOLS)
    kinds = [kind for kind, _ in sink.events]
    assert kinds == ["reasoning", "text", "signed", "tool_call", "tool_call", "signed"]
    assert sink.events[2][1] == ("one", "google/gemini")
    assert list(sink.calls.values()) == [["c1", "look", "{}"], ["c2", "look", "{}"]]
    assert answer.stop_reason == "tool_calls"


def test_a_call_without_an_id_gets_one() -> None:
    chunk = {"candidates": [{"content": {"parts": [{"functionCall": {"name": "now"}}]}, "finishReason": "STOP"}]}
    _, sink = read(EVENTS, b"data: " + orjson.dumps(chunk))
    call_id, name, arguments = sink.calls[0]
    assert (call_id.startswith("call_"), name, arguments) == (True, "now", "{}")


async def test_what_was_thought_counts_as_output(net: Net, upstream: Upstream) -> None:
    answer, _ = await answered(net, upstream, [*says("a"), Finish("stop", 100, 10, cached_tokens=80, thought_tokens=3)])
    usage = answer.usage
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens) == (100, 80, 10, 3)
    assert usage.raw is not None
    assert usage.raw["candidatesTokenCount"] == 7


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "refusal"),
        ("PROHIBITED_CONTENT", "refusal"),
        ("MALFORMED_FUNCTION_CALL", "other"),
    ],
)
async def test_why_it_stopped(net: Net, upstream: Upstream, reason: str, expected: str) -> None:
    answer, _ = await answered(net, upstream, [*says("a"), Finish(reason)])
    assert answer.stop_reason == expected


def test_a_blocked_prompt_is_a_refusal() -> None:
    answer, sink = read(EVENTS, b'data: {"promptFeedback": {"blockReason": "SAFETY"}}\n\n')
    assert (answer.stop_reason, sink.events) == ("refusal", [])


async def test_sources(net: Net, upstream: Upstream) -> None:
    _, sink = await answered(net, upstream, [Say("To Rome."), Cite("To Rome.", "Trip")])
    assert sink.citations == [Passage("Trip", "To Rome.", 0, 8, url="https://example.org/", said=(0, 8))]
    source = {"startIndex": 2, "endIndex": 5, "uri": "https://example.org/"}
    chunk = {"candidates": [{"citationMetadata": {"citationSources": [source]}, "finishReason": "STOP"}]}
    _, sink = read(EVENTS, b"data: " + orjson.dumps(chunk))
    assert sink.citations == [Passage("https://example.org/", "", 2, 5, url="https://example.org/")]


def test_sources_are_numbered_across_events() -> None:
    first = {"groundingChunks": [{"web": {"title": "One", "uri": "https://one.example/"}}]}
    support = {"groundingChunkIndices": [0, 1], "segment": {"text": "To Rome.", "endIndex": 8}}
    second = {"groundingChunks": [{"web": {"title": "Two"}}], "groundingSupports": [support]}
    events = [
        {"candidates": [{"groundingMetadata": first}]},
        {"candidates": [{"groundingMetadata": second, "finishReason": "STOP"}]},
    ]
    _, sink = read(EVENTS, b"".join(b"data: %b\n\n" % orjson.dumps(event) for event in events))
    one = Passage("One", "To Rome.", 0, 8, url="https://one.example/")
    assert sink.citations == [one, Passage("Two", "To Rome.", 0, 8)]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Fail(400, "API key not valid.", "API_KEY_INVALID"), ModelAuthFailed),
        (Fail(400, "The input token count (2000000) exceeds the maximum number of tokens allowed"), ContextTooLong),
        (Fail(400, "User location is not supported"), ModelRefused),
        (Fail(503, "The model is overloaded."), ModelUnavailable),
    ],
)
@pytest.mark.parametrize("before", [[], [Say("so far")]])
async def test_errors_of_this_wire(
    net: Net, upstream: Upstream, before: list[Step], step: Fail, expected: type[MecumError]
) -> None:
    with pytest.raises(expected, match=step.message.split("(", maxsplit=1)[0]):
        await answered(net, upstream, [*before, step])


@pytest.mark.parametrize("before", [[], [Say("so far")]])
async def test_when_to_come_back(net: Net, upstream: Upstream, before: list[Step]) -> None:
    with pytest.raises(ModelLimited) as caught:
        await answered(net, upstream, [*before, Fail(429, "Quota exceeded", "34.5s")])
    assert caught.value.details["retry_after"] == 34.5


@pytest.mark.parametrize("steps", [[Say("half")], [Say("half"), Bytes('{"candidates": [')]])
async def test_half_a_stream(net: Net, upstream: Upstream, steps: list[Step]) -> None:
    with pytest.raises(ModelUnavailable):
        await answered(net, upstream, [*steps, Drop()])


@pytest.mark.parametrize(
    ("headers", "body", "expected", "said"),
    [
        (
            EVENTS,
            b'data: {"candidates": [{"content": {"parts": [{"text": "half"}]}}]}\r\n\r\n',
            ModelUnavailable,
            "before",
        ),
        ({b"content-type": b"text/html"}, b"<html>Welcome</html>", ModelUnavailable, "a web page"),
        (JSON, orjson.dumps(error(429, "slow down", None)), ModelLimited, "slow down"),
        (JSON, b'{"error": "no such thing"}', ModelUnavailable, "no such thing"),
        (JSON, b'{"choices": []}', ModelUnavailable, "does not speak"),
        (JSON, b"[]", ModelRefused, "unknown shape"),
    ],
)
def test_a_success_that_is_none(
    headers: dict[bytes, bytes], body: bytes, expected: type[MecumError], said: str
) -> None:
    with pytest.raises(expected, match=said):
        read(headers, body)


def test_a_whole_answer_from_a_server_that_does_not_stream() -> None:
    parts = [{"text": "Hm.", "thought": True}, {"text": "Blue."}]
    whole = {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}], "modelVersion": "gemini-x"}
    answer, sink = read(JSON, orjson.dumps(whole))
    assert (answer.stop_reason, answer.model) == ("stop", "gemini-x")
    assert (sink.thought, sink.whole) == (["Hm."], "Blue.")


async def test_thoughts_that_are_not_taken_back_are_left_out(net: Net, upstream: Upstream) -> None:
    called = (ReasoningContent("Hm.", "proof", "google/gemini"), CallContent("c1", "look", "{}"))
    history = (
        ModelMessage("user", (TextContent("Sky?"),)),
        ModelMessage("assistant", called),
        ModelMessage("tool", (ResultContent("c1", "look", "blue"),)),
    )
    upstream.script("gemini", says("Blue."))
    upstream.script("gemini", [Fail(400, "Corrupted thought signature.")], times=1)
    provider = GoogleProvider(net, "google", upstream.url)
    model = provider.open(ModelInfo("google/gemini", "gemini", "google", "google", local=True))
    sink = Keeper()
    await model.answer(ModelRequest("gemini", history, tools=TOOLS), sink)
    assert sink.whole == "Blue."
    first, second = upstream.answers()
    assert b"proof" in first.body
    assert b"proof" not in second.body
    upstream.script("gemini", [Fail(400, "Corrupted thought signature.")])
    with pytest.raises(ModelRefused):
        await model.answer(ModelRequest("gemini", history, tools=TOOLS), sink)
    with pytest.raises(ModelRefused):
        await model.answer(ModelRequest("gemini", history[:1]), sink)
    assert len(upstream.answers()) == 5
