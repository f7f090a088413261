"""Settings become adapters, adapters fill ports: the one place that knows everything."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mecum import __version__
from mecum.domains.conversations import api as conversations
from mecum.domains.conversations.repository import MessageRepository
from mecum.domains.identity import api as identity
from mecum.domains.identity.api import Authenticator
from mecum.domains.privacy import api as privacy
from mecum.domains.retrieval import api as retrieval
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.engine.chat.active import ActiveTurns
from mecum.engine.chat.admit import Admission
from mecum.engine.chat.observing import Observer
from mecum.engine.chat.reading import RunReader
from mecum.engine.chat.recalling import WordRecaller
from mecum.engine.chat.service import ChatService
from mecum.engine.chat.stages.act import Act
from mecum.engine.chat.stages.guard import Guard
from mecum.engine.chat.stages.load import Load
from mecum.engine.chat.stages.recall import Recall
from mecum.engine.chat.stages.settle import Settle
from mecum.engine.chat.titles import Titles
from mecum.engine.chat.turn import Stages
from mecum.inference.ports import Provider
from mecum.inference.pricing import Prices
from mecum.inference.pulls.download import Limits
from mecum.inference.pulls.service import PullService
from mecum.inference.registry import Registry
from mecum.inference.service import Configured, ModelService
from mecum.infra.blobs.service import Blobs
from mecum.infra.hardware.reading import Hardware
from mecum.infra.jobs.gate import Gate
from mecum.infra.jobs.queue import Jobs
from mecum.infra.net import Net
from mecum.infra.net.client import is_loopback
from mecum.infra.secrets.keys import Keys, open_keys
from mecum.infra.storage import Database
from mecum.infra.storage.database import Location
from mecum.infra.tracing.groups import ErrorGroups
from mecum.infra.tracing.metrics import Metrics
from mecum.infra.tracing.spans import Tracer
from mecum.integrations.builtin.provider import BuiltinProvider
from mecum.integrations.filesystem.blobs import FileBlobs
from mecum.integrations.llama_cpp.provider import LlamaCppProvider
from mecum.integrations.ollama.provider import OllamaProvider
from mecum.integrations.openai.provider import OpenAIProvider
from mecum.integrations.otel.traces import OtlpTraces
from mecum.integrations.postgres.texts import PostgresWords
from mecum.integrations.sqlite.texts import SQLiteWords
from mecum.kernel.subject import Subject
from mecum.settings import Settings

_log = logging.getLogger("mecum")
_STOP_SECONDS = 3.0
_MANY_MISSING = 1000
_OLLAMA_CLOUD = "https://ollama.com"


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that runs, for those who compose surfaces on it."""

    settings: Settings
    keys: Keys
    database: Database
    owner: Subject
    identity: identity.IdentityService
    authenticator: Authenticator
    policy: privacy.EgressPolicy
    registry: Registry
    models: ModelService
    prices: Prices
    pulls: PullService
    record: conversations.Conversations
    words: Words
    channel: runs.PersonChannel
    log: runs.RunLog
    chat: ChatService
    reader: RunReader
    gate: Gate
    jobs: Jobs
    titles: Titles
    metrics: Metrics
    hardware: Hardware
    errors: ErrorGroups


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Parts]:
    """Open the store, find models, take up what the last process left; stop all of it at the end.

    The caller holds the data folder.
    """
    secret = settings.storage.passphrase
    keys = open_keys(settings.storage.key, settings.data_dir, secret.get_secret_value() if secret else None)
    database = await Database.open(_location(settings, keys))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        parts = await _compose(settings, keys, database, stack)
        await _index_missing(parts)
        await parts.chat.recover()
        refresher = asyncio.create_task(_refresh(parts.registry), name="models")
        stack.callback(refresher.cancel)
        stack.push_async_callback(_stop, parts)
        yield parts


async def _compose(settings: Settings, keys: Keys, database: Database, stack: AsyncExitStack) -> Parts:
    people, authenticator = identity.build(database, keys.derived("csrf"))
    async with database.writing(None) as scope:
        owner = await people.ensure_owner(scope)
    policy = privacy.EgressPolicy(database, owner.organisation_id)
    async with database.reading(None) as scope:
        await policy.load(scope)
    net = Net(policy)
    stack.push_async_callback(net.close)
    registry = Registry(_local_providers(settings, net))
    stack.push_async_callback(registry.close)
    hardware = Hardware(settings.data_dir)
    stack.push_async_callback(hardware.close)
    _know_ollama(settings, policy)
    models = ModelService(registry, lambda configured: _provider(net, configured), keys.sealer, policy)
    for configured in _configured(settings):
        models.add_fixed(configured, consented=configured.name in settings.models.consented)
    async with database.reading(None) as scope:
        await models.load(scope)
    words: Words = SQLiteWords() if database.is_sqlite else PostgresWords()
    indexer = retrieval.Indexer(database, words)
    channel = runs.PersonChannel(runs.RunRepository(), database.writer, conversations.changed_since)
    log = runs.RunLog(database.writer, writer_id=1)
    log.source, net.beat.wanted = net.beat.read, log.tick
    active = ActiveTurns(log)
    blobs = Blobs(database, FileBlobs(settings.data_dir / "blobs", keys.derived("blobs") if keys.store else None))
    await blobs.recover()
    record = conversations.build(
        database,
        active,
        words,
        indexer,
        blobs,
        channel,
        most_message_bytes=settings.server.max_message_mb << 20,
        most_file_bytes=settings.server.max_upload_mb << 20,
    )
    jobs, prices = Jobs(), Prices(models.address)
    models.prices = prices
    limits = Limits(settings.models.max_pull_gb * 10**9)
    pulls = PullService(jobs, net, registry, policy, settings.models_dir, limits)
    titles = Titles(database, registry, policy, jobs, by_model=settings.models.titles == "model")
    stages = Stages(
        load=Load(database, record.files),
        guard=Guard(registry, policy, prices),
        recall=Recall(WordRecaller(database, record.search, record.files)),
        act=Act(settings.models.context_length),
        settle=Settle(indexer, channel, titles.ops, prices),
    )
    admission = Admission(database, log, indexer, channel, most_bytes=settings.server.max_message_mb << 20)
    gate, metrics, errors = Gate(), Metrics(), ErrorGroups(database)
    stack.push_async_callback(errors.settle)
    tracer = _tracer(settings, net, policy, stack)
    chat = ChatService(database, log, registry, admission, stages, gate, tracer, egress=policy)
    chat.observe = Observer(metrics, errors)
    metrics.gauge("mecum_active_runs", "Runs that are being made or wait to be.", lambda: len(log.active))
    reader = RunReader(database, chat)
    active.serve(chat, reader)
    registry.on_change(lambda: channel.record(owner, "model.changed"))
    policy.on_change(_asking_again(registry, stack))
    policy.on_change(lambda: channel.record(owner, "config.changed", key="privacy"))
    return Parts(
        settings=settings,
        keys=keys,
        database=database,
        owner=owner,
        identity=people,
        authenticator=authenticator,
        policy=policy,
        registry=registry,
        models=models,
        prices=prices,
        pulls=pulls,
        record=record,
        words=words,
        channel=channel,
        log=log,
        chat=chat,
        reader=reader,
        gate=gate,
        jobs=jobs,
        titles=titles,
        metrics=metrics,
        hardware=hardware,
        errors=errors,
    )


