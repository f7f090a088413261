"""The Anthropic wire against a real server: what is sent, what arrives, what goes wrong."""

from typing import Any

import orjson
import pytest

from fakes.anthropic_wire import error
from fakes.sinks import Recorder
from fakes.steps import Bytes, Call, Cite, Drop, Fail, Finish, Redact, Say, Sign, Step, Think, says
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
from mecum.integrations.anthropic.abilities import Abilities
from mecum.integrations.anthropic.chat import MessageStream
from mecum.integrations.anthropic.provider import AnthropicProvider
from mecum.kernel.errors import MecumError

TOOLS = (ToolSpec("look", "Looks.", {"type": "object"}),)
EVENTS = {b"content-type": b"text/event-stream"}
JSON = {b"content-type": b"application/json"}
CITES = Abilities(citations=True)


class Keeper(Recorder):
    """A sink that keeps proofs too."""

    def __init__(self) -> None:
        super().__init__()
        self.proofs: list[tuple[str, str, bool]] = []

    def signed(self, signature: str, origin: str, *, redacted: bool = False) -> None:
        self.proofs.append((signature, origin, redacted))
        self.events.append(("signed", signature))


async def answered(net: Net, upstream: Upstream, steps: list[Step], **more: Any) -> tuple[Answer, Keeper]:
    upstream.script("claude", steps)
    provider = AnthropicProvider(net, "anthropic", f"{upstream.url}/v1/", "sk-key")
    model = provider.open(ModelInfo("anthropic/claude", "claude", "anthropic", "anthropic", local=True))
    sink = Keeper()
    messages = (ModelMessage("user", (TextContent("hello"),)),)
    return await model.answer(ModelRequest("claude", messages, **more), sink), sink


def read(*events: dict[str, Any]) -> tuple[Answer, Keeper]:
    sink = Keeper()
    stream = MessageStream(sink, "anthropic/claude", (Passage("Trip", "Rome.", 0, 5),))
    stream.events.head(200, EVENTS)
    for event in events:
        stream.events.body(b"event: x\ndata: " + orjson.dumps(event) + b"\n\n")
    return stream.finish(), sink


async def test_what_is_sent(net: Net, upstream: Upstream) -> None:
    await answered(net, upstream, says("hi"))
    sent = upstream.answers()[-1]
    assert (sent.path, sent.headers["x-api-key"]) == ("/v1/messages", "sk-key")
    assert sent.headers["anthropic-version"] == "2023-06-01"
    assert (sent.json["stream"], sent.json["model"]) == (True, "claude")


async def test_thoughts_keep_their_proof(net: Net, upstream: Upstream) -> None:
    steps: list[Step] = [Think("Hm. "), Think("So."), Sign("proof"), Redact("sealed"), Say("Blue.")]
    _, sink = await answered(net, upstream, steps)
    assert sink.proofs == [("proof", "anthropic/claude", False), ("sealed", "anthropic/claude", True)]
    assert [kind for kind, _ in sink.events] == ["phase", "reasoning", "reasoning", "signed", "signed", "text"]


async def test_a_sink_that_keeps_no_record_hears_no_proofs(net: Net, upstream: Upstream) -> None:
    upstream.script("claude", [Think("Hm."), Sign("proof"), Say("Blue.")])
    provider = AnthropicProvider(net, "anthropic", upstream.url)
    sink = Recorder()
    model = provider.open(ModelInfo("anthropic/claude", "claude", "anthropic", "anthropic", local=True))
    await model.answer(ModelRequest("claude", (ModelMessage("user", (TextContent("a"),)),)), sink)
    assert (sink.thought, sink.whole) == (["Hm."], "Blue.")


