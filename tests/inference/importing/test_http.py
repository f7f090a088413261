"""An older installation's configuration comes in: all or nothing, with keys sealed and nothing told of them."""

from pathlib import Path
from typing import Any

import pytest

from factories.sites import Site
from fakes.asgi import Answered

pytestmark = pytest.mark.slow

API = "/api/v1/config/import"
FOLDER = Path(__file__).parents[2] / "fixtures" / "aistack"
NAMES = ("models.json", *(f"user_profiles/{name}.json" for name in ("coding", "research", "writing")))
FILES = {name: (FOLDER / name).read_text() for name in NAMES}
KEYS = (
    '{"openai": "sk-one", "anthropic": {"api_key": "sk-two", "model": "x"}, "mystery": "sk-3", "empty": null, '
    '"google": "sk-four and more"}'
)


async def bring(site: Site, files: dict[str, str], **more: Any) -> Answered:
    return await site.browser.ask("POST", API, {"files": files, **more})


async def test_a_real_one_comes_in(site: Site) -> None:
    answered = await bring(site, FILES)
    assert answered.status == 200, answered.body
    assert [(file["name"], file["outcome"]) for file in answered.json["files"]] == [
        (name, "imported") for name in NAMES
    ]
    for file in answered.json["files"]:
        sums = file["reckoning"]
        assert sums["read"] == sums["kept"] + sums["moved"] + sums["carried"]
    parts = site.house.parts
    assert parts.broker.configuration.preferences().roles["planner"].preferred == ("llama3.1:8b", "mistral:latest")
    profiles = (await site.browser.ask("GET", "/api/v1/profiles")).json["items"]
    assert {(item["name"], item["owner"], len(item["upgraded"])) for item in profiles} == {
        (name, "instance", 0) for name in ("coding", "research", "writing")
    }
    problems = (await site.browser.ask("GET", "/api/v1/config")).json["problems"]
    assert {problem["code"] for problem in problems} <= {"config.model_not_here"}


async def test_a_second_time_adds_nothing(site: Site) -> None:
    await bring(site, FILES)
    again = await bring(site, FILES)
    assert {file["outcome"] for file in again.json["files"]} == {"unchanged"}


async def test_what_is_there_is_covered_only_when_asked(site: Site) -> None:
    folder = site.house.parts.broker.configuration.folder
    await bring(site, {"models.json": '{"version": 1, "hot_swap": true}'})
    refused = await bring(site, FILES)
    assert (refused.status, refused.json["code"]) == (409, "config.import_covers")
    assert not (folder / "user_profiles").exists()
    assert (await bring(site, FILES, dry_run=True)).status == 200
    assert "hot_swap" in (folder / "models.json").read_text()
    assert (await bring(site, FILES, replace=True)).status == 200
    (kept,) = (folder / ".trash").iterdir()
    assert "hot_swap" in kept.read_text()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({**FILES, "user_models.json": '{"version": 1, "x": 1}'}, "config.unknown_key"),
        ({**FILES, "notes.txt": ""}, "config.import_unknown"),
        ({**FILES, "user_profiles/../x.json": "{}"}, "config.import_unknown"),
        ({**FILES, "api_keys.json": '{"encrypted": true, "openai": "xx"}'}, "config.keys_unreadable"),
        ({**FILES, "api_keys.json": '{"openai": "gAAAAABn"}'}, "config.keys_unreadable"),
        ({**FILES, "api_keys.json": "{"}, "config.syntax"),
    ],
)
async def test_all_or_nothing(site: Site, files: dict[str, str], code: str) -> None:
    refused = await bring(site, files)
    assert (refused.status, refused.json["code"]) == (400, code)
    assert not site.house.parts.broker.configuration.folder.exists()


async def test_keys_go_sealed_into_the_key_store(site: Site) -> None:
    answered = await bring(site, {**FILES, "api_keys.json": KEYS})
    told = {key["field"]: key["outcome"] for key in answered.json["keys"]}
    assert told == {
        "openai": "imported",
        "anthropic.api_key": "imported",
        "anthropic.model": "skipped",
        "mystery": "refused",
        "empty": "skipped",
        "google": "skipped",
    }
    assert b"sk-" not in answered.body
    endpoints = {item["name"]: item for item in (await site.browser.ask("GET", "/api/v1/endpoints")).json["items"]}
    assert (endpoints["openai"]["has_key"], endpoints["openai"]["wire"]) == (True, "openai")
    assert (endpoints["anthropic"]["wire"], endpoints["anthropic"]["base_url"]) == (
        "anthropic",
        "https://api.anthropic.com",
    )
    assert not (site.house.parts.broker.configuration.folder / "api_keys.json").exists()
    again = await bring(site, {"api_keys.json": KEYS})
    assert [key["outcome"] for key in again.json["keys"]].count("exists") == 2


async def test_a_dry_run_stores_nothing(site: Site) -> None:
    answered = await bring(site, {**FILES, "api_keys.json": KEYS}, dry_run=True)
    assert answered.json["keys"][0]["outcome"] == "imported"
    assert not site.house.parts.broker.configuration.folder.exists()
    assert "openai" not in {item["name"] for item in (await site.browser.ask("GET", "/api/v1/endpoints")).json["items"]}


async def test_yaml_stays_as_it_was_written(site: Site) -> None:
    text = "# mine\nsystem_settings: {auto_discover_models: true}\n"
    answered = await bring(site, {"models.yaml": text})
    assert answered.json["files"][0]["reckoning"] == {"read": 1, "kept": 0, "moved": 0, "carried": 1}
    assert (site.house.parts.broker.configuration.folder / "models.yaml").read_text() == text
