"""The port of background work, on every kind of store."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import update

from factories.offices import Office, until
from mecum.infra.jobs.errors import JobNotCancellable, JobNotFound, JobNotRepeatable, LeaseLost
from mecum.infra.jobs.kinds import LATER, URGENT, Task, delay_before
from mecum.infra.jobs.model import Job
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import Claims, JobRepository
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.errors import Invalid, Unavailable
from mecum.kernel.subject import ACTING, Subject

_LATER: Final = timedelta(hours=1)


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
    await until(lambda: [news.state for news in office.news if news.id == job_id] == ["queued", "running", "done"])


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
    states = ["queued", "running", state]
    await until(lambda: [news.state for news in office.news if news.id == job_id] == states)
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


@pytest.mark.parametrize(
    ("error", "asked", "level"),
    [(Invalid(), True, "INFO"), (Invalid(), False, "ERROR"), (ZeroDivisionError(), True, "WARNING")],
)
async def test_what_somebody_asked_for_in_vain_is_no_fault_of_ours(
    office: Office, ada: Subject, caplog: pytest.LogCaptureFixture, error: Exception, asked: bool, level: str
) -> None:
    async def handler(task: Task) -> None:
        raise error

    office.handle("note", handler)
    await office.runner.start()
    with caplog.at_level(logging.INFO, "mecum.jobs"):
        await office.ask("note", None, ada if asked else None)
        await until(lambda: len(caplog.records) == 1)
    (said,) = caplog.records
    assert (said.levelname, said.exc_info is None) == (level, level == "INFO")


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
    rows, jobs, claims = JobRepository(), Jobs(), Claims({"note": None})
    async with database.writing(None) as scope:
        await jobs.enqueue(scope, "note")
    now = clock.milliseconds()
    (first,) = await claims.claim(database, 1, now=now, due=now, lease_until=now + 1)
    assert await claims.claim(database, 1, now=now, due=now, lease_until=now + 60_000) == []
    (second,) = await claims.claim(database, 1, now=now + 2, due=now + 2, lease_until=now + 60_000)
    assert (second.id, second.fence, second.attempt) == (first.id, first.fence + 1, 2)
    with pytest.raises(LeaseLost):
        async with database.writing(None) as scope:
            await rows.complete(scope, first)
    async with database.writing(None) as scope:
        await rows.complete(scope, second)
        assert await rows.counts(scope) == {"done": 1}


async def test_next_is_what_is_due_or_comes_free(database: Database) -> None:
    jobs, claims = Jobs(), Claims({"one": 1, "many": None, "it's": 2})
    now = clock.milliseconds()
    assert await claims.next_due(database, now) == (None, None)
    async with database.writing(None) as scope:
        for kind in ("one", "one", "other"):
            await jobs.enqueue(scope, kind, priority=URGENT)
    later = now + 10_000
    (held,) = await claims.claim(database, 5, now=later, due=later, lease_until=later + 500)
    # The second waits until there is room, the third is nobody's here: what is next is that the lease runs out.
    assert await claims.claim(database, 5, now=later, due=later, lease_until=later + 500) == []
    assert await claims.next_due(database, later) == (later + 500, later + 500)
    async with database.writing(None) as scope:
        await jobs.enqueue(scope, "many", delay=-1)
    found = await claims.next_due(database, later)
    assert found[0] is not None
    assert (found[0] < later, found[1]) == (True, later + 500)
    # A lease that ran out leaves room, and the job itself goes on before the one that waited for it.
    (again,) = await claims.claim(database, 1, now=later + 501, due=later + 501, lease_until=later + 900)
    assert (again.kind, again.id in {held.id, again.id}) == ("one", True)


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


async def test_work_that_somebody_else_took_over_is_let_go(database: Database) -> None:
    office, ended = Office(database, lease=0.3), list[str]()

    async def forever(task: Task) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(task.id)

    office.handle("held", forever)
    await office.runner.start()
    job_id = await office.ask("held")
    await office.state(job_id, "running")
    # As if this process had been asleep for longer than its lease.
    async with database.writing(None) as scope:
        await scope.session.execute(update(Job).values(fence=Job.fence + 1, lease_until=clock.now() + _LATER))
    await until(lambda: ended == [job_id])
    assert (await office.view(job_id)).state == "running"
    await office.runner.stop()


async def test_a_job_is_run_again_when_asked(office: Office, ada: Subject, bob: Subject) -> None:
    wrong = True

    async def handler(task: Task) -> None:
        office.done.append(task.attempt)
        if wrong:
            raise Invalid

    office.handle("note", handler)
    await office.runner.start()
    job_id = await office.ask("note", None, ada)
    await until(lambda: bool(office.done))
    await office.state(job_id, "failed", ada)
    with pytest.raises(JobNotFound):
        async with office.database.writing(bob) as scope:
            await office.jobs.again(scope, job_id)
    wrong = False
    async with office.database.writing(ada) as scope:
        view = await office.jobs.again(scope, job_id)
    assert (view.state, view.attempts, view.error, view.finished_at) == ("queued", 0, None, None)
    await until(lambda: office.done == [1, 1])
    await office.state(job_id, "done", ada)
    with pytest.raises(JobNotRepeatable):
        async with office.database.writing(ada) as scope:
            await office.jobs.again(scope, job_id)


async def test_what_is_owed_or_comes_round_cannot_be_cancelled(office: Office) -> None:
    office.handle("purge", owed=True)
    office.handle("tick", every=3600.0)
    await office.runner.start()
    owed = await office.ask("purge", delay=60)
    for job_id in (owed, "job_every_tick"):
        with pytest.raises(JobNotCancellable):
            async with office.database.writing(None) as scope:
                await office.jobs.cancel(scope, job_id)
    # One that waits for its time is not brought forward: it would find that there is nothing to do yet.
    with pytest.raises(JobNotRepeatable):
        async with office.database.writing(None) as scope:
            await office.jobs.again(scope, owed)
    async with office.database.writing(None) as scope:
        await office.jobs.again(scope, "job_every_tick")
    await until(lambda: len(office.done) == 1)


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
