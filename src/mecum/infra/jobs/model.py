"""The table of background work: a row is a job, and it exists exactly when the change that asked for it does."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mecum.infra.storage import Entity, Id, Json, UtcTime, only


class Job(Entity):
    """A piece of background work. `payload` is ids and small JSON, never text of a message."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(primary_key=True)
    """`job_…`; text, because the job of a schedule is named after its kind."""
    kind: Mapped[str]
    payload: Mapped[Any] = mapped_column(Json)
    organisation_id: Mapped[str | None] = mapped_column(Id("org"))
    person_id: Mapped[str | None] = mapped_column(Id("per"))
    state: Mapped[str]
    priority: Mapped[int]
    run_at: Mapped[datetime] = mapped_column(UtcTime)
    attempts: Mapped[int]
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    fence: Mapped[int]
    progress: Mapped[Any | None] = mapped_column(Json)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (
        Index(
            "ix_jobs_due",
            "priority",
            "run_at",
            info=only("finished_at IS NULL"),
        ),
    )
