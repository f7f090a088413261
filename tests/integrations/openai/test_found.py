"""Servers on the OpenAI wire that are found on this machine: there when they answer, and once under one name."""

import json

import pytest

from factories.houses import opened, settings_for
from factories.stores import Store
from fakes.steps import says
from fakes.upstream import Upstream
from mecum.inference.schemas import EndpointCreate
from mecum.inference.settings import LocalServer
from mecum.settings import Settings, SettingsInvalid, load_settings

pytestmark = pytest.mark.slow


def looking(store: Store, upstream: Upstream, url: str) -> Settings:
    """Return settings that look for LM Studio at an address, and for no other server."""
    plain = settings_for(store, upstream)
    found = (LocalServer(name="lm_studio", base_url=url),)
    models = plain.models.model_copy(update={"local_servers": found, "endpoints": ()})
    return plain.model_copy(update={"models": models})


async def test_it_is_found_and_answers_without_a_question(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("I was here all along."))
    async with opened(plain_store, upstream, looking(plain_store, upstream, f"{upstream.url}/v1")) as house:
        registry = house.parts.broker.registry
        await registry.refresh()
        info = registry.find("lm_studio/fake-echo")
        assert info is not None
        assert (info.local, info.available) == (True, True)
        run = await house.settled(await house.start("Hi", model="lm_studio/test"))
        assert (run["status"], run["text"]) == ("completed", "I was here all along.")


async def test_one_that_a_person_connected_is_not_listed_twice(plain_store: Store, upstream: Upstream) -> None:
    here = upstream.url.replace("127.0.0.1", "localhost")
    async with opened(plain_store, upstream, looking(plain_store, upstream, f"{upstream.url}/v1")) as house:
        parts, registry = house.parts, house.parts.broker.registry
        body = EndpointCreate.model_validate({"name": "mine", "wire": "openai", "base_url": f"{here}/v1"})
        async with parts.database.writing(parts.owner) as scope:
            made = await parts.broker.models.add(scope, body)
        await registry.refresh()
        assert {info.endpoint for info in registry.models()} == {"mine", "builtin"}
        async with parts.database.writing(parts.owner) as scope:
            assert made.id is not None
            name = await parts.broker.models.remove(scope, made.id)
        await registry.remove(name)
        await registry.refresh()
        assert {info.endpoint for info in registry.models()} == {"lm_studio", "builtin"}


async def test_whoever_else_is_there_is_no_model_server(plain_store: Store, upstream: Upstream) -> None:
    for url in ("http://127.0.0.1:9/v1", f"{upstream.url}/no-such-path"):
        async with opened(plain_store, upstream, looking(plain_store, upstream, url)) as house:
            await house.parts.broker.registry.refresh()
            assert {info.endpoint for info in house.parts.broker.registry.models()} == {"builtin"}


def test_where_they_are_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    flags: dict[str, object] = {"data_dir": str(tmp_path)}
    assert [one.name for one in load_settings(flags).models.local_servers] == ["lm_studio", "llama_server"]
    monkeypatch.setenv("MECUM_MODELS__LOCAL_SERVERS", "")
    assert load_settings(flags).models.local_servers == ()
    monkeypatch.setenv(
        "MECUM_MODELS__LOCAL_SERVERS", json.dumps([{"name": "vllm", "base_url": "http://localhost:8000/v1/"}])
    )
    assert [one.base_url for one in load_settings(flags).models.local_servers] == ["http://localhost:8000/v1"]


@pytest.mark.parametrize("url", ["http://192.168.1.7:8000/v1", "https://api.example.org/v1", "localhost:8000"])
def test_only_on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: object, url: str) -> None:
    monkeypatch.setenv("MECUM_MODELS__LOCAL_SERVERS", json.dumps([{"name": "far", "base_url": url}]))
    with pytest.raises(SettingsInvalid, match="LOCAL_SERVERS"):
        load_settings({"data_dir": str(tmp_path)})
