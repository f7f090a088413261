"""Notices: what holds, what is put away, and that both outlive the process."""

import pytest

from factories.stores import Store
from mecum.inference.errors import NoticeNotFound
from mecum.inference.selection.notices import Notice, Notices
from mecum.infra.storage import Database


async def reopened(database: Database) -> Notices:
    """Return the notices as the next process finds them."""
    # A write that nobody waits for is done before one that somebody waits for.
    await database.commit([])
    again = Notices(database)
    await again.load()
    return again


async def test_what_holds_outlives_the_process(store: Store) -> None:
    database = await Database.open(store.location)
    try:
        notices = Notices(database)
        notices.note("planner", "It lacks something.")
        notices.note("poet", "It lacks more.")
        notices.note("poet", None)
        again = await reopened(database)
        assert again.newest() == notices.newest()
        assert [one.id for one in again.newest()] == ["role:planner"]
    finally:
        await database.close()


async def test_what_was_put_away_stays_away_until_it_says_something_else(store: Store) -> None:
    database = await Database.open(store.location)
    try:
        told: list[Notice] = []
        notices = Notices(database)
        notices.note("planner", "It lacks something.")
        await notices.dismiss("role:planner")
        again = await reopened(database)
        again.tell = told.append
        again.note("planner", "It lacks something.")
        assert (again.newest(), told) == ([], [])
        assert [one.id for one in again.newest(dismissed=True)] == ["role:planner"]
        assert (await again.restore("role:planner")).dismissed_at is None
        await again.dismiss("role:planner")
        again.note("planner", "It lacks something else.")
        assert [one.message for one in again.newest()] == ["It lacks something else."]
        assert again.newest() == told
    finally:
        await database.close()


async def test_nobody_puts_away_what_is_not_there() -> None:
    with pytest.raises(NoticeNotFound):
        await Notices().dismiss("role:planner")
