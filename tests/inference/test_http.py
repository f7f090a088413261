"""Models and endpoints over HTTP."""

from pathlib import Path
from typing import Any

import pytest

from factories.sites import Site
from fakes.gguf_files import llama, write_gguf

API = "/api/v1"
STUDIO = {"name": "studio", "wire": "openai", "base_url": "http://127.0.0.1:1/v1", "api_key": "sk-secret"}


async def get(site: Site, path: str) -> Any:
    """Return the JSON at a path."""
    answered = await site.browser.ask("GET", API + path)
    assert answered.status == 200, answered.body
    return answered.json


async def test_models_and_the_one_that_answers(site: Site) -> None:
    found = await get(site, "/models")
    refs = [model["ref"] for model in found["items"]]
    assert found["default"]["ref"] == refs[0]
    assert found["default"]["reason"]
    assert any(ref.startswith("builtin/") for ref in refs)
    assert {"rank", "recalls", "on_request"}.isdisjoint(found["items"][0])


async def test_a_refresh_finds_what_is_new(site: Site) -> None:
    before = len((await get(site, "/models"))["items"])
    site.house.upstream.models.pop()
    again = await site.browser.ask("POST", f"{API}/models/refresh")
    assert len(again.json["items"]) == before - 1


async def test_an_endpoint_from_its_beginning_to_its_end(site: Site) -> None:
    added = await site.browser.ask("POST", f"{API}/endpoints", STUDIO)
    assert added.status == 201
    assert added.json["has_key"] is True
    assert b"sk-secret" not in added.body
    listed = await get(site, "/endpoints")
    assert {item["name"] for item in listed["items"]} >= {"up", "studio"}
    assert (await site.browser.ask("POST", f"{API}/endpoints", STUDIO)).json["code"] == "endpoint.exists"
    tested = await site.browser.ask("POST", f"{API}/endpoints/{added.json['id']}/test")
    assert (tested.status, tested.json["ok"]) == (200, False)
    removed = await site.browser.ask("DELETE", f"{API}/endpoints/{added.json['id']}")
    assert (removed.status, removed.body) == (204, b"")
    assert (await site.browser.ask("DELETE", f"{API}/endpoints/{added.json['id']}")).status == 404
    assert (await site.browser.ask("POST", f"{API}/endpoints/up/test")).json["ok"] is True
    assert "studio" not in {item["name"] for item in (await get(site, "/endpoints"))["items"]}


async def test_some_are_known_by_name(site: Site) -> None:
    known = (await get(site, "/endpoints/known"))["items"]
    assert known[0]["name"] == "openai"
    assert {
        "name": "mistral",
        "title": "Mistral",
        "wire": "openai",
        "base_url": "https://api.mistral.ai/v1",
        "key_variable": "MISTRAL_API_KEY",
    } in known
    for one in known:
        body = {"name": one["name"], "wire": one["wire"], "base_url": one["base_url"]}
        assert (await site.browser.ask("POST", f"{API}/endpoints", body)).status == 201


@pytest.mark.parametrize("wire", ["anthropic", "google"])
async def test_an_endpoint_on_a_wire_of_its_own(site: Site, wire: str) -> None:
    site.house.upstream.require_key("sk-own")
    body = {"name": wire, "wire": wire, "base_url": site.house.upstream.url, "api_key": "sk-own"}
    added = await site.browser.ask("POST", f"{API}/endpoints", body)
    assert (added.status, added.json["wire"]) == (201, wire)
    tested = await site.browser.ask("POST", f"{API}/endpoints/{added.json['id']}/test")
    assert tested.json["ok"] is True, tested.json
    site.house.upstream.require_key("sk-other")
    tested = await site.browser.ask("POST", f"{API}/endpoints/{added.json['id']}/test")
    assert (tested.json["ok"], "key" in tested.json["detail"]) == (False, True)


@pytest.mark.parametrize("change", [{"name": "Bad Name"}, {"wire": "smoke"}, {"base_url": "ftp://x"}, {"more": 1}])
async def test_an_endpoint_that_cannot_be(site: Site, change: dict[str, Any]) -> None:
    answered = await site.browser.ask("POST", f"{API}/endpoints", {**STUDIO, **change})
    assert (answered.status, answered.json["code"]) == (400, "request.invalid")


async def test_a_file_that_is_no_model_leaves_nothing(site: Site) -> None:
    folder = site.house.parts.settings.models_dir
    for body in (b"", b"PK\x03\x04"):
        answered = await site.browser.ask("POST", f"{API}/models/files?name=x.gguf", body=body)
        assert answered.status == 400, body
        assert answered.json["code"].startswith("model."), body
    assert not folder.exists() or list(folder.iterdir()) == []


