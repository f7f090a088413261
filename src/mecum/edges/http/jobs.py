"""The routes of background work: what there is, how far it is, stopping it, having it done again."""

from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from mecum.domains.identity import api as identity
from mecum.infra.jobs.progress import detail_in, shown
from mecum.infra.jobs.queue import SCHEDULED, Jobs
from mecum.infra.jobs.repository import Filter, JobView
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel import clock
from mecum.kernel.errors import declared
from mecum.kernel.paging import MAX_LIMIT
from mecum.kernel.subject import Subject

State = Literal["queued", "running", "done", "failed", "cancelled"]
_UNFORESEEN: Final = "It went wrong in a way nobody foresaw ({name}); the log of the server has more."
_Id = Annotated[str, Path(description="A job.", examples=["job_06hq3k8w2m5v9"])]
_Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[50])]
_Cursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before.", examples=["WzEsMl0"])
]
_States = Annotated[
    list[State] | None, Query(description="Those in one of these states.", examples=[["queued", "running"]])
]
_Kind = Annotated[str | None, Query(max_length=100, description="Those of this kind.", examples=["transfer.import"])]
_Scheduled = Annotated[
    bool | None,
    Query(description="True for those that come round by themselves, false for the others.", examples=[False]),
]


class JobProgress(BaseModel):
    """How far a job is; null is not known."""

    says: str | None = Field(description="What it is doing.", examples=["copying"])
    done: float | None = Field(description="How much of it is done.", examples=[3])
    of: float | None = Field(description="How much there is.", examples=[10])


class JobEntry(BaseModel):
    """A piece of background work."""

    id: str = Field(description="Its id.", examples=["job_06hq3k8w2m5v9"])
    kind: str = Field(description="What is done.", examples=["transfer.import"])
    of: Literal["you", "instance"] = Field(description="Whether you asked for it, or nobody.", examples=["you"])
    state: State = Field(description="Where it stands.", examples=["running"])
    attempts: int = Field(description="How often it was begun.", examples=[1])
    most_attempts: int | None = Field(description="After how many it is given up.", examples=[6])
    progress: JobProgress = Field(description="How far it is.", examples=[{"says": "copying", "done": 3, "of": 10}])
    code: str | None = Field(description="What went wrong the last time.", examples=["model.unavailable"])
    detail: str | None = Field(
        description="The same as a sentence.", examples=["The model or its server does not answer."]
    )
    every_seconds: float | None = Field(description="How often it comes round; null: once.", examples=[3600.0])
    run_at: str = Field(description="When it is, or was, to begin.", examples=["2026-11-21T06:40:00.123Z"])
    created_at: str = Field(description="When it was asked for.", examples=["2026-11-21T06:40:00.123Z"])
    finished_at: str | None = Field(description="When it was over.", examples=["2026-11-21T06:41:10.007Z"])
    can_cancel: bool = Field(description="Whether it may be cancelled now.", examples=[True])
    can_retry: bool = Field(description="Whether it may be run again now.", examples=[False])


class JobList(BaseModel):
    """Jobs, the newest first."""

    items: list[JobEntry] = Field(description="The jobs.", examples=[[]])
    next_cursor: str | None = Field(description="Where the next page begins; null at the end.", examples=[None])


def router(database: Database, jobs: Jobs) -> Routes:
    """Return the routes below /api/v1."""
    routes = Routes(tags=["jobs"])

    @routes.get(
        "/jobs",
        response_model=JobList,
        summary="List jobs",
        description="What you asked to be done in the background, the newest first; the owner also sees what the "
        "instance does by itself. What is over is kept for a week. Changes come as `job.changed` on the personal "
        "channel.",
    )
    async def listed(
        asker: Asker,
        state: _States = None,
        kind: _Kind = None,
        scheduled: _Scheduled = None,
        limit: _Limit = 50,
        cursor: _Cursor = None,
    ) -> Response:
        which = Filter(tuple(state or ()), kind, instance=_owns(asker), scheduled=scheduled)
        async with database.reading(asker) as scope:
            page = await jobs.page(scope, which, cursor, limit)
        return answer({"items": [_entry(jobs, job) for job in page.items], "next_cursor": page.next_cursor})

    @routes.get("/jobs/{job_id}", response_model=JobEntry, summary="A job", description="Where it stands.")
    async def get(job_id: _Id, asker: Asker) -> Response:
        async with database.reading(asker) as scope:
            found = await jobs.get(scope, job_id, instance=_owns(asker))
        return answer(_entry(jobs, found))

    @routes.post(
        "/jobs/{job_id}/cancel",
        response_model=JobEntry,
        summary="Cancel a job",
        description="One that waits does not begin; one that is being done stops, on whichever process. What is over, "
        "comes round by itself, or is owed to somebody cannot be cancelled.",
    )
    async def cancel(job_id: _Id, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            await jobs.cancel(scope, job_id, instance=_owns(asker))
            found = await jobs.get(scope, job_id, instance=_owns(asker))
        return answer(_entry(jobs, found))

    @routes.post(
        "/jobs/{job_id}/retry",
        response_model=JobEntry,
        summary="Run a job again",
        description="One that failed or was cancelled begins anew; one that waits after a failure, or for its time to "
        "come round, begins now.",
    )
    async def retry(job_id: _Id, asker: Asker) -> Response:
        async with database.writing(asker) as scope:
            found = await jobs.again(scope, job_id, instance=_owns(asker))
        return answer(_entry(jobs, found))

    return routes


def _owns(asker: Subject) -> bool:
    return identity.OWNER in asker.permissions


def _entry(jobs: Jobs, job: JobView) -> dict[str, Any]:
    kind = jobs.kind(job.kind)
    return {
        "id": job.id,
        "kind": job.kind,
        "of": "instance" if job.person_id is None else "you",
        "state": job.state,
        "attempts": job.attempts,
        "most_attempts": None if kind is None or job.id.startswith(SCHEDULED) else kind.most_attempts,
        "progress": shown(job.progress),
        "code": job.error,
        "detail": _sentence(job),
        "every_seconds": kind.every if kind is not None and job.id.startswith(SCHEDULED) else None,
        "run_at": clock.iso(clock.to_milliseconds(job.run_at)),
        "created_at": clock.iso(clock.to_milliseconds(job.created_at)),
        "finished_at": None if job.finished_at is None else clock.iso(clock.to_milliseconds(job.finished_at)),
        "can_cancel": jobs.can_cancel(job),
        "can_retry": jobs.can_repeat(job),
    }


def _sentence(job: JobView) -> str | None:
    if job.error is None:
        return None
    said = detail_in(job.progress)
    known = declared().get(job.error)
    return said or (known().message if known is not None else _UNFORESEEN.format(name=job.error))
