"""What an answer cost: known when it ends, stored with its run, shown with the message; unknown is null."""

from typing import Any

from factories.sites import Site
from fakes.beyond import PRICED, beyond
from fakes.steps import Finish, Say

__all__ = ["beyond"]
API = "/api/v1"


async def answered(site: Site, model: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask for an answer; return its run and its message."""
    site.house.upstream.script("gpt-4o-mini", [Say("Blue."), Finish("stop", 1000, 100, cached_tokens=400)])
    started = await site.browser.ask("POST", f"{API}/runs", {"text": "Why?", "model": model})
    assert started.status in (200, 201, 202), started.body
    run = await site.house.settled(started.json["id"])
    message = await site.browser.ask("GET", f"{API}/messages/{run['message_id']}")
    assert message.json["token_count"] == 100
    return run, message.json


async def connect(site: Site, host: str, name: str) -> None:
    """Add an endpoint and wait for its list."""
    body = {"name": name, "wire": "openai", "base_url": f"http://{host}:{site.house.upstream.port}/v1", "consent": True}
    assert (await site.browser.ask("POST", f"{API}/endpoints", body)).status == 201


async def test_a_priced_model_says_what_its_answer_cost(site: Site, beyond: list[str]) -> None:
    await connect(site, PRICED, "cloud")
    table = site.house.parts.broker.prices.table()
    run, message = await answered(site, "cloud/gpt-4o-mini")
    # 600 read at 0.15, 400 from the cache at 0.075, 100 written at 0.6 dollars a million.
    assert run["cost"] == message["cost"] == {"amount": 0.00018, "currency": "USD"}
    assert run["price_table"] == table.name
    assert PRICED in beyond
    events = await site.browser.ask("GET", f"{API}/runs/{run['id']}/events?after=0")
    assert b'"cost":{"amount":0.00018,"currency":"USD"}' in events.body


async def test_without_a_price_the_cost_is_unknown(site: Site) -> None:
    await connect(site, "127.0.0.1", "near")
    site.house.parts.broker.prices.table()
    run, message = await answered(site, "near/gpt-4o-mini")
    assert (run["cost"], run["price_table"], message["cost"]) == (None, None, None)
