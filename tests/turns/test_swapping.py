"""Models are swapped under load: who began ends on the old one, who comes is answered by the new, nobody is lost."""

import asyncio

import pytest

from factories.houses import opened
from factories.stores import Store
from fakes.steps import Say, Wait
from fakes.upstream import Upstream
from mecum.inference.errors import ModelNotFound, SwapOff
from mecum.inference.preferences import Preferences

ON = Preferences(hot_swap=True)


def on() -> Preferences:
    """Return preferences that allow it."""
    return ON


async def test_no_answer_is_dropped(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("old", [Wait(0.02), *[step for _ in range(10) for step in (Say("old "), Wait(0.05))]])
    upstream.script("new", [Say("new")])
    async with opened(plain_store, upstream, preferences=on) as house:
        before = [await house.start(f"{n}", model="up/old") for n in range(24)]
        heard = [house.follow(run_id) for run_id in before]
        await house.until(lambda: all(one.text for one in heard))
        await house.parts.swaps.swap("up/old", "up/new")
        after = [await house.start(f"{n}", model="up/old") for n in range(8)]
        runs = await asyncio.gather(*(house.settled(run_id) for run_id in [*before, *after]))
        assert {run["status"] for run in runs} == {"completed"}
        assert [(run["model"], run["text"]) for run in runs[:24]] == [("up/old", "old " * 10)] * 24
        assert [(run["model"], run["text"]) for run in runs[24:]] == [("up/new", "new")] * 8
        assert runs[-1]["model_reason"] == "Swapped in for up/old."


async def test_a_role_is_swapped_and_back(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("new", [Say("new")])
    async with opened(plain_store, upstream, preferences=on) as house:
        usual = house.parts.registry.choose().info.ref
        assert (await house.parts.swaps.swap("chat", "up/new")).ref == "up/new"
        assert (await house.settled(await house.start("Hi", model=None)))["model"] == "up/new"
        assert house.parts.router.choose("role:chat").info.ref == "up/new"
        assert house.parts.router.choose("role:titler").info.ref == usual
        assert (await house.parts.swaps.swap("role:chat", "chat")).ref == usual
        assert house.parts.router.choose().info.ref == usual
        assert house.parts.swaps.current == {}
        with pytest.raises(ModelNotFound):
            await house.parts.swaps.swap("chat", "nowhere/new")
        with pytest.raises(ModelNotFound):
            await house.parts.swaps.swap("nothing", "up/new")


async def test_off_unless_the_configuration_allows_it(plain_store: Store, upstream: Upstream) -> None:
    async with opened(plain_store, upstream) as house:
        with pytest.raises(SwapOff):
            await house.parts.swaps.swap("chat", "up/new")
