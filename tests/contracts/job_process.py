"""A process that does jobs until it is killed: run by test_jobs_shared.py with a store's place and a file to write."""

import asyncio
import sys
from pathlib import Path

from mecum.infra.jobs.kinds import Kind, Task
from mecum.infra.jobs.neighbours import Alone, Neighbours
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.runner import JobRunner
from mecum.infra.storage.database import Database
from mecum.infra.storage.location import Location
from mecum.integrations.postgres.bus import PostgresBus
from mecum.integrations.postgres.jobs import PostgresNeighbours


async def work(place: str, key: str, mark: Path) -> None:
    """Do what waits in the store: what is `held` never ends, what is `counted` leaves an effect and a line each."""
    location = Location(url=place) if "://" in place else Location(Path(place), bytes.fromhex(key) or None)
    database = await Database.open(location)
    neighbours: Neighbours = Alone() if database.is_sqlite else PostgresNeighbours(PostgresBus(database))
    jobs = Jobs()
    runner = JobRunner(database, jobs, lease=1.0, neighbours=neighbours)

    async def forever(task: Task) -> None:
        mark.write_text(str(task.attempt))  # noqa: ASYNC240 - the process does nothing else
        await asyncio.sleep(600)

    async def count(task: Task) -> None:
        with mark.open("a") as file:
            file.write(f"{task.payload}\n")
        await asyncio.sleep(0.01)
        async with database.writing(None) as scope:
            await jobs.enqueue(scope, "effect", task.payload)
            await task.complete(scope)

    runner.register(Kind("held", forever))
    runner.register(Kind("counted", count, most_attempts=100))
    await runner.start()
    await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
