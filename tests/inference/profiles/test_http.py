"""Profiles over HTTP: made, changed, switched, removed, and seen by whom they belong to."""

import json
from typing import Any

import pytest

from factories.houses import opened
from factories.sites import Site
from factories.stores import Store
from fakes.asgi import Answered
from fakes.steps import says
from fakes.upstream import Upstream
from mecum.domains.identity.rules import OWNER
from mecum.inference.profiles.folder import ProfileFolder
from mecum.kernel import ids
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

API = "/api/v1/profiles"
DOCUMENT: dict[str, Any] = {"version": 1, "role_mappings": {"chat": {"preferred": ["x"]}}}
SHIPPED = ["coding", "research", "writing"]
KEEPERS = ("instance", "organisation", "person")


async def ask(site: Site, method: str, path: str = "", body: Any = None, **headers: str) -> Answered:
    return await site.browser.ask(method, API + path, body, headers=headers)


async def made(site: Site, name: str, owner: str = "instance") -> Any:
    answered = await ask(site, "POST", "", {"name": name, "owner": owner, "document": DOCUMENT})
    assert answered.status == 201, answered.body
    return answered.json


async def listed(site: Site) -> dict[str, Any]:
    return {item["name"]: item for item in (await ask(site, "GET")).json["items"]}


def preferred(site: Site, subject: Subject | None = None) -> tuple[str, ...]:
    roles = site.house.parts.broker.configuration.preferences(subject).roles
    return roles["chat"].preferred if "chat" in roles else ()


async def test_those_that_came_with_mecum_hold(site: Site) -> None:
    found = await listed(site)
    assert sorted(found) == SHIPPED
    for name, profile in found.items():
        assert (profile["owner"], profile["problems"], profile["active"], profile["upgraded"]) == (
            "shipped",
            [],
            False,
            [],
        )
        assert profile["models"]
        assert profile["description"]
        assert (await ask(site, "GET", f"/{name}")).json["document"]["name"] == name


@pytest.mark.parametrize("owner", KEEPERS)
async def test_a_profile_from_its_beginning_to_its_end(site: Site, owner: str) -> None:
    profile = await made(site, "evenings", owner)
    assert (profile["owner"], profile["models"], profile["active"]) == (owner, ["x"], False)
    assert (await ask(site, "POST", "", {"name": "evenings", "owner": owner, "document": DOCUMENT})).json[
        "code"
    ] == "profile.exists"
    me = site.house.parts.owner
    assert (await ask(site, "POST", "/evenings/activate")).json["active"] is True
    assert preferred(site, me) == ("x",)
    text = profile["text"].replace('"x"', '"y"')
    stale = await ask(site, "PUT", "/evenings", {"text": text}, **{"if-match": '"0"'})
    assert (stale.status, stale.json["details"]["present"]) == (409, profile["etag"])
    changed = await ask(site, "PUT", "/evenings", {"text": text}, **{"if-match": f'"{profile["etag"]}"'})
    assert (changed.status, changed.json["models"], changed.json["active"]) == (200, ["y"], True)
    assert preferred(site, me) == ("y",)
    assert (await ask(site, "POST", "/evenings/deactivate")).json["active"] is False
    assert preferred(site, me) == ()
    await ask(site, "POST", "/evenings/activate")
    assert (await ask(site, "DELETE", "/evenings")).status == 204
    assert preferred(site, me) == ()
    assert (await ask(site, "GET", "/evenings")).json["code"] == "profile.not_found"
    assert sorted(await listed(site)) == SHIPPED


@pytest.mark.parametrize("owner", KEEPERS)
async def test_whoever_owns_it_the_models_it_prefers_answer(site: Site, owner: str) -> None:
    house = site.house
    *_, other = [
        one for one in (await site.browser.ask("GET", "/api/v1/models")).json["items"] if one["name"][:4] == "fake"
    ]
    house.upstream.script(other["name"], says("as preferred"))
    document = {"version": 1, "role_mappings": {"chat": {"preferred": [other["ref"]]}}}

    async def chosen() -> tuple[str, str]:
        role = (await site.browser.ask("GET", "/api/v1/roles/chat")).json
        run = await house.settled(await house.start("Hi", model=None))
        assert run["model"] == role["chosen"]
        return role["chosen"], role["reason"]

    before = await chosen()
    assert before[0] != other["ref"]
    assert (await ask(site, "POST", "", {"name": "mine", "owner": owner, "document": document})).status == 201
    await ask(site, "POST", "/mine/activate")
    assert await chosen() == (other["ref"], "Your first choice for chat.")
    await ask(site, "POST", "/mine/deactivate")
    assert await chosen() == before


