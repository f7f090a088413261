"""What is measured of an assistant that really answered: from its runs and thumbs, on its card, and in no prompt."""

from typing import Any

import pytest

from factories.houses import House
from fakes.steps import says
from mecum.domains.assistants.api import Arrival
from mecum.domains.runs import api as runs
from turns.test_assistants import MODEL, asked, made

pytestmark = pytest.mark.slow


async def answered(house: House, times: int, slug: str = "letters") -> list[str]:
    """Let an assistant answer so often; return the messages of its answers."""
    house.upstream.script("test", says("Yes."))
    return [
        (await house.settled(await house.start("Hi", model=f"assistant:{slug}")))["message_id"] for _ in range(times)
    ]


async def figures(house: House, slug: str = "letters") -> dict[str, Any]:
    """Return what is measured, by name."""
    room = await house.parts.assistants.get()
    async with house.parts.database.reading(house.parts.owner) as scope:
        found = await room.measures.all(scope, slug)
    return {one["name"]: one for one in found["measures"]}


async def full(house: House, slug: str = "letters", view: Any = "full") -> dict[str, Any]:
    """Return an assistant as a view shows it."""
    room = await house.parts.assistants.get()
    async with house.parts.database.reading(house.parts.owner) as scope:
        return await room.assistants.view(scope, slug, view)


async def rest() -> None:
    """Let nobody wait."""


async def test_figures_are_of_what_it_answered(house: House) -> None:
    await made(house, configuration={"preferred_model": MODEL})
    await made(house, "Other", configuration={"preferred_model": MODEL})
    assert (await figures(house))["total_interactions"]["missing"] == "1 answer more is needed."
    messages = await answered(house, 5)
    await answered(house, 1, "other")
    async with house.parts.database.writing(house.parts.owner) as scope:
        for message_id in messages:
            await runs.RunRepository().rate(scope, message_id, None, 1)
    found = await figures(house)
    assert found["total_interactions"]["value"] == 5
    assert found["success_rate"]["value"] == 1.0
    assert found["avg_response_time"]["value"] > 0
    assert found["last_trust_score"]["value"] == 0.566
    assert found["last_trust_score"]["inputs"] == {"thumbs_up": 5, "thumbs": 5, "ended": 5, "answers": 5}
    assert found["growth_points"]["value"] == 10
    assert (await figures(house, "other"))["total_interactions"]["value"] == 1


async def test_the_job_shows_them_in_facets_and_cards_and_nothing_imported_is_lost(house: House) -> None:
    room = await house.parts.assistants.get()
    brought = {"quality": {"last_trust_score": 88.0, "total_interactions": 9000}, "growth": {"growth_stage": "elder"}}
    core = {"name": "Letters", "slug": "letters"}
    async with house.parts.database.writing(house.parts.owner) as scope:
        await room.arrivals.take(scope, Arrival(core, {**brought, "configuration": {"preferred_model": MODEL}}))
    before = await full(house)
    assert (before["quality"]["last_trust_score"], before["quality"]["measured"]) == (88.0, {})
    assert (await full(house, view="card"))["growth_stage"] == "elder"
    await answered(house, 5)
    await house.parts.assistants.measure(rest)
    quality = (await full(house))["quality"]
    assert quality["total_interactions"] == 5
    how = quality["measured"]["total_interactions"]
    assert (how["method"], how["imported"]) == ("count", 9000)
    assert "5 answers" in how["explanation"]
    # Of this there is too little yet: it shows what was imported, and no method.
    assert quality["last_trust_score"] == 88.0
    assert "last_trust_score" not in quality["measured"]
    card = await full(house, view="card")
    assert (card["growth_stage"], card["last_trust_score"]) == ("seed", 88.0)
    found = await figures(house)
    assert found["last_reflection_successful"]["value"] is True
    assert found["birth_reflection_retry_count"]["value"] == 0
    async with house.parts.database.writing(house.parts.owner) as scope:
        view = await room.assistants.change_facet(scope, "letters", "growth", None, {"mentor_for_demo_clone": True})
    assert (view["growth_stage"], view["measured"]["growth_stage"]["imported"]) == ("seed", "elder")