async def test_a_model_file_that_is_cut_off_leaves_nothing(site: Site, tmp_path: Path) -> None:
    folder = site.house.parts.settings.models_dir
    whole = write_gguf(tmp_path / "whole.gguf", llama()).read_bytes()
    for body in (b"GGUF", whole[:60], whole[:-1]):
        answered = await site.browser.ask("POST", f"{API}/models/files?name=my.gguf", body=body)
        assert (answered.status, answered.json["code"]) == (400, "model.bad_file"), body
        assert answered.json["detail"].startswith("my.gguf is t")
    projector = write_gguf(tmp_path / "sees.gguf", llama(general__architecture="clip")).read_bytes()
    answered = await site.browser.ask("POST", f"{API}/models/files?name=my.gguf", body=projector)
    assert "does nothing by itself" in answered.json["detail"]
    assert list(folder.iterdir()) == []
    assert not [model for model in (await get(site, "/models"))["items"] if model["provider"] == "llama_cpp"]


async def test_a_model_file_is_kept_beside_one_of_its_name(site: Site, tmp_path: Path) -> None:
    whole = write_gguf(tmp_path / "whole.gguf", llama()).read_bytes()
    for name in ("my", "my-2"):
        answered = await site.browser.ask("POST", f"{API}/models/files?name=my.gguf", body=whole)
        assert (answered.status, answered.json["name"]) == (201, name)
    assert sorted(path.name for path in site.house.parts.settings.models_dir.iterdir()) == ["my-2.gguf", "my.gguf"]


async def test_a_file_named_by_path_answers_only_who_asks_for_it(site: Site, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "mine.gguf", llama())
    before = (await get(site, "/models"))["default"]
    for _ in range(2):
        answered = await site.browser.ask("POST", f"{API}/models/files?path={path}", body=b"")
        assert (answered.status, answered.json["ref"]) == (201, f"llama_cpp/{path}")
    after = await get(site, "/models")
    assert after["default"] == before
    assert [model["ref"] for model in after["items"]].count(f"llama_cpp/{path}") == 1


async def test_a_file_of_the_server_is_named_only_on_its_machine(site: Site, tmp_path: Path) -> None:
    site.browser.address = "192.168.1.7"
    answered = await site.browser.ask("POST", f"{API}/models/files?path=/models/x.gguf", body=b"")
    assert answered.json["code"] == "model.file_elsewhere"
    site.browser.address = "127.0.0.1"
    for path in ("relative.gguf", str(tmp_path / "missing.gguf")):
        answered = await site.browser.ask("POST", f"{API}/models/files?path={path}", body=b"")
        assert 400 <= answered.status < 500, path


async def test_nothing_is_told_without_a_key(site: Site) -> None:
    site.browser.headers.clear()
    for path in ("/models", "/endpoints"):
        assert (await site.browser.ask("GET", API + path)).status == 401


async def test_a_model_of_this_machine_says_what_it_takes(site: Site, tmp_path: Path) -> None:
    data = write_gguf(tmp_path / "small.gguf", llama()).read_bytes()
    added = await site.browser.ask("POST", f"{API}/models/files?name=small.gguf", body=data)
    assert (added.status, added.json["fits"]) == (201, True)
    assert added.json["memory_bytes"] > added.json["size_bytes"]
    assert added.json["fit_reason"].startswith("Takes 0.3 GB with 4,096 tokens of context; ")
    others = [model for model in (await get(site, "/models"))["items"] if model["provider"] != "llama_cpp"]
    assert {model["fits"] for model in others} == {None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base_url", "http://ada:sk-secret@127.0.0.1:1/v1"),
        ("base_url", "http://127.0.0.1:1/v1?key=sk-secret"),
        ("base_url", "http://127.0.0.1:1/v1#sk-secret"),
        ("base_url", "http://127.0.0.1:sk-secret/v1"),
        ("api_key", "sk-secret\r\nX-More: yes"),
        ("api_key", "sk-secret of mine"),
        ("api_key", "sk-secret\u00e9"),
    ],
)
async def test_a_key_where_it_would_be_shown_or_could_not_be_sent(site: Site, field: str, value: str) -> None:
    refused = await site.browser.ask("POST", f"{API}/endpoints", {**STUDIO, field: value})
    assert (refused.status, refused.json["code"]) == (400, "request.invalid")
    assert refused.json["errors"][0]["path"] == f"body.{field}"
    assert refused.json["errors"][0]["message"].startswith("must be ")
    assert b"sk-secret" not in refused.body
    assert "studio" not in {item["name"] for item in (await get(site, "/endpoints"))["items"]}


async def test_a_key_that_was_pasted_with_its_line_end(site: Site) -> None:
    site.house.upstream.require_key("sk-own")
    body = {"name": "own", "wire": "openai", "base_url": f"{site.house.upstream.url}/v1", "api_key": " sk-own\n"}
    added = await site.browser.ask("POST", f"{API}/endpoints", body)
    assert (added.status, added.json["has_key"]) == (201, True)
    assert (await site.browser.ask("POST", f"{API}/endpoints/own/test")).json["ok"] is True
