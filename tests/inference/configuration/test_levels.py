"""The stronger level counts, and explaining a key shows all of them."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.inference.configuration.checking import checked
from mecum.inference.configuration.errors import NoSuchKey
from mecum.inference.configuration.levels import LEVELS, Layer, Level, acceptable, explained
from mecum.inference.configuration.merging import circle, merged
from mecum.inference.configuration.reading import preferences_of

TREES = st.recursive(
    st.none() | st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


def layer(level: Level, **said: Any) -> Layer:
    """Return a layer with a text of its own."""
    text = json.dumps({"version": 1, **said}, indent=1).encode()
    return Layer(level, level, checked(text, "json", f"{level}.json"), f"{level}.json")


def role(*preferred: str, **more: Any) -> dict[str, Any]:
    return {"planner": {"preferred": list(preferred), **more}}


def test_objects_are_merged_and_lists_replaced() -> None:
    low = {"role_mappings": role("a", "b", requirements={"memory_gb_max": 8}), "hot_swap": True}
    high = {"role_mappings": role("c", requirements={"coding_strength": 0.5})}
    found = merged([low, high])
    assert found["role_mappings"]["planner"]["preferred"] == ["c"]
    assert found["role_mappings"]["planner"]["requirements"] == {"memory_gb_max": 8, "coding_strength": 0.5}
    assert found["hot_swap"] is True


def test_null_takes_back_what_weaker_levels_say() -> None:
    low = {"role_mappings": role("a", cloud_fallback="openai:x"), "hot_swap": True}
    found = merged([low, {"role_mappings": {"planner": {"cloud_fallback": None}}, "hot_swap": None}])
    assert found == {"role_mappings": role("a")}
    assert preferences_of(found).hot_swap is False


@given(st.lists(OBJECTS, max_size=4))
def test_merging_changes_nothing_and_leaves_no_null(trees: list[dict[str, Any]]) -> None:
    before = json.dumps(trees)
    found = merged(trees)
    assert json.dumps(trees) == before
    assert "null" not in json.dumps(found)
    assert merged([found]) == found
    assert merged([merged(trees[:1]), *trees[1:]]) == found


@pytest.mark.parametrize(
    ("key", "counts", "line"),
    [
        ("role_mappings.planner.preferred", {"person"}, 5),
        ("role_mappings.planner.preferred[0]", {"person"}, 6),
        ("role_mappings.planner.temperature", {"file"}, 8),
        ("role_mappings.planner", {"file", "person"}, 4),
        ("hot_swap", {"instance"}, 3),
        ('model_profiles."a.b:1".capabilities', {"file"}, 13),
        ("model_profiles.a.b:1.capabilities.context_length", {"file"}, 14),
    ],
)
def test_a_key_is_explained_on_every_level(key: str, counts: set[str], line: int) -> None:
    layers = [
        layer(
            "file",
            role_mappings=role("a", temperature=0.5),
            model_profiles={"a.b:1": {"capabilities": {"context_length": 9}}},
        ),
        layer("instance", hot_swap=True),
        layer("person", role_mappings=role("b")),
    ]
    found = explained(key, layers, layers)
    assert [said.level for said in found.levels] == list(LEVELS)
    assert {said.level for said in found.levels if said.in_force} == counts
    strongest = [said for said in found.levels if said.in_force][-1]
    assert strongest.line == line
    assert all((said.value is None) == (not said.given) for said in found.levels)


def test_what_comes_of_a_key_is_told() -> None:
    layers = [layer("file", role_mappings=role("a", temperature=0.5)), layer("person", role_mappings=role("b"))]
    assert explained("role_mappings.planner", layers, layers).value == {"preferred": ["b"], "temperature": 0.5}


@pytest.mark.parametrize(
    "key", ["", "nothing", "role_mappings.planner.x", "hot_swap.x", "role_mappings.planner.preferred[9]"]
)
def test_a_key_nobody_knows(key: str) -> None:
    layers = [layer("file", role_mappings=role("a"), hot_swap=True)]
    with pytest.raises(NoSuchKey):
        explained(key, layers, layers)


def test_a_level_whose_fallbacks_close_a_circle_does_not_count() -> None:
    layers = [
        layer("file", fallbacks={"a": ["b"]}),
        layer("instance", fallbacks={"b": ["a"]}, hot_swap=True),
        layer("person", fallbacks={"b": ["c"]}),
    ]
    used, problems = acceptable(layers)
    assert [one.level for one in used] == ["file", "person"]
    assert [(problem.code, problem.file, problem.line) for problem in problems] == [
        ("config.cyclic_fallback", "instance.json", 3)
    ]
    shown = {said.level: said for said in explained("hot_swap", layers, used).levels}
    assert (shown["instance"].given, shown["instance"].in_force) == (True, False)


@given(st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3), max_size=7))
def test_a_circle_is_found_exactly_when_there_is_one(links: dict[int, list[int]]) -> None:
    graph = {str(node): [str(other) for other in others] for node, others in links.items()}
    found = circle(graph)
    if found:
        assert found[0] == found[-1]
        assert len(found) > 1
        assert all(after in graph[before] for before, after in pairwise(found))
    else:
        left = dict(graph)
        while ends := [node for node, others in left.items() if not any(other in left for other in others)]:
            left = {node: others for node, others in left.items() if node not in ends}
        assert not left


def test_models_of_a_provider_that_is_not_enabled_are_nowhere() -> None:
    found = preferences_of(
        {
            "cloud_providers": {"openai": {"enabled": False}},
            "role_mappings": {"chat": {"preferred": ["openai/a", "b", "openai:c"], "cloud_fallback": "openai:d"}},
            "pools": {"p": ["openai/a", "box/a"], "none": ["openai/a"]},
            "fallbacks": {"b": ["openai/a", "c"]},
        }
    )
    assert found.roles["chat"].preferred == ("b",)
    assert found.roles["chat"].cloud_fallback is None
    assert (found.pools, found.fallbacks) == ({"p": ("box/a",)}, {"b": ("c",)})


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("hot_swp", "hot_swap"),
        ("role_mappings.planer.preferred", "role_mappings.planner"),
        ("role_mappings.planner.preffered", "role_mappings.planner.preferred"),
        ("role_mappings.planner.zzz", None),
    ],
)
def test_a_key_that_nobody_knows_is_told_with_the_nearest(key: str, meant: str | None) -> None:
    here = layer("file", hot_swap=True, role_mappings=role("a"))
    with pytest.raises(NoSuchKey) as caught:
        explained(key, [here], [here])
    assert caught.value.message == f"No level knows {key!r}{'.' if meant is None else f'; did you mean {meant!r}?'}"


def test_a_provider_that_is_not_enabled_is_switched_off() -> None:
    tree = {"cloud_providers": {"openai": {"enabled": False}, "google": {"enabled": True}, "groq": {}}}
    assert preferences_of(tree).selection.switched_off == {"openai"}
    assert preferences_of({}).selection.switched_off == frozenset()
