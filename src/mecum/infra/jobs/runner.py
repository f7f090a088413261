"""Does the jobs: woken by a commit or by a timer for the next one, never by asking whether there is something."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from mecum.infra.jobs.errors import JobTimedOut
from mecum.infra.jobs.gate import Gate
from mecum.infra.jobs.kinds import Kind, Task, delay_before
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import (
    Claimed,
    JobRepository,
    finish,
    insert_job,
    note_progress,
    renew,
    requeue,
)
from mecum.infra.storage import Database, Op
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import ACTING, Subject

_log = logging.getLogger("mecum.jobs")
_LONGEST_SLEEP: Final = 3600.0
_FIRST_SCHEDULED: Final = 30.0
_PROGRESS_SECONDS: Final = 0.5
_KEPT: Final = timedelta(days=7)
_SWEEP: Final = "jobs.sweep"
_HOPELESS: Final = ("invalid", "denied", "not_found")


@dataclass(frozen=True, slots=True)
class JobNews:
    """What happened to a job: state running, done, failed, cancelled or queued (again), and its progress."""

    id: str
    kind: str
    state: str
    subject: Subject | None
    progress: Any = None
    error: str | None = None


@dataclass(slots=True)
class _Running:
    claimed: Claimed
    task: asyncio.Task[None]
    stopped: bool = False
    told_at: float = 0.0


class JobRunner:
    """Runs registered kinds, `concurrency` at a time. `lease` is how long, in seconds, a silent process keeps a job."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        gate: Gate | None = None,
        *,
        concurrency: int = 2,
        yield_seconds: float = 30.0,
        lease: float = 60.0,
    ) -> None:
        self._database, self._gate, self._rows = database, gate or Gate(), JobRepository()
        self._concurrency, self._yield, self._lease = concurrency, yield_seconds, lease
        self._kinds: dict[str, Kind] = {}
        self._running: dict[str, _Running] = {}
        self._woken = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None
        self._due_at: int | None = None
        self.told: list[Callable[[JobNews], None]] = []
        """Who is told what happens to jobs."""
        jobs.on_wake(self._woken.set)
        jobs.on_stop(self._cancel)
        self._gate.on_free(self._turns_over)
        self.register(Kind(_SWEEP, self._sweep, every=24 * 3600.0))

    def register(self, kind: Kind) -> None:
        """Add a kind, before the start."""
        self._kinds[kind.name] = kind

    @property
    def active(self) -> int:
        """How many jobs are being done."""
        return len(self._running)

    async def start(self) -> None:
        """Take back what a dead process of this data folder held, arm the schedules, and begin."""
        async with self._database.writing(None) as scope:
            if self._database.is_sqlite:
                # The folder has one owner, and that is us: whoever held a lease is no more.
                await self._rows.void_leases(scope)
            for kind in self._kinds.values():
                if kind.every is not None:
                    await self._rows.ensure(scope, self._schedule(kind))
        self._loop_task = asyncio.create_task(self._run(), name="jobs")

    async def stop(self) -> None:
        """Interrupt what is being done, so that the next process does it."""
        if self._loop_task is not None:
            await _ended([self._loop_task])
        held = list(self._running.values())
        await _ended(item.task for item in held)
        now = clock.milliseconds()
        # An attempt that we interrupted ourselves does not count.
        await self._commit([requeue(item.claimed, now, item.claimed.attempt - 1) for item in held])
        self._running.clear()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._start_due()
                seconds = await self._until_next()
            except Exception:  # noqa: BLE001 - whatever the database says, nothing is lost and it is asked again
                _log.exception("jobs wait for the database")
                seconds = 5.0
            await self._sleep(seconds)

    async def _sleep(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(_LONGEST_SLEEP if seconds is None else min(seconds, _LONGEST_SLEEP)):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _start_due(self) -> None:
        """Claim and begin as many jobs as there is room for."""
        room = self._concurrency - len(self._running)
        if room <= 0:
            return
        now = clock.milliseconds()
        due = now - self._patience()
        limited = any(kind.at_once is not None for kind in self._kinds.values())
        for most in [1] * room if limited else [room]:
            async with self._database.writing(None) as scope:
                claimed = await self._rows.claim(scope, self._open_kinds(), most, now, due, now + self._lease_ms())
            for job in claimed:
                task = asyncio.create_task(self._do(job), name=f"job {job.kind}")
                self._running[job.id] = _Running(job, task)
            if not claimed:
                return

    def _open_kinds(self) -> list[str]:
        """Return the kinds of which another may begin."""
        busy = Counter(held.claimed.kind for held in self._running.values())
        return [name for name, kind in self._kinds.items() if kind.at_once is None or busy[name] < kind.at_once]

    async def _until_next(self) -> float | None:
        if len(self._running) >= self._concurrency:
            return None
        async with self._database.reading(None) as scope:
            any_of, urgent = await self._rows.next_due(scope, self._open_kinds())
        self._due_at = any_of
        moments = [moment for moment in (urgent, None if any_of is None else any_of + self._patience()) if moment]
        # Something may be due, and held by us all the same: that wakes us when it ends.
        return max(0.02, (min(moments) - clock.milliseconds()) / 1000) if moments else None

    def _turns_over(self) -> None:
        # Looked up in memory, as this runs after every turn of a quiet server.
        if self._due_at is not None and self._due_at <= clock.milliseconds():
            self._woken.set()

    def _patience(self) -> int:
        """How long, in milliseconds, a job waits now for people's turns."""
        return round(self._yield * 1000) if self._gate.busy else 0

    async def _do(self, job: Claimed) -> None:
        kind = self._kinds[job.kind]
        ACTING.set(job.subject)
        self._tell(job, "running")
        task = Task(job, self._progress, self._rows.complete, lambda: self._gate.wait(self._yield))
        heart = asyncio.create_task(self._renew(job), name="lease")
        try:
            outcome = await self._attempt(kind, task)
        finally:
            heart.cancel()
        await self._settle(kind, task, outcome)

    async def _attempt(self, kind: Kind, task: Task) -> MecumError | Exception | None:
        """Return what the handler raised."""
        if task.attempt > kind.most_attempts:
            return MecumError("The process ended in the middle of this job too often.")
        try:
            async with asyncio.timeout(kind.timeout):
                await kind.handler(task)
        except TimeoutError:
            return JobTimedOut()
        except Exception as error:  # noqa: BLE001 - the job runner's one handler: any failure is that job's alone
            return error
        return None

    async def _settle(self, kind: Kind, task: Task, error: Exception | None) -> None:
        job = task.claimed
        state, ops = self._verdict(kind, task, error)
        said = _said(error)
        if error is not None:
            level = logging.WARNING if state == "queued" else logging.ERROR
            _log.log(level, "job failed", exc_info=error, extra={"job_id": job.id, "kind": job.kind, "state": state})
        await self._commit(ops)
        self._running.pop(job.id, None)
        self._woken.set()
        self._tell(job, state, error=said)

    def _verdict(self, kind: Kind, task: Task, error: Exception | None) -> tuple[str, list[Op]]:
        """Return the state that follows an attempt and the writes that store it."""
        job, now = task.claimed, clock.milliseconds()
        if kind.every is not None:
            return "queued", [requeue(job, now + round(kind.every * 1000), 0, _said(error))]
        if error is None:
            return "done", [] if task.completed else [finish(job, "done")]
        hopeless = isinstance(error, MecumError) and error.kind in _HOPELESS
        if hopeless or task.attempt >= kind.most_attempts:
            return "failed", [finish(job, "failed", _said(error))]
        return "queued", [requeue(job, now + round(delay_before(task.attempt) * 1000), task.attempt, _said(error))]

    async def _renew(self, job: Claimed) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            await self._commit([renew(job, clock.milliseconds() + self._lease_ms())])

    async def _progress(self, task: Task, value: Any, now: bool) -> None:
        held = self._running.get(task.id)
        if held is None or (not now and clock.monotonic() - held.told_at < _PROGRESS_SECONDS):
            return
        held.told_at = clock.monotonic()
        await self._commit([note_progress(task.claimed, value)])
        self._tell(task.claimed, "running", progress=value)

    async def _commit(self, ops: list[Op]) -> None:
        if not ops:
            return
        try:
            await self._database.commit(ops)
        except MecumError as error:
            # The lease runs out or is void at the next start; the job is done again then.
            _log.warning("a job's state was not stored", extra={"code": error.code})

    def _cancel(self, job_id: str) -> None:
        held = self._running.pop(job_id, None)
        if held is not None:
            held.task.cancel()
            self._woken.set()
            self._tell(held.claimed, "cancelled")

    async def _sweep(self, task: Task) -> None:
        async with self._database.writing(None) as scope:
            await self._rows.sweep(scope, clock.now() - _KEPT)

    def _schedule(self, kind: Kind) -> Op:
        first = clock.milliseconds() + round(min(kind.every or 0.0, _FIRST_SCHEDULED) * 1000)
        return insert_job(f"job_every_{kind.name}", kind.name, None, None, priority=kind.priority, run_at=first)

    def _tell(self, job: Claimed, state: str, progress: Any = None, error: str | None = None) -> None:
        for listener in self.told:
            listener(JobNews(job.id, job.kind, state, job.subject, progress, error))

    def _lease_ms(self) -> int:
        return round(self._lease * 1000)


def _said(error: Exception | None) -> str | None:
    """What is stored of an error: a code, or the name of its class; never its text, which may quote a message."""
    if error is None:
        return None
    return error.code if isinstance(error, MecumError) else type(error).__name__


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    pending = list(tasks)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
