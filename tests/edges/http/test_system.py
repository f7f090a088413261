"""The server about itself: alive, ready, the machine, every error it may answer with."""

import pytest

from factories.sites import Site
from mecum import __version__


async def test_alive_and_ready_without_a_key(site: Site) -> None:
    site.browser.headers.clear()
    assert (await site.browser.ask("GET", "/api/v1/health")).json == {"status": "ok", "version": __version__}
    ready = await site.browser.ask("GET", "/api/v1/health/ready")
    assert (ready.status, ready.json["status"]) == (200, "ok")


async def test_the_system_card(site: Site) -> None:
    card = (await site.browser.ask("GET", "/api/v1/system")).json
    assert card["version"] == __version__
    assert (card["database"], card["encryption"], card["network"]) == ("sqlite", "none", "local only")
    assert card["models"] == len(site.house.parts.broker.registry.models())


async def test_the_machine(site: Site) -> None:
    found = (await site.browser.ask("GET", "/api/v1/hardware")).json
    assert set(found) == {"system", "processor", "memory", "disk", "gpus", "temperatures", "batteries"}
    assert 0 < found["memory"]["available"] <= found["memory"]["capacity"] <= found["memory"]["total"]
    assert found["processor"]["logical"] >= 1
    assert found["disk"]["free"] > 0


async def test_the_card_names_what_may_leave(site: Site) -> None:
    site.house.parts.policy.know("studio", "https://models.example.org/v1", consented=True)
    card = (await site.browser.ask("GET", "/api/v1/system")).json
    assert card["network"] == "this machine, models.example.org"
    site.house.parts.policy.forget("studio")


async def test_every_error_is_listed_with_its_status(site: Site) -> None:
    site.browser.headers.clear()
    items = (await site.browser.ask("GET", "/api/v1/errors/codes")).json["items"]
    known = {item["code"]: item for item in items}
    assert list(known) == sorted(known)
    assert known["run.not_found"]["status"] == 404
    assert known["auth.required"]["status"] == 401
    assert all(item["description"].strip() and item["kind"] for item in items)


@pytest.mark.parametrize("path", ["/api/v1/system", "/api/v1/errors", "/metrics"])
async def test_the_rest_needs_a_key(site: Site, path: str) -> None:
    assert (await site.browser.ask("GET", path)).status == 200
    site.browser.headers.clear()
    assert (await site.browser.ask("GET", path)).status == 401


async def test_nothing_happened_yet(site: Site) -> None:
    assert (await site.browser.ask("GET", "/api/v1/errors")).json == {"items": []}


async def test_what_is_not_there(site: Site) -> None:
    answered = await site.browser.ask("GET", "/api/v1/nothing")
    assert (answered.status, answered.json["code"]) == (404, "request.not_found")
