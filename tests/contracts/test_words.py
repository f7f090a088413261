"""The contract of `retrieval.ports.Words`, on every store."""

import random
from typing import Any

import pytest
from sqlalchemy import event, update

from factories.records import chat, conversation, message
from factories.stores import Store
from mecum.domains.conversations.model import Conversation, Message
from mecum.domains.conversations.repository import TagRepository
from mecum.domains.retrieval.ports import Filters, Position, Words
from mecum.domains.retrieval.rules import holder
from mecum.infra.storage import Database
from mecum.integrations.postgres.texts import PostgresWords
from mecum.integrations.sqlite.texts import SQLiteWords
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_HOUR = 3_600_000
_DAY = 24 * _HOUR


@pytest.fixture(params=[2_000, 2, 0])
def words(store: Store, request: pytest.FixtureRequest) -> Words:
    """The same answers, however many messages a search reads itself."""
    reads = int(request.param)
    return PostgresWords(reads) if store.kind == "postgres" else SQLiteWords(reads)


async def stored(database: Database, words: Words, subject: Subject, *texts: str) -> list[str]:
    """Store and index messages; return their ids."""
    _, message_ids = await chat(database, subject, *texts)
    await database.commit([words.index(list(zip(message_ids, texts, strict=True)))])
    return message_ids


async def arrived(database: Database, words: Words, subject: Subject, text: str, at: int) -> str:
    """Store and index a message that was written at another moment; return its id."""
    conversation_id, write = conversation(subject)
    message_id, op = message(conversation_id, text, created_at=at)
    await database.commit([write, op, words.index([(message_id, text)])])
    return message_id


async def found(
    database: Database, words: Words, subject: Subject, *terms: str, prefix: bool = False, limit: int = 10
) -> list[str]:
    async with database.reading(subject) as scope:
        hits = await words.search(scope, list(terms), prefix=prefix, before=None, limit=limit, within=Filters())
    return [hit.message_id for hit in hits]


async def test_newest_first_and_all_words(database: Database, words: Words, ada: Subject) -> None:
    a, b, c = await stored(database, words, ada, "red apples", "green apples", "Red pears and apples")
    assert await found(database, words, ada, "apples") == [c, b, a]
    assert await found(database, words, ada, "apples", "red") == [c, a]
    assert await found(database, words, ada, "apple") == []
    assert await found(database, words, ada, "apples", limit=2) == [c, b]


async def test_pages_go_on_where_the_last_one_ended(database: Database, words: Words, ada: Subject) -> None:
    texts = [f"word number{i}" for i in range(5)]
    message_ids = await stored(database, words, ada, *texts)
    async with database.reading(ada) as scope:
        first = await words.search(scope, ["word"], prefix=False, before=None, limit=2, within=Filters())
        second = await words.search(scope, ["word"], prefix=False, before=first[-1].position, limit=9, within=Filters())
    assert [hit.message_id for hit in [*first, *second]] == message_ids[::-1]


async def test_old_messages_that_come_late_stand_by_their_dates(database: Database, words: Words, ada: Subject) -> None:
    now = clock.milliseconds()
    new = await stored(database, words, ada, "word a", "word b")
    days = (400, 2, 900, 0, -2)
    old = [await arrived(database, words, ada, "word", now - day * _DAY - _HOUR) for day in days]
    later = await stored(database, words, ada, "word c")
    wanted = [old[4], *later, *new[::-1], old[3], old[1], old[0], old[2]]
    assert await found(database, words, ada, "word") == wanted
    pages: list[str] = []
    before: Position | None = None
    async with database.reading(ada) as scope:
        while hits := await words.search(scope, ["word"], prefix=False, before=before, limit=2, within=Filters()):
            pages += [hit.message_id for hit in hits]
            before = hits[-1].position
    assert pages == wanted
    async with database.reading(None) as scope:
        assert await words.missing(scope) == []


async def test_dates_are_exact_at_their_ends(database: Database, words: Words, ada: Subject) -> None:
    start = clock.milliseconds() - 100 * _DAY
    old = [await arrived(database, words, ada, "word", start + i) for i in (0, 1, 999, 1000, 5000)]
    for within, wanted in (
        (Filters(after=start), old),
        (Filters(after=start + 1), old[1:]),
        (Filters(before=start + 1000), old[:3]),
        (Filters(after=start + 999, before=start + 1001), old[2:4]),
        (Filters(before=start), []),
    ):
        async with database.reading(ada) as scope:
            hits = await words.search(scope, ["word"], prefix=False, before=None, limit=9, within=within)
        assert {hit.message_id for hit in hits} == set(wanted), within


