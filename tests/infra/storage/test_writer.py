"""The writer: groups whole or not at all, nobody's fault another's loss, and the loop never waits for a lock."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import OperationalError
from sqlcipher3 import dbapi2 as sqlcipher

from factories.records import conversation
from factories.stores import Store
from mecum.domains.conversations.model import Conversation
from mecum.infra.storage import Database, Op, Prepared, Scope, checkpoint, sqlite
from mecum.infra.storage.errors import StoreFull, StoreUnavailable
from mecum.infra.storage.location import Location
from mecum.infra.storage.scope import owner_values
from mecum.infra.storage.writer import SQLiteWriter, WriteConflict, commit, translated
from mecum.kernel.errors import Internal, MecumError
from mecum.kernel.subject import Subject

IDS = Prepared(select(Conversation.id).where(Scope.owned(Conversation)).order_by(Conversation.n))
BROKEN = Prepared(text("INSERT INTO no_such_table (a) VALUES (:a)"), system=True)
WRONG_TYPE = Prepared(
    text("UPDATE conversations SET title = :title WHERE id = :id").bindparams(bindparam("title"), bindparam("id")),
    system=True,
)


async def ids_of(database: Database, subject: Subject) -> list[str]:
    """Return the ids of a person's conversations, as they were stored."""
    return [row[0] for row in await database.fetch(IDS, owner_values(subject))]


def submit(database: Database, *ops: Op) -> "asyncio.Future[MecumError | None]":
    """Hand a group to the writer; the future holds what it said."""
    said: asyncio.Future[MecumError | None] = asyncio.get_running_loop().create_future()
    database.writer.submit(ops, said.set_result)
    return said


async def test_a_commit_returns_when_it_is_stored(database: Database, ada: Subject) -> None:
    made, op = conversation(ada)
    await database.commit([op])
    assert await ids_of(database, ada) == [made]
    await database.commit([])


async def test_a_group_is_stored_whole_or_not_at_all(database: Database, ada: Subject) -> None:
    first, op = conversation(ada)
    _, other = conversation(ada)
    with pytest.raises(WriteConflict):
        await database.commit([op, other, conversation(ada, id=first)[1]])
    assert await ids_of(database, ada) == []


async def test_ones_conflict_is_not_anothers_loss(database: Database, ada: Subject) -> None:
    taken, op = conversation(ada)
    await database.commit([op])
    before, first = conversation(ada)
    after, last = conversation(ada)
    said = await asyncio.gather(
        submit(database, first), submit(database, conversation(ada, id=taken)[1]), submit(database, last)
    )
    assert [type(one) for one in said] == [type(None), WriteConflict, type(None)]
    assert await ids_of(database, ada) == [taken, before, after]


async def test_groups_are_stored_in_order(database: Database, ada: Subject) -> None:
    made = [conversation(ada) for _ in range(600)]
    said = await asyncio.gather(*(submit(database, op) for _, op in made))
    assert set(said) == {None}
    assert await ids_of(database, ada) == [one for one, _ in made]


async def test_what_comes_while_one_commits_goes_into_the_next(database: Database, ada: Subject) -> None:
    order: list[int] = []

    def then(number: int, following: Callable[[], None] = lambda: None) -> Callable[[MecumError | None], None]:
        def done(error: MecumError | None) -> None:
            assert error is None
            order.append(number)
            following()

        return done

    ended = asyncio.Event()
    ops = [conversation(ada)[1] for _ in range(3)]
    database.writer.submit([ops[0]], then(0, lambda: database.writer.submit([ops[2]], then(2, ended.set))))
    await asyncio.sleep(0)
    database.writer.submit([ops[1]], then(1))
    async with asyncio.timeout(10):
        await ended.wait()
    assert order == [0, 1, 2]


