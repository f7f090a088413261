"""One canonical history on the Google wire."""

from typing import Any

import pytest

from fakes.google_rules import refused
from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import (
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
from mecum.inference.ports import ModelInfo
from mecum.integrations.google.projection import FOREIGN_CALL, body_of

NEW, OLD = "gemini-3-pro", "gemini-2.5-flash"
LOOK = ToolSpec("look", "Looks.", {"type": "object"})
PROOF = ReasoningContent("Hm.", "proof", f"google/{NEW}")
CALL = CallContent("c1", "look", '{"at":1}')
RESULT = ModelMessage("tool", (ResultContent("c1", "look", "blue"),))


def user(text: str) -> ModelMessage:
    return ModelMessage("user", (TextContent(text),))


def assistant(*content: Any) -> ModelMessage:
    return ModelMessage("assistant", content)


def body(
    *messages: ModelMessage, model: str = NEW, reasoning: bool | None = None, vision: bool | None = None, **more: Any
) -> dict[str, Any]:
    info = ModelInfo(f"google/{model}", model, "google", "google", local=False, reasoning=reasoning, vision=vision)
    made = body_of(ModelRequest(model, messages or (user("hi"),), **more), info)
    assert refused(made, model) is None
    return made


def test_a_turn_with_a_tool() -> None:
    system = ModelMessage("system", (TextContent("Be brief."),))
    sent = body(system, user("Sky?"), assistant(TextContent("I look."), PROOF, CALL), RESULT, tools=(LOOK,))
    assert sent["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
    declared = {"name": "look", "description": "Looks.", "parametersJsonSchema": {"type": "object"}}
    assert sent["tools"] == [{"functionDeclarations": [declared]}]
    assert sent["toolConfig"] == {"functionCallingConfig": {"mode": "AUTO"}}
    call = {"functionCall": {"id": "c1", "name": "look", "args": {"at": 1}}, "thoughtSignature": "proof"}
    response = {"functionResponse": {"id": "c1", "name": "look", "response": {"output": "blue"}}}
    assert sent["contents"] == [
        {"role": "user", "parts": [{"text": "Sky?"}]},
        {"role": "model", "parts": [{"text": "I look."}, call]},
        {"role": "user", "parts": [response]},
    ]


def test_parallel_calls_are_proved_once() -> None:
    calls = (CallContent("c1", "look", "{}"), CallContent("c2", "look", "{}"))
    results = ModelMessage("tool", (ResultContent("c2", "look", "2", is_error=True), ResultContent("c1", "look", "1")))
    _, made, answered = body(user("a"), assistant(PROOF, *calls), results)["contents"]
    assert [part.get("thoughtSignature") for part in made["parts"]] == ["proof", None]
    assert [part["functionResponse"]["response"] for part in answered["parts"]] == [{"output": "1"}, {"error": "2"}]


@pytest.mark.parametrize(
    ("model", "expected"), [(NEW, FOREIGN_CALL), ("gemini-flash-latest", FOREIGN_CALL), (OLD, None)]
)
def test_a_call_of_another_model(model: str, expected: str | None) -> None:
    foreign = ReasoningContent("Hm.", "proof", "anthropic/claude")
    part = body(user("a"), assistant(foreign, CALL), RESULT, model=model)["contents"][1]["parts"][0]
    assert part.get("thoughtSignature") == expected


def test_a_proof_of_what_was_said_stands_alone() -> None:
    sent = body(user("a"), assistant(TextContent("Blue."), PROOF), user("b"))
    assert sent["contents"][1]["parts"] == [{"text": "Blue."}, {"text": "", "thoughtSignature": "proof"}]
    both = body(user("a"), assistant(PROOF, TextContent("Blue.")), user("b"))
    assert both["contents"][1]["parts"] == [{"text": "", "thoughtSignature": "proof"}, {"text": "Blue."}]


def test_a_turn_of_foreign_thoughts_alone_stays_a_turn() -> None:
    sent = body(user("a"), assistant(ReasoningContent("Hm.")), user("b"))
    assert sent["contents"][1] == {"role": "model", "parts": [{"text": "[nothing]"}]}


def test_images() -> None:
    seen = ModelMessage("user", (TextContent("What?"), ImageContent("image/png", b"\x89PNG")))
    assert body(seen)["contents"][0]["parts"][1] == {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}}
    assert "cannot see" in str(body(seen, vision=False)["contents"])


def test_passages_stand_before_the_question_in_its_turn() -> None:
    sent = body(user("Where?"), assistant(PROOF, CALL), RESULT, passages=(Passage("Trip", "We go to Rome.", 0, 14),))
    quoted, question = sent["contents"][0]["parts"]
    assert "We go to Rome." in quoted["text"]
    assert question == {"text": "Where?"}


def test_parameters_have_their_names_here() -> None:
    schema = {"type": "object"}
    asked: dict[str, Any] = {
        "max_tokens": 5, "top_p": 0.5, "stop": "END", "seed": 1, "user": "u", "presence_penalty": 0.1,
        "frequency_penalty": 0.2, "parallel_tool_calls": True, "logit_bias": None,
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}},
    }  # fmt: skip
    assert body(temperature=0.0, parameters=asked)["generationConfig"] == {
        "temperature": 0.0, "maxOutputTokens": 5, "topP": 0.5, "stopSequences": ["END"], "seed": 1,
        "presencePenalty": 0.1, "frequencyPenalty": 0.2, "responseMimeType": "application/json",
        "responseJsonSchema": schema,
    }  # fmt: skip
    plain = body(parameters={"response_format": {"type": "json_object"}})["generationConfig"]
    assert plain == {"responseMimeType": "application/json"}
    assert "generationConfig" not in body(parameters={"response_format": {"type": "text"}})


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("required", {"mode": "ANY"}),
        ("none", {"mode": "NONE"}),
        ({"type": "function", "function": {"name": "look"}}, {"mode": "ANY", "allowedFunctionNames": ["look"]}),
    ],
)
def test_the_choice_of_tools(choice: Any, expected: dict[str, Any]) -> None:
    sent = body(parameters={"tool_choice": choice}, tools=(LOOK,))
    assert sent["toolConfig"]["functionCallingConfig"] == expected


