"""The group-committing writer: whatever queued up while one commit was on disk goes into the next one together.

A group is atomic. When a transaction of several groups fails, each is tried alone, so that one group's conflict is not
another one's loss. Callbacks run on the event loop, after the commit.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlcipher3 import dbapi2 as sqlcipher

from mecum.infra.storage import sqlite
from mecum.infra.storage.checkpoint import Checkpoint
from mecum.infra.storage.errors import StoreFull, StoreUnavailable
from mecum.infra.storage.prepared import Op
from mecum.kernel import clock
from mecum.kernel.errors import Conflict, Internal, MecumError

Done = Callable[[MecumError | None], None]
_MOST_GROUPS = 256
_PATIENCE_MS = 10_000
_QUICK_SECONDS = 0.002
"""Where a commit takes less, a thread is not woken for it: it and the loop would wait for each other's interpreter."""
_CALM_COMMITS = 32
"""So many quick commits in a row, in the thread, before the loop commits by itself."""
_CHECKPOINT_EVERY = 256
"""Commits between two moves of the write-ahead log into the file, which take long and belong in the thread."""
_REMEMBERED = 16
"""For so many commits of one group each, others are still expected."""
_FAULTS = (KeyError, TypeError, ValueError, OverflowError)
"""What running a statement may raise by a fault of ours; that must not end the writing of others."""
_FAILS = (sqlcipher.Error, *_FAULTS)


class WriteConflict(Conflict):
    """This contradicts what is stored already."""

    code = "store.conflict"


class _Group(NamedTuple):
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

    def relieve(self) -> None:
        """Begin to bring what was written to its place, beside what is committed: for who writes much, now and then."""
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
    # Whoever waits may leave; what was submitted is committed all the same.
    await future


