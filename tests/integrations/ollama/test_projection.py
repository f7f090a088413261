"""One canonical history on the Ollama wire."""

from typing import Any

import pytest

from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import (
    CallContent,
    ImageContent,
    ModelMessage,
    ModelRequest,
    Passage,
    ResultContent,
    TextContent,
    ToolSpec,
)
from mecum.inference.ports import ModelInfo
from mecum.integrations.ollama.projection import body_of, window


def model(**known: Any) -> ModelInfo:
    given: dict[str, Any] = {"context_length": 131_072, **known}
    return ModelInfo("ollama/m", "m", "ollama", "ollama", local=True, **given)


def user(text: str) -> ModelMessage:
    return ModelMessage("user", (TextContent(text),))


def body(*messages: ModelMessage, known: ModelInfo | None = None, **more: Any) -> dict[str, Any]:
    return body_of(ModelRequest("m", messages or (user("hi"),), **more), known or model())


def test_a_turn_with_a_tool() -> None:
    calls = (CallContent("c1", "clock", '{"zone":"UTC"}'), CallContent("c2", "clock", '{"zone":"CET"}'))
    messages = body(
        ModelMessage("system", (TextContent("Be brief."),)),
        user("What time is it?"),
        ModelMessage("assistant", (TextContent("Looking."), *calls)),
        ModelMessage("tool", (ResultContent("c1", "clock", "12:00"), ResultContent("c2", "clock", "13:00"))),
    )["messages"]
    assert messages == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What time is it?"},
        {
            "role": "assistant",
            "content": "Looking.",
            "tool_calls": [{"function": {"name": "clock", "arguments": {"zone": zone}}} for zone in ("UTC", "CET")],
        },
        {"role": "tool", "tool_name": "clock", "content": "12:00"},
        {"role": "tool", "tool_name": "clock", "content": "13:00"},
    ]


@pytest.mark.parametrize(("text", "expected"), [("", {}), ("[1]", {"value": [1]}), ("{oops", {"value": "{oops"})])
def test_arguments_become_an_object(text: str, expected: dict[str, Any]) -> None:
    message, _ = body(ModelMessage("assistant", (CallContent("c", "f", text),)))["messages"]
    assert message["tool_calls"][0]["function"]["arguments"] == expected


def test_images_go_to_models_that_see() -> None:
    seen = ModelMessage("user", (TextContent("What is it?"), ImageContent("image/png", b"\x89PNG")))
    assert body(seen)["messages"][0]["images"] == ["iVBORw=="]
    blind = body(seen, known=model(vision=False))["messages"][0]
    assert "images" not in blind
    assert "cannot see" in blind["content"]


def test_passages_go_before_the_question() -> None:
    sent = body(user("Where?"), passages=(Passage("Trip", "We go to Rome.", 0, 14),))["messages"]
    assert "We go to Rome." in sent[0]["content"]
    assert sent[1]["content"] == "Where?"


def test_parameters_have_their_names_here() -> None:
    sent = body(
        temperature=0.0,
        parameters={"max_tokens": 5, "top_p": 0.5, "stop": "END", "seed": 1, "user": "u", "top_k": None},
    )
    options = {
        "num_ctx": 8192,
        "temperature": 0.0,
        "num_predict": 5,
        "top_p": 0.5,
        "stop": ["END"],
        "seed": 1,
    }
    assert sent["options"] == options


def test_likelihoods_of_chats_and_of_texts() -> None:
    told = body(parameters={"logprobs": True, "top_logprobs": 3})
    assert (told["logprobs"], told["top_logprobs"]) == (True, 3)
    raw = body(mode="raw", parameters={"logprobs": 2})
    assert (raw["logprobs"], raw["top_logprobs"]) == (True, 2)
    assert not {"logprobs", "top_logprobs"} & body(parameters={"logprobs": False}).keys()


def test_formats() -> None:
    schema = {"type": "object"}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    assert body(parameters={"response_format": form})["format"] == schema
    assert body(parameters={"response_format": {"type": "json_object"}})["format"] == "json"
    assert "format" not in body(parameters={"response_format": {"type": "text"}})


def test_effort() -> None:
    assert body(parameters={"reasoning_effort": "high"})["think"] == "high"
    assert body(parameters={"reasoning_effort": "none"})["think"] is False
    assert "think" not in body()
    assert "think" not in body(parameters={"reasoning_effort": "none"}, known=model(reasoning=False))


@pytest.mark.parametrize(
    "parameters",
    [
        {"logit_bias": {"1": 2}},
        {"tool_choice": "required"},
        {"parallel_tool_calls": False},
        {"response_format": {"type": "grammar"}},
        {"reasoning_effort": "enormous"},
    ],
)
def test_what_cannot_be_honoured_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused):
        body(parameters=parameters)


def test_a_strict_tool_is_refused() -> None:
    with pytest.raises(ModelRefused, match="clock"):
        body(tools=(ToolSpec("clock", "", {"type": "object"}, strict=True),))


def test_effort_of_a_model_that_does_not_reason() -> None:
    with pytest.raises(ModelRefused):
        body(parameters={"reasoning_effort": "low"}, known=model(reasoning=False))


def test_tool_choice_none_offers_none() -> None:
    tool = ToolSpec("clock", "", {"type": "object"})
    assert "tools" not in body(tools=(tool,), parameters={"tool_choice": "none"})
    assert len(body(tools=(tool,), parameters={"tool_choice": "auto"})["tools"]) == 1


@pytest.mark.parametrize(
    ("request_", "largest", "expected"),
    [
        (ModelRequest("m", (user("hi"),)), 131_072, 8192),
        (ModelRequest("m", (user("hi"),)), 2048, 2048),
        (ModelRequest("m", (user("hi"),)), None, 8192),
        (ModelRequest("m", (user("x" * 60_000),)), 131_072, 32_768),
        (ModelRequest("m", (user("x" * 900_000),)), 131_072, 131_072),
        (ModelRequest("m", (user("hi"),), context_length=4096), 131_072, 4096),
        (ModelRequest("m", (user("hi"),), context_length=999_999), 131_072, 131_072),
    ],
)
def test_window(request_: ModelRequest, largest: int | None, expected: int) -> None:
    assert window(request_, model(context_length=largest)) == expected


def test_the_window_holds_all_kinds_of_content() -> None:
    contents = (
        CallContent("c", "f", "x" * 9000),
        ResultContent("c", "f", "x" * 9000),
        ImageContent("image/png", b""),
    )
    assert window(ModelRequest("m", (ModelMessage("user", contents),)), model()) == 16_384