async def test_parallel_calls_arrive_piece_by_piece(net: Net, upstream: Upstream) -> None:
    steps: list[Step] = [
        Say("I look."),
        Call("look", '{"at": "sky"}', "toolu_1", 0, 4),
        Call("look", "{}", "toolu_2", 1, 1),
    ]
    answer, sink = await answered(net, upstream, steps, tools=TOOLS)
    assert list(sink.calls.values()) == [["toolu_1", "look", '{"at": "sky"}'], ["toolu_2", "look", "{}"]]
    assert sum(kind == "tool_call" for kind, _ in sink.events) == 1 + 4 + 1 + 1
    assert answer.stop_reason == "tool_calls"


async def test_a_tool_without_parameters_is_called_with_an_empty_object() -> None:
    block: dict[str, Any] = {"type": "tool_use", "id": "toolu_1", "name": "now", "input": {}}
    _, sink = read(
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": ""}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_stop"},
    )
    assert sink.calls[0] == ["toolu_1", "now", "{}"]


async def test_the_cache_counts_as_input(net: Net, upstream: Upstream) -> None:
    answer, _ = await answered(net, upstream, [*says("a"), Finish("stop", 100, 7, cached_tokens=80, thought_tokens=3)])
    usage = answer.usage
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens) == (100, 80, 7, 3)
    assert usage.raw is not None
    assert usage.raw["input_tokens"] == 20


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", "stop"),
        ("stop_sequence", "stop"),
        ("length", "length"),
        ("model_context_window_exceeded", "length"),
        ("content_filter", "refusal"),
        ("pause_turn", "other"),
    ],
)
async def test_why_it_stopped(net: Net, upstream: Upstream, reason: str, expected: str) -> None:
    answer, _ = await answered(net, upstream, [*says("a"), Finish(reason)])
    assert answer.stop_reason == expected


async def test_a_citation_is_the_passage(net: Net, upstream: Upstream) -> None:
    passage = Passage("Trip", "We go to Rome.", 0, 14, message_id="msg_1")
    _, sink = await answered(net, upstream, [Say("To Rome."), Cite("We go to Rome.")], passages=(passage,))
    assert sink.citations == [passage]


def test_citations_of_other_sources() -> None:
    cited = {"type": "char_location", "cited_text": "x", "document_title": "D", "start_char_index": 3}
    _, sink = read(
        {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": cited}},
        {"type": "message_stop"},
    )
    assert sink.citations == [Passage("D", "x", 3, 0)]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Fail(529, "Overloaded"), ModelUnavailable),
        (Fail(402, "Pay first"), ModelRefused),
        (Fail(413, "Too large"), ModelRefused),
        (Fail(400, "prompt is too long: 208310 tokens > 200000 maximum"), ContextTooLong),
    ],
)
async def test_errors_of_this_wire(net: Net, upstream: Upstream, step: Fail, expected: type[MecumError]) -> None:
    with pytest.raises(expected, match=step.message.split(":", maxsplit=1)[0]):
        await answered(net, upstream, [step])


async def test_when_to_come_back(net: Net, upstream: Upstream) -> None:
    with pytest.raises(ModelLimited) as caught:
        await answered(net, upstream, [Fail(429, "slow down", headers={"Retry-After": "17"})])
    assert caught.value.details["retry_after"] == 17


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("overloaded_error", ModelUnavailable),
        ("rate_limit_error", ModelLimited),
        ("authentication_error", ModelAuthFailed),
        ("invalid_request_error", ModelRefused),
    ],
)
async def test_an_error_event_in_mid_stream(
    net: Net, upstream: Upstream, code: str, expected: type[MecumError]
) -> None:
    with pytest.raises(expected, match="sorry"):
        await answered(net, upstream, [Say("so far"), Fail(500, "sorry", code)])


@pytest.mark.parametrize("steps", [[Say("half")], [Say("half"), Bytes('{"type": "message')]])
async def test_half_a_stream(net: Net, upstream: Upstream, steps: list[Step]) -> None:
    with pytest.raises(ModelUnavailable):
        await answered(net, upstream, [*steps, Drop()])


