"""Roles as the registry fills them: kept, filled anew, asked for once, noticed."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from factories.equipment import BUILTIN, cloud, local
from mecum.inference.capabilities import ModelCapabilities, Source
from mecum.inference.errors import ModelNotFound, ModelUnavailable
from mecum.inference.ports import ChatModel, ModelInfo
from mecum.inference.preferences import Preferences
from mecum.inference.registry import Registry
from mecum.inference.roles import BUILT_IN, Requirements, RoleMapping
from mecum.inference.selection.notices import Notice
from mecum.inference.selection.resources import Resources
from mecum.inference.selection.rules import Policy
from mecum.inference.selection.selecting import Selector
from mecum.integrations.builtin.chat import BuiltinChat

EXPLICIT: Mapping[str, Source] = {"creativity": "explicit", "coding_strength": "explicit"}
SMALL, LARGE = local("llama3.1:8b", 4.7, 8), local("qwen2.5:14b", 9.0, 14)


class Shelf:
    """A provider with these models on it; what they say is not asked for here."""

    def __init__(self, *models: ModelInfo, near: bool = True) -> None:
        self.found = list(models)
        self.near = near

    @property
    def endpoint(self) -> str:
        return self.found[0].endpoint

    @property
    def local(self) -> bool:
        return self.near

    async def models(self) -> list[ModelInfo]:
        return list(self.found)

    def open(self, model: ModelInfo) -> ChatModel:
        return BuiltinChat()

    async def close(self) -> None:
        """Nothing was started."""


class World:
    """What a registry rests on, to be changed by a test."""

    def __init__(self, *models: ModelInfo, preferences: Preferences | None = None) -> None:
        self.preferences = preferences or Preferences()
        self.policy = Policy()
        self.resources = Resources()
        self.shelf = Shelf(*models)
        self.readings = 0
        self.selector = Selector(lambda: self.preferences, lambda: self.policy)
        self.registry = Registry([self.shelf, Shelf(BUILTIN)], self.selector, self.read)

    async def read(self) -> Resources:
        self.readings += 1
        return self.resources


async def test_a_role_keeps_its_model_until_somebody_asks_anew() -> None:
    world = World(SMALL)
    await world.registry.refresh()
    assert world.registry.choose().info == SMALL
    world.shelf.found.append(LARGE)
    await world.registry.refresh()
    kept = world.registry.choose()
    assert kept.info == SMALL
    assert "kept it since the start" in kept.reason
    assert world.registry.choose(LARGE.ref).info == LARGE, "named it is there at once"
    await world.registry.refresh(anew=True)
    assert world.registry.choose().info == LARGE


async def test_with_hot_swap_roles_are_filled_anew() -> None:
    world = World(SMALL, preferences=Preferences(hot_swap=True))
    await world.registry.refresh()
    assert world.registry.choose().info == SMALL
    world.shelf.found.append(LARGE)
    await world.registry.refresh()
    assert world.registry.choose().info == LARGE


async def test_a_model_that_comes_back_is_the_roles_again() -> None:
    world = World(SMALL, LARGE)
    await world.registry.refresh()
    assert world.registry.choose().info == LARGE
    world.shelf.found[1] = replace(LARGE, available=False)
    await world.registry.refresh()
    assert world.registry.choose().info == SMALL
    world.shelf.found[1] = LARGE
    await world.registry.refresh()
    assert world.registry.choose().info == LARGE


async def test_the_built_in_responder_gives_way_to_the_first_model() -> None:
    world = World(replace(SMALL, available=False))
    await world.registry.refresh()
    assert world.registry.choose().info == BUILTIN
    world.shelf.found[0] = SMALL
    await world.registry.refresh()
    assert world.registry.choose().info == SMALL


async def test_nothing_is_kept_before_every_endpoint_was_asked() -> None:
    far = cloud("openai/gpt-4o")
    tiny = replace(SMALL, rank=1)
    world = World(tiny)
    world.registry.add(Shelf(far, near=False))
    await world.registry.refresh()
    assert world.registry.choose().info == tiny
    await world.registry.complete(patience=0)
    assert world.registry.choose().info == tiny, "nobody waits for it where there is a model already"
    async with asyncio.timeout(5):
        while world.registry.choose().info != far:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)


async def test_a_choice_is_a_look_up_until_something_changes() -> None:
    world = World(SMALL, LARGE)
    await world.registry.refresh()
    first = world.registry.choose("role:planner")
    readings = world.readings
    assert world.registry.choose("role:planner") is first
    assert world.readings == readings, "a turn reads no sensor"
    await world.registry.refresh()
    assert world.registry.choose("role:planner") is first
    world.resources = Resources(memory_free=6_000_000_000)
    await world.registry.refresh()
    moved = world.registry.choose("role:planner")
    assert moved.info == SMALL
    assert "it needs 10.1 GB, 6.0 GB are free" in moved.reason
    world.preferences = Preferences(roles={"planner": RoleMapping(("llama3.1:8b",))})
    assert world.registry.choose("role:planner").reason == "Your first choice for planner."
    world.policy = Policy("local_only")
    assert world.registry.choose("role:planner") is not moved


async def test_own_roles_and_what_a_person_says_of_models() -> None:
    preferences = Preferences(
        roles={"poet": RoleMapping((), Requirements(creativity=0.9))},
        capabilities={"llama3.1:8b": ModelCapabilities(creativity=0.95)},
    )
    world = World(SMALL, LARGE, preferences=preferences)
    await world.registry.refresh()
    assert world.registry.roles() == [*BUILT_IN, "poet"]
    assert world.registry.choose("role:poet").info == SMALL
    assert world.registry.capabilities(SMALL).sources["creativity"] == "explicit"
    with pytest.raises(ModelNotFound, match="no role 'poett'; did you mean 'poet'"):
        world.registry.choose("role:poett")


async def test_under_several_names_each_fact_counts_and_the_most_exact_name_first() -> None:
    by_name = ModelCapabilities(creativity=0.2, coding_strength=0.3, sources=EXPLICIT)
    by_ref = ModelCapabilities(creativity=0.9, sources={"creativity": "explicit"})
    for given in ({SMALL.ref: by_ref, SMALL.name: by_name}, {SMALL.name: by_name, SMALL.ref: by_ref}):
        world = World(SMALL, preferences=Preferences(capabilities=given))
        await world.registry.refresh()
        found = world.registry.capabilities(SMALL)
        assert (found.creativity, found.coding_strength) == (0.9, 0.3)
        assert found.sources["creativity"] == found.sources["coding_strength"] == "explicit"


async def test_one_request_may_be_sent_to_less() -> None:
    far, near = cloud("openai/gpt-4o"), replace(SMALL, rank=1)
    world = World(near)
    world.registry.add(Shelf(far, near=False))
    await world.registry.refresh(everywhere=True)
    sensitive = Policy(privacy="sensitive")
    assert world.registry.choose(policy=sensitive).info == near
    assert world.registry.choose().info == far, "the role keeps nothing of it"
    assert world.registry.choose(policy=sensitive).info == near


async def test_a_role_has_its_temperature_and_a_model_in_it_its_own() -> None:
    preferences = Preferences(
        roles={"planner": RoleMapping(temperature=0.2), "critic": RoleMapping()},
        temperatures={"qwen2.5:14b": {"planner": 0.25, "critic": 0.1}, "nobody": {"chat": 1.0}},
    )
    world = World(SMALL, LARGE, preferences=preferences)
    await world.registry.refresh()
    told = [world.registry.choose(f"role:{role}").temperature for role in ("planner", "critic", "chat")]
    assert told == [0.25, 0.1, None]
    world.shelf.found[1] = replace(LARGE, available=False)
    await world.registry.refresh()
    assert world.registry.choose("role:planner").temperature == 0.2
    assert world.registry.choose(SMALL.ref).temperature is None


async def test_a_role_of_another_kind_says_the_way_out() -> None:
    world = World(SMALL)
    await world.registry.refresh()
    world.registry.selection("embedder")
    assert world.selector.notices.newest() == []
    with pytest.raises(ModelUnavailable, match=r"No model here makes vectors.*Connect a model server"):
        world.registry.choose("role:embedder")
    assert [one.about for one in world.selector.notices.newest()] == ["embedder"]


async def test_what_a_role_lacks_is_noticed_once_a_change() -> None:
    told: list[Notice] = []
    asks = RoleMapping((), Requirements(coding_strength=0.99))
    world = World(SMALL, preferences=Preferences(roles={"planner": asks}))
    world.selector.notices.tell = told.append
    await world.registry.refresh()
    assert [one.id for one in told] == ["role:planner"], "without being asked for"
    await world.registry.refresh()
    await world.registry.refresh(anew=True)
    assert len(told) == 1
    world.shelf.found.append(LARGE)
    world.preferences = Preferences(roles={"planner": replace(asks, requirements=Requirements(coding_strength=0.8))})
    await world.registry.refresh(anew=True)
    assert world.selector.notices.newest() == []
    assert len(told) == 1


async def test_a_change_of_mappings_is_noticed_and_what_is_mapped_no_more_is_forgotten() -> None:
    asks = RoleMapping((), Requirements(coding_strength=0.99))
    world = World(SMALL)
    await world.registry.refresh()
    world.preferences = Preferences(roles={"planner": asks, "poet": asks})
    world.registry.notice_gaps()
    assert {one.about for one in world.selector.notices.newest()} == {"planner", "poet"}
    world.preferences = Preferences()
    world.registry.notice_gaps()
    assert world.selector.notices.newest() == []
