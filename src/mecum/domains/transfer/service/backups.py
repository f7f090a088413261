"""Backups as a person asks for them, sees them listed, checks and removes them; the work itself is jobs."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from mecum import __version__
from mecum.domains.transfer.errors import BackupBusy, BackupNotFound
from mecum.domains.transfer.rules.shelf import Card, Shelf
from mecum.domains.transfer.schemas import BackupCreate, BackupList, BackupView, BackupWork
from mecum.infra.archive import store
from mecum.infra.archive.ledger import Ledger
from mecum.infra.archive.store import House
from mecum.infra.jobs.kinds import Task
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import JobView
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids
from mecum.kernel.errors import MecumError, declared

MAKE: Final = "backup.make"
VERIFY: Final = "backup.verify"
_MOST_LISTED: Final = 20
_TELL_SECONDS: Final = 0.5


class BackupService:
    """Keeps backups on a shelf of their own. `keep_days` is how long one is kept unless asked otherwise."""

    def __init__(
        self, house: House, shelf: Shelf, ledger: Ledger, jobs: Jobs, *, keep_days: int, key: dict[str, Any]
    ) -> None:
        self._house, self._jobs, self._keep_days, self._key = house, jobs, keep_days, key
        self._shelf, self._ledger = shelf, ledger

    async def start(self, scope: Scope, body: BackupCreate) -> BackupWork:
        """Ask for a backup; return the work."""
        await self._require_idle(scope)
        payload = {"backup_id": ids.new("bak"), "keep_days": body.keep_days, "verify": body.verify}
        return await self._enqueued(scope, MAKE, payload)

    async def check(self, scope: Scope, backup_id: str) -> BackupWork:
        """Ask that a backup is read and compared from its first byte to its last; raises BackupNotFound."""
        self._found(backup_id)
        return await self._enqueued(scope, VERIFY, {"backup_id": backup_id})

    async def newest(self, scope: Scope) -> BackupList:
        """Return the backups there are, the newest first, and the work of the last week."""
        items = await asyncio.to_thread(self._listed)
        found = [job for kind in (MAKE, VERIFY) for job in await self._jobs.newest(scope, kind, _MOST_LISTED)]
        work = [_work(job) for job in sorted(found, key=lambda job: job.created_at, reverse=True)]
        return BackupList(items=items, work=work, folder=str(self._shelf.folder))

    async def work(self, scope: Scope, job_id: str) -> BackupWork:
        """Return how far the work is; raises JobNotFound, BackupNotFound for the work on something else."""
        job = await self._jobs.get(scope, job_id)
        if job.kind not in (MAKE, VERIFY):
            raise BackupNotFound
        return _work(job)

    def get(self, backup_id: str) -> BackupView:
        """Return a backup; raises BackupNotFound."""
        return self._view(self._found(backup_id))

    def path(self, backup_id: str) -> Path:
        """Return where a backup is; raises BackupNotFound."""
        return self._shelf.path(self._found(backup_id))

    def keep(self, backup_id: str, days: int | None) -> BackupView:
        """Let a backup expire that many days from now, or never; raises BackupNotFound."""
        card = self._found(backup_id).expiring(_in_days(days))
        self._shelf.put(card)
        return self._view(card)

    def delete(self, backup_id: str) -> None:
        """Remove a backup for ever; raises BackupNotFound."""
        self._shelf.remove(self._found(backup_id))

    async def make(self, task: Task) -> None:
        """Make a backup: the job's handler."""
        said: dict[str, Any] = task.payload
        days = said.get("keep_days")
        path = self._shelf.new(self._house.key is not None)
        head = {
            "id": said["backup_id"],
            "made_at": clock.iso(clock.milliseconds()),
            "mecum": __version__,
            "key": self._key,
        }

        async def work(told: store.Told) -> None:
            made = await asyncio.to_thread(store.make, self._house, path, head, told)
            expires = _in_days(self._keep_days if days is None else days)
            card = Card.of(made.head, made.path.name, made.size, {**made.rows, "missing": made.missing}, expires)
            self._shelf.put(card)
            if said.get("verify"):
                await self._verified(card, told)

        await _watched(task, work)

    async def verify(self, task: Task) -> None:
        """Read a backup and compare it: the job's handler."""
        card = self._found(task.payload["backup_id"])

        async def work(told: store.Told) -> None:
            await self._verified(card, told)

        await _watched(task, work)

    async def expire(self) -> None:
        """Remove what has expired, and what a killed process left half written."""
        now = clock.iso(clock.milliseconds())
        await asyncio.to_thread(self._shelf.clear)
        left: list[Card] = []
        for card in await asyncio.to_thread(self._shelf.newest):
            if card.expires_at is not None and card.expires_at < now:
                self._shelf.remove(card)
            else:
                left.append(card)
        oldest = min((card.moment for card in left), default=None)
        await asyncio.to_thread(self._ledger.forget_before, oldest)

    def _listed(self) -> list[BackupView]:
        cards = self._shelf.newest()
        held = self._ledger.held([card.moment for card in cards])
        return [_view(card, purged) for card, purged in zip(cards, held, strict=True)]

    def _view(self, card: Card) -> BackupView:
        return _view(card, self._ledger.held([card.moment])[0])

    async def _verified(self, card: Card, told: store.Told) -> None:
        at = clock.iso(clock.milliseconds())
        try:
            if card.copy:
                await asyncio.to_thread(store.verify_copy, self._shelf.path(card), self._house.location.key, told)
            else:
                await asyncio.to_thread(store.verify, self._shelf.path(card), self._house.key, told)
        except MecumError as error:
            self._shelf.put(card.checked(at, error.code))
            raise
        self._shelf.put(card.checked(at, None))

    def _found(self, backup_id: str) -> Card:
        card = self._shelf.find(backup_id)
        if card is None:
            raise BackupNotFound
        return card

    async def _require_idle(self, scope: Scope) -> None:
        recent = await self._jobs.newest(scope, MAKE, 1)
        if recent and recent[0].finished_at is None:
            raise BackupBusy(job_id=recent[0].id)

    async def _enqueued(self, scope: Scope, kind: str, payload: dict[str, Any]) -> BackupWork:
        job_id = await self._jobs.enqueue(scope, kind, payload)
        return _work(await self._jobs.get(scope, job_id))


