"""Settings become adapters, adapters fill ports: the one place that knows everything."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mecum import __version__
from mecum.bootstrap.assistants import AssistantRoom
from mecum.bootstrap.broker import Broker, build_broker
from mecum.bootstrap.projects import ProjectRoom
from mecum.domains.conversations import api as conversations
from mecum.domains.conversations.repository import MessageRepository
from mecum.domains.identity import api as identity
from mecum.domains.identity.api import Authenticator
from mecum.domains.privacy import api as privacy
from mecum.domains.retrieval import api as retrieval
from mecum.domains.retrieval.ports import Words
from mecum.domains.runs import api as runs
from mecum.domains.transfer import api as transfer
from mecum.engine.chat.active import ActiveTurns
from mecum.engine.chat.admit import Admission
from mecum.engine.chat.explained import Explanations
from mecum.engine.chat.observing import Observer
from mecum.engine.chat.personas import Personas
from mecum.engine.chat.projects import ProjectFiles
from mecum.engine.chat.reading import RunReader
from mecum.engine.chat.recalling import WordRecaller
from mecum.engine.chat.reported import ContextReports
from mecum.engine.chat.service import ChatService
from mecum.engine.chat.shortening import Shortening, Summarisers
from mecum.engine.chat.stages.act import Act
from mecum.engine.chat.stages.guard import Guard
from mecum.engine.chat.stages.load import Load
from mecum.engine.chat.stages.recall import Recall
from mecum.engine.chat.stages.settle import Settle
from mecum.engine.chat.stages.stand_in import StandIn
from mecum.engine.chat.titles import Titles
from mecum.engine.chat.turn import Stages, Turn
from mecum.inference.moving import PersonalModels
from mecum.inference.pulls.download import Limits
from mecum.inference.pulls.service import PullService
from mecum.inference.registry import Registry
from mecum.inference.selection.notices import Notice
from mecum.inference.windows import Counts
from mecum.infra.archive.ledger import Ledger
from mecum.infra.blobs.service import Blobs
from mecum.infra.jobs.gate import Gate
from mecum.infra.jobs.queue import Jobs
from mecum.infra.net import Net
from mecum.infra.secrets.keys import Keys, open_keys
from mecum.infra.storage import Database, Op
from mecum.infra.storage.location import Location
from mecum.infra.tracing.groups import ErrorGroups
from mecum.infra.tracing.metrics import Metrics
from mecum.infra.tracing.spans import Tracer
from mecum.integrations.filesystem.blobs import FileBlobs
from mecum.integrations.otel.traces import OtlpTraces
from mecum.integrations.postgres.texts import PostgresWords
from mecum.integrations.sqlite.texts import SQLiteWords
from mecum.kernel.subject import Subject
from mecum.settings import Settings

_log = logging.getLogger("mecum")
_STOP_SECONDS = 3.0
_MANY_MISSING = 1000


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
    broker: Broker
    pulls: PullService
    blobs: Blobs
    record: conversations.Conversations
    assistants: AssistantRoom
    projects: ProjectRoom
    words: Words
    channel: runs.PersonChannel
    log: runs.RunLog
    chat: ChatService
    reader: RunReader
    gate: Gate
    jobs: Jobs
    titles: Titles
    summarisers: Summarisers
    shortening: Shortening
    counts: Counts
    imports: transfer.ImportService
    rooms: transfer.Rooms
    metrics: Metrics
    errors: ErrorGroups


@asynccontextmanager
async def running(
    settings: Settings, told: Callable[[str], None] | None = None, *, serves: bool = True
) -> AsyncGenerator[Parts]:
    """Open the store, find models, take up what the last process left; stop all of it at the end.

    The caller holds the data folder, or works beside the server that does (`serves` is False): then what that one has
    under way is left alone. On PostgreSQL a server holds the database too: raises StoreBusy where another one does.
    `told` hears, from another thread, how far an upgrade of the store is.
    """
    secret = settings.storage.passphrase
    keys = open_keys(settings.storage.key, settings.data_dir, secret.get_secret_value() if secret else None)
    database = await Database.open(_location(settings, keys), told)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        if serves and not database.is_sqlite:
            from mecum.infra.storage.ownership import owned  # noqa: PLC0415 - the embedded store has its folder's lock

            await stack.enter_async_context(owned(database.engine))
        parts = await _compose(settings, keys, database, stack)
        if serves:
            await _take_up(parts, stack)
        stack.push_async_callback(_stop, parts)
        yield parts


async def _take_up(parts: Parts, stack: AsyncExitStack) -> None:
    """Finish what the last process left half done, and look for models."""
    await parts.blobs.recover()
    await _index_missing(parts)
    await parts.chat.recover()
    for name, work in (
        ("models", _refresh(parts.broker.registry)),
        ("configuration", parts.broker.configuration.watch()),
    ):
        stack.callback(asyncio.create_task(work, name=name).cancel)


async def _compose(
    settings: Settings,
    keys: Keys,
    database: Database,
    stack: AsyncExitStack,
) -> Parts:
    people, authenticator = identity.build(database, keys.derived("csrf"))
    async with database.writing(None) as scope:
        owner = await people.ensure_owner(scope)
    policy = privacy.EgressPolicy(database, owner.organisation_id)
    async with database.reading(None) as scope:
        await policy.load(scope)
    net = Net(policy)
    stack.push_async_callback(net.close)
    broker = await build_broker(settings, database, net, policy, keys, owner, stack)
    words: Words = SQLiteWords() if database.is_sqlite else PostgresWords()
    indexer = retrieval.Indexer(database, words)
    channel = runs.PersonChannel(runs.RunRepository(), database.writer, conversations.changed_since)
    log = runs.RunLog(database.writer, writer_id=1)
    log.source, net.beat.wanted = net.beat.read, log.tick
    active = ActiveTurns(log)
    blobs = Blobs(database, FileBlobs(settings.data_dir / "blobs", keys.derived("blobs") if keys.store else None))
    jobs = Jobs()
    ledger = Ledger.of(settings.data_dir, settings.backup.folder)
    assistants = AssistantRoom(database, jobs, channel, ledger)
    projects = ProjectRoom(database, jobs, channel, assistants, ledger)

    async def empty_projects(subject: Subject) -> int:
        return await projects.empty_trash(record, subject)

    record = conversations.build(
        database,
        active,
        words,
        indexer,
        blobs,
        channel,
        assistants.id_of,
        projects.directory,
        {"assistant": assistants.ids_named},
        {"assistants": assistants.empty_trash, "projects": empty_projects},
        ledger,
        most_message_bytes=settings.server.max_message_mb << 20,
        most_file_bytes=settings.server.max_upload_mb << 20,
    )
    limits = Limits(settings.models.max_pull_gb * 10**9)
    pulls = PullService(jobs, net, broker.registry, policy, settings.models_dir, limits)
    titles = Titles(database, broker.router, policy, jobs, by_model=settings.models.titles == "model")
    summarisers, counts = Summarisers(broker.router, policy), Counts()

    def summaries_wanted(subject: Subject | None) -> bool:
        return broker.configuration.preferences(subject).summaries

    shortening = Shortening(database, summarisers, jobs, counts, wanted=summaries_wanted)

    def follow_ups(turn: Turn) -> list[Op]:
        return [*titles.ops(turn), *shortening.ops(turn)]

    explanations = Explanations(database)
    stages = Stages(
        load=Load(database, record.files),
        guard=Guard(broker.registry, broker.router, policy, broker.prices),
        recall=Recall(WordRecaller(database, record.search, record.files)),
        act=Act(
            shortening,
            ProjectFiles(database, record.files, counts),
            settings.models.context_length,
            counts,
            broker.registry.learn_window,
        ),
        stand_in=StandIn(broker.router),
        settle=Settle(indexer, channel, follow_ups, broker.prices, explanations),
    )
    personas = Personas(assistants.persona, broker.registry, broker.router)
    most_message = settings.server.max_message_mb << 20
    admission = Admission(database, log, indexer, channel, personas, projects.of_turn, most_bytes=most_message)
    gate, metrics, errors = Gate(), Metrics(), ErrorGroups(database)
    stack.push_async_callback(errors.settle)
    tracer = _tracer(settings, net, policy, stack)
    chat = ChatService(
        database, log, broker.registry, admission, stages, broker.router, personas, gate, tracer, egress=policy
    )
    chat.observe = Observer(metrics, errors, broker.measurements, broker.registry.doubt)
    metrics.gauge("mecum_active_runs", "Runs that are being made or wait to be.", lambda: len(log.active))
    reader = RunReader(database, chat, ContextReports(database, broker.registry, counts), explanations)
    active.serve(chat, reader)
    _tell_owner(broker, policy, channel, owner)
    personal = PersonalModels(broker.profiles, broker.own)
    rooms = transfer.Rooms(assistants.get, lambda: projects.get(record), personal)
    return Parts(
        settings=settings,
        keys=keys,
        database=database,
        owner=owner,
        identity=people,
        authenticator=authenticator,
        policy=policy,
        broker=broker,
        pulls=pulls,
        blobs=blobs,
        record=record,
        assistants=assistants,
        projects=projects,
        words=words,
        channel=channel,
        log=log,
        chat=chat,
        reader=reader,
        gate=gate,
        jobs=jobs,
        titles=titles,
        summarisers=summarisers,
        shortening=shortening,
        counts=counts,
        imports=transfer.build_imports(database, record, words, jobs, keys.sealer, rooms),
        rooms=rooms,
        metrics=metrics,
        errors=errors,
    )


def _tell_owner(broker: Broker, policy: privacy.EgressPolicy, channel: runs.PersonChannel, owner: Subject) -> None:
    """Tell the owner's tabs and devices what changes about models."""

    def notify(happened: str) -> Callable[[Notice], None]:
        return lambda notice: channel.record(owner, f"notification.{happened}", notification_id=notice.id)

    notices = broker.registry.selector.notices
    notices.tell, notices.changed = notify("created"), notify("updated")
    broker.registry.on_change(lambda: channel.record(owner, "model.changed"))
    broker.configuration.on_change(lambda: channel.record(owner, "config.changed"))
    policy.on_change(lambda: channel.record(owner, "config.changed", key="privacy"))


def _tracer(settings: Settings, net: Net, policy: privacy.EgressPolicy, stack: AsyncExitStack) -> Tracer:
    """Return what makes spans; nothing does unless a collector is set."""
    endpoint = settings.telemetry.otlp_endpoint
    if endpoint is None:
        return Tracer()
    policy.know("trace collector", endpoint, consented=True)
    traces = OtlpTraces(net, endpoint, __version__)
    stack.push_async_callback(traces.close)
    return Tracer(traces)


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
            parts.record.indexer.add(message.id, retrieval.findable_text(message.parts))
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
    return Path(__file__).parents[1] / "infra" / "web" / "page"