@pytest.mark.parametrize(
    "fault",
    [Op(BROKEN, {"a": 1}), Op(BROKEN, {}), Op(WRONG_TYPE, {"title": object(), "id": "x"})],
    ids=["no such table", "no value", "no such type"],
)
async def test_a_fault_in_one_write_ends_no_other(database: Database, ada: Subject, fault: Op) -> None:
    made, op = conversation(ada)
    later, following = conversation(ada)
    said = await asyncio.gather(submit(database, op), submit(database, fault))
    assert said[0] is None
    assert isinstance(said[1], MecumError)
    await database.commit([following])
    assert await ids_of(database, ada) == [made, later]


async def test_a_caller_who_gave_up_changes_nothing(database: Database, ada: Subject) -> None:
    made, op = conversation(ada)
    waiting = asyncio.create_task(database.commit([op]))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await database.commit([])
    assert await ids_of(database, ada) == [made]


async def test_stopping_stores_what_is_queued(store: Store, ada: Subject) -> None:
    database = await Database.open(store.location)
    made = [conversation(ada) for _ in range(300)]
    said = [submit(database, op) for _, op in made]
    await database.close()
    assert {future.result() for future in said} == {None}
    again = await Database.open(store.location)
    assert await ids_of(again, ada) == [one for one, _ in made]
    await again.close()


@pytest.mark.parametrize("store", ["sqlite", "sqlite-key"], indirect=True)
async def test_the_loop_goes_on_while_another_connection_holds_the_lock(
    store: Store, database: Database, ada: Subject
) -> None:
    assert store.location.path is not None
    other = sqlite.connect(store.location.path, store.key)
    other.execute("BEGIN IMMEDIATE")
    made, op = conversation(ada)
    said = submit(database, op)
    longest, before = 0.0, time.perf_counter()
    for _ in range(60):
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    assert not said.done()
    assert longest < 1, "a loop that waited for the lock would wait until it is given"
    assert await ids_of(database, ada) == []
    other.execute("COMMIT")
    other.close()
    async with asyncio.timeout(10):
        assert await said is None
    assert await ids_of(database, ada) == [made]


@pytest.mark.postgres
async def test_the_loop_goes_on_while_postgresql_waits(postgres_url: str, ada: Subject) -> None:
    database = await Database.open(Location(url=postgres_url))
    async with await psycopg.AsyncConnection[Any].connect(postgres_url) as other:
        await other.execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
        made, op = conversation(ada)
        said = submit(database, op)
        await asyncio.sleep(0.3)
        assert not said.done()
        await other.commit()
    async with asyncio.timeout(10):
        assert await said is None
    assert await ids_of(database, ada) == [made]
    await database.close()


THREAD_AND_LOOP = {"mecum-writer", "MainThread"}


def own_writer(database: Database, store: Store, quick: float) -> SQLiteWriter:
    """Return a writer on the same file that takes a commit of `quick` seconds for a quick one."""
    assert store.location.path is not None
    return SQLiteWriter(store.location.path, store.key, database.engine.dialect, quick=quick)


@pytest.mark.parametrize("store", ["sqlite", "sqlite-key"], indirect=True)
@pytest.mark.parametrize(("quick", "committed_in"), [(1e9, THREAD_AND_LOOP), (0.0, {"mecum-writer"})])
async def test_the_loop_commits_itself_only_where_the_disk_is_quick(
    store: Store, database: Database, ada: Subject, quick: float, committed_in: set[str]
) -> None:
    writer = own_writer(database, store, quick)
    await writer.start()
    threads: list[str] = []

    def note(statement: str) -> None:
        if statement == "COMMIT":
            threads.append(threading.current_thread().name)

    writer._connection.set_trace_callback(note)  # pyright: ignore[reportPrivateUsage]
    made = [conversation(ada) for _ in range(100)]
    for _, op in made:
        await commit(writer, [op])
    await writer.stop()
    assert set(threads) == committed_in
    assert threads[0] == "mecum-writer"
    assert await ids_of(database, ada) == [one for one, _ in made]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
