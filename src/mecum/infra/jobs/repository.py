"""Reading and writing jobs, the same on both databases.

A claim raises the fence of a row; whatever is written for a job afterwards names the fence it was claimed with, so that
somebody who lost the job (a lease that ran out, a cancel) changes nothing any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, text, update

from mecum.infra.jobs.errors import LeaseLost
from mecum.infra.jobs.model import Job
from mecum.infra.storage import Op, Prepared, Scope
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_NAMES = "id kind payload organisation_id person_id state priority run_at attempts fence created_at".split()
_HELD = (Job.id == bindparam("_id")) & (Job.fence == bindparam("_fence")) & text("state = 'running'")
_INSERT = Prepared(insert(Job).values({name: bindparam(name) for name in _NAMES}))
_FINISH = Prepared(
    update(Job)
    .where(_HELD)
    .values(
        state=bindparam("_state"),
        error=bindparam("_error"),
        finished_at=bindparam("_at"),
        lease_until=bindparam("_lease"),
    ),
    system=True,
)
_REQUEUE = Prepared(
    update(Job)
    .where(_HELD)
    .values(
        state=bindparam("_state"),
        run_at=bindparam("_at"),
        attempts=bindparam("_attempts"),
        error=bindparam("_error"),
        lease_until=bindparam("_lease"),
    ),
    system=True,
)
_RENEW = Prepared(update(Job).where(_HELD).values(lease_until=bindparam("_until")), system=True)
_PROGRESS = Prepared(update(Job).where(_HELD).values(progress=bindparam("_progress")), system=True)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job this process may work on, as long as its fence stands. Moments are milliseconds."""

    id: str
    kind: str
    payload: Any
    subject: Subject | None
    attempt: int
    fence: int
    priority: int


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


def insert_job(
    job_id: str, kind: str, payload: Any, subject: Subject | None, *, priority: int = 0, run_at: int | None = None
) -> Op:
    """Return the write of a new job; `payload` is ids and small JSON, `run_at` milliseconds (now)."""
    now = clock.milliseconds()
    values = {
        "id": job_id,
        "kind": kind,
        "payload": orjson.dumps({} if payload is None else payload).decode(),
        "organisation_id": subject.organisation_id if subject else None,
        "person_id": subject.person_id if subject else None,
        "state": "queued",
        "priority": priority,
        "run_at": now if run_at is None else run_at,
        "attempts": 0,
        "fence": 0,
        "created_at": now,
    }
    return Op(_INSERT, values)


def finish(job: Claimed, state: str, error: str | None = None) -> Op:
    """Return the write that a job is over: done or failed."""
    return Op(_FINISH, {**_held(job), "_state": state, "_error": error, "_at": clock.milliseconds(), "_lease": None})


def requeue(job: Claimed, run_at: int, attempts: int, error: str | None = None) -> Op:
    """Return the write that a job waits again."""
    values = {"_state": "queued", "_at": run_at, "_attempts": attempts, "_error": error, "_lease": None}
    return Op(_REQUEUE, {**_held(job), **values})


def renew(job: Claimed, until: int) -> Op:
    """Return the write that a job is still worked on."""
    return Op(_RENEW, {**_held(job), "_until": until})


def note_progress(job: Claimed, progress: Any) -> Op:
    """Return the write of how far a job is."""
    return Op(_PROGRESS, {**_held(job), "_progress": orjson.dumps(progress).decode()})


