"""What is known of a model: merged by source, read from names, looked up, checked, matched."""

from dataclasses import replace
from typing import Any

import pytest

from factories.equipment import cloud, local, model
from mecum.inference.capabilities import (
    FIELDS,
    CapabilityInvalid,
    ModelCapabilities,
    merged,
    problems,
    validated,
)
from mecum.inference.roles import Requirements
from mecum.inference.selection import matching, names, table
from mecum.inference.selection.known import Knowledge, known


def test_the_strongest_source_says_each_field() -> None:
    found = merged(
        {
            "name": ModelCapabilities(model_size=1, quantization_level="Q4_0", context_length=1),
            "table": ModelCapabilities(context_length=2, reasoning_strength=0.2),
            "reported": ModelCapabilities(context_length=3, supports_tools=False),
            "measured": ModelCapabilities(memory_gb_estimate=4.0),
            "explicit": ModelCapabilities(context_length=5),
        }
    )
    assert (found.context_length, found.memory_gb_estimate, found.supports_tools) == (5, 4.0, False)
    assert found.sources == {
        "context_length": "explicit",
        "memory_gb_estimate": "measured",
        "supports_tools": "reported",
        "reasoning_strength": "table",
        "model_size": "name",
        "quantization_level": "name",
    }
    assert found.creativity is None


def test_what_a_server_measured_counts_more_than_what_it_reports() -> None:
    loaded = replace(local("llama3.1:8b", 4.7, 8), memory_bytes=5_600_000_000, memory_measured=True, loaded=True)
    found = known(loaded, measured=ModelCapabilities(context_length=4096))
    assert (found.memory_gb_estimate, found.sources["memory_gb_estimate"]) == (5.6, "measured")
    assert (found.context_length, found.sources["context_length"]) == (4096, "measured")
    said = known(loaded, ModelCapabilities(memory_gb_estimate=6.0, context_length=2048))
    assert (said.memory_gb_estimate, said.context_length) == (6.0, 2048)
    estimated = known(replace(loaded, memory_measured=False))
    assert (estimated.memory_gb_estimate, estimated.sources["memory_gb_estimate"]) == (5.6, "reported")


@pytest.mark.parametrize(
    ("name", "size", "quantization"),
    [
        ("qwen2.5:7b-instruct-q4_K_M", 7_000_000_000, "Q4_K_M"),
        ("Meta-Llama-3.1-8B-Instruct-Q8_0", 8_000_000_000, "Q8_0"),
        ("mixtral:8x7b-instruct-v0.1-q5_0", 56_000_000_000, "Q5_0"),
        ("qwen3-30b-a3b-fp16", 30_000_000_000, "F16"),
        ("smollm:135m", 135_000_000, None),
        ("deepseek-r1:1.5b-qwen-distill-fp8", 1_500_000_000, "FP8"),
        ("gemma3n:e4b", None, None),
        ("gpt-4o-mini", None, None),
        ("claude-3-haiku-20240307", None, None),
        ("iq3-test-iq3_xxs", None, "IQ3"),
        ("some-model-4bit", None, "4BIT"),
        ("0b", None, None),
    ],
)
def test_a_name_tells_size_and_quantisation(name: str, size: int | None, quantization: str | None) -> None:
    assert (names.parameters(name), names.quantized(name)) == (size, quantization)


def test_what_follows_from_size_is_called_a_guess() -> None:
    found = known(model("studio/unheard-13b-q4_k_m", provider="openai"))
    assert (found.model_size, found.memory_gb_estimate, found.thermal_sensitivity) == (13_000_000_000, 8.8, 0.57)
    assert {found.sources[name] for name in ("model_size", "memory_gb_estimate", "thermal_sensitivity")} == {"name"}
    assert known(model("studio/unheard-13b", provider="openai")).memory_gb_estimate is None
    elsewhere = known(cloud("openai/unheard-13b-q4_k_m"))
    assert (elsewhere.memory_gb_estimate, elsewhere.thermal_sensitivity) == (0.0, 0.0)


def test_the_table_knows_well_known_models() -> None:
    found = known(cloud("openai/gpt-4o-mini"))
    assert (found.context_length, found.supports_vision, found.reasoning_strength) == (128_000, True, 0.85)
    assert found.sources["reasoning_strength"] == "table"
    assert found.min_memory_gb is None
    here = known(local("llama3.1:8b", 4.7, 8.03))
    assert (here.reasoning_strength, here.min_memory_gb, here.sources["reasoning_strength"]) == (0.8, 5.0, "table")
    assert known(local("llama3.1:8b-fp16", 16, 8.03, quantization="F16")).min_memory_gb is None


