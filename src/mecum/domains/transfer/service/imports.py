"""Imports as a person asks for, watches and undoes them."""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval.ports import Words
from mecum.domains.transfer.errors import FormatUnknown, ImportNotFound, ImportNotUndoable, ImportUnfinished
from mecum.domains.transfer.model import Import
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.repository import ImportRepository, OriginRepository
from mecum.domains.transfer.rules.names import FORMAT_NAMES
from mecum.domains.transfer.rules.reckoning import totals
from mecum.domains.transfer.rules.record import Json
from mecum.domains.transfer.schemas import ColumnList, ColumnView, ImportRequest, ImportView, OriginView, SkippedView
from mecum.infra.jobs.errors import JobNotFound, JobNotRepeatable
from mecum.infra.jobs.kinds import URGENT, Kind, Task
from mecum.infra.jobs.queue import Jobs
from mecum.infra.jobs.repository import JobView
from mecum.infra.secrets.sealer import Sealer
from mecum.infra.storage import Database, Scope
from mecum.kernel import clock, ids
from mecum.kernel.errors import declared

KIND: Final = "transfer.import"
UNDO: Final = "transfer.undo"
_OPEN: Final = ("queued", "running", "undoing")
_MOST_LISTED: Final = 100
_MOST_CANDIDATES: Final = 20
_DAY: Final = 24 * 3600.0