class JobRepository:
    """The jobs table. Scopes are the instance's own unless said otherwise."""

    async def ensure(self, scope: Scope, op: Op) -> None:
        """Insert a row unless there is one with its id."""
        if await scope.session.get(Job, op.values["id"]) is None:
            await scope.session.execute(op.prepared.statement, _typed(op.values))

    async def insert(self, scope: Scope, op: Op) -> None:
        """Insert a row as part of a person's or the instance's change."""
        await scope.session.execute(op.prepared.statement, _typed(op.values))

    async def claim(
        self, scope: Scope, kinds: Sequence[str], most: int, now: int, due: int, lease_until: int
    ) -> list[Claimed]:
        """Take up to `most` jobs that are due: urgent ones by `now`, others by `due`."""
        moment = clock.from_milliseconds
        waiting = (Job.state == "queued") & (
            (Job.run_at <= moment(due)) | ((Job.priority < 0) & (Job.run_at <= moment(now)))
        )
        abandoned = (Job.state == "running") & (Job.lease_until <= moment(now))
        chosen = (
            select(Job.id)
            .where(Job.finished_at.is_(None), Job.kind.in_(kinds), or_(waiting, abandoned))
            .order_by(Job.priority, Job.run_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        ids = (await scope.session.execute(chosen)).scalars().all()
        if not ids:
            return []
        query = (
            update(Job)
            .where(Job.id.in_(ids))
            .values(state="running", fence=Job.fence + 1, attempts=Job.attempts + 1, lease_until=moment(lease_until))
            .returning(
                Job.id, Job.kind, Job.payload, Job.organisation_id, Job.person_id, Job.attempts, Job.fence, Job.priority
            )
            .execution_options(synchronize_session=False)
        )
        rows = {row[0]: row for row in (await scope.session.execute(query)).all()}
        return [_claimed(*rows[job_id]) for job_id in ids]

    async def next_due(self, scope: Scope, kinds: Sequence[str]) -> tuple[int | None, int | None]:
        """Return when the next job is due or abandoned, in milliseconds: any, and the first urgent one."""
        moment = func.min(func.coalesce(Job.lease_until, Job.run_at))
        query = select(moment, moment.filter(Job.priority < 0)).where(Job.finished_at.is_(None), Job.kind.in_(kinds))
        any_of, urgent = (await scope.session.execute(query)).one()
        return _milliseconds(any_of), _milliseconds(urgent)

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

    async def cancel(self, scope: Scope, job_id: str, subject: Subject | None) -> bool:
        """End a job that is not over; False when there is none, for this subject."""
        query = update(Job).where(Job.id == job_id, Job.finished_at.is_(None), *_of(subject))
        query = query.values(state="cancelled", finished_at=clock.now(), lease_until=None, fence=Job.fence + 1)
        query = query.returning(Job.id).execution_options(synchronize_session=False)
        return (await scope.session.execute(query)).scalar() is not None

    async def find(self, scope: Scope, job_id: str, subject: Subject | None) -> JobView | None:
        """Return a job, for this subject."""
        row = (await scope.session.execute(select(Job).where(Job.id == job_id, *_of(subject)))).scalar()
        if row is None:
            return None
        return _view(row)

    async def newest(self, scope: Scope, kind: str, subject: Subject | None, limit: int) -> list[JobView]:
        """Return the last jobs of a kind, for this subject, the newest first; what is over is kept for a week."""
        query = select(Job).where(Job.kind == kind, *_of(subject)).order_by(Job.created_at.desc(), Job.id.desc())
        return [_view(row) for row in (await scope.session.execute(query.limit(limit))).scalars()]

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
    )


def _of(subject: Subject | None) -> list[ColumnElement[bool]]:
    if subject is None:
        return []
    return [Job.organisation_id == subject.organisation_id, Job.person_id == subject.person_id]


def _held(job: Claimed) -> dict[str, Any]:
    return {"_id": job.id, "_fence": job.fence}


def _claimed(
    job_id: str, kind: str, payload: Any, organisation: str | None, person: str | None, *numbers: int
) -> Claimed:
    subject = Subject(organisation, person) if organisation is not None and person is not None else None
    return Claimed(job_id, kind, payload, subject, *numbers)


def _typed(values: Any) -> dict[str, Any]:
    """A session takes values as Python has them, a prepared write as the column stores them."""
    typed = dict(values)
    typed["payload"] = orjson.loads(typed["payload"])
    for name in ("run_at", "created_at"):
        typed[name] = clock.from_milliseconds(typed[name])
    return typed


def _milliseconds(value: datetime | int | None) -> int | None:
    return clock.to_milliseconds(value) if isinstance(value, datetime) else value
