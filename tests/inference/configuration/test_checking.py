"""Every mistake has its code, its line and, where there is one, the word that was meant."""

import json
from typing import Any

import pytest

from mecum.inference.configuration.checking import checked
from mecum.inference.configuration.document import json_schema


def problems(document: Any, *, profile: bool = False) -> list[tuple[str, str, str | None]]:
    """Return code, key and nearest word of everything that is wrong."""
    found = checked(json.dumps({"version": 1, **document}, indent=1).encode(), "json", "f", profile=profile)
    assert all(problem.line for problem in found.problems)
    return [
        (problem.code.removeprefix("config."), problem.view()["key"], problem.nearest) for problem in found.problems
    ]


def role(**said: Any) -> dict[str, Any]:
    return {"role_mappings": {"planner": said}}


def capabilities(**said: Any) -> dict[str, Any]:
    return {"model_profiles": {"a:8b": {"capabilities": said}}}


ROLE = "role_mappings.planner"
ABLE = 'model_profiles."a:8b".capabilities'


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"role_mapings": {}}, ("unknown_key", "role_mapings", "role_mappings")),
        ({"zzz": 1}, ("unknown_key", "zzz", None)),
        (role(preffered=["a"]), ("unknown_key", f"{ROLE}.preffered", "preferred")),
        (
            role(requirements={"coding_strenght": 1}),
            ("unknown_capability", f"{ROLE}.requirements.coding_strenght", "coding_strength"),
        ),
        (capabilities(suports_tools=True), ("unknown_capability", f"{ABLE}.suports_tools", "supports_tools")),
        (role(preferred="a"), ("wrong_type", f"{ROLE}.preferred", None)),
        (role(preferred=["a", 1]), ("wrong_type", f"{ROLE}.preferred[1]", None)),
        (capabilities(coding_strength="0.7"), ("wrong_type", f"{ABLE}.coding_strength", None)),
        (capabilities(supports_tools="yes"), ("wrong_type", f"{ABLE}.supports_tools", None)),
        (capabilities(context_length=1.5), ("wrong_type", f"{ABLE}.context_length", None)),
        (capabilities(context_length=True), ("wrong_type", f"{ABLE}.context_length", None)),
        ({"model_profiles": {"a": {"keep_alive": "soon"}}}, ("wrong_type", "model_profiles.a.keep_alive", None)),
        ({"model_profiles": {"a": {"keep_alive": [5]}}}, ("wrong_type", "model_profiles.a.keep_alive", None)),
        ({"role_mappings": {"planner": []}}, ("wrong_type", ROLE, None)),
        ({"role_mappings": 1}, ("wrong_type", "role_mappings", None)),
        (
            role(requirements={"reasoning_strength": 1.1}),
            ("out_of_range", f"{ROLE}.requirements.reasoning_strength", None),
        ),
        (role(requirements={"memory_gb_max": 0}), ("out_of_range", f"{ROLE}.requirements.memory_gb_max", None)),
        (
            role(requirements={"context_length_min": 0}),
            ("out_of_range", f"{ROLE}.requirements.context_length_min", None),
        ),
        (role(temperature=2.5), ("out_of_range", f"{ROLE}.temperature", None)),
        (role(preferred=[""]), ("out_of_range", f"{ROLE}.preferred[0]", None)),
        ({"role_mappings": {"My Role": {}}}, ("out_of_range", 'role_mappings."My Role"', None)),
        ({"pools": {"p": []}}, ("empty_pool", "pools.p", None)),
        ({"fallbacks": {"a": ["a"]}}, ("cyclic_fallback", "fallbacks.a", None)),
        ({"fallbacks": {"x": ["a"], "a": ["b"], "b": ["c", "a"]}}, ("cyclic_fallback", "fallbacks.a", None)),
        (
            {"cloud_providers": {"openai": {"api_key": "sk-1"}}},
            ("secret_in_file", "cloud_providers.openai.api_key", None),
        ),
        (
            {"cloud_providers": {"x": {"api_endpoint": "ftp://x"}}},
            ("out_of_range", "cloud_providers.x.api_endpoint", None),
        ),
        (
            {"cloud_providers": {"x": {"api_endpoint": "https://ada:secret@example.com/v1"}}},
            ("out_of_range", "cloud_providers.x.api_endpoint", None),
        ),
        ({"version": 2}, ("unknown_version", "version", None)),
        ({"version": "1"}, ("unknown_version", "version", None)),
        ({"legacy": {"a": {"value": 1}}}, ("missing_key", "legacy.a", None)),
        ({"role_mappings": {"planer": {"preferred": ["a"]}}}, ("similar_role", "role_mappings.planer", "planner")),
    ],
)
def test_a_mistake(document: dict[str, Any], expected: tuple[str, str, str | None]) -> None:
    assert problems(document) == [expected]


@pytest.mark.parametrize("document", [{}, role(preferred=[]), {"system_settings": {"thermal_threshold": 0.5}}])
def test_a_profile_names_a_model(document: dict[str, Any]) -> None:
    assert problems(document) == []
    assert problems({"name": "p", **document}, profile=True) == [("names_no_model", "", None)]


@pytest.mark.parametrize(
    "document",
    [
        role(preferred=["a"]),
        role(cloud_fallback="openai:a"),
        {"model_profiles": {"a": {}}},
        {"pools": {"p": ["a"]}},
        {"fallbacks": {"a": ["b"]}},
        {"cloud_providers": {"openai": {"models": {"a": {}}}}},
    ],
)
def test_a_profile_may_name_it_anywhere(document: dict[str, Any]) -> None:
    assert problems(document, profile=True) == []


@pytest.mark.parametrize("said", [300, 0, -1, 1.5, "5m", "1h30m", "-1", None])
def test_how_long_a_model_stays_is_said_as_to_ollama(said: object) -> None:
    document = {"version": 1, "model_profiles": {"a": {"keep_alive": said}}}
    assert checked(json.dumps(document).encode(), "json").problems == ()


def test_a_configuration_has_no_name() -> None:
    assert problems({"name": "x"})[0][0] == "unknown_key"


def test_null_takes_back_wherever_something_may_be_said() -> None:
    assert problems({"role_mappings": {"planner": None}, "pools": {"p": None}, "hot_swap": None}) == []


def test_all_mistakes_are_told_in_the_order_of_the_text() -> None:
    role = b'"role_mappings": {"planner": {"temperature": 9}}'
    text = b'{"version": 1,\n"pools": {"p": []},\n"hot_swap": 1,\n"zzz": 2,\n' + role + b"}"
    assert [problem.line for problem in checked(text, "json", "f").problems] == [2, 3, 4, 5]


def test_a_warning_keeps_nothing_from_counting() -> None:
    found = checked(b'{"version": 1, "role_mappings": {"planer": {}}}', "json")
    assert found.valid
    assert found.problems[0].sentence.startswith("line 1: role_mappings.planer: `planer` becomes a role of your own")


def test_the_sentence_says_where_and_what() -> None:
    found = checked(b'{"version": 1,\n "hot_swap": "yes"}', "json", "models.json")
    assert found.problems[0].sentence == (
        "models.json:2: hot_swap: Must be true or false, not a text. Write true or false, without quotes."
    )


def test_the_published_schema_says_what_each_key_is() -> None:
    for profile in (False, True):
        schema = json_schema(profile=profile)
        shapes = [schema, *schema["$defs"].values()]
        assert all(field.get("description") for shape in shapes for field in shape["properties"].values())
        assert ("name" in schema["properties"]) is profile
        assert schema["additionalProperties"] is False
