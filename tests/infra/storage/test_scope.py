"""An owned row is reached only for its owner, however the statement is written."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Delete, Select, Update, bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import aliased

from factories.records import chat
from mecum.domains.conversations.model import Conversation, Message
from mecum.domains.identity.model import Person
from mecum.infra.storage import Database, Prepared, Scope, Unscoped
from mecum.infra.storage.scope import owned_tables, owner_values
from mecum.kernel.subject import Subject


async def test_each_sees_only_their_own(database: Database, ada: Subject, bob: Subject, eve: Subject) -> None:
    mine, _ = await chat(database, ada, "hers")
    await chat(database, bob, "his")
    await chat(database, eve, "elsewhere")
    async with database.reading(ada) as scope:
        found = (await scope.session.execute(select(Conversation))).scalars().all()
        texts = (await scope.session.execute(select(Message.parts))).scalars().all()
    assert [one.id for one in found] == [mine]
    assert texts == [[{"type": "text", "text": "hers"}]]


async def test_neither_join_nor_alias_leads_around_it(database: Database, ada: Subject, bob: Subject) -> None:
    his, _ = await chat(database, bob, "his")
    of_message = Conversation.id == Message.conversation_id
    other = aliased(Conversation)
    both = select(Message, Conversation).join(Conversation, of_message)
    async with database.reading(ada) as scope:
        assert (await scope.session.execute(both)).all() == []
        assert (await scope.session.execute(select(other).where(other.id == his))).all() == []
    async with database.reading(bob) as scope:
        assert len((await scope.session.execute(both)).all()) == 1


async def test_an_owned_table_behind_another_is_refused_unless_asked_for(
    plain_database: Database, ada: Subject
) -> None:
    inner = select(Conversation.id).where(Conversation.title.is_(None))
    async with plain_database.reading(ada) as scope:
        with pytest.raises(Unscoped):
            await scope.session.execute(select(Message).where(Message.conversation_id.in_(inner)))
        mine = inner.where(scope.visible(Conversation))
        with pytest.raises(Unscoped):
            await scope.session.execute(select(Message).where(Message.conversation_id.in_(mine)))
        owned = select(Message).where(Message.conversation_id.in_(inner.where(Scope.owned(Conversation))))
        assert (await scope.session.execute(owned, owner_values(ada))).all() == []


async def test_changes_stop_at_the_owner_too(database: Database, ada: Subject, bob: Subject) -> None:
    his, _ = await chat(database, bob, "his")
    async with database.writing(ada) as scope:
        await scope.session.execute(update(Conversation).where(Conversation.id == his).values(title="taken"))
        await scope.session.execute(delete(Conversation).where(Conversation.id == his))
    async with database.reading(bob) as scope:
        found = (await scope.session.execute(select(Conversation.id, Conversation.title))).all()
    assert [tuple(row) for row in found] == [(his, None)]


@pytest.mark.parametrize(
    "statement",
    [
        select(Conversation.__table__.c.id),
        select(func.count()).select_from(Message.__table__),
        update(Conversation.__table__).values(title="x"),  # pyright: ignore[reportArgumentType]
        delete(Message.__table__),  # pyright: ignore[reportArgumentType]
    ],
)
async def test_a_core_statement_without_its_owner_is_refused(
    plain_database: Database, ada: Subject, statement: Select[Any] | Update | Delete
) -> None:
    async with plain_database.reading(ada) as scope:
        with pytest.raises(Unscoped, match="without its owner"):
            await scope.session.execute(statement)


async def test_a_core_statement_with_its_owner_is_answered(database: Database, ada: Subject, bob: Subject) -> None:
    mine, _ = await chat(database, ada, "hers")
    await chat(database, bob, "his")
    query = select(Conversation.__table__.c.id).where(Scope.owned(Conversation))
    async with database.reading(ada) as scope:
        assert (await scope.session.execute(query, owner_values(ada))).scalars().all() == [mine]


async def test_the_instance_itself_sees_all_and_is_nobody(database: Database, ada: Subject, bob: Subject) -> None:
    await chat(database, ada, "hers")
    await chat(database, bob, "his")
    async with database.reading(None) as scope:
        assert len((await scope.session.execute(select(Conversation))).all()) == 2
        with pytest.raises(Unscoped):
            _ = scope.subject
        with pytest.raises(Unscoped):
            scope.visible(Conversation)


async def test_what_nobody_owns_needs_no_owner(plain_database: Database, ada: Subject) -> None:
    async with plain_database.reading(ada) as scope:
        assert (await scope.session.execute(select(Person))).all() == []
        assert (await scope.session.execute(text("SELECT 1"))).scalar() == 1
        assert scope.subject is ada


async def fail_in(database: Database, subject: Subject, callback: Callable[[], None]) -> None:
    """Open a scope that does not come to its end."""
    async with database.writing(subject) as scope:
        scope.after_commit.append(callback)
        _ = 1 / 0


async def test_callbacks_run_after_the_commit_and_not_after_a_failure(plain_database: Database, ada: Subject) -> None:
    done: list[str] = []
    async with plain_database.writing(ada) as scope:
        scope.after_commit.append(lambda: done.append("kept"))
        assert done == []
    with pytest.raises(ZeroDivisionError):
        await fail_in(plain_database, ada, lambda: done.append("lost"))
    assert done == ["kept"]


async def test_a_scope_closes_its_session(plain_database: Database, ada: Subject) -> None:
    async with plain_database.reading(ada) as scope, scope as same:
        assert same is scope


def test_a_prepared_statement_must_say_whose() -> None:
    with pytest.raises(Unscoped):
        Prepared(select(Conversation.id).where(Conversation.id == bindparam("_id")))
    with pytest.raises(Unscoped):
        Prepared(delete(Message))
    Prepared(select(Conversation.id).where(Scope.owned(Conversation)))
    Prepared(select(Conversation.id), system=True)
    Prepared(insert(Conversation))
    Prepared(select(Person.id))


def test_owned_tables_are_found_wherever_they_stand() -> None:
    inner = select(Message.conversation_id).scalar_subquery()
    assert owned_tables(select(Person).where(Person.id == inner)) == [Message]
