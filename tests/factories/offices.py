"""Jobs and those who do them, over one store or over one that several processes share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest_asyncio

from mecum.infra.jobs.gate import Gate
from mecum.infra.jobs.kinds import Handler, Kind, Task
from mecum.infra.jobs.neighbours import Alone, JobNews, Neighbours
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import JobView
from mecum.infra.jobs.runner import JobRunner
from mecum.infra.storage import Database
from mecum.infra.storage.location import Location
from mecum.integrations.postgres.bus import PostgresBus
from mecum.integrations.postgres.jobs import PostgresNeighbours
from mecum.kernel.subject import Subject


def neighbours_of(database: Database) -> Neighbours:
    """Return the adapter that this kind of store is used with."""
    return Alone() if database.is_sqlite else PostgresNeighbours(PostgresBus(database))


class Office:
    """Jobs and their runner over one store."""

    def __init__(self, database: Database, **options: Any) -> None:
        self.database, self.jobs, self.gate = database, Jobs(), Gate()
        options.setdefault("neighbours", neighbours_of(database))
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

    async def state(self, job_id: str, wanted: str, subject: Subject | None = None) -> JobView:
        """Return a job once it is in the state wanted."""
        async with asyncio.timeout(10):
            while (view := await self.view(job_id, subject)).state != wanted:  # noqa: ASYNC110 - as in `until`
                await asyncio.sleep(0.02)
        return view


@pytest_asyncio.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    office = Office(database)
    yield office
    await office.runner.stop()


@pytest_asyncio.fixture
async def offices(postgres_url: str) -> AsyncIterator[list[Office]]:
    """Yield two processes' worth of offices over one store; only PostgreSQL lets several processes in."""
    opened = [await Database.open(Location(url=postgres_url)) for _ in range(2)]
    made = [Office(database) for database in opened]
    yield made
    for office in made:
        await office.runner.stop()
    for database in opened:
        await database.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.01)
