"""The port of background work, on every kind of store."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from factories.stores import Store
from mecum.infra.jobs.errors import JobNotFound, LeaseLost
from mecum.infra.jobs.gate import Gate
from mecum.infra.jobs.kinds import LATER, URGENT, Handler, Kind, Task, delay_before
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import JobRepository, JobView
from mecum.infra.jobs.runner import JobNews, JobRunner
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.errors import Invalid, Unavailable
from mecum.kernel.subject import ACTING, Subject


class Office:
    """Jobs and their runner over one store."""

    def __init__(self, database: Database, **options: Any) -> None:
        self.database, self.jobs, self.gate = database, Jobs(), Gate()
        self.runner = JobRunner(database, self.jobs, self.gate, **options)
        self.news: list[JobNews] = []
        self.runner.told.append(self.news.append)
        self.done: list[Any] = []

    def handle(self, kind: str, handler: Handler | None = None, **options: Any) -> None:
        """Register a kind; without a handler its payloads are collected in `done`."""
        self.runner.register(Kind(kind, handler or self._collect, **options))

    async def _collect(self, task: Task) -> None:
        self.done.append(task.payload)

    async def ask(self, kind: str, payload: Any = None, subject: Subject | None = None, **options: Any) -> str:
        async with self.database.writing(subject) as scope:
            return await self.jobs.enqueue(scope, kind, payload, **options)

    async def view(self, job_id: str, subject: Subject | None = None) -> JobView:
        async with self.database.reading(subject) as scope:
            return await self.jobs.get(scope, job_id)

    async def state(self, job_id: str, wanted: str) -> JobView:
        """Return a job once it is in the state wanted."""
        async with asyncio.timeout(10):
            while (view := await self.view(job_id)).state != wanted:  # noqa: ASYNC110 - as in `until`
                await asyncio.sleep(0.02)
        return view


@pytest_asyncio.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    office = Office(database)
    yield office
    await office.runner.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.01)


async def test_a_job_exists_exactly_when_its_change_does(office: Office) -> None:
    office.handle("note")
    await office.runner.start()
    with contextlib.suppress(ZeroDivisionError):
        async with office.database.writing(None) as scope:
            await office.jobs.enqueue(scope, "note", {"n": 1})
            raise ZeroDivisionError
    job_id = await office.ask("note", {"n": 2})
    view = await office.state(job_id, "done")
    assert office.done == [{"n": 2}]
    assert view.finished_at is not None
    assert [news.state for news in office.news] == ["running", "done"]


async def test_a_job_may_be_a_prepared_write(office: Office, ada: Subject) -> None:
    seen: list[Subject | None] = []

    async def handler(task: Task) -> None:
        seen.append(task.subject)

    office.handle("note", handler)
    await office.runner.start()
    job_id, op = office.jobs.op("note", None, ada)
    await office.database.commit([op])
    office.jobs.wake()
    await office.state(job_id, "done")
    assert seen == [ada]


async def test_a_job_begins_without_polling(office: Office) -> None:
    office.handle("note")
    await office.runner.start()
    await asyncio.sleep(0.1)
    before = clock.monotonic()
    await office.ask("note")
    await until(lambda: bool(office.done))
    assert clock.monotonic() - before < 1.0


async def test_a_delayed_job_begins_when_it_is_due(office: Office) -> None:
    office.handle("note")
    await office.runner.start()
    asked = clock.milliseconds()
    await office.ask("note", delay=0.3)
    await until(lambda: bool(office.done))
    assert clock.milliseconds() - asked >= 300


async def test_urgent_before_normal_before_later(database: Database) -> None:
    office = Office(database, concurrency=1)
    office.handle("note")
    for priority in (LATER, 0, URGENT):
        await office.ask("note", priority, priority=priority)
    await office.runner.start()
    await until(lambda: len(office.done) == 3)
    await office.runner.stop()
    assert office.done == [URGENT, 0, LATER]


async def test_no_more_at_a_time_than_allowed(database: Database) -> None:
    office = Office(database, concurrency=2)
    most = 0

    async def handler(task: Task) -> None:
        nonlocal most
        most = max(most, office.runner.active)
        await asyncio.sleep(0.02)
        office.done.append(task.id)

    office.handle("note", handler)
    for _ in range(6):
        await office.ask("note")
    await office.runner.start()
    await until(lambda: len(office.done) == 6)
    await office.runner.stop()
    assert most == 2


async def test_a_failure_is_tried_again_and_then_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("mecum.infra.jobs.runner.delay_before", lambda attempt: 0.01)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    attempts: list[int] = []

    async def handler(task: Task) -> None:
        attempts.append(task.attempt)
        if task.payload == "once" and task.attempt == 2:
            return
        raise ValueError("words of a message")

    office.handle("note", handler, most_attempts=3)
    await office.runner.start()
    await office.state(await office.ask("note", "once"), "done")
    assert attempts == [1, 2]
    view = await office.state(await office.ask("note", "always"), "failed")
    assert (attempts[2:], view.attempts, view.error) == ([1, 2, 3], 3, "ValueError")


@pytest.mark.parametrize(("error", "state"), [(Invalid(), "failed"), (Unavailable(), "queued")])
async def test_what_cannot_be_right_is_not_tried_again(office: Office, error: Exception, state: str) -> None:
    async def handler(task: Task) -> None:
        raise error

    office.handle("note", handler)
    await office.runner.start()
    job_id = await office.ask("note")
    await until(lambda: bool(office.news) and office.news[-1].state == state)
    view = await office.view(job_id)
    assert (view.state, view.attempts) == (state, 1)
    if state == "queued":
        assert clock.to_milliseconds(view.run_at) > clock.milliseconds()


async def test_a_job_that_takes_too_long_is_stopped(office: Office) -> None:
    async def handler(task: Task) -> None:
        await asyncio.sleep(60)

    office.handle("note", handler, timeout=0.05, most_attempts=1)
    await office.runner.start()
    assert (await office.state(await office.ask("note"), "failed")).error == "job.timed_out"


def test_delays_double_up_to_an_hour_and_differ() -> None:
    assert 1.0 <= delay_before(1) <= 2.0
    assert 8.0 <= delay_before(4) <= 16.0
    assert 1800.0 <= delay_before(60) <= 3600.0
    assert len({delay_before(3) for _ in range(10)}) > 1


async def test_a_schedule_runs_again_and_again_and_survives(database: Database) -> None:
    for _ in range(2):
        office = Office(database)
        office.handle("tick", every=0.05)
        await office.runner.start()
        await until(lambda done=office.done: len(done) >= 3)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        await office.runner.stop()
        view = await office.view("job_every_tick")
        assert (view.state, view.attempts) == ("queued", 0)


async def test_a_schedule_goes_on_after_a_failure(office: Office) -> None:
    attempts: list[int] = []

    async def handler(task: Task) -> None:
        attempts.append(task.attempt)
        raise ValueError

    office.handle("tick", handler, every=0.02, most_attempts=1)
    await office.runner.start()
    await until(lambda: len(attempts) >= 3)
    assert set(attempts) == {1}


async def test_progress_is_told_and_stored(office: Office) -> None:
    go_on = asyncio.Event()

    async def handler(task: Task) -> None:
        for n in range(100):
            await task.progress({"done": n})
        await go_on.wait()

    office.handle("note", handler)
    await office.runner.start()
    job_id = await office.ask("note")
    await until(lambda: any(news.progress for news in office.news))
    assert (await office.view(job_id)).progress == {"done": 0}
    assert len([news for news in office.news if news.progress]) == 1
    go_on.set()
    await office.state(job_id, "done")


async def test_cancelling_ends_a_job_waiting_or_in_the_middle(office: Office) -> None:
    ended: list[str] = []

    async def handler(task: Task) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(task.id)

    office.handle("note", handler)
    waiting = await office.ask("note", delay=60)
    await office.runner.start()
    running = await office.ask("note")
    await office.state(running, "running")
    for job_id in (waiting, running):
        async with office.database.writing(None) as scope:
            await office.jobs.cancel(scope, job_id)
    await until(lambda: ended == [running])
    for job_id in (waiting, running):
        assert (await office.view(job_id)).state == "cancelled"
        with pytest.raises(JobNotFound):
            async with office.database.writing(None) as scope:
                await office.jobs.cancel(scope, job_id)


async def test_a_stranger_neither_sees_nor_cancels_a_job(office: Office, ada: Subject, bob: Subject) -> None:
    job_id = await office.ask("note", None, ada, delay=60)
    assert (await office.view(job_id, ada)).state == "queued"
    with pytest.raises(JobNotFound):
        await office.view(job_id, bob)
    with pytest.raises(JobNotFound):
        async with office.database.writing(bob) as scope:
            await office.jobs.cancel(scope, job_id)


async def test_an_effect_is_stored_exactly_once(office: Office) -> None:
    lost: list[bool] = []

    async def handler(task: Task) -> None:
        async with office.database.writing(None) as scope:
            await office.jobs.enqueue(scope, "effect", "kept")
            await task.complete(scope)
        try:
            async with office.database.writing(None) as scope:
                await office.jobs.enqueue(scope, "effect", "twice")
                await task.complete(scope)
        except LeaseLost:
            lost.append(True)

    office.handle("note", handler)
    office.handle("effect")
    await office.runner.start()
    await office.state(await office.ask("note"), "done")
    await until(lambda: bool(office.done) and bool(lost))
    assert office.done == ["kept"]


async def test_who_lost_the_lease_changes_nothing(database: Database) -> None:
    rows, jobs = JobRepository(), Jobs()
    async with database.writing(None) as scope:
        await jobs.enqueue(scope, "note")
    now = clock.milliseconds()
    async with database.writing(None) as scope:
        (first,) = await rows.claim(scope, ["note"], 1, now, now, now + 1)
    async with database.writing(None) as scope:
        assert await rows.claim(scope, ["note"], 1, now, now, now + 60_000) == []
    async with database.writing(None) as scope:
        (second,) = await rows.claim(scope, ["note"], 1, now + 2, now + 2, now + 60_000)
    assert (second.id, second.fence, second.attempt) == (first.id, first.fence + 1, 2)
    with pytest.raises(LeaseLost):
        async with database.writing(None) as scope:
            await rows.complete(scope, first)
    async with database.writing(None) as scope:
        await rows.complete(scope, second)
        assert await rows.counts(scope) == {"done": 1}


async def test_a_persons_turn_goes_first(database: Database) -> None:
    office = Office(database, yield_seconds=60.0)
    office.handle("note")
    office.gate.enter()
    await office.runner.start()
    await office.ask("note", "waits")
    await office.ask("note", "urgent", priority=URGENT)
    await until(lambda: bool(office.done))
    await asyncio.sleep(0.2)
    assert office.done == ["urgent"]
    office.gate.leave()
    await until(lambda: len(office.done) == 2)
    await office.runner.stop()


async def test_a_job_waits_for_turns_only_so_long(database: Database) -> None:
    office = Office(database, yield_seconds=0.2)

    async def handler(task: Task) -> None:
        await task.breathe()
        office.done.append(task.payload)

    office.handle("note", handler)
    await office.runner.start()
    with office.gate:
        asked = clock.monotonic()
        await office.ask("note")
        await until(lambda: bool(office.done))
        assert 0.35 < clock.monotonic() - asked < 5.0
    await office.runner.stop()


async def test_stopping_gives_a_job_to_the_next_process(database: Database) -> None:
    first, second = Office(database), Office(database)

    async def handler(task: Task) -> None:
        await asyncio.sleep(60)

    first.handle("note", handler)
    second.handle("note")
    await first.runner.start()
    job_id = await first.ask("note", "kept")
    await until(lambda: first.runner.active == 1)
    await first.runner.stop()
    assert (await first.view(job_id)).attempts == 0
    await second.runner.start()
    await until(lambda: second.done == ["kept"])
    await second.runner.stop()


async def test_what_is_long_over_is_swept(office: Office) -> None:
    office.handle("note")
    await office.runner.start()
    job_id = await office.ask("note")
    await office.state(job_id, "done")
    async with office.database.writing(None) as scope:
        await JobRepository().sweep(scope, clock.now())
    with pytest.raises(JobNotFound):
        await office.view(job_id)


@pytest.mark.slow
async def test_a_job_survives_kill_9(database: Database, store: Store, tmp_path: Path) -> None:
    office = Office(database)
    office.handle("held")
    job_id = await office.ask("held", "kept")
    for attempt in (1, 2):
        await _killed_in_the_middle(store, tmp_path / f"mark {attempt}")
        assert (tmp_path / f"mark {attempt}").read_text() == str(attempt)
        assert (await office.view(job_id)).state == "running"
    before = clock.monotonic()
    await office.runner.start()
    await until(lambda: office.done == ["kept"])
    # SQLite has one owner, so the dead process's lease is void at once; on PostgreSQL it has to run out.
    assert clock.monotonic() - before < (1.0 if database.is_sqlite else 3.0)
    view = await office.state(job_id, "done")
    assert view.attempts == 3
    await office.runner.stop()


async def _killed_in_the_middle(store: Store, mark: Path) -> None:
    place = store.location.url or str(store.location.path)
    script = Path(__file__).with_name("job_process.py")
    process = subprocess.Popen([sys.executable, str(script), place, (store.key or b"").hex(), str(mark)])  # noqa: ASYNC220
    try:
        await until(lambda: mark.exists() and bool(mark.read_text()))
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


async def test_a_kind_may_be_done_one_at_a_time(database: Database) -> None:
    office = Office(database, concurrency=3)
    release, at_once, most = asyncio.Event(), 0, 0

    async def slow(task: Task) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await release.wait()
        at_once -= 1

    office.handle("slow", slow, at_once=1)
    office.handle("quick")
    slow_ones = [await office.ask("slow") for _ in range(3)]
    await office.runner.start()
    quick = await office.ask("quick", 1)
    await office.state(quick, "done")
    states = [(await office.view(job_id)).state for job_id in slow_ones]
    assert sorted(states) == ["queued", "queued", "running"]
    release.set()
    for job_id in slow_ones:
        await office.state(job_id, "done")
    await office.runner.stop()
    assert most == 1


async def test_the_last_jobs_of_a_kind(database: Database, ada: Subject, eve: Subject) -> None:
    office = Office(database)
    office.handle("fetch")
    asked = [await office.ask("fetch", {"n": number}, ada) for number in range(3)]
    await office.ask("other", None, ada)
    await office.ask("fetch", None, eve)
    async with database.reading(ada) as scope:
        found = await office.jobs.newest(scope, "fetch", 2)
    assert [job.id for job in found] == asked[:0:-1]
    assert [job.payload for job in found] == [{"n": 2}, {"n": 1}]


async def test_a_job_acts_for_whom_it_was_asked(office: Office, ada: Subject) -> None:
    async def handler(task: Task) -> None:
        acting = ACTING.get()
        office.done.append(None if acting is None else acting.person_id)

    office.handle("look", handler)
    await office.runner.start()
    await office.state(await office.ask("look"), "done")
    job_id = await office.ask("look", subject=ada)
    await until(lambda: len(office.done) == 2)
    assert (await office.view(job_id, ada)).id == job_id
    assert office.done == [None, ada.person_id]
