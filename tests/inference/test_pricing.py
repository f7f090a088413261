"""Prices: found by the address that is asked, never guessed, and compared with another table of the same facts."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fakes.fixtures import shared_data
from mecum.inference.exchange import Usage
from mecum.inference.ports import ModelInfo
from mecum.inference.pricing import Cost, ModelPrice, Prices, PriceTable, Rates, cost_of
from mecum.kernel import clock

__all__ = ["shared_data"]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPENAI, ANTHROPIC = "https://api.openai.com/v1", "https://api.anthropic.com"
LOW, HIGH = (Rates(*(Decimal(one) for one in rates)) for rates in ((2, 8, 1, 3), (4, 16, 2, 6)))
PRICE = ModelPrice(LOW, ((1000, HIGH),), Decimal("0.5"), "made up", None, "nobody")


@pytest.fixture(scope="module")
def table() -> PriceTable:
    """Return the table of the package."""
    return PriceTable.load()


def model(name: str, endpoint: str = "cloud", *, local: bool = False) -> ModelInfo:
    """Return a model of an endpoint."""
    return ModelInfo(f"{endpoint}/{name}", name, "openai", endpoint, local)


@pytest.mark.parametrize(
    ("usage", "amount"),
    [
        (Usage(10, 5), "60.5"),
        (Usage(10, 5, cached_tokens=4), "56.5"),
        (Usage(10, 5, cached_tokens=4, cache_write_tokens=6), "62.5"),
        (Usage(1000, 0), "2000.5"),
        (Usage(1001, 1), "4020.5"),
        (Usage(2, 1, cached_tokens=3), "11.5"),
        (Usage(0, 0), "0.5"),
    ],
)
def test_a_cost_is_counted(usage: Usage, amount: str) -> None:
    assert cost_of(usage, PRICE) == Decimal(amount)


@pytest.mark.parametrize("usage", [Usage(), Usage(3, None), Usage(None, 3)])
def test_what_is_not_counted_has_no_cost(usage: Usage) -> None:
    assert cost_of(usage, PRICE) is None


def test_what_was_paid_for_is_never_nothing() -> None:
    assert Cost(Decimal("0.0000000001"), "t").millionths == 1
    assert Cost(Decimal("0.0021"), "t").millionths == 2100
    assert Cost(Decimal(0), "t").millionths == 0


def test_a_price_is_found_by_the_address(table: PriceTable) -> None:
    price = table.price_of(ANTHROPIC, "claude-opus-4-5", NOON)
    assert price is not None
    assert (price.rates.input, price.rates.output) == (Decimal("0.000005"), Decimal("0.000025"))
    assert (price.rates.cached, price.rates.cache_write) == (Decimal("0.0000005"), Decimal("0.00000625"))
    assert (price.currency, price.table.split()[0]) == ("USD", "genai-prices")
    assert price.source.startswith("https://www.anthropic.com/")
    assert price.table_date is not None
    assert price.table_date <= clock.now().date()
    assert table.price_of("anthropic", "claude-opus-4-5", NOON) == price


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://127.0.0.1:1234/v1", "gpt-4o-mini"),
        ("https://proxy.example.org/v1", "gpt-4o-mini"),
        (OPENAI, "nobody-knows-this-1"),
        (OPENAI, ""),
        ("nobody", "gpt-4o-mini"),
    ],
)
def test_what_is_not_known_has_no_price(table: PriceTable, address: str, name: str) -> None:
    assert table.price_of(address, name, NOON) is None


def test_beyond_a_size_everything_costs_more(table: PriceTable) -> None:
    price = table.price_of("https://generativelanguage.googleapis.com", "gemini-2.5-pro", NOON)
    assert price is not None
    assert [start for start, _ in price.tiers] == [200_000]
    small, large = (cost_of(Usage(tokens, 1000), price) for tokens in (200_000, 200_001))
    assert small is not None
    assert large is not None
    assert large > small * Decimal("1.5")


def test_models_of_this_machine_and_unread_tables_have_no_price() -> None:
    prices = Prices({"cloud": OPENAI, "here": OPENAI}.get)
    info = model("gpt-4o-mini")
    assert prices.price_of(info) is None
    prices.table()
    assert prices.price_of(info) is not None
    assert prices.price_of(model("gpt-4o-mini", "here", local=True)) is None
    assert prices.price_of(model("gpt-4o-mini", "elsewhere")) is None
    cost = prices.cost(info, Usage(1_000_000, 0, cached_tokens=1_000_000))
    assert cost is not None
    assert (cost.amount, cost.currency) == (Decimal("0.075"), "USD")
    assert prices.cost(info, Usage()) is None


# Where the two tables disagree somebody has to look; until then these are known.
PROVIDERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "gemini",
    "groq": "groq",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "x-ai": "xai",
}
DIFFERENT = {
    "openai": {
        "ft:gpt-4o-2024-08-06",
        "ft:gpt-4o-mini-2024-07-18",
        "gpt-4o-search-preview",
        "gpt-4o-search-preview-2025-03-11",
    },
    "anthropic": set[str](),
    "google": {"gemini-2.5-pro-preview-tts"},
    "groq": {"openai/gpt-oss-safeguard-20b"},
    "mistral": {
        "codestral-latest",
        "devstral-small-latest",
        "magistral-medium-latest",
        "magistral-small-latest",
        "mistral-large-4",
        "mistral-large-4-0",
        "mistral-large-latest",
        "mistral-medium",
        "mistral-tiny",
        "open-mistral-nemo",
        "pixtral-large-latest",
    },
    "deepseek": {
        "deepseek-chat",
        "deepseek-flash",
        "deepseek-reasoner",
        "deepseek-v3.2",
        "deepseek-v4-flash",
        "deepseek-v4-flash-vision-exp",
        "deepseek-v4-pro",
    },
    "x-ai": {"grok-code-fast", "grok-code-fast-1", "grok-code-fast-1-0825"},
}
COMPARED = {"openai": 80, "anthropic": 15, "google": 20, "groq": 5, "mistral": 20, "deepseek": 10, "x-ai": 10}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_two_tables_agree(table: PriceTable, shared_data: Path, provider: str) -> None:
    known: dict[str, Any] = json.loads((shared_data / "registry" / "model_prices.json").read_bytes())
    compared, different = 0, set[str]()
    for ref, theirs in known.items():
        if theirs.get("litellm_provider") != PROVIDERS[provider] or theirs.get("mode") != "chat":
            continue
        name = ref.partition("/")[2] or ref
        ours = table.price_of(provider, name, NOON)
        if ours is None or "input_cost_per_token" not in theirs:
            continue
        compared += 1
        pairs = {
            "input_cost_per_token": ours.rates.input,
            "output_cost_per_token": ours.rates.output,
            "cache_read_input_token_cost": ours.rates.cached,
        }
        if any(abs(float(price) - theirs[key]) > 1e-12 for key, price in pairs.items() if key in theirs):
            different.add(name)
    assert compared >= COMPARED[provider]
    assert different == DIFFERENT[provider]
