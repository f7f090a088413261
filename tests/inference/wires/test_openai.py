"""The OpenAI wire: what goes out in the body, and how every answer is read, however it is cut."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.sinks import Recorder
from fakes.upstream import Upstream
from mecum.inference.errors import (
    ContextTooLong,
    ErrorInside,
    ModelAuthFailed,
    ModelLimited,
    ModelNotFound,
    ModelRefused,
    ModelUnavailable,
)
from mecum.inference.exchange import (
    Answer,
    CallContent,
    ImageContent,
    ModelMessage,
    ModelRequest,
    Passage,
    ReasoningContent,
    ResultContent,
    TextContent,
    ToolSpec,
)
from mecum.inference.wires.openai import ChatStream, OpenAIChat, body_of, parse_json, usage_of
from mecum.inference.wires.turns import NO_RESULT
from mecum.infra.net import Net
from mecum.kernel.errors import MecumError

STREAM = {b"content-type": b"text/event-stream"}
JSON = {b"content-type": b"application/json"}


def user(text: str) -> ModelMessage:
    """Return what a person said."""
    return ModelMessage("user", (TextContent(text),))


def event(delta: dict[str, Any] | None = None, reason: str | None = None, **more: Any) -> bytes:
    """Return a chunk of an answer."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": reason}
    return b"data: " + orjson.dumps({"model": "m-1", "choices": [choice], **more}) + b"\n\n"


def read(
    *pieces: bytes, raw: bool = False, headers: dict[bytes, bytes] | None = None, status: int = 200
) -> tuple[Recorder, Answer]:
    """Read an answer that arrives in these pieces."""
    sink = Recorder()
    stream = ChatStream(sink, raw=raw)
    stream.head(status, headers or STREAM)
    for piece in pieces:
        stream.body(piece)
    return sink, stream.finish()


# the body


def test_a_plain_request() -> None:
    body = body_of(ModelRequest("m", (user("Hi"),), temperature=0.0, parameters={"max_tokens": 5}))
    assert body == {
        "model": "m",
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "max_tokens": 5,
        "messages": [{"role": "user", "content": "Hi"}],
    }


def test_raw_text_is_a_prompt() -> None:
    body = body_of(ModelRequest("m", (user("Once upon"),), mode="raw"))
    assert body["prompt"] == "Once upon"
    assert "messages" not in body


def test_images_calls_and_results_have_their_shapes() -> None:
    messages = (
        ModelMessage("user", (TextContent("Look:"), ImageContent("image/png", b"\x01"))),
        ModelMessage("assistant", (CallContent("c1", "look", "{}"),)),
        ModelMessage("tool", (ResultContent("c1", "look", "a cat"),)),
        ModelMessage("assistant", (TextContent("And"), CallContent("c2", "look", "{}"))),
    )
    sent = body_of(ModelRequest("m", messages))["messages"]
    assert sent[0]["content"] == [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AQ=="}},
    ]
    assert sent[1]["content"] is None
    assert sent[1]["tool_calls"] == [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]
    assert sent[2] == {"role": "tool", "tool_call_id": "c1", "content": "a cat"}
    assert sent[3]["content"] == "And"


def test_an_image_of_an_assistant_is_told_of() -> None:
    content = (ImageContent("image/png", b"\x01"), CallContent("c", "look", "{}"))
    sent, result = body_of(ModelRequest("m", (ModelMessage("assistant", content),)))["messages"]
    assert "image" in sent["content"]
    assert result == {"role": "tool", "tool_call_id": "c", "content": NO_RESULT}


def test_passages_never_stand_between_a_call_and_its_result() -> None:
    called = ModelMessage("assistant", (CallContent("c", "look", "{}"),))
    result = ModelMessage("tool", (ResultContent("c", "look", "blue"),))
    request = ModelRequest("m", (user("a"), called, result), passages=(Passage("Notes", "Rhubarb.", 0, 8),))
    assert [message["role"] for message in body_of(request)["messages"]] == ["system", "user", "assistant", "tool"]


def test_reasoning_is_not_sent() -> None:
    thought = ReasoningContent("Hm.", "proof", "anthropic/m")
    request = ModelRequest("m", (user("a"), ModelMessage("assistant", (thought,)), user("b")))
    assert [message["content"] for message in body_of(request)["messages"]] == ["a", "b"]


