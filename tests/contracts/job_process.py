"""A process that holds a job until it is killed: run by test_jobs.py with the place of a store and a file to write."""

import asyncio
import sys
from pathlib import Path

from mecum.infra.jobs.kinds import Kind, Task
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.runner import JobRunner
from mecum.infra.storage.database import Database
from mecum.infra.storage.location import Location


async def hold(place: str, key: str, mark: Path) -> None:
    """Begin the job that waits in the store, say so, and never end."""
    location = Location(url=place) if "://" in place else Location(Path(place), bytes.fromhex(key) or None)
    database = await Database.open(location)
    runner = JobRunner(database, Jobs(), lease=1.0)

    async def forever(task: Task) -> None:
        mark.write_text(str(task.attempt))  # noqa: ASYNC240 - the process does nothing else
        await asyncio.sleep(600)

    runner.register(Kind("held", forever))
    await runner.start()
    await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
