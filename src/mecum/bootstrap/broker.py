"""The models' part of the composition: what there is, which one answers, and what all of them may be asked."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from mecum.domains.privacy import api as privacy
from mecum.inference.configuration.reading import discovered
from mecum.inference.configuration.service import Absent, Configuration
from mecum.inference.keeping import Keep, Keeping
from mecum.inference.loading.swapping import Swaps
from mecum.inference.measuring import Measurements
from mecum.inference.own.service import OwnService
from mecum.inference.ports import ModelInfo, Provider
from mecum.inference.pricing import Prices
from mecum.inference.profiles.service import ProfileRemoval, ProfileService
from mecum.inference.registry import Registry
from mecum.inference.routing.pool import ENDPOINT as POOL
from mecum.inference.routing.pool import PoolProvider
from mecum.inference.routing.router import Router
from mecum.inference.selection.naming import absent
from mecum.inference.selection.notices import Notices
from mecum.inference.selection.resources import Resources, of_machine
from mecum.inference.selection.rules import Egress, Policy
from mecum.inference.selection.selecting import Selector
from mecum.inference.service import Configured, ModelService
from mecum.inference.wires.relays import place_of
from mecum.infra.hardware.reading import Hardware
from mecum.infra.net import Net
from mecum.infra.secrets.keys import Keys
from mecum.infra.storage import Database
from mecum.integrations.builtin.provider import BuiltinProvider
from mecum.integrations.known import KNOWN
from mecum.integrations.llama_cpp.provider import LlamaCppProvider
from mecum.integrations.llama_cpp.runtime import IDLE_SECONDS
from mecum.integrations.ollama.provider import OllamaProvider
from mecum.integrations.openai.found import FoundProvider
from mecum.integrations.openai.provider import OpenAIProvider
from mecum.kernel.subject import Subject
from mecum.settings import Settings

_EGRESS: Final[dict[str, Egress]] = {"local_only": "local_only", "ask": "ask", "cloud_unless_sensitive": "cloud"}


@dataclass(frozen=True, slots=True)
class Broker:
    """Everything about models."""

    registry: Registry
    router: Router
    swaps: Swaps
    measurements: Measurements
    models: ModelService
    configuration: Configuration
    profiles: ProfileService
    profile_trash: ProfileRemoval
    own: OwnService
    prices: Prices
    hardware: Hardware
    keeping: Keeping


async def build_broker(
    settings: Settings,
    database: Database,
    net: Net,
    policy: privacy.EgressPolicy,
    keys: Keys,
    owner: Subject,
    stack: AsyncExitStack,
) -> Broker:
    """Make it of the settings and of what is stored, for the person who keeps the instance; `stack` ends it."""
    hardware = Hardware(settings.data_dir)
    stack.push_async_callback(hardware.close)
    configuration = Configuration(
        settings.data_dir / "config", lambda: discovered(registry.models()), _settled(settings)
    )
    configuration.serve(owner)
    preferences = configuration.preferences
    measurements = Measurements(database)
    selector = Selector(preferences, _Reach(policy))
    selector.notices = Notices(database)
    await selector.notices.load()

    keeping = Keeping(lambda: preferences().keep_alive, _kept(settings), {"llama_cpp": IDLE_SECONDS})

    def connected(url: str) -> bool:
        return models.connects(url)

    registry = Registry(
        _local_providers(settings, net, connected, keeping),
        selector,
        lambda: _resources(hardware),
        measurements.failing,
    )
    stack.push_async_callback(registry.close)
    _know_ollama(settings, policy)
    models = ModelService(registry, lambda configured: _provider(net, configured, keeping), keys.sealer, policy, KNOWN)
    await measurements.load()
    stack.push_async_callback(measurements.settle)

    def allowed(info: ModelInfo) -> bool:
        return policy.may_ask(info.endpoint, local=info.local)

    registry.derive(
        PoolProvider(
            registry,
            preferences,
            allowed=allowed,
            patience=settings.models.patience,
            context_length=settings.models.context_length,
            answered=measurements.answered,
            failed=measurements.failed,
        )
    )
    swaps = Swaps(registry, preferences, database)
    await swaps.load()
    for configured in _configured(settings):
        models.add_fixed(configured, consented=configured.name in settings.models.consented)
    profiles, own = ProfileService(configuration), OwnService(configuration)
    async with database.reading(None) as scope:
        await models.load(scope)
        await profiles.load(scope)
        await own.load(scope)
    configuration.absent = _absent(registry)
    configuration.on_change(registry.derive_anew)
    configuration.on_change(lambda: registry.limit_all(preferences().most_at_once))
    registry.limit_all(preferences().most_at_once)
    configuration.on_change(registry.notice_gaps)
    policy.on_change(_asking_again(registry, stack))
    models.found = _found(settings)
    models.prices = prices = Prices(models.priced_as)
    first_word = settings.models.first_word
    router = Router(registry, preferences, swaps, allowed, first_word=first_word, usual=measurements.first_word)
    trash = ProfileRemoval(configuration, profiles)
    return Broker(
        registry, router, swaps, measurements, models, configuration, profiles, trash, own, prices, hardware, keeping
    )


class _Reach:
    """What the egress policy says, as selection takes it; the same value as long as it says the same."""

    def __init__(self, policy: privacy.EgressPolicy) -> None:
        self._policy, self._revision = policy, -1
        self._now = Policy()

    def __call__(self) -> Policy:
        if self._policy.revision != self._revision:
            self._revision = self._policy.revision
            # A pool sends nothing by itself: each of its members is looked at when it is asked.
            unasked = frozenset(name for name in self._policy.places if not self._policy.may_ask(name))
            self._now = Policy(_EGRESS[self._policy.mode], self._policy.consented | {POOL}, unasked=unasked)
        return self._now


def _local_providers(settings: Settings, net: Net, connected: Callable[[str], bool], keep: Keep) -> list[Provider]:
    providers: list[Provider] = [BuiltinProvider(), _files(settings, net, keep)]
    if settings.models.ollama_url:
        providers.append(OllamaProvider(net.towards("ollama"), settings.models.ollama_url, keep=keep))
    servers = settings.models.local_servers
    return [*providers, *(FoundProvider(net.towards(one.name), one.name, one.base_url, connected) for one in servers)]


def _found(settings: Settings) -> dict[str, str]:
    """Return where the servers are that are looked for on this machine, by their endpoints."""
    given = settings.models
    found = {one.name: one.base_url for one in given.local_servers}
    return {**found, "ollama": given.ollama_url} if given.ollama_url else found


def _kept(settings: Settings) -> float | None:
    """Return for how many idle seconds models stay in memory; None where nobody says it."""
    minutes = settings.models.keep_loaded
    return None if minutes is None else minutes * 60


def _know_ollama(settings: Settings, policy: privacy.EgressPolicy) -> None:
    """Tell the policy where Ollama is; on this machine it passes on what is asked of its cloud models."""
    url = settings.models.ollama_url
    if url is None:
        return
    place, relayed = place_of("ollama", url)
    policy.know("ollama", place, relayed=relayed, consented="ollama" in settings.models.consented)


def _files(settings: Settings, net: Net, keep: Keep) -> Provider:
    given = settings.models
    return LlamaCppProvider(net, settings.models_dir, cache=given.cache, context_length=given.context_length, keep=keep)


def _configured(settings: Settings) -> list[Configured]:
    found = [
        Configured(e.name, e.wire, e.base_url, e.api_key.get_secret_value() if e.api_key else None, e.most_at_once)
        for e in settings.models.endpoints
    ]
    openai = settings.models.openai_api_key
    given = {**settings.models.keys, **({} if openai is None else {"openai": openai})}
    moved = {"openai": settings.models.openai_base_url}
    # An endpoint that is described in full goes before what is known of its name.
    keyed = (one for one in KNOWN if one.name in given.keys() - {e.name for e in settings.models.endpoints})
    return found + [
        Configured(one.name, one.wire, moved.get(one.name, one.base_url), key)
        for one in keyed
        if (key := given[one.name].get_secret_value())
    ]


def _settled(settings: Settings) -> dict[str, Any]:
    """Return what the settings say that the configuration may cover."""
    limits = {one.name: one.most_at_once for one in settings.models.endpoints if one.most_at_once is not None}
    summaries = {} if settings.models.summaries else {"summaries": False}
    return {**({"most_at_once": limits} if limits else {}), **summaries}


def _provider(net: Net, configured: Configured, keep: Keep) -> Provider:
    name, url, key = configured.name, configured.base_url, configured.key
    net = net.towards(name)
    match configured.wire:
        case "ollama":
            return OllamaProvider(net, url, name, key, keep)
        case "anthropic":
            from mecum.integrations.anthropic.provider import AnthropicProvider  # noqa: PLC0415 - few have one

            return AnthropicProvider(net, name, url, key)
        case "google":
            from mecum.integrations.google.provider import GoogleProvider  # noqa: PLC0415 - few have one

            return GoogleProvider(net, name, url, key)
        case _:
            return OpenAIProvider(net, name, url, key)


def _absent(registry: Registry) -> Absent:
    """Return what says which models are named in vain: none while a server was not asked yet."""

    def named_in_vain(names: Sequence[str]) -> Mapping[str, str]:
        if not registry.ready(None):
            return {}
        # A server on OpenAI's wire may have models it does not list.
        vain = [name for name in names if registry.lookup(name) is None]
        return absent(vain, registry.models(), registry.silences())

    return named_in_vain


async def _resources(hardware: Hardware) -> Resources:
    return of_machine(await hardware.machine())


def _asking_again(registry: Registry, stack: AsyncExitStack) -> Callable[[], None]:
    """Return what is done when something else may leave: endpoints are asked again, or found out of reach."""
    under_way: set[asyncio.Task[Any]] = set()
    stack.callback(lambda: [task.cancel() for task in under_way])

    def ask() -> None:
        registry.doubt_silence()
        task = asyncio.create_task(registry.refresh(everywhere=True), name="models")
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    return ask
