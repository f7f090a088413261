"""Assistants that come from elsewhere: what fits is in its field, what does not is kept, shown and does no harm."""

from typing import Any

from sqlalchemy import select

from factories.contexts import Context
from mecum.domains.assistants.api import Arrival, BroughtVector
from mecum.domains.assistants.model import Assistant, AssistantVector
from mecum.domains.assistants.rules.vectors import unpacked
from mecum.kernel import clock
from mecum.kernel.subject import Subject

FACETS: dict[str, dict[str, Any]] = {
    "identity": {"tone": "warm", "mood_stability_index": 1.0, "persona_mode": "oracle", "traits": ["curious"]},
    "configuration": {
        "auto_delegate_on_feedback": ["thumbs_down", "retry"],
        "min_score_threshold": "0.4",
        "preferred_model": "gpt-4o",
    },
    "capabilities": {"ideology": {"plainness": 1}, "embedding_index": {"a": 3}, "skill_badges": ["first-letter"]},
    "growth": {"growth_stage": 3, "growth_points": 12},
    "quality": {"last_trust_score": 72, "rag_certification_date": "2025-03-01T10:00:00Z"},
}
ODD = {
    "configuration": {"auto_delegate_on_feedback": ["thumbs_down", "retry"], "min_score_threshold": "0.4"},
    "capabilities": {"ideology": {"plainness": 1}, "embedding_index": {"a": 3}},
    "growth": {"growth_stage": 3},
}


async def test_nothing_is_lost(context: Context, ada: Subject) -> None:
    room = await context.room.get()
    exact, wide = [0.1, 1 / 3, 2.5], [0.5] * 1536
    vectors = (BroughtVector("embedding", wide, "ada-002"), BroughtVector("preferred_rag_vector", exact))
    core = {"name": "Muse", "slug": "muse", "status": "archived", "created_at": clock.from_milliseconds(1000)}
    arrival = Arrival(core, FACETS, "Sing.", vectors, {"tone_profile": "friendly", "rag_certified": False})
    async with context.database.writing(ada) as scope:
        assistant_id, odd = await room.arrivals.take(scope, arrival)
    assert odd == ODD
    async with context.client(ada) as client:
        found = (await client.get("/assistants/muse")).json()
    assert (found["id"], found["status"], found["created_at"]) == (assistant_id, "archived", "1970-01-01T00:00:01.000Z")
    assert (found["identity"]["tone"], found["identity"]["mood_stability_index"]) == ("warm", 1.0)
    assert (found["growth"]["growth_points"], found["quality"]["last_trust_score"]) == (12, 72)
    assert found["capabilities"]["skill_badges"] == ["first-letter"]
    assert found["prompt"]["text"] == "Sing."
    reports = {one["field"]: one for facet in ODD for one in found[facet]["unknown"]}
    assert {name: one["value"] for name, one in reports.items()} == {
        n: v for kept in ODD.values() for n, v in kept.items()
    }
    assert reports["min_score_threshold"]["behaves_as"] == 0.7
    assert found["configuration"]["min_score_threshold"] == 0.7
    assert found["identity"]["unknown"] == [{"field": "persona_mode", "value": "oracle", "behaves_as": "balanced"}]
    assert found["capabilities"]["vectors"] == {
        "embedding": {"model": "ada-002", "dimension": 1536},
        "preferred_rag_vector": {"model": None, "dimension": 3},
    }
    async with context.database.reading(ada) as scope:
        stored = {row.field: row for row in (await scope.session.execute(select(AssistantVector))).scalars()}
        legacy = (await scope.session.execute(select(Assistant))).scalar_one().legacy
    assert unpacked(stored["preferred_rag_vector"].data, 3) == exact
    assert (unpacked(stored["embedding"].data, 1536), len(stored["embedding"].data)) == (wide, 4 * 1536)
    assert legacy == {"tone_profile": "friendly", "rag_certified": False}


async def test_what_was_measured_is_no_part_of_versions(plain_context: Context, ada: Subject) -> None:
    room = await plain_context.room.get()
    async with plain_context.database.writing(ada) as scope:
        assistant_id, _ = await room.arrivals.take(scope, Arrival({"name": "Muse"}, FACETS))
        first = await room.history.version(scope, assistant_id, 1)
    assert first["reason"] == "imported"
    assert first["state"]["identity"] == {"tone": "warm", "persona_mode": "oracle", "traits": ["curious"]}
    assert first["state"]["quality"] == {}


async def test_a_change_beside_it_leaves_what_was_kept(plain_context: Context, ada: Subject) -> None:
    room = await plain_context.room.get()
    async with plain_context.database.writing(ada) as scope:
        await room.arrivals.take(scope, Arrival({"name": "Muse"}, FACETS))
    async with plain_context.client(ada) as client:
        changed = (await client.patch("/assistants/muse/configuration", json={"temperature": 0.1})).json()
        assert {one["field"] for one in changed["unknown"]} == set(ODD["configuration"])
        # A value in its place is what counts from then on.
        mended = (await client.patch("/assistants/muse/configuration", json={"min_score_threshold": 0.4})).json()
    assert {one["field"] for one in mended["unknown"]} == {"auto_delegate_on_feedback"}
