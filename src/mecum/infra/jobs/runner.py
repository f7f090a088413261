"""Does the jobs: woken by a commit or by a timer for the next one, never by asking whether there is something."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from mecum.infra.jobs.errors import JobTimedOut
from mecum.infra.jobs.gate import Gate
from mecum.infra.jobs.kinds import Kind, Task, delay_before
from mecum.infra.jobs.neighbours import Alone, Heard, JobNews, Neighbours
from mecum.infra.jobs.queue import SCHEDULED, Jobs
from mecum.infra.jobs.repository import Claimed, Claims, JobRepository, finish, insert_job, note_progress, requeue
from mecum.infra.storage import Database, Op
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import ACTING

_log = logging.getLogger("mecum.jobs")
_LONGEST_SLEEP: Final = 3600.0
_SOON: Final = 0.05
_FIRST_SCHEDULED: Final = 30.0
_PROGRESS_SECONDS: Final = 0.5
_KEPT: Final = timedelta(days=7)
_SWEEP: Final = "jobs.sweep"
_HOPELESS: Final = ("invalid", "denied", "not_found")


@dataclass(slots=True)
class _Running:
    claimed: Claimed
    task: asyncio.Task[None]
    stopped: bool = False
    told_at: float = 0.0


class JobRunner:
    """Runs registered kinds, `concurrency` at a time. `lease` is how long, in seconds, a silent process keeps a job.

    Any number of runners may share a store that several processes can open; `neighbours` is how they hear each other.
    One that is not at `home` leaves alone what rests on the memory of the server.
    """

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        gate: Gate | None = None,
        *,
        concurrency: int = 2,
        yield_seconds: float = 30.0,
        lease: float = 30.0,
        neighbours: Neighbours | None = None,
        home: bool = True,
    ) -> None:
        self._database, self._gate, self._rows = database, gate or Gate(), JobRepository()
        self._jobs, self._neighbours, self._home = jobs, neighbours or Alone(), home
        self._concurrency, self._yield, self._lease = concurrency, yield_seconds, lease
        self._kinds: dict[str, Kind] = {}
        self._asks = Claims({})
        self._running: dict[str, _Running] = {}
        self._woken = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None
        self._due_at: int | None = None
        self.told: list[Heard] = []
        """Who is told what happens to jobs, whoever does them."""
        jobs.on_wake(self._woken.set)
        jobs.on_news(self._said_here)
        jobs.on_stop(self._cancel)
        self._gate.on_free(self._turns_over)
        self.register(Kind(_SWEEP, self._sweep, every=24 * 3600.0))

    def register(self, kind: Kind) -> None:
        """Add a kind, before the start."""
        self._jobs.know(kind)
        if self._home or not kind.home:
            self._kinds[kind.name] = kind
            self._asks = Claims({name: one.at_once for name, one in self._kinds.items()})

    @property
    def kinds(self) -> list[str]:
        """The kinds it does."""
        return sorted(self._kinds)

    @property
    def active(self) -> int:
        """How many jobs are being done."""
        return len(self._running)

    async def start(self) -> None:
        """Take back what a dead process of this data folder held, arm the schedules, and begin."""
        await self._neighbours.start(self._hear, self._woken.set)
        async with self._database.writing(None) as scope:
            if self._neighbours.alone and self._database.is_sqlite:
                # The folder has one owner, and that is us: whoever held a lease is no more.
                await self._rows.void_leases(scope)
            for kind in self._kinds.values():
                if kind.every is not None:
                    await self._rows.ensure(scope, self._schedule(kind))
        self._loop_task = asyncio.create_task(self._run(), name="jobs")

    async def stop(self) -> None:
        """Interrupt what is being done, so that the next process does it."""
        await self._neighbours.stop()
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
                seconds = await self._start_due()
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

    async def _start_due(self) -> float | None:
        """Claim and begin as many jobs as there is room for; return the seconds until the next may be due."""
        while len(self._running) < self._concurrency:
            now, patience = clock.milliseconds(), self._patience()
            self._due_at, urgent = await self._asks.next_due(self._database, now)
            if self._due_at is None:
                return None
            moment = self._due_at + patience if urgent is None else min(urgent, self._due_at + patience)
            if moment > now:
                return (moment - now) / 1000
            room, until = self._concurrency - len(self._running), now + self._lease_ms()
            claimed = await self._asks.claim(self._database, room, now=now, due=now - patience, lease_until=until)
            if not claimed:
                # Somebody else was quicker; or what is due is held here, and wakes us when it ends.
                return _SOON
            for job in claimed:
                task = asyncio.create_task(self._do(job), name=f"job {job.kind}")
                self._running[job.id] = _Running(job, task)
        return None

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
        task = Task(job, self._progress, self._rows.complete, self._breathe)
        heart = asyncio.create_task(self._renew(job), name="lease")
        try:
            outcome = await self._attempt(kind, task)
        finally:
            heart.cancel()
        await self._settle(kind, task, outcome)

    async def _breathe(self, seconds: float | None) -> None:
        await self._gate.wait(self._yield if seconds is None else min(seconds, self._yield))

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
            _note(job, state, error)
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
        if _hopeless(error) or task.attempt >= kind.most_attempts:
            return "failed", [finish(job, "failed", _said(error))]
        return "queued", [requeue(job, now + round(delay_before(task.attempt) * 1000), task.attempt, _said(error))]

    async def _renew(self, job: Claimed) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            try:
                async with self._database.writing(None) as scope:
                    ours = await self._rows.renew(scope, job, clock.milliseconds() + self._lease_ms())
            except MecumError as error:
                _log.warning("a lease was not renewed", extra={"code": error.code})
                continue
            if not ours:
                # Somebody else took it for abandoned, or stopped it: what we would still do is done in vain.
                held = self._running.get(job.id)
                if held is not None and held.claimed.fence == job.fence:
                    self._cancel(job.id)
                return

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
        """Stop working on a job, whose row is no more ours."""
        held = self._running.pop(job_id, None)
        if held is not None:
            held.task.cancel()
            self._woken.set()

    def _hear(self, news: JobNews) -> None:
        """Something happened to a job, here or elsewhere."""
        if news.state == "cancelled":
            self._cancel(news.id)
        kind = self._kinds.get(news.kind)
        if news.state == "queued" or (news.state != "running" and kind is not None and kind.at_once is not None):
            self._woken.set()
        for listener in self.told:
            listener(news)

    def _said_here(self, news: JobNews) -> None:
        # Where others listen too, the store tells everybody, us among them.
        if self._neighbours.alone:
            for listener in self.told:
                listener(news)

    async def _sweep(self, task: Task) -> None:
        async with self._database.writing(None) as scope:
            await self._rows.sweep(scope, clock.now() - _KEPT)

    def _schedule(self, kind: Kind) -> Op:
        first = clock.milliseconds() + round(min(kind.every or 0.0, _FIRST_SCHEDULED) * 1000)
        return insert_job(SCHEDULED + kind.name, kind.name, None, None, priority=kind.priority, run_at=first)

    def _tell(self, job: Claimed, state: str, progress: Any = None, error: str | None = None) -> None:
        self._said_here(JobNews(job.id, job.kind, state, job.subject, progress, error))

    def _lease_ms(self) -> int:
        return round(self._lease * 1000)


def _hopeless(error: Exception) -> bool:
    return isinstance(error, MecumError) and error.kind in _HOPELESS


def _note(job: Claimed, state: str, error: Exception) -> None:
    """Log how an attempt failed. What somebody asked for and cannot be is theirs to hear of, and no fault here."""
    extra = {"job_id": job.id, "kind": job.kind, "state": state}
    if job.subject is not None and _hopeless(error):
        _log.info("job refused", extra={**extra, "code": _said(error)})
    else:
        _log.log(logging.WARNING if state == "queued" else logging.ERROR, "job failed", exc_info=error, extra=extra)


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
