"""Roles, capabilities and notifications over HTTP."""

from typing import Any

import orjson

from factories.houses import configure
from factories.sites import Site
from mecum.domains.runs.channel import News
from mecum.inference.capabilities import FIELDS
from mecum.inference.preferences import Preferences
from mecum.inference.roles import BUILT_IN, Requirements, RoleMapping
from mecum.inference.selection.selecting import Selector

API = "/api/v1"


async def get(site: Site, path: str) -> Any:
    """Return the JSON at a path."""
    answered = await site.browser.ask("GET", API + path)
    assert answered.status == 200, answered.body
    return answered.json


def prefer(site: Site, preferences: Preferences) -> None:
    """Let these preferences hold."""
    registry = site.house.parts.broker.registry
    told = registry.selector.notices
    registry.selector = Selector(lambda: preferences)
    registry.selector.notices = told


async def test_every_role_with_its_model_and_why(site: Site) -> None:
    found = (await get(site, "/roles"))["items"]
    assert [one["role"] for one in found] == list(BUILT_IN)
    chat = found[0]
    assert (chat["mapped"], chat["problem"]) == (False, None)
    assert chat["chosen"] == (await get(site, "/models"))["default"]["ref"]
    speaker = next(one for one in found if one["role"] == "speaker")
    assert speaker["chosen"] is None
    assert "Connect a model server that has one" in speaker["problem"]
    assert (await get(site, "/notifications"))["items"] == [], "nobody asked for one"


async def test_a_role_is_explained_with_every_model(site: Site) -> None:
    prefer(site, Preferences(roles={"poet": RoleMapping(("nobody", "builtin/search"), Requirements(creativity=0.7))}))
    found = await get(site, "/roles/poet")
    assert (found["mapped"], found["preferred"], found["hot_swap"]) == (True, ["nobody", "builtin/search"], False)
    assert found["requirements"] == {"creativity": 0.7}
    considered = {one["ref"] or one["named"]: one for one in found["considered"]}
    assert considered["nobody"]["rule"] == "not_here"
    assert set(considered) - {"nobody"} == {one["ref"] for one in (await get(site, "/models"))["items"]}
    assert considered[found["chosen"]]["rule"] is None
    assert all(one["why"] for one in considered.values())
    assert set(found["resources"]) >= {"memory_free", "heat", "battery_percent"}


async def test_an_unknown_role_is_named_with_the_nearest(site: Site) -> None:
    answered = await site.browser.ask("GET", f"{API}/roles/planer")
    assert (answered.status, answered.json["code"]) == (404, "model.not_found")
    assert "did you mean 'planner'" in answered.json["detail"]


async def test_what_is_known_of_a_model_says_where_it_is_from(site: Site) -> None:
    found = await get(site, "/models/capabilities?ref=builtin/search")
    assert found["capabilities"]["supports_vision"] == {"value": False, "source": "reported"}
    assert found["capabilities"]["creativity"] == {"value": None, "source": None}
    assert set(found["capabilities"]) == set(FIELDS)
    assert (await site.browser.ask("GET", f"{API}/models/capabilities?ref=nobody/x")).status == 404


async def test_a_role_that_nothing_meets_is_notified_once(site: Site) -> None:
    parts, news = site.house.parts, list[News]()
    leave = parts.channel.listen(parts.owner.person_id, news.append)
    prefer(site, Preferences(roles={"planner": RoleMapping((), Requirements(reasoning_strength=1.0))}))
    await site.browser.ask("POST", f"{API}/models/refresh")
    await get(site, "/roles/planner")
    leave()
    told = [orjson.loads(one.body) for one in news]
    assert [one["notification_id"] for one in told if one["type"] == "notification.created"] == ["role:planner"]
    (held,) = (await get(site, "/notifications"))["items"]
    assert (held["id"], held["kind"], held["role"]) == ("role:planner", "role.unmet", "planner")
    assert "its reasoning strength is unknown" in held["message"]


async def test_a_notice_is_put_away_and_shown_again(site: Site) -> None:
    site.house.parts.broker.registry.selector.notices.note("planner", "It lacks something.")
    away = await site.browser.ask("POST", f"{API}/notifications/role:planner/dismiss")
    assert (away.status, away.json["dismissed_at"] is None) == (200, False)
    assert (await get(site, "/notifications"))["items"] == []
    assert [one["id"] for one in (await get(site, "/notifications?dismissed=true"))["items"]] == ["role:planner"]
    assert (await site.browser.ask("POST", f"{API}/notifications/role:planner/restore")).json["dismissed_at"] is None
    assert [one["message"] for one in (await get(site, "/notifications"))["items"]] == ["It lacks something."]
    unknown = await site.browser.ask("POST", f"{API}/notifications/role:poet/dismiss")
    assert (unknown.status, unknown.json["code"]) == (404, "notice.not_found")


async def test_a_role_with_two_models_says_which_one_a_question_gets_and_why(site: Site) -> None:
    plain = await site.browser.ask("POST", f"{API}/roles/chat/difficulty", {"question": "Why?"})
    assert (plain.status, plain.json["code"]) == (409, "role.not_split")
    configuration = site.house.parts.broker.configuration
    pair = {"strong": "up/a", "weak": "up/b", "share": 0.5}
    configure(configuration.folder.parent, {"role_mappings": {"chat": {"by_difficulty": pair}}})
    await configuration.refresh()
    assert (await get(site, "/roles/chat"))["by_difficulty"] == pair
    assert (await get(site, "/roles/planner"))["by_difficulty"] is None
    for _ in range(2):
        told = (await site.browser.ask("POST", f"{API}/roles/chat/difficulty", {"question": "What is tea?"})).json
        assert (told["strong"], told["asked"], told["sent"]) == (False, 1, 0), "looking counts nothing"
        assert told["reason"].startswith("Not harder than usual by its text (0.")
        assert told["score"] < told["usual"]
