"""The port of background work: asking for it, looking at it, stopping it, having it done again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from mecum.infra.jobs.errors import JobNotCancellable, JobNotFound, JobNotRepeatable
from mecum.infra.jobs.kinds import NORMAL, Kind
from mecum.infra.jobs.neighbours import Heard, JobNews
from mecum.infra.jobs.repository import Filter, JobRepository, JobView, insert_job
from mecum.infra.storage import Op, Scope, Unscoped
from mecum.kernel import clock, ids, paging
from mecum.kernel.subject import Subject

SCHEDULED: Final = "job_every_"
"""What the id of a job that comes round begins with."""


class Jobs:
    """Jobs exist exactly when the change that asked for them does. Makes no copies and starts nothing by itself."""

    def __init__(self, repository: JobRepository | None = None) -> None:
        self._rows = repository or JobRepository()
        self._kinds: dict[str, Kind] = {}
        self._woken: list[Callable[[], None]] = []
        self._stopped: list[Callable[[str], None]] = []
        self._told: list[Heard] = []

    def know(self, kind: Kind) -> None:
        """Learn what may be done with a kind."""
        self._kinds[kind.name] = kind

    def kind(self, name: str) -> Kind | None:
        """Return what a kind is, where this process knows it."""
        return self._kinds.get(name)

    async def enqueue(
        self, scope: Scope, kind: str, payload: Any = None, *, delay: float = 0.0, priority: int = NORMAL
    ) -> str:
        """Ask for a job as part of a change; return its id. It begins `delay` seconds after the change is on disk."""
        asker = _asker(scope)
        job_id, op = self.op(kind, payload, asker, delay=delay, priority=priority)
        await self._rows.insert(scope, op)
        scope.after_commit.append(lambda: self._asked(JobNews(job_id, kind, "queued", asker)))
        return job_id

    def op(
        self, kind: str, payload: Any, subject: Subject | None, *, delay: float = 0.0, priority: int = NORMAL
    ) -> tuple[str, Op]:
        """Return a job's id and the write that asks for it; the caller commits it with its change and calls `wake`."""
        job_id = ids.new("job")
        run_at = clock.milliseconds() + round(delay * 1000)
        return job_id, insert_job(job_id, kind, payload, subject, priority=priority, run_at=run_at)

    async def get(self, scope: Scope, job_id: str, *, instance: bool = False) -> JobView:
        """Return a job of this scope's person, or with `instance` one that is nobody's; raises JobNotFound."""
        found = await self._rows.find(scope, job_id, _asker(scope), instance=instance)
        if found is None:
            raise JobNotFound
        return found

    async def newest(self, scope: Scope, kind: str, limit: int) -> list[JobView]:
        """Return the last jobs of a kind that this scope's person asked for, the newest first."""
        return await self._rows.newest(scope, kind, _asker(scope), limit)

    async def page(self, scope: Scope, which: Filter, cursor: str | None, limit: int) -> paging.Page[JobView]:
        """Return one page of this scope's person's jobs, the newest first; raises BadCursor."""
        found = await self._rows.listed(scope, scope.subject, which, _position(cursor), limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        following = None if last is None else paging.encode(clock.to_milliseconds(last.created_at), last.id)
        return paging.Page(found[:limit], following)

    async def cancel(self, scope: Scope, job_id: str, *, instance: bool = False) -> None:
        """End a job of this scope's person, also in the middle; raises JobNotFound when it is over already.

        A job that `can_cancel` does not allow raises JobNotCancellable.
        """
        asker = _asker(scope)
        found = await self._rows.find(scope, job_id, asker, instance=instance)
        if found is None or found.finished_at is not None:
            raise JobNotFound
        if not self.can_cancel(found):
            raise JobNotCancellable
        if not await self._rows.cancel(scope, job_id, asker, instance=instance):
            raise JobNotFound
        kind = self._kinds.get(found.kind)
        if kind is not None and kind.cancelled is not None:
            await kind.cancelled(scope, found)
        news = JobNews(job_id, found.kind, "cancelled", asker if found.person_id else None)
        scope.after_commit.append(lambda: self._stop(news))

    async def again(self, scope: Scope, job_id: str, *, instance: bool = False) -> JobView:
        """Have a job done anew, now: one that failed, was cancelled, waits after a failure, or comes round anyhow.

        Raises JobNotFound, JobNotRepeatable, and what the kind's own room refuses it with.
        """
        asker = _asker(scope)
        found = await self.get(scope, job_id, instance=instance)
        if not self.can_repeat(found) or not await self._rows.again(scope, job_id, asker, instance=instance):
            raise JobNotRepeatable
        kind = self._kinds.get(found.kind)
        if kind is not None and kind.again is not None:
            await kind.again(scope, found)
        news = JobNews(job_id, found.kind, "queued", asker if found.person_id else None)
        scope.after_commit.append(lambda: self._asked(news))
        return await self.get(scope, job_id, instance=instance)

    def can_cancel(self, job: JobView) -> bool:
        """Return whether a job may be cancelled now."""
        kind = self._kinds.get(job.kind)
        return job.finished_at is None and not job.id.startswith(SCHEDULED) and not (kind is not None and kind.owed)

    def can_repeat(self, job: JobView) -> bool:
        """Return whether a job may be run again now."""
        waits = job.state == "queued" and (job.error is not None or job.id.startswith(SCHEDULED))
        kind = self._kinds.get(job.kind)
        return waits or (kind is not None and job.state in kind.repeats)

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

    def on_news(self, callback: Heard) -> None:
        """Call `callback` with what a change did to a job: it was asked for, or stopped."""
        self._told.append(callback)

    def _asked(self, news: JobNews) -> None:
        for callback in self._told:
            callback(news)
        self.wake()

    def _stop(self, news: JobNews) -> None:
        for stop in self._stopped:
            stop(news.id)
        for callback in self._told:
            callback(news)


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, job_id = paging.decode(cursor, int, str)
    try:
        return clock.from_milliseconds(int(at)), str(job_id)
    except (OverflowError, ValueError, OSError) as error:
        raise paging.BadCursor from error


def _asker(scope: Scope) -> Subject | None:
    try:
        return scope.subject
    except Unscoped:
        return None