class SQLiteWriter:
    """One connection. The statements of a group run on the loop, its commit where the disk lets it.

    A statement takes a few microseconds; handing each to a thread that contends with the loop for the interpreter takes
    many times that. What must wait for a slow disk, or for another connection's lock, waits in the thread.
    `quick` is how many seconds a commit takes at most on a disk that the loop itself waits for.
    """

    def __init__(self, path: Path, key: bytes | None, dialect: Dialect, *, quick: float = _QUICK_SECONDS) -> None:
        self._path, self._key, self._dialect, self._quick_seconds = path, key, dialect, quick
        self._waiting: list[_Group] = []
        self._committing = False
        self._company = 0
        """Above zero while one of the last commits held more than one group: others are about to ask for theirs."""
        self._connection: Any = None
        self._cursor: Any = None
        """One for all statements: a connection makes a new one for each."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="mecum-writer", daemon=True)
        self._idle: asyncio.Future[None] | None = None
        """Who stops it waits here for the last commit."""
        self._quick = 0
        """How many commits in a row were quick."""
        self._checkpoint = Checkpoint(path, key)
        self._logged = 0
        """Commits since the log was moved into the file."""

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._connection = sqlite.connect(self._path, self._key)
        # The loop must never wait for a lock; the thread may.
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._connection.execute("PRAGMA wal_autocheckpoint = 0")
        self._cursor = self._connection.cursor()
        self._thread.start()

    def submit(self, ops: Sequence[Op], done: Done) -> None:
        self._waiting.append(_Group(ops, done))
        if not self._committing and self._loop is not None:
            self._committing = True
            self._gather(self._loop)

    def relieve(self) -> None:
        self._logged = 0
        self._checkpoint.begin()

    async def stop(self) -> None:
        if self._committing:
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle
        if self._thread.is_alive():
            self._work.put(None)
            self._thread.join()
        self._checkpoint.stop()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _gather(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, but not now: what else is asked for in this turn of the loop goes into the same commit.

        Among many, what the next turn of the loop brings does too: a turn is much shorter than a commit.
        """
        loop.call_soon(loop.call_soon, self._begin) if self._company else loop.call_soon(self._begin)

    def _begin(self) -> None:
        batch, self._waiting = self._waiting[:_MOST_GROUPS], self._waiting[_MOST_GROUPS:]
        self._company = _REMEMBERED if len(batch) > 1 else max(0, self._company - 1)
        try:
            execute = self._cursor.execute
            execute("BEGIN IMMEDIATE")
            for group in batch:
                for op in group.ops:
                    execute(*op.prepared.arguments(self._dialect, op.values))
        except _FAILS:
            self._roll_back()
            self._in_thread(self._each, batch)
            return
        self._logged += 1
        if self._quick < _CALM_COMMITS or self._logged >= _CHECKPOINT_EVERY or self._checkpoint.busy:
            self._in_thread(self._commit, batch)
        elif self._committed():
            self._finish([(group.done, None) for group in batch])
        else:
            self._in_thread(self._each, batch)

    def _in_thread(
        self, work: Callable[[list[_Group]], list[tuple[Done, MecumError | None]]], batch: list[_Group]
    ) -> None:
        def run() -> None:
            results = work(batch)
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._finish, results)

        self._work.put(run)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()

    def _finish(self, results: list[tuple[Done, MecumError | None]]) -> None:
        _call_all(results)
        if self._waiting and self._loop is not None:
            self._gather(self._loop)
        else:
            self._committing = False
            if self._idle is not None and not self._idle.done():
                self._idle.set_result(None)

    def _commit(self, batch: list[_Group]) -> list[tuple[Done, MecumError | None]]:
        if not self._committed():
            return self._each(batch)
        if self._checkpoint.unfinished or self._logged >= _CHECKPOINT_EVERY:
            self._logged = 0
            self._checkpoint.finish(self._connection)
        return [(group.done, None) for group in batch]

    def _committed(self) -> bool:
        """Commit; False when that failed, and nothing of it is stored."""
        # What the disk does beside says nothing of how quick it is.
        alone, began = not self._checkpoint.busy, clock.monotonic()
        try:
            self._cursor.execute("COMMIT")
        except sqlcipher.Error:
            self._roll_back()
            return False
        if alone:
            self._quick = self._quick + 1 if clock.monotonic() - began < self._quick_seconds else 0
        return True

    def _each(self, batch: list[_Group]) -> list[tuple[Done, MecumError | None]]:
        """Another connection writes, or one of the groups cannot be stored: wait for it, or try them one by one."""
        self._connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        together = self._transaction([op for group in batch for op in group.ops])
        if together is None or len(batch) == 1:
            results = [(group.done, together) for group in batch]
        else:
            results = [(group.done, self._transaction(group.ops)) for group in batch]
        self._connection.execute("PRAGMA busy_timeout = 0")
        return results

    def _transaction(self, ops: Sequence[Op]) -> MecumError | None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for op in ops:
                self._connection.execute(*op.prepared.arguments(self._dialect, op.values))
            self._connection.execute("COMMIT")
        except _FAILS as error:
            self._roll_back()
            return translated(error)
        return None

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


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

    def relieve(self) -> None:
        """PostgreSQL sees to that by itself."""

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
        except (SQLAlchemyError, OSError, *_FAULTS) as error:
            return translated(error)
        return None


async def execute_raw(connection: AsyncConnection, op: Op) -> None:
    """Run one prepared write as the driver takes it."""
    text, given = op.prepared.arguments(connection.dialect, op.values)
    # A list would be taken for many calls.
    arguments: Any = tuple(cast("list[Any]", given)) if isinstance(given, list) else given
    await connection.exec_driver_sql(text, arguments)


def translated(error: Exception) -> MecumError:
    """Return our error for one of the database drivers'."""
    said = str(getattr(error, "orig", error))
    if "disk is full" in said or "No space left" in said:
        return StoreFull()
    if "IntegrityError" in type(error).__name__:
        return WriteConflict(reason=said)
    if isinstance(error, KeyError | TypeError | ValueError | OverflowError):
        return Internal(reason=f"{type(error).__name__}: {said}")
    return StoreUnavailable(reason=said)


def _call_all(results: list[tuple[Done, MecumError | None]]) -> None:
    for done, error in results:
        done(error)
