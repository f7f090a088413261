"""The prepared writes of a job's life.

A claim raises the fence of a row; whatever is written for a job afterwards names the fence it was claimed with, so that
somebody who lost the job (a lease that ran out, a cancel) changes nothing any more.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, insert, text, update

from mecum.infra.jobs.model import Job
from mecum.infra.storage import Op, Prepared
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


def note_progress(job: Claimed, progress: Any) -> Op:
    """Return the write of how far a job is."""
    return Op(_PROGRESS, {**_held(job), "_progress": orjson.dumps(progress).decode()})


def _held(job: Claimed) -> dict[str, Any]:
    return {"_id": job.id, "_fence": job.fence}