async def _watched(task: Task, work: Callable[[store.Told], Any]) -> None:
    """Do the work of a thread, and store how far it is twice a second."""
    shown: dict[str, Any] = {"says": "waiting", "done": 0, "of": 0}

    def told(says: str, done: int, of: int) -> None:
        shown.update(says=says, done=done, of=max(of, done))

    async def tell() -> None:
        while True:
            await asyncio.sleep(_TELL_SECONDS)
            await task.progress(dict(shown))

    teller = asyncio.create_task(tell(), name="backup progress")
    try:
        await work(told)
    except MecumError as error:
        await task.progress({**shown, "detail": error.message}, now=True)
        raise
    finally:
        teller.cancel()


def _in_days(days: int | None) -> str | None:
    """Return the moment that many days from now; 0 and None are never."""
    return clock.iso(clock.to_milliseconds(clock.now() + timedelta(days=days))) if days else None


def _view(card: Card, purged: int) -> BackupView:
    return BackupView(**card.shown(), purged=purged)


def _work(job: JobView) -> BackupWork:
    progress: dict[str, Any] = job.progress or {}
    failed = job.error if job.state in ("failed", "queued") else None
    error = None if failed is None else declared().get(failed)
    return BackupWork(
        id=job.id,
        backup_id=job.payload["backup_id"],
        does="verify" if job.kind == VERIFY else "make",
        state=job.state,  # type: ignore[arg-type]  # what the runner stores
        says=progress.get("says"),
        done_bytes=progress.get("done", 0),
        total_bytes=progress.get("of") or None,
        code=failed,
        detail=None if failed is None else progress.get("detail") or (error().message if error else None),
        started_at=clock.iso(clock.to_milliseconds(job.created_at)),
        finished_at=None if job.finished_at is None else clock.iso(clock.to_milliseconds(job.finished_at)),
    )
