"""Older files: every field of real ones is found again, and what is wrong with one is shown where it stands there."""

import json
from pathlib import Path
from typing import Any

import pytest

from mecum.inference.configuration.checking import Checked, checked
from mecum.inference.configuration.merging import leaves, merged
from mecum.inference.configuration.problems import Path as Keys
from mecum.inference.configuration.problems import dotted, value_at
from mecum.inference.configuration.reading import preferences_of
from mecum.inference.importing.service import reckoning
from mecum.inference.roles import Requirements

FOLDER = Path(__file__).parents[2] / "fixtures" / "aistack"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json"))


def read(name: str) -> tuple[dict[str, Any], Checked]:
    """Return an older file as it is, and as it is read."""
    body = (FOLDER / name).read_bytes()
    return json.loads(body), checked(body, "json", name, profile="/" in name)


def again(said: Checked, path: Keys, value: object) -> bool:
    """Whether a value of an older file is in the tree of today: where it was, where it moved to, or carried along."""
    for step in said.steps:
        if path[: len(step.source)] == step.source:
            rest = path[len(step.source) :]
            if step.to is None:
                there: object = value_at(said.tree, ("legacy", dotted(step.source), "value", *rest))
            else:
                there = value_at(said.tree, (*step.to, *rest))
            return there == value or (step.source[-1] == "prefer_larger" and there is (not value))
    return value_at(said.tree, path) == value


def test_the_files_are_the_real_ones() -> None:
    assert ["models.json", *(f"user_profiles/{name}.json" for name in ("coding", "research", "writing"))] == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_field_is_found_again(name: str) -> None:
    raw, said = read(name)
    assert (said.valid, said.problems) == (True, ())
    everything = leaves(raw)
    assert len(everything) > 40
    lost = [dotted(path) for path, value in everything if not again(said, path, value)]
    assert lost == []
    assert all(step.reason for step in said.steps)


@pytest.mark.parametrize("name", FILES)
def test_the_reckoning_adds_up(name: str) -> None:
    raw, said = read(name)
    sums = reckoning(raw, said)
    assert sums.read == sums.kept + sums.moved + sums.carried == len(leaves(raw))
    assert min(sums.kept, sums.moved, sums.carried) > 0


@pytest.mark.parametrize("name", FILES)
def test_what_was_upgraded_is_of_today(name: str) -> None:
    _, said = read(name)
    once = json.dumps(said.tree).encode()
    twice = checked(once, "json", name, profile="/" in name)
    assert (twice.tree, twice.steps, twice.problems) == (said.tree, (), ())


def test_selection_reads_what_they_said() -> None:
    _, models = read("models.json")
    _, coding = read("user_profiles/coding.json")
    found = preferences_of(merged([models.tree, coding.tree]))
    planner = found.roles["planner"]
    assert planner.preferred == ("llama3.1:8b", "mistral:latest")
    assert planner.requirements == Requirements(
        reasoning_strength=0.8, context_length_min=8000, memory_gb_max=8, supports_tools=False
    )
    assert (planner.temperature, planner.cloud_fallback) == (0.2, "openai:gpt-4o-mini")
    # The profile does not let Anthropic's models be chosen.
    assert found.roles["critic"].cloud_fallback is None
    assert found.temperatures["qwen2.5:14b"] == {"planner": 0.25, "critic": 0.15, "executor": 0.35}
    assert found.capabilities["anthropic:claude-3-haiku"].context_length == 200_000
    assert found.capabilities["openai:gpt-4o"].quantization_level is None
    assert set(found.capabilities["mistral:latest"].sources.values()) == {"explicit"}
    assert (found.selection.max_memory_usage_gb, found.selection.thermal_threshold) == (12.0, 0.7)
    assert (found.selection.enable_cloud_fallbacks, found.selection.prefer_local) == (True, True)


@pytest.mark.parametrize(
    ("older", "line", "key"),
    [
        ('{"role_mappings": {"planner": {\n"preferred": ["a"],\n"context_length_min": "8"}}}', 3,
         "role_mappings.planner.context_length_min"),
        ('{"system_settings": {\n"default_temperature": {\n"chat": 9}}}', 3,
         "system_settings.default_temperature.chat"),
        ('{"cloud_settings": {\n"enable_openai": "yes"}}', 2, "cloud_settings.enable_openai"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_older_file_is_shown_where_it_stands(older: str, line: int, key: str) -> None:
    problem = checked(older.encode(), "json", "models.json").problems[0]
    assert (problem.line, problem.view()["key"]) == (line, key)


@pytest.mark.parametrize(
    "older",
    [
        {"role_mappings": {"planner": {"coding_strength": 1, "requirements": {"coding_strength": 0.5}}}},
        {"role_mappings": {"planner": {"temperature": 1}}, "system_settings": {"default_temperature": {"planner": 0}}},
        {"selection_preferences": {"prefer_larger": True, "prefer_smaller": True}},
        {"selection_preferences": {"prefer_larger": False}},
        {"cloud_settings": {}, "system_settings": {"default_temperature": {}}},
        {"cloud_settings": {"mode": "x"}},
        {"model_profiles": {"a": {"capabilities": {"tags": [], "quantization_level": " n/a"}}}},
    ],
)
def test_what_has_no_room_is_carried_along(older: dict[str, Any]) -> None:
    said = checked(json.dumps(older).encode(), "json")
    assert said.valid
    assert said.tree["legacy"]
    assert [dotted(path) for path, value in leaves(older) if not again(said, path, value)] == []
    sums = reckoning(older, said)
    assert sums.read == sums.kept + sums.moved + sums.carried


def test_a_file_of_today_is_not_upgraded() -> None:
    said = checked(b'{"version": 1, "cascade_settings": {}}', "json")
    assert (said.steps, said.problems[0].code) == ((), "config.unknown_key")