def _local_providers(settings: Settings, net: Net) -> list[Provider]:
    providers: list[Provider] = [BuiltinProvider(), _files(settings, net)]
    if settings.models.ollama_url:
        providers.append(OllamaProvider(net, settings.models.ollama_url))
    return providers


def _know_ollama(settings: Settings, policy: privacy.EgressPolicy) -> None:
    """Tell the policy where Ollama is; on this machine it passes on what is asked of its cloud models."""
    url = settings.models.ollama_url
    if url is None:
        return
    here = is_loopback(urlsplit(url).hostname or "")
    policy.know("ollama", _OLLAMA_CLOUD if here else url, relayed=here, consented="ollama" in settings.models.consented)


def _files(settings: Settings, net: Net) -> Provider:
    given = settings.models
    return LlamaCppProvider(net, settings.models_dir, cache=given.cache, context_length=given.context_length)


def _configured(settings: Settings) -> list[Configured]:
    found = [
        Configured(e.name, e.wire, e.base_url, e.api_key.get_secret_value() if e.api_key else None)
        for e in settings.models.endpoints
    ]
    if settings.models.openai_api_key is not None:
        key = settings.models.openai_api_key.get_secret_value()
        found.append(Configured("openai", "openai", settings.models.openai_base_url, key))
    return found


def _provider(net: Net, configured: Configured) -> Provider:
    name, url, key = configured.name, configured.base_url, configured.key
    match configured.wire:
        case "ollama":
            return OllamaProvider(net, url, name, key)
        case "anthropic":
            from mecum.integrations.anthropic.provider import AnthropicProvider  # noqa: PLC0415 - few have one

            return AnthropicProvider(net, name, url, key)
        case "google":
            from mecum.integrations.google.provider import GoogleProvider  # noqa: PLC0415 - few have one

            return GoogleProvider(net, name, url, key)
        case _:
            return OpenAIProvider(net, name, url, key)


def _tracer(settings: Settings, net: Net, policy: privacy.EgressPolicy, stack: AsyncExitStack) -> Tracer:
    """Return what makes spans; nothing does unless a collector is set."""
    endpoint = settings.telemetry.otlp_endpoint
    if endpoint is None:
        return Tracer()
    policy.know("trace collector", endpoint, consented=True)
    traces = OtlpTraces(net, endpoint, __version__)
    stack.push_async_callback(traces.close)
    return Tracer(traces)


def _asking_again(registry: Registry, stack: AsyncExitStack) -> Callable[[], None]:
    """Return what is done when something else may leave: endpoints are asked again, or found out of reach."""
    under_way: set[asyncio.Task[Any]] = set()
    stack.callback(lambda: [task.cancel() for task in under_way])

    def ask() -> None:
        task = asyncio.create_task(registry.refresh(everywhere=True), name="models")
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    return ask


async def _refresh(registry: Registry) -> None:
    """Look for models on this machine, so nothing leaves; a job looks again now and then."""
    await registry.refresh()


async def _index_missing(parts: Parts) -> None:
    """Make findable what the last process stored but did not index."""
    before: list[str] = []
    while True:
        async with parts.database.reading(None) as scope:
            missing = await parts.words.missing(scope)
            messages = await MessageRepository().by_ids(scope, missing)
        for message in messages.values():
            parts.record.indexer.add(message.id, conversations.findable_text(message.parts))
        await parts.record.indexer.settle()
        if len(missing) < _MANY_MISSING or missing == before:
            # The same again: none of them has words.
            return
        before = missing


async def _stop(parts: Parts) -> None:
    await parts.chat.stop(_STOP_SECONDS)
    await parts.record.indexer.settle()


def _location(settings: Settings, keys: Keys) -> Location:
    if settings.storage.url is not None:
        return Location(url=settings.storage.url)
    return Location(path=settings.data_dir / "mecum.db", key=keys.store)


def page_folder() -> Path:
    """Return where the built page is."""
    return Path(__file__).parent / "infra" / "web" / "page"
