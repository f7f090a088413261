"""Assistants in facets against one flat table: statements and times of each view, 10,000 assistants of one person."""

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import orjson
from sqlalchemy import event, insert, text

from bench import flat
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, Value
from bench.servers import postgres
from mecum.domains.assistants import api
from mecum.domains.assistants.model import FACETS, FIELDS, Assistant, Field, Prompt, PromptVersion
from mecum.domains.conversations import api as conversations
from mecum.domains.runs import api as runs
from mecum.infra.archive.ledger import Ledger
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Scope
from mecum.infra.storage.location import Location
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject

_PERSON: Final = Subject("org_0000000000001", "per_0000000000ada")
_PAGE: Final = 50
_VIEWS: Final = ("list", "card", "chat", "update")
_PROSE: Final = "What it says of itself at some length. " * 8
_BATCH: Final = 1000

_STORES: Final = ("assistants", "assistants_postgres")
GOALS = tuple(
    goal
    for store in _STORES
    for goal in (
        *(Goal(f"{store}_{view}_queries", "× flat", most=0.5) for view in _VIEWS),
        *(Goal(f"{store}_{view}_p50", "× flat", most=0.7) for view in _VIEWS),
        Goal(f"{store}_list_best", "× flat's best statement"),
    )
)
Act = Callable[[Scope, str], Awaitable[Any]]


def _measure(bench: Bench) -> Values:
    number, times = bench.size(1_000, 10_000), bench.size(20, 300)
    found = asyncio.run(_measured("assistants", lambda folder: Location(folder / "mecum.db"), number, times))
    with postgres() as url:
        location = Location(url=url)
        return found | asyncio.run(_measured("assistants_postgres", lambda _: location, number, times))


async def _measured(store: str, place: Callable[[Path], Location], number: int, times: int) -> dict[str, Value]:
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(place(Path(folder)))
        try:
            ledger = Ledger.of(Path(folder), None)
            room = api.build(database, Jobs(), _channel(database), _let_go, conversations.citing, ledger)
            await _fill(database, number)
            if not database.is_sqlite:
                # As the server does by itself within a minute after so many rows.
                async with database.writing(None) as scope:
                    await scope.session.execute(text("ANALYZE"))
            return {f"{store}_{what}": one for what, one in (await _compared(database, room, number, times)).items()}
        finally:
            await database.close()


async def _compared(database: Database, room: api.Assistants, number: int, times: int) -> dict[str, Value]:
    ours, theirs = _ours(room), _theirs()
    found: dict[str, Value] = {}
    for view in _VIEWS:
        mine, other = await _taken(database, [ours[view], theirs[view]], number, times)
        few, many = [await _statements(database, act[view]) for act in (ours, theirs)]
        found[f"{view}_queries"] = Value(few / many, f"{few} against {many}")
        found[f"{view}_p50"] = Value(mine / other, f"{mine:.2f} against {other:.2f} ms, {number:,} assistants")
    listed, best = await _taken(database, [ours["list"], lambda scope, _: flat.best(scope, _PAGE)], number, times)
    found["list_best"] = Value(listed / best, f"{listed:.2f} against {best:.2f} ms")
    return found


def _ours(room: api.Assistants) -> dict[str, Act]:
    async def page(scope: Scope, view: Any) -> bytes:
        return orjson.dumps((await room.assistants.page(scope, view=view, limit=_PAGE)).items)

    async def chat(scope: Scope, slug: str) -> bytes:
        return orjson.dumps(await room.assistants.view(scope, slug, "chat"))

    async def update(scope: Scope, slug: str) -> bytes:
        return orjson.dumps(await room.assistants.change_facet(scope, slug, "identity", None, {"tone": _tone()}))

    return {
        "list": lambda scope, _: page(scope, "list"),
        "card": lambda scope, _: page(scope, "card"),
        "chat": chat,
        "update": update,
    }


def _theirs() -> dict[str, Act]:
    async def page(scope: Scope, _: str) -> Any:
        return await flat.newest(scope, _PAGE)

    async def update(scope: Scope, slug: str) -> Any:
        return await flat.change(scope, slug, _tone(), clock.now())

    return {"list": page, "card": page, "chat": flat.one, "update": update}


