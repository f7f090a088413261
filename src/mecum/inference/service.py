"""Endpoints and models as a person manages them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from mecum.inference.errors import EndpointExists, EndpointNotFound, ModelUnavailable
from mecum.inference.manifests import Manifest
from mecum.inference.model import Endpoint
from mecum.inference.ports import ModelInfo, Provider
from mecum.inference.pricing import Prices
from mecum.inference.registry import Registry
from mecum.inference.repository import EndpointRepository
from mecum.inference.schemas import EndpointCreate, EndpointTest, EndpointView
from mecum.inference.wires.relays import place_of
from mecum.infra.net.calls import target_of
from mecum.infra.net.client import is_loopback
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids
from mecum.kernel.errors import MecumError

_TEST_SECONDS = 10


class Seals(Protocol):
    """Seals small secrets."""

    def seal(self, plaintext: bytes, context: str) -> bytes: ...
    def unseal(self, envelope: bytes, context: str) -> bytes: ...


class Allows(Protocol):
    """The egress policy, as far as endpoints change it. To know a place allows nothing; to consent does."""

    def know(self, endpoint: str, url: str, *, relayed: bool = False, consented: bool = False) -> None: ...
    def forget(self, endpoint: str) -> None: ...
    def trying(self, endpoint: str) -> AbstractContextManager[None]: ...
    async def consent(self, scope: Scope, endpoint: str) -> None: ...
    async def withdraw(self, scope: Scope, endpoint: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Configured:
    """An endpoint and how to reach it."""

    name: str
    wire: str
    base_url: str
    key: str | None = None
    most_at_once: int | None = None


Connect = Callable[[Configured], Provider]


class ModelService:
    """Models and endpoints. `known` are the model servers that a person may name without their address."""

    def __init__(
        self, registry: Registry, connect: Connect, seals: Seals, policy: Allows, known: Sequence[Manifest] = ()
    ) -> None:
        self._registry, self._connect, self._seals, self._policy = registry, connect, seals, policy
        self.known = known
        self._repository = EndpointRepository()
        self._fixed: dict[str, Configured] = {}
        self._addresses: dict[str, str] = {}
        self.prices: Prices | None = None
        """Where a test looks for prices."""
        self.found: Mapping[str, str] = {}
        """Where the endpoints are that nobody added, because they are looked for on this machine."""

    def add_fixed(self, configured: Configured, *, consented: bool = False) -> None:
        """Add an endpoint that comes from the settings, which agree that conversations are sent there or do not."""
        self._fixed[configured.name] = configured
        self._use(configured, consented=consented)

    async def load(self, scope: Scope) -> None:
        """Add the endpoints that were stored; each is used instead of one of its name from the settings."""
        for row in await self._repository.all(scope):
            self._fixed.pop(row.name, None)
            key = None if row.sealed_key is None else self._seals.unseal(row.sealed_key, row.id).decode()
            self._use(Configured(row.name, row.wire, row.base_url, key))

    async def endpoints(self, scope: Scope) -> list[EndpointView]:
        """Return all endpoints: those of the settings, then those that were added."""
        fixed = [
            EndpointView(
                id=None,
                name=c.name,
                wire=c.wire,
                base_url=c.base_url,
                has_key=c.key is not None,
                models=self._count(c.name),
                most_at_once=self._registry.limited(c.name),
            )
            for c in self._fixed.values()
        ]
        return [*fixed, *(self._view(row) for row in await self._repository.all(scope))]

    async def add(self, scope: Scope, body: EndpointCreate) -> EndpointView:
        """Add an endpoint, with the consent that came along; raises EndpointExists, and OwnerOnly for a consent."""
        if self._registry.provider(body.name) is not None:
            raise EndpointExists(f"There is an endpoint {body.name!r} already.")
        row = Endpoint(
            id=ids.new("end"),
            organisation_id=scope.subject.organisation_id,
            name=body.name,
            wire=body.wire,
            base_url=body.base_url.rstrip("/"),
            created_at=clock.now(),
        )
        row.sealed_key = None if not body.api_key else self._seals.seal(body.api_key.encode(), row.id)
        await self._repository.add(scope, row)
        configured = Configured(row.name, row.wire, row.base_url, body.api_key or None)
        scope.after_commit.append(lambda: self._use(configured))
        if body.consent and not _is_here(row.base_url):
            self._policy.know(row.name, row.base_url)
            await self._policy.consent(scope, row.name)
        return self._view(row)

    async def remove(self, scope: Scope, endpoint_id: str) -> str:
        """Remove an endpoint and return its name; raises EndpointNotFound."""
        row = await self._repository.find(scope, endpoint_id)
        if row is None:
            raise EndpointNotFound
        await self._repository.remove(scope, row)
        name = row.name
        await self._policy.withdraw(scope, name)
        scope.after_commit.append(lambda: self._forget(name))
        return name

    async def test(self, scope: Scope, endpoint_id: str) -> EndpointTest:
        """Ask an endpoint what it has; says what went wrong instead of raising. Raises EndpointNotFound."""
        row = await self._repository.find(scope, endpoint_id)
        provider = self._registry.provider(row.name if row else endpoint_id)
        if provider is None:
            raise EndpointNotFound
        began = clock.monotonic()
        try:
            with self._policy.trying(provider.endpoint):
                async with asyncio.timeout(_TEST_SECONDS):
                    found = await provider.models()
        except TimeoutError:
            late = ModelUnavailable(f"It did not answer within {_TEST_SECONDS} seconds.")
            return EndpointTest(ok=False, models=0, latency_ms=None, code=late.code, detail=late.message)
        except MecumError as error:
            return EndpointTest(ok=False, models=0, latency_ms=None, code=error.code, detail=error.message)
        took = round((clock.monotonic() - began) * 1000)
        count = f"{len(found)} {'model' if len(found) == 1 else 'models'}"
        result = EndpointTest(ok=True, models=len(found), latency_ms=took, detail=f"{count}.")
        if self.prices is None or provider.local:
            return result
        table = await asyncio.to_thread(self.prices.table)
        priced = sum(self.prices.price_of(info) is not None for info in found)
        day = None if table.date is None else table.date.isoformat()
        detail = f"{count}; the price of {priced} is known ({table.name}{f', of {day}' if day else ''})."
        priced_as = {"priced": priced, "price_table": table.name, "price_table_date": day}
        return result.model_copy(update={**priced_as, "detail": detail})

    def models(self) -> list[ModelInfo]:
        """Return all models, best first."""
        return self._registry.models()

    def address(self, endpoint: str) -> str | None:
        """Return where an endpoint is asked; None for one that is built in."""
        return self._addresses.get(endpoint)

    def priced_as(self, endpoint: str) -> str | None:
        """Return by what prices are looked for: an endpoint's address, or what the table calls who is there."""
        address = self.address(endpoint)
        known = next((one for one in self.known if one.base_url == address), None)
        return address if known is None else known.priced_as or address

    def place(self, endpoint: str) -> str | None:
        """Return where an endpoint is, also one that was found by itself; None for one that is built in."""
        return self._addresses.get(endpoint) or self.found.get(endpoint)

    def connects(self, url: str) -> bool:
        """Whether one of the endpoints is the server of this machine at `url`, under whatever name."""
        port = target_of(url).port
        return any(_is_here(known) and target_of(known).port == port for known in self._addresses.values())

    def _use(self, configured: Configured, *, consented: bool = False) -> None:
        self._addresses[configured.name] = configured.base_url
        place, relayed = place_of(configured.wire, configured.base_url)
        self._policy.know(configured.name, place, relayed=relayed, consented=consented)
        self._registry.add(self._connect(configured))
        if configured.most_at_once is not None:
            self._registry.limit(configured.name, configured.most_at_once)

    def _forget(self, name: str) -> None:
        self._addresses.pop(name, None)
        self._policy.forget(name)

    def _view(self, row: Endpoint) -> EndpointView:
        return EndpointView(
            id=row.id,
            name=row.name,
            wire=row.wire,
            base_url=row.base_url,
            has_key=row.sealed_key is not None,
            models=self._count(row.name),
            most_at_once=self._registry.limited(row.name),
        )

    def _count(self, endpoint: str) -> int:
        return sum(info.endpoint == endpoint for info in self._registry.models())


def _is_here(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def free_name(folder: Path, name: str) -> Path:
    """Return where an uploaded GGUF file called `name` goes: inside `folder`, never over another file."""
    stem = "".join(c if c.isalnum() or c in "._-" else "-" for c in Path(name).name).strip(".-") or "model"
    stem = stem.removesuffix(".gguf")
    path, number = folder / f"{stem}.gguf", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.gguf", number + 1
    return path
