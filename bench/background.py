"""A process that does jobs and measures itself: run by `bench/jobs.py` with the place of a store."""

import asyncio
import json
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

from mecum.infra.jobs.kinds import Kind, Task
from mecum.infra.jobs.neighbours import Alone, Neighbours
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.runner import JobRunner
from mecum.infra.storage import Database
from mecum.infra.storage.location import Location

_APART_SECONDS: Final = 0.02
_MANY: Final = 500
_ROUND_SECONDS: Final = 10.0
"""How often the schedule comes round meanwhile: six times as often as the most frequent one of the product."""


async def measured(place: str, handed: int, idle: float) -> dict[str, float]:
    """Return the figures: `handed` jobs one by one, many at once, and nothing to do for `idle` seconds."""
    location = Location(url=place) if "://" in place else Location(Path(place))
    here = await Database.open(location)
    # Where several processes share a store, who asks for a job is another one than who does it.
    there = here if here.is_sqlite else await Database.open(location)
    asking, doing = Jobs(), Jobs()
    runner = JobRunner(there, asking if here.is_sqlite else doing, neighbours=_neighbours(there))
    began: asyncio.Queue[float] = asyncio.Queue()

    async def note(_: Task) -> None:
        began.put_nowait(time.perf_counter())

    async def nothing(_: Task) -> None:
        """Come round."""

    runner.register(Kind("note", note))
    runner.register(Kind("tick", nothing, every=_ROUND_SECONDS))
    await runner.start()
    waits, spent = list[float](), time.process_time()
    for _ in range(handed):
        await asyncio.sleep(_APART_SECONDS)
        asked = time.perf_counter()
        async with here.writing(None) as scope:
            await asking.enqueue(scope, "note")
        waits.append((await began.get() - asked) * 1e3)
    each = (time.process_time() - spent) / handed
    asked = time.perf_counter()
    async with here.writing(None) as scope:
        for _ in range(_MANY):
            await asking.enqueue(scope, "note")
    for _ in range(_MANY):
        await began.get()
    together = time.perf_counter() - asked
    await asyncio.sleep(1)
    spent, since = time.process_time(), time.perf_counter()
    await asyncio.sleep(idle)
    share = (time.process_time() - spent) / (time.perf_counter() - since)
    await runner.stop()
    for database in {here, there}:
        await database.close()
    cuts = quantiles(waits, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "cpu": each * 1e3, "each_second": _MANY / together, "idle": share * 100}


def _neighbours(database: Database) -> Neighbours:
    if database.is_sqlite:
        return Alone()
    from mecum.integrations.postgres.bus import PostgresBus  # noqa: PLC0415 - as in the product
    from mecum.integrations.postgres.jobs import PostgresNeighbours  # noqa: PLC0415

    return PostgresNeighbours(PostgresBus(database))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measured(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))