def test_passages_stand_before_the_question() -> None:
    passages = (Passage("Notes", "Rhubarb.", 0, 8), Passage("More", "Tart.", 0, 5))
    sent = body_of(ModelRequest("m", (user("a"), user("b")), passages=passages))["messages"]
    assert [message["role"] for message in sent] == ["user", "system", "user"]
    assert "[1] Notes\nRhubarb.\n\n[2] More\nTart." in sent[1]["content"]


@pytest.mark.parametrize(("strict", "sent"), [(None, {}), (True, {"strict": True}), (False, {"strict": False})])
def test_tools_say_whether_they_are_strict(strict: bool | None, sent: dict[str, bool]) -> None:
    tool = ToolSpec("look", "Looks.", {"type": "object"}, strict)
    (found,) = body_of(ModelRequest("m", (user("a"),), tools=(tool,)))["tools"]
    function = {"name": "look", "description": "Looks.", "parameters": {"type": "object"}, **sent}
    assert found == {"type": "function", "function": function}


# the answer


def test_a_plain_answer() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 1}}
    last = b"data: " + orjson.dumps({"choices": [], "usage": usage}) + b"\n\ndata: [DONE]\n\n"
    sink, answer = read(event({"content": "Hel"}), event({"content": "lo"}), event(reason="stop"), last)
    assert sink.whole == "Hello"
    assert (answer.stop_reason, answer.model) == ("stop", "m-1")
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.cached_tokens) == (3, 2, 1)
    assert answer.usage.raw == usage


TEXTS = st.lists(st.text(st.characters(), min_size=1, max_size=5), min_size=1, max_size=4)


@settings(max_examples=60)
@given(TEXTS, st.integers(1, 40), st.sampled_from([b"\n", b"\r\n"]))
def test_however_it_is_cut_it_is_the_same(texts: list[str], size: int, newline: bytes) -> None:
    whole = b"".join(event({"content": "@"}).replace(b'"@"', json.dumps(text).encode()) for text in texts)
    whole = (whole + event(reason="stop") + b"data: [DONE]\n\n").replace(b"\n", newline)
    sink, _ = read(*(whole[at : at + size] for at in range(0, len(whole), size)))
    assert sink.whole == "".join(json.loads(json.dumps(text)) for text in texts)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("content_filter", "refusal"),
        ("model_length", "length"),
        ("eos", "other"),
    ],
)
def test_why_it_stopped(reason: str, expected: str) -> None:
    assert read(event({"content": "x"}, reason))[1].stop_reason == expected


def test_done_without_a_reason_is_an_end() -> None:
    assert read(event({"content": "x"}), b"data: [DONE]\n\n")[1].stop_reason == "other"


def test_an_end_without_its_empty_line() -> None:
    assert read(event({"content": "x"}), event(reason="stop").rstrip())[1].stop_reason == "stop"


def test_a_refusal_is_text_and_its_reason() -> None:
    sink, answer = read(event({"refusal": "No."}, "stop"))
    assert (sink.whole, answer.stop_reason) == ("No.", "refusal")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_by_either_name(name: str) -> None:
    sink, _ = read(event({name: "hm"}), event({"content": "so"}, "stop"))
    assert (sink.thought, sink.whole) == (["hm"], "so")


def test_tool_calls_in_pieces() -> None:
    calls = [
        {"index": 0, "id": "c1", "function": {"name": "look", "arguments": ""}},
        {"index": 0, "function": {"arguments": "{}"}},
        {"index": 1, "id": "c2", "function": None},
    ]
    sink, answer = read(*(event({"tool_calls": [call]}) for call in calls), event(reason="tool_calls"))
    assert sink.calls == {0: ["c1", "look", "{}"], 1: ["c2", "", ""]}
    assert answer.stop_reason == "tool_calls"


def test_other_choices_are_not_read() -> None:
    other = b'data: {"choices":[{"index":1,"delta":{"content":"no"},"finish_reason":null}]}\n\n'
    assert read(other, event({"content": "x"}, "stop"))[0].whole == "x"


def test_comments_and_other_fields_are_passed_over() -> None:
    kept = b": keep-alive\n\nevent: message\nid: 1\n" + event({"content": "x"}, "stop")
    assert read(kept)[0].whole == "x"


def test_raw_text_comes_in_another_place() -> None:
    said = b'data: {"choices":[{"index":0,"text":"on","logprobs":null,"finish_reason":%b}]}\n\n'
    sink, _ = read(said % b"null", said % b'"length"', raw=True)
    assert sink.whole == "onon"