async def test_groups_of_a_busy_moment_are_committed_together(store: Store, database: Database, ada: Subject) -> None:
    writer = own_writer(database, store, 1e9)
    await writer.start()
    commits = 0

    def note(statement: str) -> None:
        nonlocal commits
        commits += statement == "COMMIT"

    for _ in range(50):
        await commit(writer, [conversation(ada)[1]])
    writer._connection.set_trace_callback(note)  # pyright: ignore[reportPrivateUsage]

    async def a_little_later(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await commit(writer, [conversation(ada)[1]])

    await asyncio.gather(a_little_later(0), a_little_later(1))
    assert commits == 2, "by itself a group waits for nobody"
    await asyncio.gather(a_little_later(0), a_little_later(0))
    assert commits == 3
    await asyncio.gather(a_little_later(0), a_little_later(1))
    assert commits == 4, "where there were others, one more is waited for"
    await writer.stop()


@pytest.mark.parametrize("store", ["sqlite", "sqlite-key"], indirect=True)
async def test_a_loop_that_commits_itself_waits_for_no_lock(store: Store, database: Database, ada: Subject) -> None:
    writer = own_writer(database, store, 1e9)
    await writer.start()
    made = [conversation(ada) for _ in range(50)]
    for _, op in made[:-1]:
        await commit(writer, [op])
    assert store.location.path is not None
    other = sqlite.connect(store.location.path, store.key)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(commit(writer, [made[-1][1]]))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    async with asyncio.timeout(10):
        await waiting
    await writer.stop()
    assert await ids_of(database, ada) == [one for one, _ in made]


def times_begun(store: Store) -> int:
    """Return how often the store's log has begun anew (SQLite's file format, 4.1, the checkpoint sequence number)."""
    assert store.location.path is not None
    with store.location.path.with_name(store.location.path.name + "-wal").open("rb") as log:
        return int.from_bytes(log.read(16)[12:], "big")


@pytest.mark.parametrize("store", ["sqlite", "sqlite-key"], indirect=True)
async def test_the_log_begins_anew_though_it_is_written_to_all_the_time(
    store: Store, database: Database, ada: Subject
) -> None:
    await database.commit([conversation(ada)[1]])
    begun = times_begun(store)
    for _ in range(300):
        await database.commit([conversation(ada)[1]])
    assert times_begun(store) == begun + 1
    for _ in range(8):
        database.relieve()
        for _ in range(100):
            await database.commit([conversation(ada)[1]])
    assert times_begun(store) > begun + 2
    assert len(await ids_of(database, ada)) == 1101


@pytest.mark.parametrize("store", ["sqlite", "sqlite-key"], indirect=True)
async def test_no_commit_waits_for_the_log_to_be_moved(
    store: Store, database: Database, ada: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving, may_move = threading.Event(), threading.Event()
    move = checkpoint._move  # pyright: ignore[reportPrivateUsage]

    def held(connection: Any) -> None:
        moving.set()
        may_move.wait(30)
        move(connection)

    monkeypatch.setattr(checkpoint, "_move", held)
    try:
        await database.commit([conversation(ada)[1]])
        database.relieve()
        assert await asyncio.to_thread(moving.wait, 30)
        begun = times_begun(store)
        for _ in range(200):
            await database.commit([conversation(ada)[1]])
        assert times_begun(store) == begun
    finally:
        may_move.set()
    async with asyncio.timeout(30):
        while times_begun(store) == begun:
            await asyncio.sleep(0.01)
            await database.commit([conversation(ada)[1]])


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (sqlcipher.OperationalError("database or disk is full"), StoreFull),
        (OSError("No space left on device"), StoreFull),
        (sqlcipher.IntegrityError("UNIQUE constraint failed"), WriteConflict),
        (KeyError("name"), Internal),
        (OverflowError("too large"), Internal),
        (sqlcipher.OperationalError("database is locked"), StoreUnavailable),
        (OperationalError("SELECT 1", {}, Exception("server closed the connection")), StoreUnavailable),
    ],
)
def test_the_drivers_errors_are_translated(error: Exception, ours: type[MecumError]) -> None:
    assert type(translated(error)) is ours
