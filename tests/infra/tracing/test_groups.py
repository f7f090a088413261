"""Errors counted by code and place, on every kind of store."""

import asyncio

import pytest

from mecum.infra.storage import Database
from mecum.infra.tracing import context
from mecum.infra.tracing import groups as groups_module
from mecum.infra.tracing.groups import ErrorGroups
from mecum.infra.tracing.model import ErrorGroup
from mecum.infra.tracing.repository import ErrorRepository
from mecum.kernel.errors import Internal, Unavailable


def broken(words: str) -> Exception:
    try:
        raise ValueError(words)
    except ValueError as error:
        return error


def broken_elsewhere() -> Exception:
    try:
        raise ValueError
    except ValueError as error:
        return error


async def _stored(database: Database) -> list[ErrorGroup]:
    async with database.reading(None) as scope:
        return sorted(await ErrorRepository().newest(scope, 10), key=lambda group: -group.count)


async def test_the_same_error_at_the_same_place_is_one_group(database: Database) -> None:
    groups = ErrorGroups(database)
    token = context.run_id.set("run_0000000000001")
    for n in range(3):
        groups.note(Internal(), broken(f"secret words {n}"))
    context.run_id.reset(token)
    groups.note(Internal(), broken_elsewhere())
    groups.note(Unavailable("secret words"))
    await groups.settle()
    groups.note(Internal(), broken("secret words"), run_id=None)
    await groups.settle()
    stored = await _stored(database)
    assert [group.count for group in stored] == [4, 1, 1]
    most = stored[0]
    assert (most.code, most.run_id) == ("internal.error", "run_0000000000001")
    assert most.first_at <= most.last_at
    assert most.message == "Something went wrong inside Mecum. (ValueError in test_groups.py:broken)"
    assert not any("secret" in group.message for group in stored)


async def test_they_are_written_together_after_a_moment(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups_module, "_FLUSH_SECONDS", 0.02)
    groups = ErrorGroups(database)
    for _ in range(100):
        groups.note(Unavailable())
    assert await _stored(database) == []
    async with asyncio.timeout(5):
        while not (stored := await _stored(database)):  # noqa: ASYNC110 - a timer writes it
            await asyncio.sleep(0.02)
    assert [group.count for group in stored] == [100]
    async with database.writing(None) as scope:
        await ErrorRepository().clear(scope)
    assert await _stored(database) == []


async def test_a_flood_of_different_errors_does_not_fill_the_memory(
    plain_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups_module, "_MOST_PENDING", 2)
    groups = ErrorGroups(plain_database)
    for kind in (ValueError, KeyError, OSError, TypeError):
        groups.note(Internal(), kind())
    await groups.settle()
    assert len(await _stored(plain_database)) == 2
