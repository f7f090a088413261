"""The log: nothing is shown before it is on disk, everything is in order, and rows nobody needs are deleted."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from factories.streams import Told, end, perform, start
from mecum.domains.runs import api as runs
from mecum.domains.runs.repository import clear_journal
from mecum.infra.storage import Database, Op
from mecum.infra.storage.errors import StoreUnavailable
from mecum.infra.storage.writer import WriteConflict
from mecum.kernel import ids
from mecum.kernel.errors import MecumError


@dataclass
class Held:
    """A writer that commits when the test says so."""

    groups: list[tuple[Sequence[Op], Callable[[MecumError | None], None]]] = field(
        default_factory=list[tuple[Sequence[Op], Callable[[MecumError | None], None]]]
    )

    async def start(self) -> None: ...

    def submit(self, ops: Sequence[Op], done: Callable[[MecumError | None], None]) -> None:
        self.groups.append((ops, done))

    def relieve(self) -> None: ...

    async def stop(self) -> None: ...

    def release(self, error: MecumError | None = None) -> None:
        """Commit, or fail, everything handed in so far."""
        groups, self.groups = self.groups, []
        for _, done in groups:
            done(error)


def opened(log: runs.RunLog, **more: Any) -> runs.RunStream:
    """Open a run."""
    return log.open(ids.new("run"), ids.new("cnv"), ids.new("msg"), "per_ada", **more)


async def ticks(log: runs.RunLog, number: int = 3) -> None:
    """Let some ticks pass."""
    del log
    await asyncio.sleep(0.005 * number)


@pytest.fixture
def held() -> Held:
    """Return a writer that waits."""
    return Held()


@pytest.fixture
def log(held: Held) -> runs.RunLog:
    """Return a log of short ticks over it."""
    return runs.RunLog(held, writer_id=1, tick=0.001)


async def rows(database: Database) -> list[bytes]:
    """Return the journal."""
    async with database.reading(None) as scope:
        return list(await runs.RunRepository().journal(scope))


async def test_nothing_is_shown_before_it_is_on_disk(log: runs.RunLog, held: Held) -> None:
    stream, told = opened(log), Told()
    stream.followers.append(told)
    start(stream)
    perform(stream, ("text", "Hello"))
    await ticks(log)
    assert held.groups
    assert told.seqs == []
    assert stream.durable == 0
    held.release()
    assert told.seqs == [1, 2, 3]
    assert stream.durable == 3


async def test_runs_that_speak_at_once_share_a_row(log: runs.RunLog, held: Held) -> None:
    streams = [opened(log) for _ in range(5)]
    for stream in streams:
        start(stream)
    await ticks(log)
    assert len(held.groups) == 1
    assert len(held.groups[0][0]) == 1
    held.release()
    assert [stream.durable for stream in streams] == [1] * 5


async def test_the_first_words_do_not_wait_for_a_tick(held: Held) -> None:
    log = runs.RunLog(held, writer_id=1, tick=30)
    first, second = opened(log), opened(log)
    start(first)
    await asyncio.sleep(0.01)
    held.release()
    start(second)
    await asyncio.sleep(0.01)
    assert held.groups == []
    perform(second, ("text", "now"))
    await asyncio.sleep(0.01)
    assert len(held.groups) == 1
    perform(second, ("text", " later"))
    await asyncio.sleep(0.01)
    assert len(held.groups) == 1
    log.drop(first)
    log.drop(second)


async def test_a_disk_that_is_behind_gets_wider_frames_not_a_longer_queue(log: runs.RunLog, held: Held) -> None:
    stream, told = opened(log), Told()
    stream.followers.append(told)
    for number in range(40):
        perform(stream, ("text", f"{number} "))
        await asyncio.sleep(0.002)
    assert len(held.groups) <= 4
    while held.groups:
        held.release()
        await ticks(log, 5)
    assert told.parts[0].decode() == "".join(f"{number} " for number in range(40))


async def test_the_end_is_committed_with_what_belongs_to_it(log: runs.RunLog, held: Held) -> None:
    stream, told = opened(log), Told()
    settled: list[str] = []
    log.settled = lambda one: settled.append(one.id)
    stream.followers.append(told)
    perform(stream, ("text", "x"))
    await ticks(log)
    held.release()
    op = clear_journal(9, 9)
    stream.close_part()
    stream.end(runs.RunEnded("completed"), [op])
    await ticks(log)
    assert op in held.groups[0][0]
    assert log.find(stream.id) is stream
    assert not stream.is_over
    held.release()
    assert told.ends == ["run.completed"]
    assert settled == [stream.id]
    assert stream.is_over
    assert log.find(stream.id) is None
    assert stream.followers == []


@pytest.mark.slow
async def test_what_the_disk_did_not_take_is_tried_again(log: runs.RunLog, held: Held) -> None:
    stream, told = opened(log), Told()
    stream.followers.append(told)
    start(stream)
    await ticks(log)
    held.release(StoreUnavailable())
    assert told.seqs == []
    async with asyncio.timeout(5):
        while not held.groups:  # noqa: ASYNC110 - the writer tells nobody
            await asyncio.sleep(0.05)
    held.release()
    assert told.seqs == [1]


async def test_a_run_whose_conversation_was_deleted_leaves_nobody_waiting(log: runs.RunLog, held: Held) -> None:
    stream, told = opened(log), Told()
    stream.followers.append(told)
    end(stream)
    await ticks(log)
    held.release(WriteConflict())
    assert stream.is_over
    assert log.active == []
    assert told.ends == ["run.failed"], "what is not stored was not done"


async def test_one_run_that_cannot_be_stored_takes_no_other_along(log: runs.RunLog, held: Held) -> None:
    streams, told = [opened(log) for _ in range(3)], [Told() for _ in range(3)]
    for stream, reader in zip(streams, told, strict=True):
        stream.followers.append(reader)
        start(stream)
    end(streams[0])
    end(streams[1])
    await ticks(log)
    assert len(held.groups) == 1
    held.release(WriteConflict())
    assert [reader.seqs for reader in told] == [[], [], []]
    (_, first), (_, second), (_, third) = held.groups
    held.groups.clear()
    first(WriteConflict())
    second(None)
    third(None)
    assert [reader.ends for reader in told] == [["run.failed"], ["run.completed"], []]
    assert log.active == [streams[2]]
    assert streams[2].durable == 1


async def test_a_run_nobody_reads_is_one_commit(held: Held) -> None:
    log = runs.RunLog(held, writer_id=1, tick=0.001)
    stream = opened(log, unstreamed=True)
    start(stream)
    for word in "a b c d".split():
        perform(stream, ("text", word))
        await asyncio.sleep(0.005)
    assert held.groups == []
    end(stream)
    await asyncio.sleep(0.005)
    assert len(held.groups) == 1


async def test_a_dropped_run_says_nothing_more(log: runs.RunLog, held: Held) -> None:
    stream = opened(log)
    start(stream)
    log.drop(stream)
    perform(stream, ("text", "x"))
    await ticks(log)
    assert held.groups == []
    assert log.active == []


async def test_the_journal_gives_back_what_a_killed_process_had_said(database: Database) -> None:
    log = runs.RunLog(database.writer, writer_id=1, tick=0.001)
    streams = [opened(log) for _ in range(3)]
    for word in ("Ä", "🙂 ", '"quoted" '):
        for stream in streams:
            perform(stream, ("text", word))
        await asyncio.sleep(0.02)
    await database.commit([])
    found = runs.replay(await rows(database))
    assert {found[stream.id].stored_parts()[0]["text"] for stream in streams} == {'Ä🙂 "quoted" '}
    for stream in streams:
        log.drop(stream)


async def test_folding_leaves_one_row_that_says_the_same(database: Database) -> None:
    log = runs.RunLog(database.writer, writer_id=1, tick=0.001)
    stream, told = opened(log), Told()
    stream.followers.append(told)
    for word in ("one ", "two ", "three "):
        perform(stream, ("text", word))
        await asyncio.sleep(0.02)
    await log.fold()
    assert len(await rows(database)) == 1
    assert runs.replay(await rows(database))[stream.id].stored_parts() == stream.stored_parts()
    perform(stream, ("text", "four"))
    await asyncio.sleep(0.05)
    await database.commit([])
    assert runs.replay(await rows(database))[stream.id].stored_parts() == stream.stored_parts()
    end(stream)
    await log.drain(5)
    await database.commit([])
    assert told.ends == ["run.completed"]
    assert await rows(database) == []
    await log.fold()
    assert await rows(database) == []


async def test_rows_that_no_active_run_needs_are_deleted(database: Database) -> None:
    log = runs.RunLog(database.writer, writer_id=1, tick=0.001)
    log.continue_from(1000)
    first = opened(log)
    perform(first, ("text", "x"))
    await asyncio.sleep(0.02)
    await database.commit([])
    assert len(await rows(database)) == 1
    end(first)
    await log.drain(5)
    await database.commit([])
    assert await rows(database) == []
    await log.drain(1)
