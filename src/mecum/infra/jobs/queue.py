"""The port of background work: asking for it, looking at it, stopping it."""

from collections.abc import Callable
from typing import Any

from mecum.infra.jobs.errors import JobNotFound
from mecum.infra.jobs.kinds import NORMAL
from mecum.infra.jobs.repository import JobRepository, JobView, insert_job
from mecum.infra.storage import Op, Scope, Unscoped
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject


class Jobs:
    """Jobs exist exactly when the change that asked for them does. Makes no copies and starts nothing by itself."""

    def __init__(self, repository: JobRepository | None = None) -> None:
        self._rows = repository or JobRepository()
        self._woken: list[Callable[[], None]] = []
        self._stopped: list[Callable[[str], None]] = []

    async def enqueue(
        self, scope: Scope, kind: str, payload: Any = None, *, delay: float = 0.0, priority: int = NORMAL
    ) -> str:
        """Ask for a job as part of a change; return its id. It begins `delay` seconds after the change is on disk."""
        job_id, op = self.op(kind, payload, _asker(scope), delay=delay, priority=priority)
        await self._rows.insert(scope, op)
        scope.after_commit.append(self.wake)
        return job_id

    def op(
        self, kind: str, payload: Any, subject: Subject | None, *, delay: float = 0.0, priority: int = NORMAL
    ) -> tuple[str, Op]:
        """Return a job's id and the write that asks for it; the caller commits it with its change and calls `wake`."""
        job_id = ids.new("job")
        run_at = clock.milliseconds() + round(delay * 1000)
        return job_id, insert_job(job_id, kind, payload, subject, priority=priority, run_at=run_at)

    async def get(self, scope: Scope, job_id: str) -> JobView:
        """Return a job of this scope's person; raises JobNotFound."""
        found = await self._rows.find(scope, job_id, _asker(scope))
        if found is None:
            raise JobNotFound
        return found

    async def newest(self, scope: Scope, kind: str, limit: int) -> list[JobView]:
        """Return the last jobs of a kind that this scope's person asked for, the newest first."""
        return await self._rows.newest(scope, kind, _asker(scope), limit)

    async def cancel(self, scope: Scope, job_id: str) -> None:
        """End a job of this scope's person, also in the middle; raises JobNotFound when it is over already."""
        if not await self._rows.cancel(scope, job_id, _asker(scope)):
            raise JobNotFound
        scope.after_commit.append(lambda: self._stop(job_id))

    def wake(self) -> None:
        """There is something to do."""
        for callback in self._woken:
            callback()

    def on_wake(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever a job was asked for."""
        self._woken.append(callback)

    def on_stop(self, callback: Callable[[str], None]) -> None:
        """Call `callback` with the id of every job that was cancelled."""
        self._stopped.append(callback)

    def _stop(self, job_id: str) -> None:
        for callback in self._stopped:
            callback(job_id)


def _asker(scope: Scope) -> Subject | None:
    try:
        return scope.subject
    except Unscoped:
        return None
