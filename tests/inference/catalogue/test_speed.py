"""How fast a model of this machine would be, until it was measured."""

from dataclasses import replace
from typing import Any

import pytest

from factories.houses import opened, settings_for
from factories.sites import TOKEN
from factories.stores import Store
from fakes.asgi import Browser
from fakes.ollama_wire import OllamaModel
from fakes.steps import Finish, Say, Wait
from fakes.upstream import Upstream
from mecum.edges.http.app import compose
from mecum.inference.catalogue.entries import entries
from mecum.inference.catalogue.speed import estimates
from mecum.inference.ports import ModelInfo
from mecum.inference.selection.fitting import Fitting
from mecum.infra.hardware.machine import Machine, Memory, Processor

GB = 10**9
MACHINE = Machine("Linux", Processor("Some CPU", 8, 4, 8), Memory(16 * GB, 8 * GB), None, None, None, None)
HERE = ModelInfo("ollama/m", "m", "ollama", "ollama", local=True, size_bytes=5 * GB)


def test_it_is_what_the_memory_gives_by_what_is_read() -> None:
    speed = estimates([HERE], {}, MACHINE)["ollama/m"]
    assert speed.tokens_per_second == 6.0
    assert speed.method == "Estimate: 30 GB/s (main memory), 5.00 GB of weights read a token."


def test_of_a_known_model_of_experts_only_what_it_uses_is_read() -> None:
    mixed = next(entry for entry in entries() if entry.experts)
    info = replace(HERE, name=mixed.name, ref=f"ollama/{mixed.name}", size_bytes=mixed.weights())
    speed = estimates([info], {}, MACHINE)[info.ref]
    assert speed.tokens_per_second > 2 * 30 * GB / mixed.weights()
    # Kept in another way than the catalogue says, it is a file like any other.
    other = estimates([replace(info, quantization="F16", size_bytes=60 * GB)], {}, MACHINE)[info.ref]
    assert other.tokens_per_second == 0.5


@pytest.mark.parametrize(
    "change", [{"local": False}, {"size_bytes": None}, {"kind": "embedder"}, {"recalls": True}], ids=str
)
def test_nothing_is_said_where_there_is_nothing_to_go_by(change: dict[str, Any]) -> None:
    assert estimates([replace(HERE, **change)], {}, MACHINE) == {}


def test_what_does_not_fit_has_no_speed() -> None:
    assert estimates([HERE], {HERE.ref: Fitting(False, "It takes more.")}, MACHINE) == {}
    assert estimates([HERE], {HERE.ref: Fitting()}, MACHINE).keys() == {HERE.ref}


async def test_it_is_told_until_the_speed_was_measured(plain_store: Store, upstream: Upstream) -> None:
    upstream.models = [OllamaModel("small", size=100_000_000, digest="5" * 64)]
    upstream.script(
        "small", [Wait(0.05), *[step for _ in range(20) for step in (Say("word "), Wait(0.01))], Finish("stop", 30, 20)]
    )
    settings = settings_for(plain_store, upstream)
    models = settings.models.model_copy(update={"ollama_url": upstream.url})
    async with opened(plain_store, upstream, settings.model_copy(update={"models": models})) as house:
        house.parts.authenticator.admit_local(TOKEN, house.parts.owner)
        browser = Browser(compose(house.parts), {"authorization": f"Bearer {TOKEN}"})

        async def told() -> tuple[Any, Any]:
            items = (await browser.ask("GET", "/api/v1/models/figures")).json["items"]
            figure = next(one for one in items if one["ref"] == "ollama/small")
            one = (await browser.ask("GET", "/api/v1/models/ollama/small/performance")).json
            assert one["estimated"] == figure["estimated"]
            return figure["measured"], figure["estimated"]

        measured, estimated = await told()
        assert measured is None
        assert estimated["tokens_per_second"] > 0
        assert estimated["method"].startswith("Estimate: ")
        await house.settled(await house.start("Count", model="ollama/small"))
        measured, estimated = await told()
        assert measured["tokens_per_second"] > 0
        assert estimated is None