async def _taken(database: Database, acts: Sequence[Act], number: int, times: int) -> list[float]:
    """Return the median of the milliseconds of each act, in turns and each in a scope of its own.

    What an act changed is not kept.
    """
    found: list[list[float]] = [[] for _ in acts]
    for _ in range(times):
        slug = f"a{random.randrange(number)}"
        for act, taken in zip(acts, found, strict=True):
            began = time.perf_counter()
            async with database.reading(_PERSON) as scope:
                await act(scope, slug)
            taken.append((time.perf_counter() - began) * 1e3)
    return [median(taken) for taken in found]


async def _statements(database: Database, act: Act) -> int:
    async with database.writing(_PERSON) as scope:
        with _counted(database) as said:
            await act(scope, "a7")
    return len(said)


@contextmanager
def _counted(database: Database) -> Generator[list[str]]:
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def _fill(database: Database, number: int) -> None:
    """Store the same assistants in facets and flat."""
    made = [_made(index, number) for index in range(number)]
    made = [
        {**row, "parent_assistant": made[n // 10]["id"], "mentor": made[n * 7 % number]["id"]}
        for n, row in enumerate(made)
    ]
    now = clock.now()
    async with database.writing(None) as scope:
        for at in range(0, number, _BATCH):
            await _store(scope, made[at : at + _BATCH], now)


async def _store(scope: Scope, made: list[dict[str, Any]], now: Any) -> None:
    owner = {"organisation_id": _PERSON.organisation_id, "person_id": _PERSON.person_id}
    times = {"created_at": now, "updated_at": now}
    execute = scope.session.execute
    await execute(
        insert(Prompt), [{"id": row["prompt"], "title": "One", "newest": 1, **times, **owner} for row in made]
    )
    first = {"number": 1, "text": _PROSE * 4, "sha256": "", "note": None, "created_at": now}
    await execute(insert(PromptVersion), [{"prompt_id": row["prompt"], **first} for row in made])
    core = {"status": "active", "is_demo": False, "version": 1, "revision": 1, "created_at": now}
    names = ("id", "slug", "name", "parent_assistant", "updated_at")
    cores = [{**core, **owner, **{name: row[name] for name in names}} for row in made]
    await execute(insert(Assistant), cores)
    facets = {facet: [_values(facet, row) for row in made] for facet in FACETS}
    for facet, rows in facets.items():
        stored = [{**values, "assistant_id": row["id"], "version": 1} for values, row in zip(rows, made, strict=True)]
        await execute(insert(FACETS[facet]), stored)
    whole = [{**{k: v for facet in facets.values() for k, v in facet[n].items()}, **cores[n]} for n in range(len(made))]
    known = set(flat.TABLE.columns.keys())
    await flat.fill(scope.session, [{k: v for k, v in row.items() if k in known} for row in whole])


def _made(index: int, number: int) -> dict[str, Any]:
    moment = clock.from_milliseconds(1_000_000 + index)
    return {
        "id": ids.new("ast"),
        "prompt": ids.new("prm"),
        "slug": f"a{index}",
        "name": f"One of {number}",
        "updated_at": moment,
    }


def _values(facet: str, row: dict[str, Any]) -> dict[str, Any]:
    values = {field.name: _value(field) for field in FIELDS[facet]}
    if facet == "configuration":
        values |= {"system_prompt": row["prompt"], "prompt_version": 1}
    if facet == "growth":
        values["mentor_assistant"] = row["mentor"]
    return values


def _value(field: Field) -> Any:
    match field.kind:
        case "line" | "choice":
            return field.example
        case "prose":
            return _PROSE
        case "flag":
            return False
        case "list" | "map" | "list_or_map":
            return field.example
        case _:
            return None


def _tone() -> str:
    return f"warm {random.random()}"


def _channel(database: Database) -> runs.PersonChannel:
    async def changed(_: Scope, __: int, ___: int) -> list[str]:
        return []

    return runs.PersonChannel(runs.RunRepository(), database.writer, changed)


async def _let_go(_: Scope, __: str) -> None:
    """Nothing names these assistants."""


FIGURES = (Figure("assistants", GOALS, _measure, alone=False),)