class ImportService:
    """Imports of one person. The work itself (`work.py`) is loaded when there is some."""

    def __init__(
        self,
        database: Database,
        context: conversations.Conversations,
        words: Words,
        jobs: Jobs,
        sealer: Sealer,
        rooms: Rooms,
    ) -> None:
        self._database, self._context, self._words, self._rooms = database, context, words, rooms
        self._jobs, self._sealer = jobs, sealer
        self._imports, self._origins = ImportRepository(), OriginRepository()
        self._live: dict[str, Json] = {}
        """The latest progress of what is being made here."""
        for kind in self.kinds:
            jobs.know(kind)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of job that imports are: one at a time, so that two do not find the same thing missing."""
        return (
            Kind(
                KIND,
                self._make,
                timeout=_DAY,
                priority=URGENT,
                at_once=1,
                cancelled=self._stopped,
                again=self._resumed,
                repeats=("failed",),
            ),
            Kind(UNDO, self._take_back, timeout=_DAY, priority=URGENT, at_once=1),
        )

    async def start(self, scope: Scope, wanted: ImportRequest) -> ImportView:
        """Ask for an import of uploaded files; raises FileNotFound, FormatUnknown."""
        if wanted.format is not None and wanted.format not in FORMAT_NAMES:
            raise FormatUnknown(f"There is no format {wanted.format}: {', '.join(FORMAT_NAMES)}.")
        files = [await self._context.files.get(scope, file_id) for file_id in wanted.files]
        import_id = ids.new("imp")
        secrets: bytes | None = None
        if wanted.secret_key is not None or wanted.salt is not None:
            given = {"secret_key": wanted.secret_key or "", "salt": wanted.salt or ""}
            secrets = self._sealer.seal(orjson.dumps(given), f"import:{import_id}")
        values = {
            "id": import_id,
            "state": "queued",
            "dry_run": wanted.dry_run,
            "format": wanted.format,
            "files": [{"id": file.id, "name": file.name, "size": file.size} for file in files],
            "secrets": secrets,
            "job_id": await self._jobs.enqueue(scope, KIND, {"import_id": import_id}, priority=URGENT),
            "created_at": clock.now(),
        }
        await self._imports.add(scope, values)
        return await self.get(scope, import_id)

    async def newest(self, scope: Scope) -> list[ImportView]:
        """Return the last imports, the newest first."""
        return [await self._view(scope, row) for row in await self._imports.newest(scope, _MOST_LISTED)]

    async def get(self, scope: Scope, import_id: str) -> ImportView:
        """Return an import; raises ImportNotFound."""
        return await self._view(scope, await self._row(scope, import_id))

    async def skipped(
        self, scope: Scope, import_id: str, since: int, limit: int
    ) -> tuple[list[SkippedView], int | None]:
        """Return what was not imported, and the position of the next page; raises ImportNotFound."""
        await self._row(scope, import_id)
        rows = await self._imports.skipped(scope, import_id, since, limit + 1)
        items = [SkippedView(kind=r.kind, ref=r.ref, reason=r.reason, document=r.document) for r in rows[:limit]]
        return items, rows[limit - 1].n if len(rows) > limit else None

    async def columns(self, scope: Scope, import_id: str) -> ColumnList:
        """Return the reckoning of a flat table by column, empty where there was none; raises ImportNotFound."""
        row = await self._row(scope, import_id)
        fields: Json = row.fields or {"rows": 0, "columns": []}
        items = [
            ColumnView(
                **one,
                equal=None if one["stored_hash"] is None else one["stored_hash"] == one["hash"],
            )
            for one in fields["columns"]
        ]
        return ColumnList(rows=fields["rows"], items=items, next_cursor=None)

    async def undo(self, scope: Scope, import_id: str) -> ImportView:
        """Ask for an import to be undone; raises ImportNotFound, ImportUnfinished, ImportNotUndoable."""
        row = await self._row(scope, import_id)
        view = await self._view(scope, row)
        if view.state in _OPEN:
            raise ImportUnfinished
        if row.dry_run or view.state == "undone":
            raise ImportNotUndoable
        job_id = await self._jobs.enqueue(scope, UNDO, {"import_id": import_id}, priority=URGENT)
        values = {"state": "undoing", "job_id": job_id, "kept": None, "error": None, "detail": None}
        await self._imports.change(scope, import_id, values)
        scope.session.expunge_all()
        return await self.get(scope, import_id)

    async def cancel(self, scope: Scope, import_id: str) -> ImportView:
        """End an import in the middle; what it brought stays until it is undone. Raises ImportNotFound."""
        row = await self._row(scope, import_id)
        try:
            await self._jobs.cancel(scope, str(row.job_id))
        except JobNotFound as error:
            raise ImportNotUndoable("This import is over already.") from error
        scope.session.expunge_all()
        return await self.get(scope, import_id)

    async def origins(self, scope: Scope, kind: str, original: int) -> list[OriginView]:
        """Return what had this number in older records, the newest first: one when the number says which."""
        rows = await self._origins.by_integer(scope, kind, original, _MOST_CANDIDATES)
        return [
            OriginView(
                system=row.system,
                kind=row.kind,
                original=row.original,
                import_id=row.import_id,
                conversation_id=row.conversation_id,
                message_id=row.message_id,
            )
            for row in rows
        ]

    async def _make(self, task: Task) -> None:
        # Readers and their parsers are no part of a start: most days nobody imports anything.
        from mecum.domains.transfer.service.work import ImportWork  # noqa: PLC0415

        work = ImportWork(self._database, self._context, self._words, self._sealer, self._rooms, self._live)
        await work.make(task)

    async def _take_back(self, task: Task) -> None:
        from mecum.domains.transfer.service.undoing import Undoing  # noqa: PLC0415 - as above

        await Undoing(self._database, self._context, self._rooms, self._live).make(task)

    async def _stopped(self, scope: Scope, job: JobView) -> None:
        """Its job was cancelled, whichever way."""
        import_id = str(job.payload["import_id"])
        known: dict[str, Any] = self._live.get(import_id) or job.progress or {}
        values = {"state": "cancelled", "counts": known.get("kinds"), "secrets": None, "finished_at": clock.now()}
        await self._imports.change(scope, import_id, values)

    async def _resumed(self, scope: Scope, job: JobView) -> None:
        """Its job is to be run again: it goes on where it broke off, unless it ended for good."""
        row = await self._imports.find(scope, str(job.payload["import_id"]))
        if row is None or row.state not in _OPEN:
            raise JobNotRepeatable("This import ended for good, and its files were let go: import them again.")

    async def _row(self, scope: Scope, import_id: str) -> Import:
        row = await self._imports.find(scope, import_id)
        if row is None:
            raise ImportNotFound(import_id=import_id)
        return row

    async def _view(self, scope: Scope, row: Import) -> ImportView:
        job = await self._job(scope, row) if row.state in _OPEN else None
        progress: dict[str, Any] = self._live.get(row.id) or (job.progress if job else None) or {}
        state, error = row.state, row.error
        if job is not None and job.state in ("failed", "cancelled"):
            state, error = job.state, job.error
        kinds: Json = row.counts or progress.get("kinds") or {}
        known = declared().get(error or "")
        return ImportView(
            id=row.id,
            state=state,  # type: ignore[arg-type]  # what is stored
            dry_run=row.dry_run,
            format=row.format,
            files=[{"name": file["name"], "size": file["size"]} for file in row.files],  # type: ignore[misc]  # validated
            kinds=kinds,
            **totals(kinds),
            done_bytes=int(progress.get("done", 0)),
            total_bytes=sum(file["size"] for file in row.files),
            kept=_kept(row.kept),  # type: ignore[arg-type]  # validated
            code=error,
            kind=None if known is None else known.kind,
            detail=row.detail or (known().message if known is not None and error else None),
            created_at=clock.iso(clock.to_milliseconds(row.created_at)),
            finished_at=None if row.finished_at is None else clock.iso(clock.to_milliseconds(row.finished_at)),
        )

    async def _job(self, scope: Scope, row: Import) -> JobView | None:
        try:
            return await self._jobs.get(scope, str(row.job_id))
        except JobNotFound:
            return None


def _kept(value: Any) -> Sequence[Json]:
    return value or []
