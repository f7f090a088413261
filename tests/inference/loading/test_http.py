"""Loading, swapping and measured performance over HTTP."""

from typing import Any

from factories.sites import Site

API = "/api/v1/models"


async def post(site: Site, path: str, body: Any) -> Any:
    """Return the answer to a POST."""
    return await site.browser.ask("POST", API + path, body)


async def test_performance_of_a_model(site: Site) -> None:
    path = f"{API}/up/fake-echo/performance"
    nothing = (await site.browser.ask("GET", path)).json
    assert (nothing["answers"], nothing["tokens_per_second"], nothing["measured_at"]) == (0.0, None, None)
    house = site.house
    await house.settled(await house.start("Hello", model="up/fake-echo"))
    found = (await site.browser.ask("GET", path)).json
    assert (found["ref"], round(found["answers"], 2), found["failure_rate"]) == ("up/fake-echo", 1.0, 0.0)
    assert found["first_token_seconds"] >= 0
    assert (await site.browser.ask("GET", f"{API}/nobody/x/performance")).status == 404


async def test_what_cannot_be_loaded_or_swapped(site: Site) -> None:
    assert (await site.browser.ask("GET", f"{API}/loaded")).json == {"items": []}
    assert (await post(site, "/load", {"ref": "up/fake-echo"})).json["code"] == "model.not_loadable"
    assert (await post(site, "/unload", {"ref": "nobody/x"})).json["code"] == "model.not_found"
    assert (await post(site, "/load", {"name": "x"})).status == 400
    refused = await post(site, "/swap", {"from": "chat", "to": "up/fake-echo"})
    assert (refused.status, refused.json["code"]) == (409, "model.swap_off")
    assert (await site.browser.ask("GET", f"{API}/swaps")).json == {"items": []}