@pytest.mark.parametrize(
    ("name", "size", "reasoning"),
    [
        ("qwen2.5:7b-instruct-q4_K_M", 7_600_000_000, 0.7),
        ("qwen2.5:14b", 14_800_000_000, 0.75),
        ("Qwen/Qwen2.5-7B-Instruct", 7_600_000_000, 0.7),
        ("meta-llama/Llama-3.1-8B-Instruct", 8_000_000_000, 0.8),
        ("mistral:latest", 7_250_000_000, 0.7),
        ("claude-3-haiku-20240307", None, 0.8),
        ("qwen2.5-coder:7b", 7_600_000_000, None),
        ("mistral-nemo:12b", 12_000_000_000, None),
        ("mistral", None, None),
        ("llama3.1:70b", 70_000_000_000, None),
        ("gpt-4o-search-preview", None, None),
    ],
)
def test_a_family_is_known_by_name_and_size(name: str, size: int | None, reasoning: float | None) -> None:
    assert table.look_up(name, size).reasoning_strength == reasoning


def test_what_a_server_reports_counts_more_than_the_table() -> None:
    found = known(cloud("openai/gpt-4o-mini", context_length=8000, vision=False))
    assert (found.context_length, found.supports_vision) == (8000, False)
    assert found.sources["context_length"] == "reported"


def test_what_is_known_is_kept_until_it_changes() -> None:
    knowledge, info = Knowledge(), local("llama3.1:8b", 4.7, 8)
    first = knowledge.of(info)
    assert knowledge.of(info) is first
    said = ModelCapabilities(coding_strength=0.9)
    assert knowledge.of(info, said).coding_strength == 0.9
    knowledge.keep({})
    assert knowledge.of(info) is not first


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reasoning_strenght": 0.5}, "did you mean 'reasoning_strength'?"),
        ({"zzz": 1}, "there are context_length, quantization_level"),
        ({"reasoning_strength": 1.5}, "reasoning_strength is 1.5; it goes from 0 to 1."),
        ({"reasoning_strength": "high"}, "is a number, not 'high'"),
        ({"reasoning_strength": True}, "is a number, not True"),
        ({"reasoning_strength": float("nan")}, "it goes from 0 to 1"),
        ({"context_length": 0}, "it goes from 1 to 1,000,000,000 tokens"),
        ({"context_length": 10.5}, "is a whole number, not 10.5"),
        ({"supports_tools": "yes"}, "is true or false, not 'yes'"),
        ({"min_memory_gb": -1}, "it goes from 0 to 100,000 GB"),
        ({"quantization_level": 4}, "is a word, not 4"),
        ({"sources": {}}, "There is no capability 'sources'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(values: dict[str, Any], words: str) -> None:
    assert words in " ".join(problems(values).values())
    with pytest.raises(CapabilityInvalid) as refused:
        validated(values)
    assert set(refused.value.details["problems"]) == set(values)


def test_what_is_right_is_taken_with_its_source() -> None:
    found = validated({"context_length": 4096.0, "supports_tools": False, "creativity": None})
    assert (found.context_length, found.supports_tools, found.creativity) == (4096, False, None)
    assert found.sources == {"context_length": "explicit", "supports_tools": "explicit"}
    assert set(FIELDS).isdisjoint({"sources"})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"context_length_min": 0}, "context_length_min is 0"),
        ({"memory_gb_max": "8"}, "memory_gb_max is a number"),
        ({"context_length": 8}, "did you mean 'context_length_min'?"),
        ({"thermal_sensitivity_max": 2}, "it goes from 0 to 1"),
    ],
)
def test_requirements_are_checked_alike(values: dict[str, object], words: str) -> None:
    assert words in " ".join(matching.problems(values).values())
    assert matching.problems({"context_length_min": 8000, "memory_gb_max": 8, "supports_tools": False}) == {}


def test_a_score_goes_from_nothing_to_one() -> None:
    asks = Requirements(reasoning_strength=0.5, context_length_min=8000, supports_tools=True, memory_gb_max=8)
    best = ModelCapabilities(
        reasoning_strength=1.0, context_length=1_000_000, supports_tools=True, memory_gb_estimate=0.0
    )
    just = ModelCapabilities(reasoning_strength=0.5, context_length=8000, supports_tools=True, memory_gb_estimate=8.0)
    short = ModelCapabilities(
        reasoning_strength=0.4, context_length=4000, supports_tools=False, memory_gb_estimate=16.0
    )
    assert matching.score(best, asks) == 1.0
    assert matching.score(just, asks) == 0.625
    assert matching.score(short, asks) == 0.225
    assert matching.score(ModelCapabilities(), asks) == 0.0
    assert matching.score(ModelCapabilities(), Requirements()) == 1.0
    assert [one.unknown for one in matching.shortfalls(ModelCapabilities(), asks)] == [True] * 4
    assert matching.shortfalls(just, asks) == ()