def test_a_stream_that_ends_too_early() -> None:
    with pytest.raises(ModelUnavailable, match="before the answer was complete"):
        read({"type": "message_start", "message": {}}, {"type": "ping"})


@pytest.mark.parametrize(
    ("headers", "body", "expected", "said"),
    [
        ({b"content-type": b"text/html"}, b"<html>Welcome</html>", ModelUnavailable, "a web page"),
        (JSON, orjson.dumps(error(429, "slow down", None)), ModelLimited, "slow down"),
        (JSON, orjson.dumps(error(529, "Overloaded", None)), ModelUnavailable, "Overloaded"),
        (JSON, b'{"error": "no such thing"}', ModelUnavailable, "does not speak"),
        (JSON, b'{"choices": []}', ModelUnavailable, "does not speak"),
        (EVENTS, b'data: {"choices": []}\n\n', ModelUnavailable, "does not speak"),
    ],
)
def test_a_success_that_is_none(
    headers: dict[bytes, bytes], body: bytes, expected: type[MecumError], said: str
) -> None:
    stream = MessageStream(Recorder(), "anthropic/claude")
    with pytest.raises(expected, match=said):
        _take(stream, headers, body)


def _take(stream: MessageStream, headers: dict[bytes, bytes], body: bytes) -> None:
    stream.events.head(200, headers)
    stream.events.body(body)
    stream.finish()


def test_a_whole_answer_from_a_server_that_does_not_stream() -> None:
    content = [
        {"type": "thinking", "thinking": "Hm.", "signature": "proof"},
        {"type": "text", "text": "Blue.", "citations": [{"search_result_index": 0}]},
        {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at": 1}},
        {"type": "novelty"},
    ]
    message = {
        "type": "message",
        "model": "m",
        "content": content,
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 1},
    }
    sink = Keeper()
    stream = MessageStream(sink, "anthropic/claude", (Passage("Trip", "Rome.", 0, 5),))
    stream.events.head(200, JSON)
    stream.events.body(orjson.dumps(message))
    answer = stream.finish()
    assert (answer.stop_reason, answer.model, answer.usage.input_tokens) == ("tool_calls", "m", 1)
    assert (sink.whole, sink.thought, sink.proofs[0][0]) == ("Blue.", ["Hm."], "proof")
    assert sink.calls[0] == ["toolu_1", "look", '{"at":1}']
    assert sink.citations[0].title == "Trip"


async def test_thoughts_that_are_not_taken_back_are_left_out(net: Net, upstream: Upstream) -> None:
    called = (ReasoningContent("Hm.", "proof", "anthropic/claude"), CallContent("c1", "look", "{}"))
    history = (
        ModelMessage("user", (TextContent("Sky?"),)),
        ModelMessage("assistant", called),
        ModelMessage("tool", (ResultContent("c1", "look", "blue"),)),
    )
    upstream.script("claude", says("Blue."))
    upstream.script(
        "claude",
        [
            Fail(
                400,
                "messages.1.content.0: Invalid `signature` in `thinking` block.",
            )
        ],
        times=1,
    )
    provider = AnthropicProvider(net, "anthropic", upstream.url)
    model = provider.open(ModelInfo("anthropic/claude", "claude", "anthropic", "anthropic", local=True))
    sink = Keeper()
    await model.answer(ModelRequest("claude", history, tools=TOOLS), sink)
    assert sink.whole == "Blue."
    first, second = upstream.answers()
    assert b"proof" in first.body
    assert b"proof" not in second.body
    upstream.script(
        "claude",
        [
            Fail(
                400,
                "messages.1.content.0: Invalid `signature` in `thinking` block.",
            )
        ],
    )
    with pytest.raises(ModelRefused):
        await model.answer(ModelRequest("claude", history, tools=TOOLS), sink)
    with pytest.raises(ModelRefused):
        await model.answer(ModelRequest("claude", history[:1]), sink)
    assert len(upstream.answers()) == 5
