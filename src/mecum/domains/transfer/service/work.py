"""An import itself: the job that reads the uploads and stores what they hold. It may be interrupted and goes on."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, cast

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval.ports import Words
from mecum.domains.transfer.model import Import
from mecum.domains.transfer.ports import Rooms
from mecum.domains.transfer.readers import Format, flat, found_in
from mecum.domains.transfer.readers.source import Secrets
from mecum.domains.transfer.repository import ImportRepository
from mecum.domains.transfer.rules.incoming import Found, Thread
from mecum.domains.transfer.rules.record import Json
from mecum.domains.transfer.service.arrivals import Arrivals
from mecum.domains.transfer.service.importing import Importing
from mecum.domains.transfer.service.pace import Pace
from mecum.infra.jobs.kinds import Task
from mecum.infra.secrets.sealer import Sealer
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

_HOPELESS: Final = ("invalid", "denied", "not_found")


@dataclass(slots=True)
class _Reading:
    """Files being read, in a thread, a little at a time."""

    import_: Import
    secrets: Secrets | None
    most_attached: int
    files: list[BinaryIO]
    _found: Iterator[tuple[Format, Found]] = field(init=False)

    def __post_init__(self) -> None:
        self._found = self._all()

    def some(self, most: int) -> list[tuple[Format, Found]]:
        """Return the next things that are found, about so many messages of them, none at the end."""
        found: list[tuple[Format, Found]] = []
        messages = 0
        for format_, one in self._found:
            found.append((format_, one))
            messages += len(one.messages) + 1 if isinstance(one, Thread) else 1
            if messages >= most:
                break
        return found

    def _all(self) -> Iterator[tuple[Format, Found]]:
        wanted = self.import_.format
        for about, file in zip(self.import_.files, self.files, strict=True):
            yield from found_in(about["name"], file, wanted, self.secrets, self.most_attached)


class ImportWork:
    """Makes one import. `live` is where its progress is looked up meanwhile."""

    def __init__(
        self,
        database: Database,
        context: conversations.Conversations,
        words: Words,
        sealer: Sealer,
        rooms: Rooms,
        live: dict[str, Json],
    ) -> None:
        self._database, self._context, self._words, self._rooms = database, context, words, rooms
        self._sealer, self._live, self._imports = sealer, live, ImportRepository()

    async def make(self, task: Task) -> None:
        """Do it, from the beginning or from where it was interrupted: the job's handler."""
        subject, import_id = cast(Subject, task.subject), str(task.payload["import_id"])
        async with self._database.writing(subject) as scope:
            row = await self._imports.find(scope, import_id)
            if row is None or row.state not in ("queued", "running"):
                return
            # What an interrupted attempt noted is noted again.
            await self._imports.forget_skipped(scope, import_id)
            await self._imports.change(scope, import_id, {"state": "running"})
        try:
            await self._made(task, subject, row)
        except MecumError as error:
            if error.kind in _HOPELESS:
                await self._over(
                    subject, row, {"state": "failed", "error": error.code, "detail": error.message, **self._counts(row)}
                )
            raise
        finally:
            self._live.pop(import_id, None)

    async def _made(self, task: Task, subject: Subject, row: Import) -> None:
        began = clock.to_milliseconds(row.created_at)
        importing = Importing(row.id, subject, row.dry_run, began)
        pace = Pace(task.breathe, self._database.relieve)
        arrivals = Arrivals(self._database, self._context, self._words, importing, pace, self._rooms)
        formats: set[str] = set()
        with ExitStack() as stack:
            files = [stack.enter_context(await self._opened(subject, about["id"])) for about in row.files]
            reading = _Reading(row, self._secrets(row), self._context.files.most_bytes, files)
            while found := await asyncio.to_thread(reading.some, pace.together):
                # Somebody may have asked while the file was being read.
                await pace.give_way()
                for format_, one in found:
                    formats.add(format_.name)
                    await arrivals.take(format_.system, one)
                await self._tell(task, row, arrivals, files)
        await arrivals.finish()
        if flat.NAME in formats:
            await arrivals.flats.finish()
        over = {
            "state": "done",
            "counts": arrivals.reckoning.view(),
            "fields": arrivals.flats.seen,
            "format": ", ".join(sorted(formats)) or row.format,
            "error": None,
        }
        await self._over(subject, row, over, task)

    async def _tell(self, task: Task, row: Import, arrivals: Arrivals, files: list[BinaryIO]) -> None:
        before = sum(about["size"] for about, file in zip(row.files, files, strict=True) if file.closed)
        at = before + sum(_position(file) for file in files)
        progress = {"done": at, "of": sum(about["size"] for about in row.files), "kinds": arrivals.reckoning.view()}
        self._live[row.id] = progress
        await task.progress(progress)

    async def _over(self, subject: Subject, row: Import, values: dict[str, Any], task: Task | None = None) -> None:
        async with self._database.writing(subject) as scope:
            over = {**values, "secrets": None, "finished_at": clock.now()}
            await self._imports.change(scope, row.id, over)
            await self._context.files.forget(scope, [about["id"] for about in row.files])
            if task is not None:
                await task.complete(scope)
        await self._context.files.sweep()

    def _counts(self, row: Import) -> dict[str, Any]:
        """What had been counted when it broke off."""
        return {"counts": self._live.get(row.id, {}).get("kinds")}

    async def _opened(self, subject: Subject, file_id: str) -> BinaryIO:
        async with self._database.reading(subject) as scope:
            file = await self._context.files.get(scope, file_id)
        return await self._context.files.random(file)

    def _secrets(self, row: Import) -> Secrets | None:
        if row.secrets is None:
            return None
        given = orjson.loads(self._sealer.unseal(row.secrets, f"import:{row.id}"))
        return Secrets(given["secret_key"], given["salt"])


def _position(file: BinaryIO) -> int:
    return 0 if file.closed else file.tell()
