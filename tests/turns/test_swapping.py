"""Models are swapped under load: who began ends on the old one, who comes is answered by the new, nobody is lost."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from factories.houses import opened, settings_for
from factories.sites import TOKEN
from factories.stores import Store
from fakes.asgi import Browser
from fakes.steps import Say, Wait
from fakes.upstream import Upstream
from mecum.edges.http.app import compose
from mecum.inference.errors import ModelNotFound, ModelUnavailable, SwapOff
from mecum.inference.loading.service import Loading
from mecum.integrations.llama_cpp.provider import installed

pytestmark = pytest.mark.slow

ON = {"hot_swap": True}


async def test_no_answer_is_dropped(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("old", [Wait(0.02), *[step for _ in range(10) for step in (Say("old "), Wait(0.05))]])
    upstream.script("new", [Say("new")])
    async with opened(plain_store, upstream, configured=ON) as house:
        before = [await house.start(f"{n}", model="up/old") for n in range(24)]
        heard = [house.follow(run_id) for run_id in before]
        await house.until(lambda: all(one.text for one in heard))
        await house.parts.broker.swaps.swap("up/old", "up/new")
        after = [await house.start(f"{n}", model="up/old") for n in range(8)]
        runs = await asyncio.gather(*(house.settled(run_id) for run_id in [*before, *after]))
        assert {run["status"] for run in runs} == {"completed"}
        assert [(run["model"], run["text"]) for run in runs[:24]] == [("up/old", "old " * 10)] * 24
        assert [(run["model"], run["text"]) for run in runs[24:]] == [("up/new", "new")] * 8
        assert runs[-1]["model_reason"] == "Swapped in for up/old."


async def test_a_role_is_swapped_and_back(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("new", [Say("new")])
    async with opened(plain_store, upstream, configured=ON) as house:
        usual = house.parts.broker.registry.choose().info.ref
        assert (await house.parts.broker.swaps.swap("chat", "up/new")) == "up/new"
        assert (await house.settled(await house.start("Hi", model=None)))["model"] == "up/new"
        assert house.parts.broker.router.choose("role:chat").info.ref == "up/new"
        assert house.parts.broker.router.choose("role:titler").info.ref == usual
        app: Any = compose(house.parts)
        house.parts.authenticator.admit_local(TOKEN, house.parts.owner)
        browser = Browser(app, {"authorization": f"Bearer {TOKEN}"})
        told = (await browser.ask("GET", "/api/v1/models")).json["default"]
        assert told == {"ref": "up/new", "reason": "Swapped in for role:chat."}
        assert (await house.parts.broker.swaps.swap("role:chat", "chat")) == usual
        assert house.parts.broker.router.choose().info.ref == usual
        assert house.parts.broker.swaps.current == {}
        assert house.parts.broker.registry.selector.notices.newest() == []
        with pytest.raises(ModelNotFound):
            await house.parts.broker.swaps.swap("chat", "nowhere/new")
        with pytest.raises(ModelNotFound):
            await house.parts.broker.swaps.swap("nothing", "up/new")


async def test_off_unless_the_configuration_allows_it(plain_store: Store, upstream: Upstream) -> None:
    async with opened(plain_store, upstream) as house:
        with pytest.raises(SwapOff):
            await house.parts.broker.swaps.swap("chat", "up/new")


async def test_a_swap_and_its_notice_outlive_a_restart(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("new", [Say("new")])
    async with opened(plain_store, upstream, configured=ON) as house:
        await house.parts.broker.swaps.swap("chat", "up/new")
        (notice,) = house.parts.broker.registry.selector.notices.newest()
        assert (notice.id, notice.about, notice.model) == ("swap:role:chat", "chat", "up/new")
    async with opened(plain_store, upstream, configured=ON) as house:
        assert (await house.settled(await house.start("Hi", model=None)))["model"] == "up/new"
        notices = house.parts.broker.registry.selector.notices
        assert notices.newest() == [notice]
        await notices.dismiss(notice.id)
        assert notices.newest() == []
    async with opened(plain_store, upstream, configured={}) as house:
        swaps, notices = house.parts.broker.swaps, house.parts.broker.registry.selector.notices
        assert (notices.newest(), len(notices.newest(dismissed=True))) == ([], 1)
        assert swaps.wanted("role:chat") == "role:chat", "swapping is switched off now"
        assert "switched off" in (swaps.obstacle(swaps.current["role:chat"]) or "")
        await swaps.swap("chat", "chat")
        assert (swaps.current, notices.newest(dismissed=True)) == ({}, [])
    async with opened(plain_store, upstream, configured=ON) as house:
        assert house.parts.broker.swaps.current == {}


async def test_a_swapped_in_model_that_is_gone_is_said_and_nothing_else_is_asked(
    plain_store: Store, upstream: Upstream
) -> None:
    async with opened(plain_store, upstream, configured=ON) as house:
        await house.parts.broker.swaps.swap("chat", "up/new")
        await house.parts.broker.registry.remove("up")
        (swapped,) = house.parts.broker.swaps.current.values()
        assert house.parts.broker.swaps.obstacle(swapped) == "up/new is not here: swap back, or bring it back."
        with pytest.raises(ModelUnavailable, match="up/new, which was swapped in for role:chat, cannot answer now"):
            house.parts.broker.router.choose()
        run_id = await house.start("Hi", model=None)
        turn = house.parts.chat.find(run_id)
        assert turn is not None
        await house.until(lambda: turn.status == "waiting")
        assert await house.parts.broker.swaps.swap("chat", "chat") == "builtin/search"
        assert (await house.settled(run_id))["model"] == "builtin/search", "what waited goes on"


@pytest.mark.skipif(not installed(), reason="llama.cpp is not installed")
@pytest.mark.slow
async def test_files_are_swapped_while_one_answers(plain_store: Store, upstream: Upstream, stories: Path) -> None:
    plain = settings_for(plain_store, upstream)
    plain.models_dir.mkdir(parents=True)
    for name in ("one", "two"):
        shutil.copy(stories, plain.models_dir / f"{name}.gguf")
    async with opened(plain_store, upstream, plain, ON) as house:
        long = await house.start("Once", model="llama_cpp/one", mode="raw", parameters={"max_tokens": 300})
        heard = house.follow(long)
        await house.until(lambda: heard.text, 30)
        await house.parts.broker.swaps.swap("llama_cpp/one", "llama_cpp/two")
        short = await house.start("Once", model="llama_cpp/one", mode="raw", parameters={"max_tokens": 5})
        runs = [await house.settled(run_id, 60) for run_id in (long, short)]
        assert [(run["status"], run["model"]) for run in runs] == [
            ("completed", "llama_cpp/one"),
            ("completed", "llama_cpp/two"),
        ]
        loaded = await Loading(house.parts.broker.registry).loaded()
        assert {one.ref for one in loaded} == {"llama_cpp/one", "llama_cpp/two"}