async def test_the_one_that_counts_outlives_a_restart(plain_store: Store, upstream: Upstream) -> None:
    async with opened(plain_store, upstream) as house:
        parts = house.parts
        async with parts.database.writing(parts.owner) as scope:
            own = await parts.broker.profiles.create(scope, "mine", "person", DOCUMENT)
            await parts.broker.profiles.activate(scope, "coding")
            await parts.broker.profiles.activate(scope, own.id)
    async with opened(plain_store, upstream) as house:
        configuration = house.parts.broker.configuration
        assert configuration.preferences(house.parts.owner).roles["chat"].preferred == ("x",)
        assert configuration.preferences().roles["chat"].preferred == ("x",)
        stranger = Subject("org_0000000000009", "per_0000000000009")
        assert configuration.preferences(stranger).roles["chat"].preferred[0].startswith("qwen")


async def test_activating_one_of_the_instance_ends_ones_own(site: Site) -> None:
    await made(site, "mine", "person")
    me = site.house.parts.owner
    await ask(site, "POST", "/mine/activate")
    await ask(site, "POST", "/coding/activate")
    found = await listed(site)
    assert (found["coding"]["active"], found["mine"]["active"]) == (True, False)
    assert preferred(site, me) == preferred(site)
    await ask(site, "POST", "/writing/activate")
    assert [name for name, item in (await listed(site)).items() if item["active"]] == ["writing"]


async def test_one_that_came_with_mecum_is_covered_and_comes_back(site: Site) -> None:
    shipped = (await ask(site, "GET", "/coding")).json
    assert (await ask(site, "DELETE", "/coding")).json["code"] == "profile.shipped"
    text = json.dumps({**DOCUMENT, "name": "coding"})
    changed = await ask(site, "PUT", "/coding", {"text": text}, **{"if-match": f'"{shipped["etag"]}"'})
    assert (changed.status, changed.json["owner"], changed.json["models"]) == (200, "instance", ["x"])
    assert (await ask(site, "DELETE", "/coding")).status == 204
    assert (await ask(site, "GET", "/coding")).json["etag"] == shipped["etag"]


async def test_a_removed_file_can_be_brought_back(site: Site) -> None:
    profile = await made(site, "evenings")
    await ask(site, "POST", "/evenings/activate")
    await ask(site, "DELETE", "/evenings")
    back = await ask(site, "POST", "/evenings/restore")
    assert (back.status, back.json["etag"]) == (200, profile["etag"])
    assert back.json["active"] is False, "which models answer changes only when somebody says so"
    assert (await ask(site, "POST", "/evenings/restore")).json["code"] == "profile.exists"
    assert (await ask(site, "POST", "/never/restore")).json["code"] == "profile.not_found"
    assert (await ask(site, "POST", "/..%2Fx/restore")).status == 404


async def test_a_copy_is_a_profile_of_its_own(site: Site) -> None:
    copied = await ask(site, "POST", "/writing/copy", {"name": "letters", "owner": "person"})
    assert (copied.status, copied.json["owner"], copied.json["document"]["name"]) == (201, "person", "letters")
    source = (await ask(site, "GET", "/writing")).json
    assert copied.json["models"] == source["models"]


async def test_a_name_that_several_bear_means_none_of_them(site: Site) -> None:
    for owner in KEEPERS:
        await made(site, "same", owner)
    refused = await ask(site, "GET", "/same")
    assert (refused.status, refused.json["code"]) == (409, "profile.ambiguous")
    addresses = ["person:same", "organisation:same", "instance:same"]
    assert refused.json["details"]["candidates"] == addresses
    assert "Say which by one of these" in refused.json["detail"]
    listed_ = [item for item in (await ask(site, "GET")).json["items"] if item["name"] == "same"]
    assert [item["address"] for item in listed_] == addresses
    for owner in KEEPERS:
        assert (await ask(site, "POST", f"/{owner}:same/activate")).json["owner"] == owner
        assert (await ask(site, "GET", f"/{owner}:same/export")).status == 200
    assert (await ask(site, "DELETE", "/same")).status == 409
    assert (await ask(site, "DELETE", "/instance:same")).status == 204
    assert (await ask(site, "DELETE", "/person:same")).status == 204
    assert (await ask(site, "GET", "/same")).json["address"] == "organisation:same"
    assert (await ask(site, "POST", "/same/restore")).json["code"] == "profile.ambiguous"
    assert (await ask(site, "POST", "/person:same/restore")).json["owner"] == "person"
    assert (await ask(site, "GET", "/nobody:same")).json["code"] == "profile.not_found"


