"""The personal channel: told at once, stored soon, and a client who missed some is told so."""

import asyncio

import orjson
import pytest

from mecum.domains.runs import api as runs
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject


@pytest.fixture
def channel(database: Database) -> runs.PersonChannel:
    """Return a channel over each kind of store."""
    return runs.PersonChannel(runs.RunRepository(), database.writer)


async def since(channel: runs.PersonChannel, database: Database, subject: Subject, seq: int) -> list[int] | None:
    """Return the numbers of the events beyond `seq`."""
    async with database.reading(subject) as scope:
        found = await channel.since(scope, seq)
    return None if found is None else [orjson.loads(body)["seq"] for body in found]


def say(channel: runs.PersonChannel, subject: Subject, number: int = 1) -> None:
    """Tell a person something."""
    for _ in range(number):
        channel.publish(channel.news(subject, "conversation.updated", conversation_id="cnv_1"))


async def test_an_event_is_told_at_once_and_has_a_number(
    channel: runs.PersonChannel, ada: Subject, bob: Subject
) -> None:
    heard: list[runs.News] = []
    leave = channel.listen(ada.person_id, heard.append)
    say(channel, ada, 2)
    say(channel, bob)
    assert [news.seq for news in heard] == [1, 2]
    said = orjson.loads(heard[0].body)
    assert (said["v"], said["channel"], said["type"]) == (1, "me", "conversation.updated")
    assert said["conversation_id"] == "cnv_1"
    assert (channel.last_seq(ada.person_id), channel.last_seq(bob.person_id)) == (2, 1)
    assert channel.last_seq("per_nobody") == 0
    leave()
    say(channel, ada)
    assert len(heard) == 2
    channel.store()


async def test_one_of_two_listeners_may_leave(channel: runs.PersonChannel, ada: Subject) -> None:
    first: list[int] = []
    second: list[int] = []
    leave = channel.listen(ada.person_id, lambda news: (first.append(news.seq), leave())[0])
    leave_too = channel.listen(ada.person_id, lambda news: second.append(news.seq))
    say(channel, ada, 2)
    assert (first, second) == ([1], [1, 2])
    leave_too()
    channel.store()


async def test_who_missed_some_gets_exactly_those(
    channel: runs.PersonChannel, database: Database, ada: Subject, bob: Subject
) -> None:
    say(channel, ada, 3)
    say(channel, bob, 2)
    assert await since(channel, database, ada, 3) == []
    # Reading stores what was not stored yet; the store may need a moment.
    channel.store()
    await database.commit([])
    assert await since(channel, database, ada, 1) == [2, 3]
    assert await since(channel, database, ada, 0) == [1, 2, 3]
    assert await since(channel, database, bob, 0) == [1, 2]


async def test_who_is_ahead_of_us_reads_the_lists(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    say(channel, ada)
    assert await since(channel, database, ada, 9) is None
    channel.store()


async def test_events_are_stored_by_themselves(channel: runs.PersonChannel, database: Database, ada: Subject) -> None:
    say(channel, ada, 2)
    async with asyncio.timeout(5):
        while await since(channel, database, ada, 0) != [1, 2]:  # noqa: ASYNC110 - storing is silent
            await asyncio.sleep(0.05)


async def test_expired_events_mean_reading_the_lists(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    say(channel, ada, 3)
    channel.store()
    await database.commit([])
    async with database.writing(None) as scope:
        await runs.RunRepository().expire_events(scope, 1 << 50)
    assert await since(channel, database, ada, 1) is None


async def test_after_a_restart_nobody_is_given_a_number_twice(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    say(channel, ada, 3)
    channel.store()
    await database.commit([])
    again = runs.PersonChannel(runs.RunRepository(), database.writer)
    await again.load(database)
    assert again.last_seq(ada.person_id) > 3
    assert await since(again, database, ada, 3) is None
    say(again, ada)
    assert again.last_seq(ada.person_id) > channel.last_seq(ada.person_id)
    again.store()


async def test_a_change_that_is_not_committed_is_not_told(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    async with database.writing(ada) as scope:
        await channel.tell(scope, "conversation.created", conversation_id="cnv_1")
        assert channel.last_seq(ada.person_id) == 0
    assert channel.last_seq(ada.person_id) == 1
    channel.store()
    channel.store()
