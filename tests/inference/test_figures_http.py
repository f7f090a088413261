"""What models cost and how they perform, over HTTP."""

from typing import Any

from factories.sites import Site
from fakes.beyond import PRICED, beyond
from fakes.ollama_wire import OllamaModel

__all__ = ["beyond"]
API = "/api/v1"


async def figures(site: Site) -> dict[str, Any]:
    """Return the figures by reference."""
    found = await site.browser.ask("GET", f"{API}/models/figures")
    assert found.status == 200, found.body
    return {item["ref"]: item for item in found.json["items"]}


async def test_a_model_nobody_asked_has_no_figures(site: Site) -> None:
    assert await figures(site) == {}


async def test_an_answer_is_measured(site: Site) -> None:
    house = site.house
    await house.settled(await house.start("Hello", model="up/fake-echo"))
    found = await figures(site)
    assert set(found) == {"up/fake-echo"}
    assert found["up/fake-echo"]["price"] is None
    measured = found["up/fake-echo"]["measured"]
    assert (round(measured["answers"], 2), measured["failure_rate"]) == (1.0, 0.0)
    assert measured["first_token_seconds"] >= 0


async def test_a_price_is_for_a_million_tokens(site: Site, beyond: list[str]) -> None:
    site.house.upstream.add(OllamaModel("gpt-4o-mini"), OllamaModel("nobody-knows-this-1"))
    url = f"http://{PRICED}:{site.house.upstream.port}/v1"
    body = {"name": "cloud", "wire": "openai", "base_url": url, "consent": True}
    assert (await site.browser.ask("POST", f"{API}/endpoints", body)).status == 201
    assert PRICED in beyond
    found = await figures(site)
    price = found["cloud/gpt-4o-mini"]["price"]
    assert (price["input"], price["cached"], price["output"], price["currency"]) == (0.15, 0.075, 0.6, "USD")
    assert price["table"] == site.house.parts.broker.prices.table().name
    assert found["cloud/gpt-4o-mini"]["measured"] is None
    assert "cloud/nobody-knows-this-1" not in found