def test_strict_tools_are_validated() -> None:
    strict = ToolSpec("look", "Looks.", {"type": "object"}, strict=True)
    assert body(tools=(strict,))["toolConfig"]["functionCallingConfig"] == {"mode": "VALIDATED"}


@pytest.mark.parametrize(
    ("model", "effort", "expected"),
    [
        (NEW, None, {"includeThoughts": True}),
        (NEW, "minimal", {"includeThoughts": True, "thinkingLevel": "MINIMAL"}),
        (NEW, "xhigh", {"includeThoughts": True, "thinkingLevel": "HIGH"}),
        (OLD, "low", {"includeThoughts": True, "thinkingBudget": 1024}),
        (OLD, "none", {"thinkingBudget": 0}),
    ],
)
def test_effort(model: str, effort: str | None, expected: dict[str, Any]) -> None:
    sent = body(model=model, reasoning=True, parameters={"reasoning_effort": effort})
    assert sent["generationConfig"]["thinkingConfig"] == expected


def test_a_model_that_does_not_reason() -> None:
    assert "generationConfig" not in body(model=OLD, reasoning=False, parameters={"reasoning_effort": "none"})
    with pytest.raises(ModelRefused):
        body(model=OLD, reasoning=False, parameters={"reasoning_effort": "low"})


@pytest.mark.parametrize(
    "asked",
    [
        {"logit_bias": {"1": 1}},
        {"parallel_tool_calls": False},
        {"response_format": {"type": "grammar"}},
        {"tool_choice": "sometimes"},
        {"reasoning_effort": "enormous"},
        {"reasoning_effort": "none"},
    ],
)
def test_what_cannot_be_honoured_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused) as caught:
        body(parameters=asked, tools=(LOOK,))
    assert caught.value.details["parameter"] in asked