async def test_dates_that_cannot_be(database: Database, words: Words, ada: Subject) -> None:
    far = 253_402_300_799_999
    old = [await arrived(database, words, ada, "word", at) for at in (0, -_DAY, far, far - 1)]
    new = await stored(database, words, ada, "word", "word")
    assert await found(database, words, ada, "word") == [old[3], old[2], *new[::-1], old[1], old[0]]
    async with database.writing(ada) as scope:
        await words.forget(scope, [(message_id, "word") for message_id in old])
    assert await found(database, words, ada, "word") == new[::-1]


async def test_what_was_just_written_is_found_between_dates(database: Database, words: Words, ada: Subject) -> None:
    new = await stored(database, words, ada, *(f"word {i}" for i in range(40)))
    now = clock.milliseconds()
    async with database.writing(ada) as scope:
        for place, message_id in enumerate(new):
            moment = clock.from_milliseconds(now - (40 - place) * _DAY)
            await scope.session.execute(update(Message).where(Message.id == message_id).values(created_at=moment))
    for first, last in ((0, 40), (3, 9), (17, 18), (39, 40)):
        within = Filters(after=now - (40 - first) * _DAY, before=now - (40 - last) * _DAY)
        async with database.reading(ada) as scope:
            hits = await words.search(scope, ["word"], prefix=False, before=None, limit=99, within=within)
        assert [hit.message_id for hit in hits] == new[first:last][::-1]


async def test_case_accents_and_scripts(database: Database, words: Words, ada: Subject) -> None:
    texts = ["Ein Café in der STRASSE", "数据库很快", "naïve", "Ёлка", "데이터베이스", "हिन्दी में"]
    ids = await stored(database, words, ada, *texts)
    for term, place in [
        ("CAFE", 0),
        ("cafe\u0301", 0),
        ("straße", 0),
        ("数据", 1),
        ("据库", 1),
        ("NAIVE", 2),
        ("елка", 3),
        ("이터", 4),
        ("हिन्दी", 5),
    ]:
        assert await found(database, words, ada, term) == [ids[place]], term
    assert await found(database, words, ada, "库据") == []


async def test_phrases_and_prefixes(database: Database, words: Words, ada: Subject) -> None:
    a, b = await stored(database, words, ada, "the quick brown fox", "brown and quick foxes")
    assert await found(database, words, ada, "quick brown") == [a]
    assert await found(database, words, ada, "fo", prefix=True) == [b, a]
    assert await found(database, words, ada, "brown", "fo", prefix=True) == [b, a]
    assert await found(database, words, ada, "brown fo", prefix=True) == [a]


async def test_operators_are_words(database: Database, words: Words, ada: Subject) -> None:
    (a,) = await stored(database, words, ada, "NEAR the end, or NOT: it's a-b 100% 'quoted' \"double\" \\ & | !")
    for term in ("NEAR", "NOT", "or", "a-b", "it's", "100%", '"double', "'quoted'", "end,", "NOT:", "(end)", "end*"):
        assert await found(database, words, ada, term) == [a], term


async def test_only_what_the_subject_may_see(
    database: Database, words: Words, ada: Subject, bob: Subject, eve: Subject
) -> None:
    await stored(database, words, ada, "canary")
    assert await found(database, words, bob, "canary") == []
    assert await found(database, words, eve, "canary") == []
    for values in ({"listed": False}, {"listed": True}):
        conversation_id, write = conversation(bob, **values)
        message_id, op = message(conversation_id, "canary")
        await database.commit([write, op, words.index([(message_id, "canary")])])
    async with database.writing(bob) as scope:
        await scope.session.execute(update(Conversation).values(deleted_at=clock.now()))
    assert await found(database, words, bob, "canary") == []


async def test_forgetting_takes_out_one_message_only(database: Database, words: Words, ada: Subject) -> None:
    texts = ["alpha beta", "alpha gamma", "alpha delta"]
    a, b, c = await stored(database, words, ada, *texts)
    async with database.writing(ada) as scope:
        await words.forget(scope, [(b, texts[1])])
        await words.forget(scope, [(b, texts[1])])
    assert await found(database, words, ada, "alpha") == [c, a]
    assert await found(database, words, ada, "gamma") == []
    await database.commit([words.index([(b, "epsilon"), (b, "epsilon")]), words.index([(b, "epsilon")])])
    assert await found(database, words, ada, "epsilon") == [b]


