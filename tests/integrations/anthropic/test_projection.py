"""One canonical history on the Anthropic wire."""

from typing import Any

import pytest

from fakes.anthropic_rules import refused
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
from mecum.integrations.anthropic.abilities import UNKNOWN, Abilities
from mecum.integrations.anthropic.projection import body_of

ADAPTIVE = Abilities(64_000, True, True, frozenset({"low", "medium", "high", "max"}), True)
BUDGET = Abilities(32_000, False, True, frozenset(), True)
PLAIN = Abilities(4096, False, False, frozenset(), False)
LOOK = ToolSpec("look", "Looks.", {"type": "object"}, strict=True)
KEEP = {"type": "ephemeral"}
OWN = "anthropic/claude"
CALLED = ModelMessage(
    "assistant", (ReasoningContent("Hm.", "proof", OWN), TextContent("I look."), CallContent("c1", "look", '{"at":1}'))
)
RESULT = ModelMessage("tool", (ResultContent("c1", "look", "blue"),))


def user(text: str) -> ModelMessage:
    return ModelMessage("user", (TextContent(text),))


def body(*messages: ModelMessage, can: Abilities = PLAIN, vision: bool | None = None, **more: Any) -> dict[str, Any]:
    info = ModelInfo("anthropic/claude", "claude", "anthropic", "anthropic", local=False, vision=vision)
    made = body_of(ModelRequest("claude", messages or (user("hi"),), **more), info, can)
    assert refused(made) is None
    return made


def test_a_turn_with_a_tool() -> None:
    sent = body(ModelMessage("system", (TextContent("Be brief."),)), user("Sky?"), CALLED, RESULT, tools=(LOOK,))
    assert sent["system"] == [{"type": "text", "text": "Be brief.", "cache_control": KEEP}]
    assert sent["tools"] == [
        {"name": "look", "description": "Looks.", "input_schema": {"type": "object"}, "strict": True}
    ]
    assert sent["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Sky?"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "proof"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "c1", "name": "look", "input": {"at": 1}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "blue", "cache_control": KEEP}],
        },
    ]


def test_thoughts_of_an_answer_that_is_over_are_not_sent() -> None:
    sent = body(user("Sky?"), CALLED, RESULT, ModelMessage("assistant", (TextContent("Blue."),)), user("Sure?"))
    assert "thinking" not in str(sent["messages"])
    assert sent["messages"][3]["content"][-1]["cache_control"] == KEEP
    assert (sent["tools"][0]["name"], sent["tool_choice"]) == ("look", {"type": "none"})


@pytest.mark.parametrize("origin", ["anthropic/other", "google/claude", None])
def test_thoughts_of_others_are_not_sent(origin: str | None) -> None:
    foreign = ModelMessage("assistant", (ReasoningContent("Hm.", "proof", origin), CallContent("c1", "look", "{}")))
    sent = body(user("Sky?"), foreign, RESULT, tools=(LOOK,))
    assert [block["type"] for block in sent["messages"][1]["content"]] == ["tool_use"]


def test_a_sealed_thought_goes_back_sealed() -> None:
    sealed = ReasoningContent("", "sealed", OWN, redacted=True)
    sent = body(user("a"), ModelMessage("assistant", (sealed, *CALLED.content)), RESULT, tools=(LOOK,))
    assert sent["messages"][1]["content"][0] == {"type": "redacted_thinking", "data": "sealed"}


def test_images() -> None:
    seen = ModelMessage("user", (TextContent("What?"), ImageContent("image/png", b"\x89PNG")))
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}
    assert body(seen)["messages"][0]["content"][1]["source"] == source
    assert "cannot see" in str(body(seen, vision=False)["messages"])


def test_passages_can_be_cited_where_the_model_cites() -> None:
    passages = (Passage("Trip", "We go to Rome.", 0, 14, message_id="msg_1"),)
    block, question = body(user("Where?"), can=ADAPTIVE, passages=passages)["messages"][0]["content"]
    assert (block["type"], block["source"], block["title"]) == ("search_result", "msg_1", "Trip")
    assert block["citations"] == {"enabled": True}
    assert question["text"] == "Where?"
    quoted, _ = body(user("Where?"), passages=passages)["messages"][0]["content"]
    assert "We go to Rome." in quoted["text"]


def test_a_tool_that_said_nothing_and_one_that_failed() -> None:
    failed = ModelMessage("tool", (ResultContent("c1", "look", "", is_error=True),))
    block = body(user("a"), CALLED, failed, tools=(LOOK,))["messages"][2]["content"][0]
    assert (block["content"], block["is_error"]) == ("[nothing]", True)


