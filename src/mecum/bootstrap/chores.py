"""Jobs whose rooms are loaded when one of them is first done."""

from typing import Any, Final

from mecum.infra.jobs.kinds import LATER, Kind, Task
from mecum.infra.jobs.queue import Jobs
from mecum.infra.secrets.keys import Keys
from mecum.settings import Settings

_DAY: Final = 24 * 3600.0


def backup_kinds(settings: Settings, keys: Keys, jobs: Jobs) -> list[Kind]:
    """Return the kinds of jobs that backups are."""

    def service() -> Any:
        from mecum.bootstrap.upkeep import backups_of  # noqa: PLC0415 - most days need none of it

        return backups_of(settings, keys, jobs)

    async def make(task: Task) -> None:
        await service().make(task)

    async def verify(task: Task) -> None:
        await service().verify(task)

    async def expire(_: Task) -> None:
        await service().expire()

    return [
        Kind("backup.make", make, most_attempts=2, timeout=_DAY, at_once=1),
        Kind("backup.verify", verify, most_attempts=1, timeout=_DAY, at_once=1),
        Kind("backup.expire", expire, every=_DAY, priority=LATER),
    ]
