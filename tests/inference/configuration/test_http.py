"""The configuration over HTTP."""

import json
from typing import Any

import pytest

from factories.sites import Site

API = "/api/v1/config"
GOOD = json.dumps({"version": 1, "role_mappings": {"planner": {"preferred": ["up/a"]}}}, indent=1)


async def get(site: Site, path: str = "") -> Any:
    answered = await site.browser.ask("GET", API + path)
    assert answered.status == 200, answered.body
    return answered.json


async def put(site: Site, text: str, etag: str | None = None, name: str = "models.json") -> Any:
    headers = {} if etag is None else {"if-match": f'"{etag}"'}
    return await site.browser.ask("PUT", f"{API}/files/{name}", {"text": text}, headers=headers)


async def test_a_file_from_its_beginning_to_its_conflict(site: Site) -> None:
    empty = await get(site, "/files/models.json")
    assert (empty["exists"], empty["etag"], empty["text"]) == (False, None, "")
    written = await put(site, GOOD)
    assert written.status == 200, written.body
    read = await site.browser.ask("GET", f"{API}/files/models.json")
    assert (read.json["text"], read.json["etag"]) == (GOOD, written.json["etag"])
    assert read.headers["etag"] == written.headers["etag"] == f'"{written.json["etag"]}"'
    assert site.house.parts.broker.configuration.preferences().roles["planner"].preferred == ("up/a",)
    path = site.house.parts.settings.data_dir / "config" / "models.json"
    path.write_text('{"version": 1, "hot_swap": true}')
    conflict = await put(site, GOOD, written.json["etag"])
    assert (conflict.status, conflict.json["code"]) == (409, "config.changed")
    present = (await get(site, "/files/models.json"))["etag"]
    assert conflict.json["details"] == {"expected": written.json["etag"], "present": present}
    assert "changed meanwhile" in conflict.json["detail"]
    unnamed = await put(site, GOOD)
    assert (unnamed.status, f'name it in `If-Match`, as "{present}"' in unnamed.json["detail"]) == (409, True)
    assert (await put(site, GOOD, present)).status == 200
    path.unlink()
    gone = await put(site, GOOD, present)
    assert (gone.status, "not there any more" in gone.json["detail"]) == (409, True)
    assert (await put(site, GOOD)).status == 200


async def test_a_text_that_does_not_hold_is_refused_with_its_lines(site: Site) -> None:
    refused = await put(site, '{"version": 1,\n"hot_swap": 1,\n"pools": {"p": []}}')
    assert (refused.status, refused.json["code"]) == (400, "config.invalid")
    assert [problem["line"] for problem in refused.json["details"]["problems"]] == [2, 3]
    assert refused.json["errors"][1] == {"path": "models.json:3: pools.p", "message": "The pool `p` has no model."}
    one = await put(site, '{"version": 1,\n"hot_swapp": true}')
    assert (one.json["code"], one.json["details"]["problems"][0]["nearest"]) == ("config.unknown_key", "hot_swap")
    assert (await get(site, "/files/models.json"))["exists"] is False


async def test_what_is_wrong_on_disk_is_shown_and_what_was_good_counts(site: Site) -> None:
    await put(site, GOOD)
    path = site.house.parts.settings.data_dir / "config" / "models.json"
    path.write_text("{")
    shown = await get(site)
    file = next(file for file in shown["files"] if file["name"] == "models.json")
    assert (file["stale"], file["problems"][0]["code"]) == (True, "config.syntax")
    assert shown["problems"] == file["problems"]
    assert shown["in_force"]["role_mappings"] == {"planner": {"preferred": ["up/a"]}}
    assert (await get(site, "/files/models.json"))["text"] == "{"


async def test_a_key_on_every_level(site: Site) -> None:
    await put(site, GOOD)
    found = await get(site, "/explain?key=role_mappings.planner.preferred")
    assert (found["key"], found["value"]) == ("role_mappings.planner.preferred", ["up/a"])
    assert [(one["file"], one["line"]) for one in found["levels"] if one["in_force"]] == [("models.json", 5)]
    assert [one["level"] for one in found["levels"]][-3:] == ["assistant", "conversation", "request"]
    unknown = await site.browser.ask("GET", f"{API}/explain?key=role_mappings.chat")
    assert (unknown.status, unknown.json["code"]) == (404, "config.no_such_key")


@pytest.mark.parametrize(("of", "named"), [("configuration", False), ("profile", True)])
async def test_the_schema(site: Site, of: str, named: bool) -> None:
    schema = await get(site, f"/schema?of={of}")
    assert ("name" in schema["properties"], schema["$schema"].startswith("https://json-schema.org")) == (named, True)


async def test_a_text_is_looked_at_without_being_stored(site: Site) -> None:
    body = {"text": "version: 1\npools: {p: []}\n", "format": "yaml"}
    found = (await site.browser.ask("POST", f"{API}/validate", body)).json
    assert (found["valid"], found["problems"][0]["line"]) == (False, 2)
    older = {"text": '{"cascade_settings": {"enabled": true}}'}
    found = (await site.browser.ask("POST", f"{API}/validate", older)).json
    assert (found["valid"], found["upgraded"][0]["key"]) == (True, "cascade_settings")


@pytest.mark.parametrize("name", ["other.json", "api_keys.json", "..%2Fserver.json"])
async def test_no_other_file_is_read_or_written(site: Site, name: str) -> None:
    assert (await site.browser.ask("GET", f"{API}/files/{name}")).status == 404
    assert (await put(site, "{}", name=name)).status == 404


async def test_a_model_that_is_not_here_is_told(site: Site) -> None:
    (here, *_) = (await site.browser.ask("POST", "/api/v1/models/refresh")).json["items"]
    named = [here["ref"], here["name"], "up/not-listed", f"{here['name']}x"]
    text = json.dumps({"version": 1, "role_mappings": {"planner": {"preferred": named}}}, indent=1)
    looked = await site.browser.ask("POST", f"{API}/validate", {"text": text, "format": "json"})
    (problem,) = looked.json["problems"]
    assert (looked.json["valid"], problem["code"], problem["warning"]) == (True, "config.model_not_here", True)
    assert problem["key"] == "role_mappings.planner.preferred[3]"
    assert f"did you mean {here['ref']!r}?" in problem["message"]
    assert (await put(site, text)).status == 200
    shown = await get(site)
    (stored,) = shown["problems"]
    assert [file["problems"] for file in shown["files"]] == [[], [stored], []]
    assert (stored["file"], stored["line"], stored["message"]) == ("models.json", problem["line"], problem["message"])
