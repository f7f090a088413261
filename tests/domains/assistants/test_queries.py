"""How many statements each view takes, on every store and however many assistants there are."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from factories.contexts import Context
from mecum.domains.assistants.api import Assistants
from mecum.infra.storage import Database, Scope
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

MOST = {"list": 1, "card": 1, "chat": 1, "full": 3}


@contextmanager
def counted(database: Database) -> Generator[list[str]]:
    """Collect the statements that the database is sent, beside those that begin a transaction."""
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def planted(scope: Scope, context: Assistants, number: int) -> None:
    """Make assistants, each with a prompt, a parent, a mentor and a child."""
    above = await context.births.create(scope, {"name": "Above"})
    for _ in range(number):
        wanted = {"name": "One", "prompt": "Be brief.", "parent_assistant": above}
        made = await context.births.create(scope, {**wanted, "growth": {"mentor_assistant": above}})
        await context.births.create(scope, {"name": "Below", "parent_assistant": made})


@pytest.mark.parametrize("number", [1, 20])
async def test_a_view_takes_as_many_statements_as_it_says(context: Context, ada: Subject, number: int) -> None:
    room = await context.room.get()
    async with context.database.writing(ada) as scope:
        await planted(scope, room, number)
    # In a writing scope, where every statement goes through the engine.
    async with context.database.writing(ada) as scope:
        for view in ("list", "card"):
            with counted(context.database) as said:
                page = await room.assistants.page(scope, view=view, limit=200)
            assert len(page.items) == 2 * number + 1
            assert 0 < len(said) <= MOST[view], said
            with counted(context.database) as said:
                page = await room.assistants.page(scope, view=view, words="below", limit=200)
            assert len(page.items) == number
            assert 0 < len(said) <= MOST[view], said
        for view in ("card", "chat", "full"):
            with counted(context.database) as said:
                shown = await room.assistants.view(scope, "one", view)
            assert shown["slug"] == "one"
            assert 0 < len(said) <= MOST[view], said


async def test_a_turn_asks_once_for_its_assistant(plain_context: Context, ada: Subject) -> None:
    room = await plain_context.room.get()
    async with plain_context.database.writing(ada) as scope:
        await planted(scope, room, 1)
    reader: Any = plain_context.database._reader  # pyright: ignore[reportPrivateUsage]
    said: list[str] = []
    reader.set_trace_callback(said.append)
    with counted(plain_context.database) as more:
        persona = await room.personas.find(ada, "one")
    reader.set_trace_callback(None)
    assert persona.prompt == "You are One.\n\nBe brief."
    assert (len(said), more) == (1, [])


async def test_only_who_names_figures_asks_for_them(plain_context: Context, ada: Subject) -> None:
    room = await plain_context.room.get()
    async with plain_context.database.writing(ada) as scope:
        await room.births.create(scope, {"name": "One", "configuration": {"prompt_measures": ["growth_stage"]}})
        await room.births.create(scope, {"name": "Two", "configuration": {"prompt_measures": []}})
    reader: Any = plain_context.database._reader  # pyright: ignore[reportPrivateUsage]
    for slug, statements in (("one", 2), ("two", 1)):
        said: list[str] = []
        reader.set_trace_callback(said.append)
        persona = await room.personas.find(ada, slug)
        reader.set_trace_callback(None)
        assert persona.prompt == f"You are {slug.title()}."
        assert len(said) == statements, said


async def test_a_change_takes_few_statements(context: Context, ada: Subject) -> None:
    room = await context.room.get()
    async with context.database.writing(ada) as scope:
        await planted(scope, room, 1)
    async with context.database.writing(ada) as scope:
        with counted(context.database) as said:
            await room.assistants.change_facet(scope, "one", "identity", 1, {"tone": "warm"})
    assert len(said) == 4, said


@pytest.mark.parametrize("view", ["list", "card"])
async def test_a_list_loads_what_it_shows(context: Context, ada: Subject, view: Any) -> None:
    room = await context.room.get()
    async with context.database.writing(ada) as scope:
        with counted(context.database) as said:
            await room.assistants.page(scope, view=view)
    for unseen in ("capabilities", "anchor_weight_profile", "init_reflection", "legacy", "prompt_versions.text"):
        assert unseen not in said[0]
