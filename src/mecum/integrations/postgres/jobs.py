"""Several processes that do the jobs of one PostgreSQL database: what happens to a row is told by the database itself.

A trigger says it with the change (`migrations`), so that nobody is woken for what was rolled back, and nobody sleeps
through what was committed by a process that died right after.
"""

from collections.abc import Callable
from typing import Any, Final

import orjson

from mecum.infra.jobs.neighbours import Heard, JobNews
from mecum.integrations.postgres.bus import PostgresBus
from mecum.kernel import ids
from mecum.kernel.subject import Subject

CHANNEL: Final = "mecum_jobs"
"""Where the trigger says it."""


class PostgresNeighbours:
    """See `Neighbours`."""

    alone = False

    def __init__(self, bus: PostgresBus) -> None:
        self._bus = bus

    async def start(self, heard: Heard, missed: Callable[[], None]) -> None:
        """See `Neighbours`; raises StoreUnavailable."""
        self._bus.listen(CHANNEL, lambda said: heard(_news(said)), missed)
        await self._bus.start()

    async def stop(self) -> None:
        """See `Neighbours`."""
        await self._bus.stop()


def _news(said: str) -> JobNews:
    told: dict[str, Any] = orjson.loads(said)
    organisation, person = told["organisation_id"], told["person_id"]
    subject: Subject | None = None
    if organisation is not None and person is not None:
        subject = Subject(ids.text("org", organisation), ids.text("per", person))
    progress = None if told["progress"] is None else orjson.loads(told["progress"])
    return JobNews(told["id"], told["kind"], told["state"], subject, progress, told["error"])