async def test_what_came_with_mecum_keeps_its_address_when_a_file_covers_it(site: Site) -> None:
    await made(site, "coding", "person")
    shipped = (await ask(site, "GET", "/instance:coding")).json
    text = json.dumps({**DOCUMENT, "name": "coding"})
    match = {"if-match": f'"{shipped["etag"]}"'}
    changed = await ask(site, "PUT", "/instance:coding", {"text": text}, **match)
    assert (changed.json["owner"], changed.json["address"]) == ("instance", "instance:coding")
    assert (await ask(site, "GET", "/shipped:coding")).json["etag"] == changed.json["etag"]


@pytest.mark.parametrize("owner", KEEPERS)
async def test_a_removed_profile_is_in_the_trash_until_it_is_purged(site: Site, owner: str) -> None:
    profile = await made(site, "evenings", owner)
    address = profile["address"]
    assert (await ask(site, "DELETE", f"/{address}")).status == 204
    (removed,) = (await site.browser.ask("GET", "/api/v1/trash/profiles")).json["items"]
    assert (removed["address"], removed["models"], removed["deleted_at"] > profile["created_at"]) == (
        address,
        ["x"],
        True,
    )
    assert (await ask(site, "POST", f"/{address}/restore")).json["etag"] == profile["etag"]
    assert (await ask(site, "DELETE", f"/{address}?purge=true")).status == 404, "it is not in the trash"
    await ask(site, "DELETE", f"/{address}")
    assert (await ask(site, "DELETE", f"/{address}?purge=true")).status == 204
    assert (await site.browser.ask("GET", "/api/v1/trash/profiles")).json["items"] == []
    assert (await ask(site, "POST", f"/{address}/restore")).json["code"] == "profile.not_found"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "A B", "document": DOCUMENT}, "profile.name_invalid"),
        ({"name": "../x", "document": DOCUMENT}, "profile.name_invalid"),
        ({"name": "a", "document": {"version": 1}}, "config.names_no_model"),
        ({"name": "a", "document": {**DOCUMENT, "hot_swap": "no"}}, "config.wrong_type"),
        ({"name": "a", "document": DOCUMENT, "owner": "shipped"}, "request.invalid"),
    ],
)
async def test_a_profile_that_cannot_be(site: Site, body: dict[str, Any], code: str) -> None:
    refused = await ask(site, "POST", "", body)
    assert (refused.status, refused.json["code"]) == (400, code)
    assert sorted(await listed(site)) == SHIPPED


async def test_one_that_does_not_hold_is_listed_and_not_activated(site: Site) -> None:
    folder = ProfileFolder(site.house.parts.broker.configuration.folder / "user_profiles")
    folder.save("broken", b"{", None)
    assert (await listed(site))["broken"]["problems"][0]["code"] == "config.syntax"
    refused = await ask(site, "POST", "/broken/activate")
    assert (refused.status, refused.json["code"]) == (409, "profile.broken")


async def test_a_text_is_validated_live(site: Site) -> None:
    text = '{"version": 1,\n"role_mappings": {"chat": {\n"prefered": ["a"]}}}'
    found = (await ask(site, "POST", "/validate", {"text": text})).json
    assert (found["valid"], found["problems"][0]["line"], found["problems"][0]["nearest"]) == (False, 3, "preferred")


async def test_out_and_in_again(site: Site) -> None:
    out = await ask(site, "GET", "/research/export")
    assert out.headers["content-disposition"] == 'attachment; filename="research.json"'
    back = await ask(site, "POST", "/import", {"text": out.body.decode(), "name": "again"})
    assert (back.status, back.json["models"]) == (201, (await ask(site, "GET", "/research")).json["models"])
    older = {"text": '{"name": "old", "role_mappings": {"chat": {"preferred": ["a"], "creativity": 0.5}}}'}
    brought = await ask(site, "POST", "/import", older)
    assert brought.json["document"]["role_mappings"]["chat"]["requirements"] == {"creativity": 0.5}
    assert brought.json["upgraded"][0]["to"] == "role_mappings.chat.requirements.creativity"


async def test_nobody_sees_or_moves_what_is_anothers(site: Site) -> None:
    profile = await made(site, "mine", "person")
    await made(site, "ours", "organisation")
    parts = site.house.parts
    stranger = Subject(parts.owner.organisation_id, ids.new("per"), frozenset({OWNER}))
    other = site.admit("mk_local_bob", stranger)
    names = [item["name"] for item in (await other.ask("GET", API)).json["items"]]
    assert "mine" not in names
    assert "ours" in names
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/activate"), ("GET", "/export")):
        assert (await other.ask(method, f"{API}/{profile['id']}{path}")).status == 404
    await ask(site, "POST", "/mine/activate")
    assert (preferred(site, parts.owner), preferred(site, stranger)) == (("x",), ())