def test_parameters_have_their_names_here() -> None:
    schema = {"type": "object", "additionalProperties": False}
    asked: dict[str, Any] = {
        "max_tokens": 5, "top_p": 0.5, "stop": ["END", " "], "user": "u", "presence_penalty": 0, "seed": None,
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}},
        "tool_choice": {"type": "function", "function": {"name": "look"}}, "parallel_tool_calls": False,
    }  # fmt: skip
    sent = body(user("a"), temperature=0.5, parameters=asked, tools=(LOOK,))
    assert (sent["max_tokens"], sent["top_p"], sent["temperature"]) == (5, 0.5, 0.5)
    assert (sent["stop_sequences"], sent["metadata"]) == (["END"], {"user_id": "u"})
    assert sent["output_config"] == {"format": {"type": "json_schema", "schema": schema}}
    assert sent["tool_choice"] == {"type": "tool", "name": "look", "disable_parallel_tool_use": True}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("auto", {"type": "auto"}), ("required", {"type": "any"}), ("none", {"type": "none"})],
)
def test_the_choice_of_tools(choice: str, expected: dict[str, str]) -> None:
    assert body(user("a"), parameters={"tool_choice": choice}, tools=(LOOK,))["tool_choice"] == expected


@pytest.mark.parametrize(
    "asked",
    [
        {"seed": 1},
        {"logit_bias": {"1": 1}},
        {"presence_penalty": 0.5},
        {"response_format": {"type": "json_object"}},
        {"tool_choice": "sometimes"},
        {"reasoning_effort": "high"},
        {"reasoning_effort": "enormous"},
    ],
)
def test_what_cannot_be_honoured_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused) as caught:
        body(user("a"), parameters=asked)
    assert caught.value.details["parameter"] in asked


@pytest.mark.parametrize(("can", "expected"), [(ADAPTIVE, 32_000), (PLAIN, 4096), (UNKNOWN, 8192)])
def test_the_longest_answer(can: Abilities, expected: int) -> None:
    assert body(can=can)["max_tokens"] == expected


@pytest.mark.parametrize(
    ("effort", "level"), [("minimal", "low"), ("medium", "medium"), ("xhigh", "high"), ("max", "max")]
)
def test_effort_where_the_model_decides(effort: str, level: str) -> None:
    sent = body(can=ADAPTIVE, parameters={"reasoning_effort": effort})
    assert sent["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert sent["output_config"] == {"effort": level}


def test_thoughts_are_readable_without_being_asked_for() -> None:
    assert body(can=ADAPTIVE)["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert "thinking" not in body(can=BUDGET)
    assert "thinking" not in body(can=UNKNOWN)
    assert body(can=ADAPTIVE, parameters={"reasoning_effort": "none"})["thinking"] == {"type": "disabled"}


def test_effort_as_a_budget() -> None:
    asked: dict[str, Any] = {"reasoning_effort": "medium"}
    assert body(can=BUDGET, parameters=asked)["thinking"] == {"type": "enabled", "budget_tokens": 9600}
    small = body(can=BUDGET, parameters={**asked, "max_tokens": 100})
    assert (small["thinking"]["budget_tokens"], small["max_tokens"]) == (1024, 2048)
    forced = body(can=BUDGET, parameters={**asked, "tool_choice": "required"}, tools=(LOOK,))
    assert "thinking" not in forced


def test_no_budget_for_an_answer_that_began_without_thoughts() -> None:
    begun = ModelMessage("assistant", (CallContent("c1", "look", "{}"),))
    asked: dict[str, Any] = {"reasoning_effort": "medium"}
    assert "thinking" not in body(user("a"), begun, RESULT, can=BUDGET, parameters=asked, tools=(LOOK,))
    assert "thinking" in body(user("a"), CALLED, RESULT, can=BUDGET, parameters=asked, tools=(LOOK,))


@pytest.mark.parametrize(
    "asked",
    [
        {"temperature": 0.3},
        {"parameters": {"top_k": 5}},
        {"parameters": {"top_p": 0.5}},
        {"parameters": {"tool_choice": "required"}, "tools": (LOOK,)},
    ],
    ids=["temperature", "top_k", "top_p", "a tool that must be called"],
)
def test_thoughts_are_not_asked_for_beside_what_excludes_them(asked: dict[str, Any]) -> None:
    assert "thinking" not in body(can=ADAPTIVE, **asked)
    harder: dict[str, Any] = {**asked, "parameters": {**asked.get("parameters", {}), "reasoning_effort": "low"}}
    sent = body(can=ADAPTIVE, **harder)
    assert ("thinking" in sent, sent["output_config"]) == (False, {"effort": "low"})


def test_thoughts_are_asked_for_beside_what_excludes_nothing() -> None:
    assert "thinking" in body(can=ADAPTIVE, temperature=1.0, parameters={"top_p": 0.95})
