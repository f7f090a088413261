"""What is not supported is an error that names it: nothing is ignored, and nothing reaches a model."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edges.http.openai.test_chat import ASKED, PNG_URL
from factories.served import Served

CHAT: dict[str, Any] = {"model": "up/fake-n1", "messages": ASKED}
TEXT: dict[str, Any] = {"model": "up/fake-n1", "prompt": "Once"}
RESPONSE: dict[str, Any] = {"model": "up/fake-n1", "input": "Hi"}
PATHS = {"/v1/chat/completions": CHAT, "/v1/completions": TEXT, "/v1/responses": RESPONSE}


def user(*parts: Any) -> dict[str, Any]:
    """Return a call with one message of these parts."""
    return {"messages": [{"role": "user", "content": list(parts)}]}


def image(url: str, **more: Any) -> dict[str, Any]:
    """Return a call with this image."""
    return user({"type": "image_url", "image_url": {"url": url, **more}})


TOOL = {"type": "function", "function": {"name": "clock"}}
CHAT_CASES: list[tuple[dict[str, Any], str | None, str]] = [
    ({"n": 2}, "n", "unsupported_value"),
    ({"logprobs": 1}, "logprobs", "invalid_type"),
    ({"top_logprobs": 3}, "top_logprobs", "invalid_value"),
    ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "invalid_value"),
    ({"modalities": ["text", "audio"]}, "modalities[1]", "unsupported_value"),
    ({"audio": {"voice": "alloy", "format": "mp3"}}, "audio", "unsupported_parameter"),
    ({"functions": [{"name": "f"}]}, "functions", "unsupported_parameter"),
    ({"function_call": "auto"}, "function_call", "unsupported_parameter"),
    ({"prediction": {"type": "content", "content": "x"}}, "prediction", "unsupported_parameter"),
    ({"web_search_options": {}}, "web_search_options", "unsupported_parameter"),
    ({"service_tier": "flex"}, "service_tier", "unsupported_value"),
    ({"verbosity": "low"}, "verbosity", "unsupported_parameter"),
    ({"prompt_cache_key": "k"}, "prompt_cache_key", "unsupported_parameter"),
    ({"safety_identifier": "k"}, "safety_identifier", "unsupported_parameter"),
    ({"foo": 1}, "foo", "unknown_parameter"),
    ({"foo": None}, "foo", "unknown_parameter"),
    ({"temperature": "0.5"}, "temperature", "invalid_type"),
    ({"temperature": 2.5}, "temperature", "invalid_value"),
    ({"top_p": -1}, "top_p", "invalid_value"),
    ({"max_tokens": 0}, "max_tokens", "invalid_value"),
    ({"max_tokens": 1.5}, "max_tokens", "invalid_type"),
    ({"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens", "invalid_value"),
    ({"stream": "yes"}, "stream", "invalid_type"),
    ({"stream_options": {"include_usage": True}}, "stream_options", "invalid_value"),
    (
        {"stream": True, "stream_options": {"include_obfuscation": True}},
        "stream_options.include_obfuscation",
        "unsupported_value",
    ),
    ({"stop": []}, "stop", "invalid_value"),
    ({"stop": [1]}, "stop[0]", "invalid_type"),
    ({"logit_bias": {"1": 500}}, "logit_bias.1", "invalid_value"),
    ({"response_format": {"type": "xml"}}, "response_format", "unsupported_value"),
    ({"response_format": {"type": "json_schema"}}, "response_format.json_schema", "missing_required_parameter"),
    ({"reasoning_effort": "huge"}, "reasoning_effort", "unsupported_value"),
    ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type", "unsupported_value"),
    ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name", "invalid_value"),
    ({"tool_choice": "auto"}, "tool_choice", "invalid_value"),
    ({"parallel_tool_calls": False}, "parallel_tool_calls", "invalid_value"),
    ({"tools": [TOOL], "tool_choice": {"type": "allowed_tools"}}, "tool_choice.type", "unsupported_value"),
    ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
    ({"metadata": {str(n): "x" for n in range(17)}}, "metadata", "invalid_value"),
    ({"messages": []}, "messages", "invalid_value"),
    ({"messages": [{"role": "king", "content": "x"}]}, "messages[0]", "unsupported_value"),
    ({"messages": [{"content": "x"}]}, "messages[0]", "invalid_value"),
    ({"messages": [{"role": "user"}]}, "messages[0].content", "missing_required_parameter"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "invalid_type"),
    ({"messages": [{"role": "user", "content": "x", "name": "ada"}]}, "messages[0].name", "unsupported_parameter"),
    ({"messages": [*ASKED, {"role": "tool", "tool_call_id": "c", "content": "x"}]}, "messages", "invalid_value"),
    (user({"type": "input_audio", "input_audio": {}}), "messages[0].content[0]", "unsupported_value"),
    (user({"type": "file", "file": {}}), "messages[0].content[0]", "unsupported_value"),
    (user({"type": "text", "text": "a", "more": 1}), "messages[0].content[0].more", "unknown_parameter"),
    (image("https://example.org/a.png"), "messages[0].content[0].image_url.url", "unsupported_value"),
    (image("data:image/png;base64,%%%"), "messages[0].content[0].image_url.url", "invalid_value"),
    (image("data:image/png;base64,QUJD"), "messages[0].content[0].image_url.url", "unsupported_value"),
    (image(PNG_URL, detail="high"), "messages[0].content[0].image_url.detail", "unsupported_value"),
    ({"store": True, "messages": [*ASKED, {"role": "assistant", "content": "x"}]}, "messages", "unsupported_value"),
]
OTHER_CASES: list[tuple[str, dict[str, Any], str | None, str]] = [
    ("/v1/completions", {"prompt": ["a", "b"]}, "prompt", "invalid_value"),
    ("/v1/completions", {"prompt": [1, 2]}, "prompt", "invalid_value"),
    ("/v1/completions", {"prompt": [1]}, "prompt[0]", "invalid_type"),
    ("/v1/completions", {"prompt": None}, "prompt", "invalid_type"),
    ("/v1/completions", {"best_of": 2}, "best_of", "unsupported_value"),
    ("/v1/completions", {"echo": True}, "echo", "unsupported_value"),
    ("/v1/completions", {"suffix": "x"}, "suffix", "unsupported_parameter"),
    ("/v1/completions", {"logprobs": -1}, "logprobs", "invalid_value"),
    ("/v1/completions", {"logprobs": True}, "logprobs", "invalid_type"),
    ("/v1/completions", {"stream_options": {}}, "stream_options", "invalid_value"),
    ("/v1/completions", {"prompt": "a\x00"}, None, "message.unstorable"),
    ("/v1/responses", {"background": True, "store": False}, "background", "invalid_value"),
    ("/v1/responses", {"background": 1}, "background", "invalid_type"),
    ("/v1/responses", {"conversation": "conv_1"}, "conversation", "unsupported_parameter"),
    ("/v1/responses", {"prompt": {"id": "pmpt_1"}}, "prompt", "unsupported_parameter"),
    ("/v1/responses", {"include": ["reasoning.encrypted_content"]}, "include[0]", "unsupported_value"),
    ("/v1/responses", {"top_logprobs": 2}, "top_logprobs", "invalid_value"),
    ("/v1/responses", {"truncation": "disabled"}, "truncation", "unsupported_value"),
    ("/v1/responses", {"max_tool_calls": 3}, "max_tool_calls", "unsupported_parameter"),
    ("/v1/responses", {"tools": [{"type": "web_search"}]}, "tools[0].type", "unsupported_value"),
    ("/v1/responses", {"reasoning": {"summary": "auto"}}, "reasoning.summary", "unsupported_parameter"),
    ("/v1/responses", {"text": {"verbosity": "low"}}, "text.verbosity", "unsupported_parameter"),
    ("/v1/responses", {"text": {"format": {"type": "xml"}}}, "text.format", "unsupported_value"),
    ("/v1/responses", {"tool_choice": "required"}, "tool_choice", "invalid_value"),
    ("/v1/responses", {"stream_options": {"include_obfuscation": False}}, "stream_options", "invalid_value"),
    ("/v1/responses", {"stop": "x"}, "stop", "unknown_parameter"),
    ("/v1/responses", {"input": []}, "input", "invalid_value"),
    ("/v1/responses", {"input": [{"type": "item_reference", "id": "x"}]}, "input[0]", "unsupported_value"),
    (
        "/v1/responses",
        {"input": [{"role": "user", "content": [{"type": "input_file"}]}]},
        "input[0].content[0]",
        "unsupported_value",
    ),
    (
        "/v1/responses",
        {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
        "input[0].content[0].type",
        "invalid_value",
    ),
    ("/v1/responses", {"input": [{"role": "assistant", "content": "x"}]}, "input", "unsupported_value"),
    (
        "/v1/responses",
        {"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]},
        "input",
        "invalid_value",
    ),
    ("/v1/responses", {"previous_response_id": "resp_1"}, "previous_response_id", "previous_response_not_found"),
    (
        "/v1/responses",
        {"previous_response_id": "resp_000000000000000000"},
        "previous_response_id",
        "previous_response_not_found",
    ),
    (
        "/v1/responses",
        {"previous_response_id": "resp_000000000000000000", "metadata": {"conversation_id": "cnv_0000000000000"}},
        "previous_response_id",
        "invalid_value",
    ),
    ("/v1/responses", {"input": "a\x00"}, None, "message.unstorable"),
    ("/v1/responses", {"instructions": "a\x00"}, None, "message.unstorable"),
]


def refusal(served: Served, path: str, body: Any, status: int = 400) -> dict[str, Any]:
    """Return the error that a body is answered with."""
    answer = served.post(path, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert error["type"] == "invalid_request_error"
    assert not served.upstream.answers()
    return error


@pytest.mark.parametrize(("more", "param", "code"), CHAT_CASES, ids=lambda value: str(value)[:60])
def test_chat_refuses(served: Served, more: dict[str, Any], param: str | None, code: str) -> None:
    error = refusal(served, "/v1/chat/completions", CHAT | more)
    assert (error["param"], error["code"]) == (param, code), error


@pytest.mark.parametrize(("path", "more", "param", "code"), OTHER_CASES, ids=lambda value: str(value)[:60])
def test_the_others_refuse(served: Served, path: str, more: dict[str, Any], param: str | None, code: str) -> None:
    error = refusal(served, path, PATHS[path] | more)
    assert (error["param"], error["code"]) == (param, code), error


def test_what_is_of_no_known_kind_is_told_which_there_are(served: Served) -> None:
    body = {"input": [{"type": "item_reference", "id": "x"}]}
    said = refusal(served, "/v1/responses", PATHS["/v1/responses"] | body)["message"]
    kinds = "'message', 'function_call', 'function_call_output', 'reasoning'"
    assert said == f"Unsupported value for 'input[0]': it is none of {kinds}."


@pytest.mark.parametrize("path", PATHS)
def test_what_is_missing_is_named(served: Served, path: str) -> None:
    for name in PATHS[path]:
        body = {key: value for key, value in PATHS[path].items() if key != name}
        error = refusal(served, path, body)
        assert (error["param"], error["code"]) == (name, "missing_required_parameter")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b'{"model": "\\ud800"}', b"\xff", b"NaN"])
def test_what_is_no_object_is_refused(served: Served, path: str, body: bytes) -> None:
    with served.http as http:
        answer = http.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/files"),
        ("GET", "/v1/"),
        ("DELETE", "/v1/models"),
        ("GET", "/v1/responses/resp_1/items"),
    ],
)
def test_addresses_that_are_not_there(served: Served, method: str, path: str) -> None:
    with served.http as http:
        answer = http.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_url")


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_answered_without_a_key(served: Served, path: str) -> None:
    with served.http as http:
        answer = http.post(path, json=PATHS[path], headers={"Authorization": ""})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (401, "invalid_request_error", None)


@pytest.mark.slow
def test_a_body_that_is_too_large(served: Served) -> None:
    answer = served.post("/v1/chat/completions", CHAT | {"messages": [{"role": "user", "content": "x" * (33 << 20)}]})
    assert answer.status_code == 413
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_the_built_in_responder_says_what_it_cannot_keep(served: Served) -> None:
    answer = served.post(
        "/v1/chat/completions", CHAT | {"model": "builtin/search", "response_format": {"type": "json_object"}}
    )
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "response_format")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "messages",
        "tools",
        "tool_choice",
        "stop",
        "response_format",
        "metadata",
        "input",
        "prompt",
        "text",
        "n",
        "stream_options",
    ]
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(sorted(PATHS)), name=FIELDS, value=JSON)
def test_whatever_comes_is_answered_or_refused(served: Served, path: str, name: str, value: Any) -> None:
    answer = served.post(path, PATHS[path] | {name: value})
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer.json()["error"]["type"] == "invalid_request_error"
