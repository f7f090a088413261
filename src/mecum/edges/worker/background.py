"""Does background work while a server runs, or in a process of its own beside it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from mecum.bootstrap import Parts
from mecum.bootstrap.neighbours import neighbours_of
from mecum.edges.worker.jobs import register
from mecum.infra.jobs.runner import JobRunner


@asynccontextmanager
async def background(parts: Parts, *, serves: bool = True) -> AsyncGenerator[JobRunner]:
    """Do jobs until the end of the body; a process that does not serve leaves to the server what is the server's."""
    settings = parts.settings.jobs
    runner = JobRunner(
        parts.database,
        parts.jobs,
        parts.gate,
        concurrency=settings.concurrency,
        yield_seconds=settings.yield_seconds,
        lease=settings.lease_seconds,
        neighbours=neighbours_of(parts.database, parts.channel, serves=serves),
        home=serves,
    )
    register(runner, parts, tells=serves)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()