@pytest.mark.parametrize("raw", [False, True])
def test_a_server_that_does_not_stream_is_read_whole(raw: bool) -> None:
    choice = {"index": 0, "finish_reason": "stop"} | ({"text": "all"} if raw else {"message": {"content": "all"}})
    body = orjson.dumps({"model": "m", "choices": [choice], "usage": {"prompt_tokens": 1}})
    sink, answer = read(body[:10], body[10:], raw=raw, headers=JSON)
    assert (sink.whole, answer.stop_reason, answer.usage.input_tokens) == ("all", "stop", 1)


def test_an_error_in_the_stream() -> None:
    with pytest.raises(ModelUnavailable, match="It said: overloaded"):
        read(event({"content": "x"}), b'data: {"error":{"message":"overloaded"}}\n\n')


def test_an_error_before_the_stream() -> None:
    with pytest.raises(ModelLimited, match="slow"):
        read(b'{"error":{"mess', b'age":"slow"}}', headers=JSON, status=429)


def test_a_stream_that_breaks_off() -> None:
    with pytest.raises(ModelUnavailable, match="before the answer was complete"):
        read(event({"content": "x"}))


@pytest.mark.parametrize(
    ("data", "error"), [(b"data: {nonsense\n\n", ModelUnavailable), (b"data: [1]\n\n", ModelRefused)]
)
def test_what_is_not_an_event(data: bytes, error: type[MecumError]) -> None:
    with pytest.raises(error):
        read(data)


def test_json_with_broken_bytes_is_still_read() -> None:
    assert parse_json(b'{"a":"\\ud800"}') == {"a": "\ud800"}
    assert parse_json(b'{"a":"\xff"}') == {"a": "\udcff"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"completion_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 12}, (10, 2, None, 5, None)),
        ({"completion_tokens_details": {"reasoning_tokens": 5}, "total_tokens": 17}, (10, 7, None, 5, None)),
        ({"prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 6}, (10, 2, 4, None, None)),
        ({"prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 6}}, (10, 2, 3, None, 6)),
    ],
    ids=["thought is in the answer", "xAI: beside it", "DeepSeek's cache", "OpenRouter's cache"],
)
def test_usage_as_vendors_tell_it(told: dict[str, Any], expected: tuple[int | None, ...]) -> None:
    found = usage_of({"prompt_tokens": 10, "completion_tokens": 2, **told})
    counts = (found.input_tokens, found.output_tokens, found.cached_tokens, found.reasoning_tokens)
    assert (*counts, found.cache_write_tokens) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"code": 429, "message": "busy"}, ModelLimited),
        ({"code": "429", "message": "busy"}, ModelLimited),
        ({"type": "rate_limit_error", "code": None, "message": "busy"}, ModelLimited),
        ({"code": "invalid_api_key", "message": "no"}, ModelAuthFailed),
        ({"type": "invalid_request_error", "message": "no"}, ModelRefused),
        ({"code": "context_length_exceeded", "message": "maximum context length is 8 tokens"}, ContextTooLong),
        ({"code": 502, "message": "gone"}, ErrorInside),
        ({"code": 7, "message": "gone"}, ErrorInside),
        ("gone", ErrorInside),
    ],
)
def test_an_error_inside_is_of_its_kind(error: Any, expected: type[MecumError]) -> None:
    with pytest.raises(expected) as caught:
        read(b"data: " + orjson.dumps({"error": error}) + b"\n\n")
    assert type(caught.value) is expected


def test_usage_without_details() -> None:
    usage = usage_of({"prompt_tokens": None, "completion_tokens_details": {"reasoning_tokens": 4}})
    assert (usage.input_tokens, usage.cached_tokens, usage.reasoning_tokens) == (None, None, 4)


# over the network


async def test_the_key_goes_along(net: Net, upstream: Upstream) -> None:
    upstream.require_key("sk-test")
    sink = Recorder()
    model = OpenAIChat(net, f"{upstream.url}/v1/", "sk-test")
    await model.answer(ModelRequest("fake-echo", (user("Hi"),)), sink)
    assert upstream.requests[-1].headers["authorization"] == "Bearer sk-test"
    assert sink.whole


async def test_a_model_that_is_not_there(net: Net, upstream: Upstream) -> None:
    with pytest.raises(ModelNotFound):
        await OpenAIChat(net, f"{upstream.url}/v1").answer(ModelRequest("nobody", (user("Hi"),)), Recorder())


async def test_a_server_that_is_not_there(net: Net) -> None:
    with pytest.raises(ModelUnavailable, match="does not answer"):
        await OpenAIChat(net, "http://127.0.0.1:9/v1").answer(ModelRequest("m", (user("Hi"),)), Recorder())
