"""Reading and writing jobs, the same on both databases."""

from mecum.infra.jobs.repository.claims import Claims
from mecum.infra.jobs.repository.rows import Filter, JobRepository, JobView
from mecum.infra.jobs.repository.writes import Claimed, finish, insert_job, note_progress, requeue

__all__ = [
    "Claimed",
    "Claims",
    "Filter",
    "JobRepository",
    "JobView",
    "finish",
    "insert_job",
    "note_progress",
    "requeue",
]
