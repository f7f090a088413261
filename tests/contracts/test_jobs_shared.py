"""Several processes on one store: they share the work, hear each other, and outlive each other."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from factories.offices import Office, until
from factories.stores import Store
from mecum.infra.jobs.kinds import Handler, Task
from mecum.infra.storage import Database
from mecum.infra.storage.location import Location
from mecum.kernel import clock


async def test_a_job_asked_for_here_is_begun_there(offices: list[Office]) -> None:
    here, there = offices
    there.handle("note")
    for office in offices:
        await office.runner.start()
    job_id = await here.ask("note", "seen")
    await until(lambda: there.done == ["seen"])
    # And both hear how it goes.
    for office in offices:
        await until(lambda o=office: [n.state for n in o.news if n.id == job_id] == ["queued", "running", "done"])  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownMemberType, reportUnknownVariableType]


async def test_several_share_the_work_and_nothing_is_done_twice(offices: list[Office]) -> None:
    working, both = set[Office](), asyncio.Event()

    def handler_of(office: Office) -> Handler:
        async def handler(task: Task) -> None:
            working.add(office)
            if len(working) == 2:
                both.set()
            # Nobody goes on before the other one has something to do as well.
            await both.wait()
            office.done.append(task.payload)

        return handler

    for office in offices:
        office.handle("note", handler_of(office))
    for number in range(60):
        await offices[0].ask("note", number)
    await asyncio.gather(*(office.runner.start() for office in offices))
    await until(lambda: sum(len(office.done) for office in offices) >= 60)
    await asyncio.sleep(0.1)
    assert sorted(number for office in offices for number in office.done) == list(range(60))


async def test_a_limit_holds_for_all_processes_together(offices: list[Office]) -> None:
    active, most, ended = 0, 0, 0

    async def handler(task: Task) -> None:
        nonlocal active, most, ended
        active += 1
        most = max(most, active)
        await asyncio.sleep(0.02)
        active -= 1
        ended += 1

    for office in offices:
        office.handle("slow", handler, at_once=1)
    for _ in range(12):
        await offices[0].ask("slow")
    await asyncio.gather(*(office.runner.start() for office in offices))
    await until(lambda: ended == 12)
    assert most == 1


async def test_a_job_done_elsewhere_is_cancelled_there(offices: list[Office]) -> None:
    here, there = offices
    ended: list[str] = []

    async def forever(task: Task) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(task.id)

    there.handle("held", forever)
    for office in offices:
        await office.runner.start()
    job_id = await here.ask("held")
    await here.state(job_id, "running")
    async with here.database.writing(None) as scope:
        await here.jobs.cancel(scope, job_id)
    await until(lambda: ended == [job_id])
    assert (await here.view(job_id)).state == "cancelled"


async def test_who_is_cut_off_hears_again_and_misses_no_job(offices: list[Office]) -> None:
    here, there = offices
    there.handle("note")
    for office in offices:
        await office.runner.start()
    async with here.database.engine.connect() as connection:
        listening = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query ~ '^LISTEN'"
        assert (await connection.exec_driver_sql(listening)).scalar() == 2
    for number in range(3):
        await here.ask("note", number)
    await until(lambda: there.done == [0, 1, 2])


@pytest.mark.slow
async def test_a_job_survives_kill_9(store: Store, tmp_path: Path) -> None:
    async with _office(store) as office:
        job_id = await office.ask("held", "kept")
    for attempt in (1, 2):
        await _killed_in_the_middle(store, tmp_path / f"mark {attempt}")
        assert (tmp_path / f"mark {attempt}").read_text() == str(attempt)
        async with _office(store) as office:
            assert (await office.view(job_id)).state == "running"
    async with _office(store) as office:
        office.handle("held")
        before = clock.monotonic()
        await office.runner.start()
        await until(lambda: office.done == ["kept"])
        # SQLite has one owner, so the dead process's lease is void at once; on PostgreSQL it has to run out.
        assert clock.monotonic() - before < (1.0 if office.database.is_sqlite else 3.0)
        view = await office.state(job_id, "done")
        assert view.attempts == 3
        await office.runner.stop()


@pytest.mark.slow
async def test_a_dead_process_is_taken_over_from_while_others_work(postgres_url: str, tmp_path: Path) -> None:
    database = await Database.open(Location(url=postgres_url))
    office, mark = Office(database), tmp_path / "mark"
    office.handle("held")
    job_id = await office.ask("held", "kept")
    with _process(postgres_url, b"", mark):
        await until(lambda: mark.exists() and bool(mark.read_text()))
        await office.runner.start()
        # While it lives its lease is renewed, however long the job takes.
        await asyncio.sleep(2.5)
        assert office.done == []
    await until(lambda: office.done == ["kept"])
    assert (await office.state(job_id, "done")).attempts == 2
    await office.runner.stop()
    await database.close()


@pytest.mark.slow
async def test_an_effect_comes_once_however_often_its_process_is_killed(store: Store, tmp_path: Path) -> None:
    many, mark = 40, tmp_path / "mark"
    mark.touch()
    async with _office(store) as office:
        for number in range(many):
            await office.ask("counted", number)
    for killed in range(1, 5):
        with _process(_place(store), store.key or b"", mark):
            await until(lambda k=killed: len(mark.read_text().splitlines()) >= 8 * k)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    async with _office(store) as office:

        async def count(task: Task) -> None:
            async with office.database.writing(None) as scope:
                await office.jobs.enqueue(scope, "effect", task.payload)
                await task.complete(scope)

        office.handle("counted", count, most_attempts=100)
        office.handle("effect")
        await office.runner.start()
        await until(lambda: len(office.done) >= many)
        await office.runner.stop()
        # Some were begun twice, none had its effect twice.
        assert sorted(office.done) == list(range(many))


@asynccontextmanager
async def _office(store: Store) -> AsyncGenerator[Office]:
    """Open the store for as long as no other process has it: SQLite's file has one owner at a time."""
    database = await Database.open(store.location)
    yield Office(database)
    await database.close()


async def _killed_in_the_middle(store: Store, mark: Path) -> None:
    with _process(_place(store), store.key or b"", mark):
        await until(lambda: mark.exists() and bool(mark.read_text()))


def _place(store: Store) -> str:
    return store.location.url or str(store.location.path)


@contextmanager
def _process(place: str, key: bytes, mark: Path) -> Generator[None]:
    """Have another process do jobs, and kill it in the middle of them."""
    script = Path(__file__).with_name("job_process.py")
    process = subprocess.Popen([sys.executable, str(script), place, key.hex(), str(mark)])
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