async def test_what_was_never_indexed_can_be_forgotten(database: Database, words: Words, ada: Subject) -> None:
    _, (a, b) = await chat(database, ada, "alpha one", "alpha two")
    await database.commit([words.index([(a, "alpha one")])])
    async with database.writing(ada) as scope:
        await words.forget(scope, [(b, "alpha two")])
        await words.forget(scope, [])
    assert await found(database, words, ada, "alpha") == [a]
    assert await database.check() == "ok"


async def test_missing_are_those_after_the_newest(database: Database, words: Words, ada: Subject) -> None:
    async with database.reading(None) as scope:
        assert await words.missing(scope) == []
    _, message_ids = await chat(database, ada, "one", "two", "three")
    await chat(database, ada, "unlisted", listed=False)
    await database.commit([words.index([(message_ids[0], "one")])])
    async with database.reading(None) as scope:
        assert await words.missing(scope) == message_ids[1:]


async def test_very_long_texts(database: Database, words: Words, ada: Subject) -> None:
    text = " ".join(f"w{i}" for i in range(300_000)) + " " + "x" * 5000
    (a,) = await stored(database, words, ada, text)
    assert await found(database, words, ada, "w77") == [a]


_SOME = ("ferry", "fern", "Ferrara", "fe", "sea", "数据库", "数学", "café", "a-b")


async def _pages(database: Database, words: Words, subject: Subject, terms: list[str], **how: Any) -> list[str]:
    """All that is found, page by page."""
    found: list[str] = []
    before: Position | None = None
    async with database.reading(subject) as scope:
        for _ in range(40):
            hits = await words.search(scope, terms, before=before, limit=3, **how)
            if not hits:
                return found
            found += [hit.message_id for hit in hits]
            before = hits[-1].position
    raise AssertionError(f"no end of pages: {terms}")


async def test_every_way_finds_the_same(database: Database, words: Words, ada: Subject, bob: Subject) -> None:
    some, now = random.Random(7), clock.milliseconds()
    told: list[tuple[str, str, bool]] = []
    moments = [now - hours * _HOUR for hours in some.sample(range(1, 900), 40)] + [now - 1000 + n for n in range(12)]
    for moment in moments:
        conversation_id, write = conversation(ada)
        text, tagged = " ".join(some.choices(_SOME, k=4)), some.random() < 0.3
        message_id, op = message(conversation_id, text, created_at=moment)
        await database.commit([write, op, words.index([(message_id, text)])])
        if tagged:
            async with database.writing(ada) as scope:
                await TagRepository().replace(scope, conversation_id, {"work": "Work"})
        told.append((message_id, text, tagged))
    await stored(database, words, bob, "ferry fe 数据库")
    newest = [told[place] for place in sorted(range(len(told)), key=lambda place: -moments[place])]
    asked = 0
    for terms in (["fe"], ["sea", "ferr"], ["数"], ["caf"], ["a-b"], ["ferry fe"], ["ferry", "Sea"], ["nothing"]):
        for prefix in (True, False):
            holds = holder(terms, prefix=prefix)
            for within in (Filters(), Filters(tags=("work",)), Filters(without=("work",))):
                wanted = [
                    message_id
                    for message_id, text, tagged in newest
                    if holds(text) and (not within.tags or tagged) and (not within.without or not tagged)
                ]
                asked += len(wanted)
                found = await _pages(database, words, ada, terms, prefix=prefix, within=within)
                assert found == wanted, (terms, prefix, within)
    assert asked > 300


@pytest.mark.parametrize(("reads", "read"), [(2_000, 0), (3, 3)])
async def test_a_common_beginning_is_not_gathered(database: Database, ada: Subject, reads: int, read: int) -> None:
    """What begins so everywhere is found in the newest messages, without the index being asked at all."""
    words: Words = SQLiteWords(reads) if database.is_sqlite else PostgresWords(reads)
    await stored(database, words, ada, *[f"fern{number} fox" for number in range(9)])
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    assert len(await found(database, words, ada, "fe", prefix=True, limit=2)) == 2
    assert [one for one in asked if "MATCH" in one or "tsquery" in one] == []
    asked.clear()
    assert len(await found(database, words, ada, "fe", prefix=True, limit=9)) == 9
    assert len([one for one in asked if "MATCH" in one or "tsquery" in one]) == (1 if read else 0)
