"""The jobs table: claims, and jobs as those see them who asked for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update

from mecum.infra.jobs.errors import LeaseLost
from mecum.infra.jobs.model import Job
from mecum.infra.jobs.repository.claims import one_at_a_time
from mecum.infra.jobs.repository.writes import Claimed, finish
from mecum.infra.storage import Op, Scope
from mecum.infra.storage.writer import execute_raw
from mecum.kernel import clock
from mecum.kernel.subject import Subject


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as others see it. `state` is queued, running, done, failed or cancelled."""

    id: str
    kind: str
    state: str
    attempts: int
    progress: Any
    error: str | None
    run_at: datetime
    finished_at: datetime | None
    payload: Any
    created_at: datetime
    person_id: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs a list holds. `instance` adds those that are nobody's; `scheduled` are those that come round."""

    states: Collection[str] = ()
    kind: str | None = None
    instance: bool = False
    scheduled: bool | None = None


class JobRepository:
    """The jobs table. Scopes are the instance's own unless said otherwise."""

    async def ensure(self, scope: Scope, op: Op) -> None:
        """Insert a row unless there is one with its id, whoever else is about to."""
        await one_at_a_time(scope)
        if await scope.session.get(Job, op.values["id"]) is None:
            await self.insert(scope, op)

    async def insert(self, scope: Scope, op: Op) -> None:
        """Insert a row as part of a person's or the instance's change."""
        await execute_raw(await scope.session.connection(), op)

    async def renew(self, scope: Scope, job: Claimed, until: int) -> bool:
        """Note that a job is still worked on; False when it is somebody else's by now, or stopped."""
        query = (
            update(Job)
            .where(Job.id == job.id, Job.fence == job.fence, Job.state == "running")
            .values(lease_until=clock.from_milliseconds(until))
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        )
        return (await scope.session.execute(query)).scalar() is not None

    async def void_leases(self, scope: Scope) -> None:
        """Give back everything that a process that is no more was working on."""
        query = update(Job).where(Job.state == "running").values(state="queued", lease_until=None)
        await scope.session.execute(query.execution_options(synchronize_session=False))

    async def complete(self, scope: Scope, job: Claimed) -> None:
        """Finish a job in the same change as its effect, in anybody's scope; raises LeaseLost, so nothing is stored."""
        op = finish(job, "done")
        values = {**op.values, "_at": clock.from_milliseconds(op.values["_at"])}
        result = await scope.session.execute(
            op.prepared.statement, values, execution_options={"synchronize_session": False}
        )
        if getattr(result, "rowcount", 0) != 1:
            raise LeaseLost

    async def cancel(self, scope: Scope, job_id: str, subject: Subject | None, *, instance: bool = False) -> bool:
        """End a job that is not over; False when there is none, for this subject."""
        query = update(Job).where(Job.id == job_id, Job.finished_at.is_(None), *_of(subject, instance))
        query = query.values(state="cancelled", finished_at=clock.now(), lease_until=None, fence=Job.fence + 1)
        query = query.returning(Job.id).execution_options(synchronize_session=False)
        return (await scope.session.execute(query)).scalar() is not None

    async def again(self, scope: Scope, job_id: str, subject: Subject | None, *, instance: bool = False) -> bool:
        """Let a job begin anew now; False where it does not wait after a failure, did not fail and was not stopped."""
        waits = (Job.state == "queued") & (Job.error.is_not(None) | _scheduled())
        query = update(Job).where(Job.id == job_id, *_of(subject, instance))
        query = query.where(Job.state.in_(("failed", "cancelled")) | waits)
        query = query.values(
            state="queued",
            run_at=clock.now(),
            attempts=0,
            finished_at=None,
            lease_until=None,
            error=None,
            progress=None,
        )
        query = query.returning(Job.id).execution_options(synchronize_session=False)
        return (await scope.session.execute(query)).scalar() is not None

    async def find(
        self, scope: Scope, job_id: str, subject: Subject | None, *, instance: bool = False
    ) -> JobView | None:
        """Return a job, for this subject."""
        query = select(Job).where(Job.id == job_id, *_of(subject, instance))
        row = (await scope.session.execute(query.execution_options(populate_existing=True))).scalar()
        return None if row is None else _view(row)

    async def newest(self, scope: Scope, kind: str, subject: Subject | None, limit: int) -> list[JobView]:
        """Return the last jobs of a kind, for this subject, the newest first; what is over is kept for a week."""
        query = select(Job).where(Job.kind == kind, *_of(subject)).order_by(Job.created_at.desc(), Job.id.desc())
        return [_view(row) for row in (await scope.session.execute(query.limit(limit))).scalars()]

    async def listed(
        self, scope: Scope, subject: Subject, which: Filter, after: tuple[datetime, str] | None, limit: int
    ) -> list[JobView]:
        """Return jobs of this subject, the newest first, beyond a position (created at, id)."""
        query = select(Job).where(*_of(subject, which.instance))
        if which.states:
            query = query.where(Job.state.in_(which.states))
        if which.kind is not None:
            query = query.where(Job.kind == which.kind)
        if which.scheduled is not None:
            query = query.where(_scheduled() if which.scheduled else ~_scheduled())
        if after is not None:
            query = query.where(tuple_(Job.created_at, Job.id) < after)
        query = query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)
        return [_view(row) for row in (await scope.session.execute(query)).scalars()]

    async def counts(self, scope: Scope) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        rows = await scope.session.execute(select(Job.state, func.count(Job.id)).group_by(Job.state))
        return {row[0]: row[1] for row in rows}

    async def sweep(self, scope: Scope, before: datetime) -> None:
        """Delete what was over before a moment."""
        await scope.session.execute(delete(Job).where(Job.finished_at < before))


def _view(row: Job) -> JobView:
    return JobView(
        row.id,
        row.kind,
        row.state,
        row.attempts,
        row.progress,
        row.error,
        row.run_at,
        row.finished_at,
        row.payload,
        row.created_at,
        row.person_id,
    )


def _scheduled() -> ColumnElement[bool]:
    return Job.id.startswith("job_every_", autoescape=True)


def _of(subject: Subject | None, instance: bool = False) -> list[ColumnElement[bool]]:
    if subject is None:
        return []
    theirs = (Job.organisation_id == subject.organisation_id) & (Job.person_id == subject.person_id)
    return [theirs | Job.person_id.is_(None) if instance else theirs]
