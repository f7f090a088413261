"""The personal channel: told at once, and who missed some learns what changed."""

import orjson
import pytest

from factories.records import chat
from mecum.domains.conversations import api as conversations
from mecum.domains.runs import api as runs
from mecum.infra.storage import Database
from mecum.kernel import clock
from mecum.kernel.subject import Subject

LONG_AGO_MS = 60_000


def fresh(database: Database) -> runs.PersonChannel:
    """Return a channel over a store."""
    return runs.PersonChannel(runs.RunRepository(), database.writer, conversations.changed_since)


@pytest.fixture
def channel(database: Database) -> runs.PersonChannel:
    """Return a channel over each kind of store."""
    return fresh(database)


async def since(
    channel: runs.PersonChannel, database: Database, subject: Subject, seq: int
) -> list[dict[str, str]] | None:
    """Return what is told of the time beyond `seq`, without numbers and times."""
    async with database.reading(subject) as scope:
        found = await channel.since(scope, seq)
    if found is None:
        return None
    events = [orjson.loads(body) for body in found]
    newest = channel.last_seq(subject.person_id)
    assert all((e["v"], e["channel"], e["seq"]) == (1, "me", newest) for e in events)
    return [{name: e[name] for name in e if name not in ("v", "channel", "seq", "ts")} for e in events]


def say(channel: runs.PersonChannel, subject: Subject, number: int = 1) -> None:
    """Tell a person something."""
    for _ in range(number):
        channel.say(subject, "run.settled", run_id="run_1")


async def test_an_event_is_told_at_once_and_has_a_number(
    channel: runs.PersonChannel, ada: Subject, bob: Subject
) -> None:
    heard: list[runs.News] = []
    before = clock.milliseconds()
    leave = channel.listen(ada.person_id, heard.append)
    say(channel, ada, 2)
    say(channel, bob)
    first, second = heard
    assert before <= first.seq < second.seq == channel.last_seq(ada.person_id)
    said = orjson.loads(first.body)
    assert (said["v"], said["channel"], said["type"], said["run_id"]) == (1, "me", "run.settled", "run_1")
    assert channel.last_seq("per_nobody") <= before
    leave()
    say(channel, ada)
    assert len(heard) == 2


async def test_one_of_two_listeners_may_leave(channel: runs.PersonChannel, ada: Subject) -> None:
    first: list[int] = []
    second: list[int] = []
    leave = channel.listen(ada.person_id, lambda news: (first.append(news.seq), leave())[0])
    leave_too = channel.listen(ada.person_id, lambda news: second.append(news.seq))
    say(channel, ada, 2)
    assert (len(first), len(second)) == (1, 2)
    leave_too()


async def test_who_is_up_to_date_is_told_nothing(channel: runs.PersonChannel, database: Database, ada: Subject) -> None:
    say(channel, ada)
    assert await since(channel, database, ada, channel.last_seq(ada.person_id)) == []


async def test_what_was_missed_is_told_to_its_person_alone(
    channel: runs.PersonChannel, database: Database, ada: Subject, bob: Subject
) -> None:
    before = clock.milliseconds() - 1
    async with database.writing(ada) as scope:
        await channel.tell(scope, "conversation.purged", conversation_id="cnv_1")
    channel.record(ada, "model.changed")
    await database.commit([])
    told = await since(channel, database, ada, before)
    assert told == [{"type": "conversation.purged", "conversation_id": "cnv_1"}, {"type": "model.changed"}]
    say(channel, bob)
    assert await since(channel, database, bob, before) == []


async def test_turns_are_told_by_their_conversation(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    now = clock.milliseconds()
    await chat(database, ada, "old", last_activity_at=now - 2 * LONG_AGO_MS)
    changed, _ = await chat(database, ada, "new", last_activity_at=now)
    say(channel, ada)
    told = await since(channel, database, ada, now - LONG_AGO_MS)
    assert told == [{"type": "conversation.updated", "conversation_id": changed}]


async def test_who_is_ahead_of_us_or_too_far_behind_reads_the_lists(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    newest = channel.last_seq(ada.person_id)
    assert await since(channel, database, ada, newest + 1) is None
    assert await since(channel, database, ada, newest - runs.EVENTS_KEPT_SECONDS * 1000 - 1000) is None
    assert await since(channel, database, ada, newest - runs.EVENTS_KEPT_SECONDS * 1000 + LONG_AGO_MS) == []


async def test_more_than_one_wants_to_hear_means_reading_the_lists(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    before = clock.milliseconds() - 1
    for _ in range(1000):
        channel.record(ada, "model.changed")
    await database.commit([])
    assert await since(channel, database, ada, before) is None


async def test_expired_events_are_gone(channel: runs.PersonChannel, database: Database, ada: Subject) -> None:
    before = clock.milliseconds() - 1
    channel.record(ada, "model.changed")
    await database.commit([])
    async with database.writing(None) as scope:
        await runs.RunRepository().expire_events(scope, 1 << 50)
    assert await since(channel, database, ada, before) == []


async def test_a_restart_loses_nothing_and_gives_no_number_twice(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    before = channel.last_seq(ada.person_id) - 1
    channel.record(ada, "model.changed")
    await database.commit([])
    again = fresh(database)
    assert await since(again, database, ada, before) == [{"type": "model.changed"}]
    say(again, ada)
    assert again.last_seq(ada.person_id) > channel.last_seq(ada.person_id)


async def test_a_change_that_is_not_committed_is_not_told(
    channel: runs.PersonChannel, database: Database, ada: Subject
) -> None:
    heard: list[runs.News] = []
    leave = channel.listen(ada.person_id, heard.append)
    async with database.writing(ada) as scope:
        await channel.tell(scope, "conversation.created", conversation_id="cnv_1")
        assert not heard
    assert len(heard) == 1
    leave()
