"""What models cost: prices from a table that is in the package, and what a usage costs by them.

Unknown is None, never zero. A model of this machine has no price: what it takes is electricity, which nobody counts.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from mecum.inference.exchange import Usage
from mecum.inference.ports import ModelInfo
from mecum.kernel import clock

if TYPE_CHECKING:
    from genai_prices import types as table_types
    from genai_prices.data_snapshot import DataSnapshot

CURRENCY: Final = "USD"
_MILLION: Final = Decimal(1_000_000)
_MOST_KNOWN: Final = 2000


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars per token: what is read, written, read from a cache of the provider, and written into it."""

    input: Decimal
    output: Decimal
    cached: Decimal
    cache_write: Decimal


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """The price of a model now. `tiers` are (input tokens, rates), rising: beyond so many all tokens cost so much.

    `request` is what every call costs beside its tokens; `table` names the table and its version, `table_date` the
    newest price in it.
    """

    rates: Rates
    tiers: tuple[tuple[int, Rates], ...]
    request: Decimal
    table: str
    table_date: date | None
    source: str
    currency: str = CURRENCY

    def rates_for(self, input_tokens: int) -> Rates:
        """Return the rates for a request of so many tokens."""
        return next((rates for start, rates in reversed(self.tiers) if input_tokens > start), self.rates)


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer cost, and by which table."""

    amount: Decimal
    table: str
    currency: str = CURRENCY

    @property
    def millionths(self) -> int:
        """The amount in whole millionths, rounded up: what was paid for is never nothing."""
        return int((self.amount * _MILLION).to_integral_value(ROUND_CEILING))


def cost_of(usage: Usage, price: ModelPrice) -> Decimal | None:
    """Return what `usage` costs in the price's currency; None when the counts are not known.

    `input_tokens` holds what came from a cache and what went into one, each of which has a rate of its own.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached, written = usage.cached_tokens or 0, usage.cache_write_tokens or 0
    fresh = max(0, usage.input_tokens - cached - written)
    rates = price.rates_for(usage.input_tokens)
    read = fresh * rates.input + cached * rates.cached + written * rates.cache_write
    return read + usage.output_tokens * rates.output + price.request


class PriceTable:
    """The table of the package genai-prices, as it came with its version: it is never fetched anew."""

    def __init__(self, snapshot: "DataSnapshot", version: str) -> None:
        self._snapshot = snapshot
        self.name = f"genai-prices {version}"
        self.date = _newest(snapshot, clock.now().date())

    @classmethod
    def load(cls) -> "PriceTable":
        """Read it; takes about half a second of processor time."""
        from genai_prices import __version__  # noqa: PLC0415 - 0.4 s, and most never ask a priced model
        from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415

        return cls(get_snapshot(), __version__)

    def price_of(self, provider: str, model: str, moment: datetime) -> ModelPrice | None:
        """Return the price of `model` at a moment; `provider` is the address that is asked, or a provider's own name.

        None when the table does not know the provider by it, or not the model there, or not both of its main prices.
        """
        by_address = "://" in provider
        try:
            found, info = self._snapshot.find_provider_model(
                model, None, None if by_address else provider, provider if by_address else None
            )
        except LookupError:
            return None
        prices = info.get_prices(moment)
        base = _rates(prices, None)
        if base is None:
            return None
        starts = sorted({tier.start for value in _values(prices) for tier in getattr(value, "tiers", ())})
        tiers = [(start, rates) for start in starts if (rates := _rates(prices, start)) is not None]
        request = _at(getattr(prices, "requests_kcount", None), None) or Decimal(0)
        source = (found.pricing_urls or [found.name])[0]
        return ModelPrice(base, tuple(tiers), request / 1000, self.name, self.date, source)


class Prices:
    """Prices for the models of this instance. Nothing waits for the table: until it is read, prices are unknown.

    `address` returns where an endpoint is asked or what the table calls its provider, or None.
    """

    def __init__(self, address: Callable[[str], str | None]) -> None:
        self._address = address
        self._table: PriceTable | None = None
        self._reading = threading.Lock()
        self._begun = False
        self._known: dict[tuple[str, str, int], ModelPrice | None] = {}

    def begin(self) -> None:
        """Read the table in the background, once."""
        if not self._begun:
            self._begun = True
            # A daemon: a short command does not wait for it at its end.
            threading.Thread(target=self.table, name="prices", daemon=True).start()

    def table(self) -> PriceTable:
        """Return the table, read first when it has to be: not for the event loop."""
        with self._reading:
            if self._table is None:
                self._table = PriceTable.load()
            return self._table

    def price_of(self, info: ModelInfo) -> ModelPrice | None:
        """Return what a model costs now; None for one of this machine, and where it is not known."""
        table, address = self._table, self._address(info.endpoint)
        if info.local or table is None or address is None:
            return None
        now = clock.now()
        # Some prices change with the hour.
        key = (address, info.name, int(now.timestamp()) // 3600)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = table.price_of(address, info.name, now)
        return self._known[key]

    def cost(self, info: ModelInfo, usage: Usage) -> Cost | None:
        """Return what an answer of `info` cost, when that is known."""
        price = self.price_of(info)
        amount = None if price is None else cost_of(usage, price)
        return None if price is None or amount is None else Cost(amount, price.table, price.currency)


def _rates(prices: "table_types.ModelPrice", tier: int | None) -> Rates | None:
    read, written = _at(prices.input_mtok, tier), _at(prices.output_mtok, tier)
    if read is None or written is None:
        return None
    cached, into = _at(prices.cache_read_mtok, tier), _at(prices.cache_write_mtok, tier)
    return Rates(*((read if one is None else one) / _MILLION for one in (read, written, cached, into)))


def _at(price: object, tier: int | None) -> Decimal | None:
    """Return a price at a tier; one without tiers is the same at each."""
    if price is None or isinstance(price, Decimal):
        return price
    base: Decimal = getattr(price, "base")  # noqa: B009 - a type that is imported with the table alone
    steps = [step.price for step in getattr(price, "tiers", ()) if tier is not None and step.start <= tier]
    return steps[-1] if steps else base


def _values(prices: "table_types.ModelPrice") -> list[object]:
    return [prices.input_mtok, prices.output_mtok, prices.cache_read_mtok, prices.cache_write_mtok]


def _newest(snapshot: "DataSnapshot", today: date) -> date | None:
    """Return the newest day on which a price of the table began to hold."""
    days = (
        getattr(change.constraint, "start_date", None)
        for provider in snapshot.providers
        for model in provider.models
        for change in (model.prices if isinstance(model.prices, list) else ())
    )
    return max((day for day in days if day is not None and day <= today), default=None)
