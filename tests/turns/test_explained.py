"""A run keeps why its model was chosen: every candidate with the rule that took it out, once for all that say it."""

from typing import Any

import pytest

from factories.houses import House, opened
from factories.stores import Store
from fakes.ollama_wire import OllamaModel
from fakes.steps import Fail, says
from fakes.upstream import Upstream
from mecum.domains.runs import api as runs
from mecum.kernel import clock

pytestmark = pytest.mark.slow

ROLES = {"role_mappings": {"chat": {"preferred": ["nobody", "up/second", "up/test"]}}}


async def rows(house: House, sql: str) -> list[tuple[Any, ...]]:
    async with house.parts.database.engine.connect() as connection:
        return [tuple(row) for row in (await connection.exec_driver_sql(sql)).all()]


async def asked(house: House, model: str | None = None) -> dict[str, Any]:
    return await house.settled(await house.start("Hi", model=model))


async def test_a_run_by_role_keeps_what_was_considered(store: Store, upstream: Upstream) -> None:
    upstream.add(OllamaModel("test"), OllamaModel("second"))
    upstream.script("second", says("Hello."))
    async with opened(store, upstream, configured=ROLES) as house:
        run = await asked(house)
        told = run["selection"]
        assert (told["role"], told["chosen"], run["model"]) == ("chat", "up/second", "up/second")
        now = house.parts.broker.registry.selection("chat").considered
        fields = ("ref", "named", "rule", "why", "score")
        assert told["considered"] == [{name: getattr(one, name) for name in fields} for one in now]
        assert [(one["named"], one["rule"]) for one in told["considered"][:3]] == [
            ("nobody", "not_here"),
            ("up/second", None),
            ("up/test", "order"),
        ]
        # It stays as it was, also when the choice would be another one now and after a restart.
        (house.parts.settings.data_dir / "config" / "models.json").write_text('{"version": 1}')
        await house.parts.broker.configuration.refresh()
        assert house.parts.broker.registry.selection("chat").considered != now
    async with opened(store, upstream) as house:
        assert (await house.parts.reader.get(house.parts.owner, run["id"]))["selection"] == told


async def test_a_named_model_holds_nothing_and_the_same_explanation_is_kept_once(
    store: Store, upstream: Upstream
) -> None:
    async with opened(store, upstream) as house:
        assert (await asked(house, "up/test"))["selection"] is None
        assert await rows(house, "SELECT count(*) FROM pins") == [(0,)]
        first, second = await asked(house), await asked(house, "role:chat")
        assert first["selection"] == second["selection"] is not None
        assert await rows(house, "SELECT count(*) FROM pins") == [(1,)]
        held = await rows(house, "SELECT pins FROM runs ORDER BY id")
        assert held[0] == (None,)
        assert held[1] == held[2]
        assert held[1][0] is not None
        assert len(held[1][0]) == 12


async def test_what_is_there_is_not_written_again(plain_store: Store, upstream: Upstream) -> None:
    async with opened(plain_store, upstream) as house:
        await asked(house)
        before = await rows(house, "SELECT body FROM pins")
        async with house.parts.database.engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE pins SET body = replace(body, '\"at\":', '\"at\":1')")
        marked = await rows(house, "SELECT body FROM pins")
        assert marked != before
        await asked(house)
        assert await rows(house, "SELECT body FROM pins") == marked


async def test_a_stand_in_still_says_what_was_chosen_of_what(plain_store: Store, upstream: Upstream) -> None:
    upstream.add(OllamaModel("test"), OllamaModel("second"))
    upstream.script("second", [Fail(503, "away")])
    upstream.script("test", says("I stand in."))
    configured = {**ROLES, "fallbacks": {"up/second": ["up/test"]}}
    async with opened(plain_store, upstream, configured=configured) as house:
        run = await asked(house)
        assert (run["model"], run["stood_in_for"]) == ("up/test", "up/second")
        assert run["selection"]["chosen"] == "up/second"


async def test_what_no_run_holds_goes_and_a_hash_is_never_held_in_vain(store: Store, upstream: Upstream) -> None:
    async with opened(store, upstream) as house:
        run = await asked(house)
        database, now = house.parts.database, clock.milliseconds()

        async def forgotten(before: int) -> int:
            async with database.writing(None) as scope:
                return await runs.RunRepository().forget_pins(scope, before)

        # Held, however old.
        assert await forgotten(now + 60_000) == 0
        await house.parts.record.removal.purge(house.parts.owner, run["conversation_id"])
        # Young: this process takes it to be there, and the next run holds it without writing it.
        assert await forgotten(now - 60_000) == 0
        again = await asked(house)
        assert again["selection"] == run["selection"]
        await house.parts.record.removal.purge(house.parts.owner, again["conversation_id"])
        assert await forgotten(clock.milliseconds() + 60_000) == 1
        assert await rows(house, "SELECT count(*) FROM pins") == [(0,)]
