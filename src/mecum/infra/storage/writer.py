"""The group-committing writer: whatever queued up while one commit was on disk goes into the next one together.

A group is atomic. When a transaction of several groups fails, each is tried alone, so that one group's conflict is not
another one's loss. Callbacks run on the event loop, after the commit.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlcipher3 import dbapi2 as sqlcipher

from mecum.infra.storage import sqlite
from mecum.infra.storage.errors import StoreFull, StoreUnavailable
from mecum.infra.storage.prepared import Op
from mecum.kernel.errors import Conflict, MecumError

Done = Callable[[MecumError | None], None]
_MOST_GROUPS = 256


class WriteConflict(Conflict):
    """This contradicts what is stored already."""

    code = "store.conflict"


@dataclass(frozen=True, slots=True)
class _Group:
    ops: Sequence[Op]
    done: Done


class Writer(Protocol):
    """Commits groups of prepared writes, in the order they were submitted."""

    async def start(self) -> None:
        """Begin."""
        ...

    def submit(self, ops: Sequence[Op], done: Done) -> None:
        """Commit `ops` together; `done` gets None, or why nothing of it was stored."""
        ...

    async def stop(self) -> None:
        """Commit what is queued and end."""
        ...


async def commit(writer: Writer, ops: Sequence[Op]) -> None:
    """Commit `ops` and return when they are on disk; raises what stopped them."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def done(error: MecumError | None) -> None:
        if future.cancelled():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    writer.submit(ops, done)
    await asyncio.shield(future)


class SQLiteWriter:
    """One thread with its own connection."""

    def __init__(self, path: Path, key: bytes | None, dialect: Dialect) -> None:
        self._path, self._key, self._dialect = path, key, dialect
        self._queue: queue.SimpleQueue[_Group | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="mecum-writer", daemon=True)
        self._thread.start()

    def submit(self, ops: Sequence[Op], done: Done) -> None:
        self._queue.put(_Group(ops, done))

    async def stop(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _run(self) -> None:
        connection = sqlite.connect(self._path, self._key)
        try:
            while (batch := self._next()) is not None:
                self._answer(self._commit(connection, batch))
        finally:
            connection.close()

    def _next(self) -> list[_Group] | None:
        first = self._queue.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < _MOST_GROUPS and not self._queue.empty():
            group = self._queue.get()
            if group is None:
                self._queue.put(None)
                break
            batch.append(group)
        return batch

    def _commit(self, connection: Any, batch: list[_Group]) -> list[tuple[Done, MecumError | None]]:
        error = self._transaction(connection, [op for group in batch for op in group.ops])
        if error is None or len(batch) == 1:
            return [(group.done, error) for group in batch]
        return [(group.done, self._transaction(connection, group.ops)) for group in batch]

    def _transaction(self, connection: Any, ops: Sequence[Op]) -> MecumError | None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for op in ops:
                connection.execute(*op.prepared.arguments(self._dialect, op.values))
            connection.execute("COMMIT")
        except sqlcipher.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return translated(error)
        return None

    def _answer(self, results: list[tuple[Done, MecumError | None]]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_call_all, results)


class EngineWriter:
    """The same over an asynchronous engine (PostgreSQL): one task, one connection."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queue: asyncio.Queue[_Group | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="mecum-writer")

    def submit(self, ops: Sequence[Op], done: Done) -> None:
        self._queue.put_nowait(_Group(ops, done))

    async def stop(self) -> None:
        if self._task is not None:
            self._queue.put_nowait(None)
            await self._task
            self._task = None

    async def _run(self) -> None:
        while (group := await self._queue.get()) is not None:
            batch, last = [group], False
            while len(batch) < _MOST_GROUPS and not self._queue.empty():
                following = self._queue.get_nowait()
                if following is None:
                    last = True
                    break
                batch.append(following)
            _call_all(await self._commit(batch))
            if last:
                return

    async def _commit(self, batch: list[_Group]) -> list[tuple[Done, MecumError | None]]:
        error = await self._transaction([op for group in batch for op in group.ops])
        if error is None or len(batch) == 1:
            return [(group.done, error) for group in batch]
        return [(group.done, await self._transaction(group.ops)) for group in batch]

    async def _transaction(self, ops: Sequence[Op]) -> MecumError | None:
        try:
            async with self._engine.begin() as connection:
                for op in ops:
                    await execute_raw(connection, op)
        except (SQLAlchemyError, OSError) as error:
            return translated(error)
        return None


async def execute_raw(connection: AsyncConnection, op: Op) -> None:
    """Run one prepared write as the driver takes it."""
    text, arguments = op.prepared.arguments(connection.dialect, op.values)
    await connection.exec_driver_sql(text, dict(arguments))


def translated(error: Exception) -> MecumError:
    """Return our error for one of the database drivers'."""
    said = str(getattr(error, "orig", error))
    if "disk is full" in said or "No space left" in said:
        return StoreFull()
    if "IntegrityError" in type(error).__name__:
        return WriteConflict(reason=said)
    return StoreUnavailable(reason=said)


def _call_all(results: list[tuple[Done, MecumError | None]]) -> None:
    for done, error in results:
        done(error)
