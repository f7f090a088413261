"""Everything that is known of one model, over HTTP."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
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
from mecum.inference.capabilities import FIELDS

pytestmark = pytest.mark.slow

LAYERS = (("block_count", 32), ("embedding_length", 4096), ("attention.head_count", 32), ("attention.head_count_kv", 8))
SAID = {
    "version": 1,
    "model_profiles": {
        "small:1b": {"keep_alive": "1h30m", "temperature_defaults": {"planner": 0.2}},
        "ollama/small:1b": {"capabilities": {"coding_strength": 0.9}},
    },
    "fallbacks": {"ollama/small:1b": ["builtin/search"]},
    "pools": {"both": ["ollama/small:1b", "up/fake-a"]},
    "hot_swap": True,
}


@pytest_asyncio.fixture
async def house(plain_store: Store, upstream: Upstream) -> AsyncIterator[House]:
    """Return a product with an Ollama of three models, one of them in memory."""
    upstream.models = [
        OllamaModel("small:1b", digest="7" * 64, shape=LAYERS),
        OllamaModel("plain:2b", digest="8" * 64),
        OllamaModel("far:cloud", digest="9" * 64, remote_host="https://ollama.com:443"),
    ]
    upstream.loaded = ["plain:2b"]
    settings = settings_for(plain_store, upstream)
    models = settings.models.model_copy(update={"ollama_url": upstream.url})
    async with opened(plain_store, upstream, settings.model_copy(update={"models": models})) as one:
        one.parts.authenticator.admit_local(TOKEN, one.parts.owner)
        yield one


async def ask(house: House, method: str, path: str, body: Any = None) -> Any:
    """Return the answer to a request."""
    return await Browser(compose(house.parts), {"authorization": f"Bearer {TOKEN}"}).ask(method, path, body)


async def facts(house: House, ref: str) -> Any:
    """Return what is known of a model."""
    found = await ask(house, "GET", f"/api/v1/models/facts?ref={ref}")
    assert found.status == 200, found.body
    return found.json


async def say(house: House, said: Any) -> None:
    """Let this be configured."""
    configure(house.parts.settings.data_dir, said)
    await house.parts.broker.configuration.refresh()


async def test_every_field_has_its_source_and_unknown_is_unknown(house: House) -> None:
    found = await facts(house, "ollama/small:1b")
    assert found["model"]["ref"] == "ollama/small:1b"
    assert set(found["capabilities"]) == set(FIELDS)
    assert found["capabilities"]["supports_tools"] == {"value": True, "source": "reported"}
    assert found["capabilities"]["creativity"] == {"value": None, "source": None}
    assert found["served"]["address"] == house.upstream.url
    assert found["served"]["why"] == "Ollama on this machine serves it."
    assert (found["price"], found["configured"], found["swaps"]) == (None, [], [])
    assert "nobody is paid" in found["price_why"]
    assert (found["performance"]["answers"], found["performance"]["measured_at"]) == (0.0, None)


async def test_memory_is_told_in_parts(house: House) -> None:
    memory = (await facts(house, "ollama/small:1b"))["memory"]
    parts = memory["parts"]
    assert memory["bytes"] == parts["total"] == sum(parts[name] for name in ("weights", "cache", "compute", "process"))
    assert (parts["cache"], parts["tokens"], memory["measured"]) == (1 << 30, 8192, False)
    assert "8,192 tokens" in memory["why"]
    plain = await facts(house, "ollama/plain:2b")
    assert (plain["memory"]["measured"], plain["memory"]["parts"]["cache"]) == (True, None)
    assert plain["loaded"]["memory_bytes"] == plain["memory"]["bytes"]
    assert (plain["window"]["source"], plain["window"]["loaded"]) == ("sent", 4096)


async def test_what_runs_elsewhere_takes_nothing_here_and_is_nobodys_to_load(house: House) -> None:
    found = await facts(house, "ollama/far:cloud")
    assert found["served"]["relay"] == "https://ollama.com"
    assert (found["stays"], found["loaded"], found["memory"]["bytes"], found["price"]) == (None, None, None, None)
    assert "takes nothing of this machine" in found["memory"]["why"]
    assert "unknown, not nothing" in found["price_why"]


async def test_what_is_configured_is_told_with_its_file_and_line(house: House) -> None:
    await say(house, SAID)
    found = await facts(house, "ollama/small:1b")
    said = {one["key"]: one for one in found["configured"]}
    assert set(said) == {
        'model_profiles."small:1b".keep_alive',
        'model_profiles."small:1b".temperature_defaults.planner',
        'model_profiles."ollama/small:1b".capabilities.coding_strength',
        'fallbacks."ollama/small:1b"',
    }
    kept = said['model_profiles."small:1b".keep_alive']
    assert (kept["value"], kept["level"], kept["line"] is not None) == ("1h30m", "file", True)
    assert kept["file"] in ("models.json", "user_models.json")
    assert found["stays"] == {
        "seconds": 5400.0,
        "source": "configuration",
        "why": "1 hour 30 minutes, as its configuration says.",
    }
    assert found["capabilities"]["coding_strength"] == {"value": 0.9, "source": "explicit"}
    assert (await facts(house, "ollama/plain:2b"))["configured"] == []


async def test_a_pool_says_what_it_is_made_of(house: House) -> None:
    await say(house, SAID)
    await ask(house, "POST", "/api/v1/models/refresh")
    found = await facts(house, "pool/both")
    assert found["served"]["members"] == ["ollama/small:1b", "up/fake-a"]
    assert "A pool of 2" in found["served"]["why"]


async def test_keeping_swapping_and_roles_are_told(house: House) -> None:
    await say(house, SAID)
    body = {"ref": "ollama/small:1b", "keep_alive": "2h"}
    assert (await ask(house, "POST", "/api/v1/models/load", body)).status == 204
    assert (await ask(house, "POST", "/api/v1/models/swap", {"from": "chat", "to": "ollama/small:1b"})).status == 200
    found = await facts(house, "ollama/small:1b")
    assert (found["stays"]["seconds"], found["stays"]["source"]) == (7200.0, "asked")
    assert found["loaded"]["ref"] == "ollama/small:1b"
    assert [(one["from"], one["in_force"]) for one in found["swaps"]] == [("role:chat", True)]
    roles = {one["role"]: one["reason"] for one in (await facts(house, "ollama/plain:2b"))["roles"]}
    roles |= {one["role"]: one["reason"] for one in found["roles"]}
    assert roles["chat"]


async def test_how_it_fared_is_told(house: House) -> None:
    await house.settled(await house.start("Hello", model="ollama/small:1b"))
    performance = (await facts(house, "ollama/small:1b"))["performance"]
    assert (round(performance["answers"], 2), performance["failure_rate"]) == (1.0, 0.0)
    assert performance["measured_at"] is not None


async def test_a_file_says_where_it_lies(house: House, stories: Path) -> None:
    folder = house.parts.settings.models_dir
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(stories, folder / "tale.gguf")
    await ask(house, "POST", "/api/v1/models/refresh")
    found = await facts(house, "llama_cpp/tale")
    assert found["served"]["file"] == str(folder / "tale.gguf")
    assert (found["stays"]["seconds"], found["stays"]["source"]) == (600.0, "server")
    assert (found["window"]["source"], found["window"]["refuses"]) == ("started", True)
    assert found["memory"]["parts"]["total"] == found["memory"]["bytes"]


async def test_a_server_that_does_not_answer_is_said(house: House) -> None:
    body = {"name": "gone", "wire": "openai", "base_url": "http://127.0.0.1:9/v1"}
    assert (await ask(house, "POST", "/api/v1/endpoints", body)).status == 201
    found = await ask(house, "GET", "/api/v1/models/facts?ref=gone/anything")
    assert (found.status, found.json["code"]) == (503, "model.unavailable")
    assert found.json["detail"].startswith("gone does not answer since ")
    with Upstream() as other:
        other.models = [OllamaModel("brief:1b", digest="6" * 64)]
        body = {"name": "box", "wire": "ollama", "base_url": other.url}
        assert (await ask(house, "POST", "/api/v1/endpoints", body)).status == 201
        assert (await facts(house, "box/brief:1b"))["served"]["silence"] is None
    await ask(house, "POST", "/api/v1/models/refresh")
    silent = await facts(house, "box/brief:1b")
    assert silent["model"]["available"] is False
    assert silent["served"]["silence"].startswith("box does not answer since ")


@pytest.mark.parametrize(
    ("ref", "code", "said"),
    [
        ("smal:1b", "model.not_found", "did you mean 'ollama/small:1b' or 'up/small:1b'?"),
        ("small:1b", "model.ambiguous", "2 models are called 'small:1b'; say which: ollama/small:1b, up/small:1b."),
        ("zzzzz", "model.not_found", "There is no model 'zzzzz' here."),
    ],
)
async def test_a_model_that_is_not_here_is_named_with_the_nearest(house: House, ref: str, code: str, said: str) -> None:
    await facts(house, "ollama/small:1b")
    found = await ask(house, "GET", f"/api/v1/models/facts?ref={ref}")
    assert (found.status, found.json["code"]) == (404, code)
    assert said in found.json["detail"]


async def test_whether_a_key_is_needed_is_known_of_a_server_that_has_one(house: House, upstream: Upstream) -> None:
    body = {"name": "keyed", "wire": "openai", "base_url": f"{upstream.url}/v1", "api_key": "sk-known"}
    assert (await ask(house, "POST", "/api/v1/endpoints", body)).status == 201
    wanted = {"keyed/fake-a": (True, "reported"), "up/fake-a": (None, None), "ollama/small:1b": (False, "reported")}
    upstream.add(OllamaModel("fake-a"))
    await ask(house, "POST", "/api/v1/models/refresh")
    for ref, known in wanted.items():
        told = (await facts(house, ref))["capabilities"]["requires_api_key"]
        assert (told["value"], told["source"]) == known, ref


async def test_what_cannot_be_swapped_because_several_bear_its_name_is_said(house: House) -> None:
    await say(house, SAID)
    await facts(house, "ollama/small:1b")
    for swap in ({"from": "small:1b", "to": "ollama/plain:2b"}, {"from": "chat", "to": "small:1b"}):
        found = await ask(house, "POST", "/api/v1/models/swap", swap)
        assert (found.status, found.json["code"]) == (404, "model.ambiguous"), found.json
        assert found.json["details"] == {"models": ["ollama/small:1b", "up/small:1b"]}
