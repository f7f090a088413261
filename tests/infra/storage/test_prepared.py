"""Prepared statements: compiled once, read and written the same on every database."""

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from factories.records import chat, conversation
from mecum.domains.conversations.model import Conversation
from mecum.infra.storage import Database, Op, Prepared, Scope
from mecum.infra.storage.scope import owner_values
from mecum.kernel import ids
from mecum.kernel.subject import Subject

TITLES = Prepared(
    select(Conversation.id, Conversation.title, Conversation.created_at)
    .where(Scope.owned(Conversation), Conversation.title_source == "person")
    .order_by(Conversation.id)
)
RENAME = Prepared(
    update(Conversation)
    .where(Conversation.id == bindparam("_id"), Scope.owned(Conversation))
    .values(title=bindparam("_title"), title_source="person")
)


def test_it_is_compiled_once_per_database(ada: Subject) -> None:
    prepared = Prepared(select(Conversation.id).where(Scope.owned(Conversation)))
    here, there = sqlite.dialect(), postgresql.dialect()
    assert prepared.sql(here) is prepared.sql(here)
    assert prepared.sql(here) != prepared.sql(there)
    text, values = prepared.arguments(here, owner_values(ada))
    assert text.count("?") == 2
    assert list(values) == [ids.number("org", ada.organisation_id), ids.number("per", ada.person_id)]


def test_what_is_no_id_is_found_nowhere(ada: Subject) -> None:
    prepared = Prepared(select(Conversation.id).where(Scope.owned(Conversation)))
    _, values = prepared.arguments(sqlite.dialect(), {**owner_values(ada), "_person_id": ada.organisation_id})
    assert values[1] is None


def test_values_that_are_written_in_the_statement_go_along(ada: Subject) -> None:
    _, values = TITLES.arguments(sqlite.dialect(), owner_values(ada))
    assert "person" in values


async def test_a_read_gives_what_the_columns_store(database: Database, ada: Subject, bob: Subject) -> None:
    mine, _ = await chat(database, ada, "hers", created_at=1_700_000_000_123)
    await chat(database, bob, "his")
    await database.commit([Op(RENAME, {"_id": mine, "_title": "ä🙂", **owner_values(ada)})])
    rows = await database.fetch(TITLES, owner_values(ada))
    assert [tuple(row) for row in rows] == [(mine, "ä🙂", 1_700_000_000_123)]
    assert list(await database.fetch(TITLES, owner_values(bob))) == []


async def test_a_write_reaches_only_its_owner(database: Database, ada: Subject, bob: Subject) -> None:
    his, _ = await chat(database, bob, "his")
    await database.commit([Op(RENAME, {"_id": his, "_title": "taken", **owner_values(ada)})])
    assert list(await database.fetch(TITLES, owner_values(bob))) == []


async def test_an_insert_of_the_whole_entity_takes_what_it_is_given(database: Database, ada: Subject) -> None:
    made, op = conversation(ada, title="new", title_source="person")
    await database.commit([op])
    assert [row[0] for row in await database.fetch(TITLES, owner_values(ada))] == [made]
    assert not Prepared(insert(Conversation)).sql(sqlite.dialect()).startswith("SELECT")
