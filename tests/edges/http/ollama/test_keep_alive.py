"""`keep_alive` on the Ollama surface: it reaches who loads the model, loads and unloads without a question."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from factories.houses import House, configure, opened, settings_for
from factories.sites import TOKEN
from factories.stores import Store
from fakes.asgi import Browser
from fakes.ollama_wire import OllamaModel
from fakes.upstream import Upstream
from mecum.edges.http.app import compose

pytestmark = pytest.mark.slow

HI = [{"role": "user", "content": "Hi"}]


@pytest_asyncio.fixture
async def house(plain_store: Store, upstream: Upstream) -> AsyncIterator[House]:
    """Return a product with an Ollama of one model."""
    upstream.models = [
        OllamaModel("small:1b", digest="7" * 64),
        OllamaModel("vectors", capabilities=("embedding",), digest="8" * 64),
    ]
    settings = settings_for(plain_store, upstream)
    models = settings.models.model_copy(update={"ollama_url": upstream.url})
    async with opened(plain_store, upstream, settings.model_copy(update={"models": models})) as one:
        one.parts.authenticator.admit_local(TOKEN, one.parts.owner)
        yield one


async def post(house: House, path: str, **body: Any) -> Any:
    """Return the answer to a POST."""
    browser = Browser(compose(house.parts), {"authorization": f"Bearer {TOKEN}"})
    return await browser.ask("POST", path, {"stream": False, **body} if path.startswith("/api/c") else body)


def kept(house: House) -> Any:
    """Return what Ollama was told last."""
    return house.upstream.requests[-1].json.get("keep_alive")


@pytest.mark.parametrize(("said", "sent"), [("5m", "300s"), (90, "90s"), (-1, -1), (0, "0s"), (None, None)])
async def test_a_question_says_how_long_its_model_stays(house: House, said: Any, sent: Any) -> None:
    found = await post(house, "/api/chat", model="ollama/small:1b", messages=HI, keep_alive=said)
    assert found.status == 200, found.body
    assert kept(house) == sent
    found = await post(house, "/api/generate", model="ollama/small:1b", prompt="Hi", stream=False, keep_alive=said)
    assert found.status == 200, found.body
    assert kept(house) == sent


@pytest.mark.parametrize(("said", "sent"), [("5m", "300s"), (-1, -1), (0, "0s"), (None, None)])
async def test_texts_to_be_vectors_say_it_too(house: House, said: Any, sent: Any) -> None:
    found = await post(house, "/api/embed", model="ollama/vectors", input=["Hi", "you"], keep_alive=said)
    assert (found.status, len(found.json["embeddings"])) == (200, 2), found.body
    assert kept(house) == sent
    found = await post(house, "/api/embeddings", model="ollama/vectors", prompt="Hi", keep_alive=said)
    assert found.status == 200, found.body
    assert kept(house) == sent


async def test_without_a_question_it_loads_and_unloads(house: House) -> None:
    loaded = await post(house, "/api/generate", model="ollama/small:1b", keep_alive="2h")
    assert (loaded.json["done_reason"], house.upstream.loaded) == ("load", ["small:1b"])
    # Until it is unloaded that holds, also for a question that does not say it.
    await post(house, "/api/chat", model="ollama/small:1b", messages=HI)
    assert kept(house) == "7200s"
    gone = await post(house, "/api/chat", model="ollama/small:1b", messages=[], keep_alive=0)
    assert (gone.json["done_reason"], house.upstream.loaded) == ("unload", [])
    await post(house, "/api/chat", model="ollama/small:1b", messages=HI)
    assert kept(house) is None


async def test_a_model_that_nobody_here_loads_needs_not_know_it(house: House) -> None:
    for messages in (HI, []):
        found = await post(house, "/api/chat", model="up/small:1b", messages=messages, keep_alive="5m")
        assert found.status == 200, found.body
    found = await post(house, "/api/embed", model="up/vectors", input="Hi", keep_alive="5m")
    assert found.status == 200, found.body
    assert not any("keep_alive" in (one.json or {}) for one in house.upstream.answers())


async def test_what_is_no_length_of_time_is_named(house: House) -> None:
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/api/chat", {"model": "ollama/small:1b", "messages": HI}),
        ("/api/generate", {"model": "ollama/small:1b", "prompt": ""}),
        ("/api/embed", {"model": "ollama/vectors", "input": "Hi"}),
        ("/api/embeddings", {"model": "ollama/vectors", "prompt": "Hi"}),
    )
    for path, body in asked:
        found = await post(house, path, keep_alive="soon", **body)
        assert found.status == 400
        assert "keep_alive" in found.json["error"]
        assert "-1 for ever" in found.json["error"]


async def test_the_configuration_says_it_for_a_model(house: House) -> None:
    configure(house.parts.settings.data_dir, {"model_profiles": {"small:1b": {"keep_alive": "1h30m"}}})
    await house.parts.broker.configuration.refresh()
    await house.settled(await house.start("Hi", model="ollama/small:1b"))
    assert kept(house) == "5400s"
    found = await post(house, "/api/v1/models/load", ref="ollama/small:1b", keep_alive=-1)
    assert found.status == 204
    assert house.upstream.loaded == ["small:1b"]
    await house.settled(await house.start("Hi", model="ollama/small:1b"))
    assert kept(house) == -1
    assert (await post(house, "/api/v1/models/unload", ref="ollama/small:1b")).status == 204
    await house.settled(await house.start("Hi", model="ollama/small:1b"))
    assert kept(house) == "5400s"
    refused = await post(house, "/api/v1/models/load", ref="ollama/small:1b", keep_alive="soon")
    assert (refused.status, "for ever" in str(refused.json)) == (400, True)