async def test_the_job_looks_only_at_what_did_something(house: House) -> None:
    room = await house.parts.assistants.get()
    assistant_id = await made(house, configuration={"preferred_model": MODEL})
    messages = await answered(house, 1)

    async def at() -> str:
        return str((await full(house))["growth"]["measured"]["growth_points"]["at"])

    await house.parts.assistants.measure(rest)
    first = await at()
    await house.parts.assistants.measure(rest)
    assert await at() == first
    async with house.parts.database.writing(house.parts.owner) as scope:
        await runs.RunRepository().rate(scope, messages[0], None, 1)
    await house.parts.assistants.measure(rest)
    assert (await full(house))["growth"]["growth_points"] == 2
    # In the trash nothing is measured, and gone for ever leaves nothing.
    await room.removal.purge(house.parts.owner, assistant_id)
    await answered_plainly(house)
    await house.parts.assistants.measure(rest)


async def answered_plainly(house: House) -> None:
    """Let the model answer without any assistant."""
    await house.settled(await house.start("Hi"))


async def test_no_figure_is_in_a_prompt_by_default(house: House) -> None:
    room = await house.parts.assistants.get()
    await made(house, prompt="Be brief.", configuration={"preferred_model": MODEL})
    await answered(house, 5)
    before = asked(house)["messages"][0]
    async with house.parts.database.writing(house.parts.owner) as scope:
        kept = await room.measures.keep(scope, "letters")
    assert {one["name"] for one in kept["measures"] if one["value"] is not None} >= {"success_rate", "growth_stage"}
    await answered(house, 1)
    assert asked(house)["messages"][0] == before == {"role": "system", "content": "You are Letters.\n\nBe brief."}


async def test_a_figure_that_is_named_is_in_the_prompt_and_in_its_preview(house: House) -> None:
    room = await house.parts.assistants.get()
    await made(house, prompt="Be brief.", configuration={"preferred_model": MODEL})
    named = {"prompt_measures": ["growth_points", "success_rate", "last_trust_score"]}
    async with house.parts.database.writing(house.parts.owner) as scope:
        await room.assistants.change_facet(scope, "letters", "configuration", None, named)
    await answered(house, 5)
    plain = {"role": "system", "content": "You are Letters.\n\nBe brief."}
    # Nothing was kept yet: there is nothing to say.
    assert asked(house)["messages"][0] == plain
    async with house.parts.database.writing(house.parts.owner) as scope:
        await room.measures.keep(scope, "letters")
    await answered(house, 1)
    # Trust has no value yet, and says nothing.
    said = (
        f"{plain['content']}\n\nWhat was measured of Letters: What it grew by: 5 points; "
        "Answers that came to their end: 1.0."
    )
    assert asked(house)["messages"][0]["content"] == said
    async with house.parts.database.reading(house.parts.owner) as scope:
        preview = await room.assistants.preview(scope, "letters", {})
        without = await room.assistants.preview(scope, "letters", {"configuration": {"prompt_measures": []}})
        shown = await room.assistants.view(scope, "letters", "chat")
    assert preview["text"] == shown["prompt"] == said
    assert "What was measured of {name}: {measures}." in preview["template"]
    assert without["text"] == plain["content"]


async def test_who_cites_what_was_given_is_certified(house: House) -> None:
    islands = ["Elba", "Capri", "Ischia", "Giglio", "Ponza", "Procida", "Lipari", "Salina", "Panarea", "Stromboli"]
    facts = "\n\n".join(f"{island} has a ferry at nine." for island in islands)
    await house.settled(await house.start(facts, model="builtin/search"))
    await house.parts.record.indexer.settle()
    await made(house, configuration={"preferred_model": "builtin/search"})
    # Each of its own word: what was asked before is no passage for it.
    for island in islands:
        await house.settled(await house.start(f"{island}?", model="assistant:letters"))
    found = await figures(house)
    assert found["certified_rag_ready"]["value"] is True
    assert found["certified_rag_ready"]["inputs"] == {"cited": 10, "given_passages": 10}
