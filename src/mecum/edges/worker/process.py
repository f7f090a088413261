"""A process that does jobs and serves nobody, beside the server on the same database and data folder."""

import asyncio
import signal
from collections.abc import Callable

from mecum.bootstrap import running
from mecum.edges.worker.background import background
from mecum.infra.tracing.logs import configure
from mecum.kernel.errors import Conflict
from mecum.settings import Settings


class EmbeddedStore(Conflict):
    """A SQLite store belongs to one process: the server does its jobs itself. Workers need PostgreSQL."""

    code = "worker.embedded_store"


def work(settings: Settings, ready: Callable[[list[str]], None]) -> None:
    """Do jobs until a signal says stop; calls `ready` with the kinds it does. Raises EmbeddedStore."""
    if settings.storage.url is None:
        raise EmbeddedStore
    configure(settings.log)
    asyncio.run(_work(settings, ready))


async def _work(settings: Settings, ready: Callable[[list[str]], None]) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running(settings, serves=False) as parts, background(parts, serves=False) as runner:
        ready(runner.kinds)
        await stop.wait()
