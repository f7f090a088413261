"""The kinds of background work, and what each calls."""

from typing import Any

from mecum.bootstrap import Parts
from mecum.bootstrap.chores import backup_kinds
from mecum.domains.assistants.ports import END, LET_GO, MEASURE
from mecum.domains.projects import ports as projects
from mecum.domains.runs import api as runs
from mecum.domains.transfer import api as transfer
from mecum.engine.chat import shortening, titles
from mecum.inference.pulls import service as pulls
from mecum.infra.jobs.kinds import LATER, Kind, Task
from mecum.infra.jobs.neighbours import Heard, JobNews
from mecum.infra.jobs.progress import shown
from mecum.infra.jobs.queue import SCHEDULED
from mecum.infra.jobs.runner import JobRunner
from mecum.kernel import clock

_HOUR = 3600.0
_QUARTER = _HOUR / 4
_DAY = 24 * _HOUR
_SPARE_PINS_MS = 24 * 3600 * 1000
"""Who holds pins again need not write them for an hour: they are spared far longer."""
_KEEP_EVENTS_MS = runs.EVENTS_KEPT_SECONDS * 1000


def register(runner: JobRunner, parts: Parts, *, tells: bool = True) -> None:
    """Add every kind; with `tells` persons hear what happens to their jobs."""
    _register_asked(runner, parts)
    _register_upkeep(runner, parts)
    runner.register(parts.pulls.kind)
    for kind in parts.imports.kinds:
        runner.register(kind)
    if tells:
        runner.told.append(_telling(parts))


def _register_asked(runner: JobRunner, parts: Parts) -> None:
    """What a change asks for."""

    async def title(task: Task) -> None:
        await parts.titles.make(task, parts.record.conversations)

    async def summarise(task: Task) -> None:
        from mecum.engine.chat.summarising import Summarising  # noqa: PLC0415 - few conversations get so long

        summarising = Summarising(
            parts.database,
            parts.record.summaries,
            parts.summarisers,
            parts.shortening,
            parts.broker.prices,
            parts.counts,
            parts.settings.models.context_length,
        )
        await summarising.make(task)

    async def end_assistant(task: Task) -> None:
        if task.subject is not None:
            await (await parts.assistants.get()).removal.end(task.subject, task.payload)

    async def let_rows_go(task: Task) -> None:
        if task.subject is not None:
            arrivals = (await parts.assistants.get()).flat_arrivals
            async with parts.database.writing(task.subject) as scope:
                await arrivals.let_go(scope, str(task.payload["import_id"]))
            await parts.database.vacuum_log()

    async def end_project(task: Task) -> None:
        if task.subject is not None:
            await (await parts.projects.get(parts.record)).removal.end(task.subject, task.payload)

    runner.register(Kind(titles.KIND, title, most_attempts=3, timeout=120.0, priority=LATER, home=True))
    runner.register(
        Kind(shortening.KIND, summarise, most_attempts=3, timeout=_QUARTER, priority=LATER, at_once=1, home=True)
    )
    runner.register(Kind(END, end_assistant, priority=LATER, owed=True))
    runner.register(Kind(LET_GO, let_rows_go, priority=LATER, owed=True))
    runner.register(Kind(projects.END, end_project, priority=LATER, owed=True))


def _register_upkeep(runner: JobRunner, parts: Parts) -> None:
    """What comes round by itself."""

    async def expire_trash(_: Task) -> None:
        await parts.record.removal.expire()
        async with parts.database.writing(None) as scope:
            await parts.broker.profile_trash.expire(scope)

    async def fold_journal(_: Task) -> None:
        await parts.log.fold()

    async def expire_events(_: Task) -> None:
        async with parts.database.writing(None) as scope:
            await runs.RunRepository().expire_events(scope, clock.milliseconds() - _KEEP_EVENTS_MS)

    async def expire_pins(_: Task) -> None:
        async with parts.database.writing(None) as scope:
            await runs.RunRepository().forget_pins(scope, clock.milliseconds() - _SPARE_PINS_MS)

    async def look_for_models(_: Task) -> None:
        # A message that waits for a model is answered when the list changes.
        await parts.broker.registry.refresh()

    async def measure_assistants(task: Task) -> None:
        await parts.assistants.measure(task.breathe)

    runner.register(Kind(MEASURE, measure_assistants, every=_HOUR, most_attempts=1, priority=LATER))
    runner.register(Kind("trash.expire", expire_trash, every=_DAY, priority=LATER))
    runner.register(Kind("journal.fold", fold_journal, every=_HOUR, priority=LATER, home=True))
    runner.register(Kind("events.expire", expire_events, every=_DAY, priority=LATER))
    runner.register(Kind("pins.expire", expire_pins, every=_DAY, priority=LATER))
    runner.register(Kind("models.refresh", look_for_models, every=60.0, most_attempts=1, home=True))
    for kind in backup_kinds(parts.settings, parts.keys, parts.jobs):
        runner.register(kind)


def _telling(parts: Parts) -> Heard:
    """Return what tells a person's tabs and devices how far their jobs are; the instance's own are the owner's."""

    def tell(news: JobNews) -> None:
        if news.id.startswith(SCHEDULED):
            # They come round all day, and nobody waits for one.
            return
        progress: dict[str, Any] = shown(news.progress)
        subject = news.subject or parts.owner
        parts.channel.say(subject, "job.changed", job_id=news.id, state=news.state, code=news.error, progress=progress)
        if news.kind == pulls.KIND:
            parts.channel.say(subject, "model.pull", pull_id=news.id, state=news.state, code=news.error, **progress)
        elif news.kind in (transfer.KIND, transfer.UNDO):
            parts.channel.say(subject, "import.changed", job_id=news.id, state=news.state)

    return tell
