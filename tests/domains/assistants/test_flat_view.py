"""The compatibility view: every flat name reads and writes, by both readers, with its warning; the roll-out tells."""

from typing import Any

import orjson
import pytest
from sqlalchemy import text

from factories import flat
from factories.contexts import Context
from factories.imports import ImportDesk
from mecum.domains.assistants.ports import LET_GO
from mecum.domains.assistants.rules.flat.names import NAMES, place_of
from mecum.domains.assistants.service.flat_writing import FIXED
from mecum.kernel import clock
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

SAMPLES: dict[str, Any] = {
    "slug": "another-slug",
    "name": "Another",
    "parent_assistant": flat.key(1),
    "mentor_assistant": flat.key(2),
    "spawned_by": flat.key(3),
    "system_prompt": 3,
    "is_active": False,
    "is_demo": True,
    "documents": [7, 8],
    "assigned_documents": [9],
    "rag_certified": True,
    "embedding_index": {"glossary": 4},
    "auto_delegate_on_feedback": ["thumbs_down"],
    "last_trust_score": 93,
    "growth_stage": 4,
    "belief_vector": {"plainness": 0.5},
    "preferred_rag_vector": [0.5, 0.25, 0.125],
}


def sample(name: str) -> Any:
    """Return another value for a name than any row has."""
    if name in SAMPLES:
        return SAMPLES[name]
    before = flat.row(0, 20)[name] if name in flat.VERSIONS[108] else None
    if isinstance(before, bool):
        return not before
    if name.endswith(("_at", "_date", "_shift", "_check")):
        return "2025-05-05T05:05:05.000Z"
    if name in (
        "traits",
        "values",
        "empathy_tags",
        "skill_badges",
        "badge_history",
        "spawned_traits",
        "preferred_scene_tags",
    ):
        return ["quite", "else"]
    if name in ("capabilities", "anchor_weight_profile", "last_trust_components", "ideology"):
        return {"quite": 2}
    if "embedding" in name:
        return [0.5, -0.25]
    numbers = ("featured_rank", "delegation_threshold_tokens", "total_interactions", "birth_reflection_retry_count")
    if isinstance(before, int | float) or name in numbers:
        return 0.5 if isinstance(before, float) else 17
    if name in ("avg_response_time", "success_rate", "mood_stability_index"):
        return 0.25
    if name in (
        "current_project",
        "document_set",
        "memory_context",
        "default_memory_chain",
        "growth_summary_memory",
        "expiration_event",
    ):
        return 44
    return "otherwise"


async def brought(desk: ImportDesk, many: int = 20) -> None:
    body = flat.as_sqlite(flat.rows(20, vectors=0.5)[:many], {"prompts_prompt": flat.prompts(5)})
    view = await desk.bring({"flat.db": body})
    assert view["state"] == "done", view


@pytest.mark.parametrize("reader", ["old", "new"])
async def test_every_name_reads_as_it_came(plain_desk: ImportDesk, reader: str) -> None:
    await brought(plain_desk)
    for number, row in enumerate(flat.rows(20, vectors=0.5)):
        answer = await plain_desk.client.get(f"/assistants/{flat.key(number)}/flat", params={"reader": reader})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["deprecated"]["reader"] == answer.headers["X-Mecum-Reader"] == reader
        for name, value in row.items():
            assert found[name] == as_read(name, value), (number, name)
        assert found.keys() >= set(NAMES)


def as_read(name: str, value: Any) -> Any:
    if isinstance(value, str) and value.endswith("+00:00"):
        return value.replace("+00:00", "Z") if not value.endswith("000+00:00") else value.replace("000+00:00", "Z")
    if name in ("last_drift_check", "rag_certification_date") and value is not None:
        return value.replace("00Z", "00.000Z") if "." not in value else value.replace(".5Z", ".500Z")
    return value


@pytest.mark.parametrize("part", range(8))
async def test_every_name_writes(plain_desk: ImportDesk, part: int) -> None:
    await brought(plain_desk, 4)
    for name in NAMES[part::8]:
        await written(plain_desk, name)


async def written(desk: ImportDesk, name: str) -> None:
    """Write one name; both readers say it afterwards, and nothing else has changed."""
    path = f"/assistants/{flat.key(0)}/flat"
    before = {reader: await desk.get(path, reader=reader) for reader in ("old", "new")}
    if name in FIXED:
        assert (await desk.client.patch(path, json={name: before["new"][name]})).status_code == 200
        assert (await desk.client.patch(path, json={name: "x"})).json()["code"] == "assistant.field_unwritable"
        return
    value = sample(name)
    assert before["new"][name] != value
    answer = await desk.client.patch(path, json={name: value})
    assert answer.status_code == 200, answer.text
    assert answer.json()["deprecated"]["names"] == {name: place_of(name)}
    for reader, was in before.items():
        found = await desk.get(path, reader=reader)
        assert found["deprecated"]["reader"] == reader
        assert found[name] == value, (name, reader)
        changed = {one for one in was if one not in ("deprecated", "updated_at") and was[one] != found.get(one)}
        assert changed == {name}, (name, reader)


async def test_what_was_made_here_has_flat_names_too(plain_context: Context, ada: Subject) -> None:
    async with plain_context.client(ada) as client:
        made = (await client.post("/assistants", json={"name": "Muse", "identity": {"tone": "warm"}})).json()
        answer = await client.get("/assistants/muse/flat")
        found = answer.json()
        assert (found["id"], found["tone"], found["persona_mode"]) == (made["id"], "warm", "balanced")
        assert answer.headers["Deprecation"].startswith("@")
        assert "deprecated" in answer.headers["Warning"]
        assert 'rel="successor-version"' in answer.headers["Link"]
        assert found["deprecated"]["names"]["tone"] == "identity.tone"
        few = (await client.get("/assistants/muse/flat", params={"fields": "name,tone"})).json()
        assert few.keys() == {"name", "tone", "deprecated"}
        assert (await client.patch("/assistants/muse/flat", json={"nonsense": 1})).json()[
            "code"
        ] == "assistant.field_invalid"
        assert (await client.get("/assistants/nobody/flat")).status_code == 404


async def test_the_share_decides_and_both_are_measured(plain_desk: ImportDesk) -> None:
    await brought(plain_desk)
    client = plain_desk.client

    async def readers() -> list[str]:
        paths = [f"/assistants/{flat.key(number)}/flat" for number in range(20)]
        return [(await client.get(path)).headers["X-Mecum-Reader"] for path in paths]

    assert set(await readers()) == {"old"}
    some: list[set[int]] = []
    for share in (30, 70):
        assert (await client.put("/assistants/rollout", json={"share": share})).json()["share"] == share
        some.append({number for number, reader in enumerate(await readers()) if reader == "new"})
    assert 0 < len(some[0]) < len(some[1]) < 20
    assert some[0] < some[1]
    await client.put("/assistants/rollout", json={"share": 100, "compare": True})
    assert set(await readers()) == {"new"}
    view = (await client.post("/assistants/rollout/check", json={"many": 20})).json()
    assert (view["brought"], view["compared"], view["differing"], view["names"]) == (20, 40, 0, [])
    for reader in ("old", "new"):
        figures = view["readers"][reader]
        assert figures["reads"] >= 40
        assert figures["queries_each"] == 2
        assert figures["p95_ms"] >= figures["p50_ms"] > 0
        assert figures["errors"] == 0
    # What is written by flat names, both know: also when it was.
    path = f"/assistants/{flat.key(0)}/flat"
    assert (await client.patch(path, json={"tone": "dry"})).status_code == 200
    moments = {(await plain_desk.get(path, reader=reader))["updated_at"] for reader in ("old", "new")}
    assert len(moments) == 1
    view = (await client.post("/assistants/rollout/check", json={"many": 20})).json()
    assert (view["differing"], view["names"]) == (0, [])
    # What was changed by another way, the old readers no longer know.
    await client.patch(
        f"/assistants/{(await client.get('/assistants')).json()['items'][0]['slug']}/identity", json={"tone": "new"}
    )
    slug = (await client.get("/assistants")).json()["items"][0]["slug"]
    answer = await client.get(f"/assistants/{slug}/flat", params={"reader": "old"})
    assert (answer.headers["X-Mecum-Reader"], answer.json()["tone"]) == ("new", "new")


async def test_after_thirty_days_the_rows_are_gone(plain_desk: ImportDesk) -> None:
    await brought(plain_desk, 3)
    arrivals = (await plain_desk.context.room.get()).flat_arrivals
    path = f"/assistants/{flat.key(0)}/flat"
    before = await plain_desk.get(path, reader="old")
    [job] = [one for one in await waiting_jobs(plain_desk) if one[0] == LET_GO]
    assert 29 < (job[1] - clock.milliseconds()) / 86_400_000 <= 30
    async with plain_desk.context.database.writing(plain_desk.subject) as scope:
        await arrivals.let_go(scope, str(orjson.loads(job[2])["import_id"]))
    after = await plain_desk.get(path, reader="old")
    assert (before["deprecated"]["reader"], after["deprecated"]["reader"]) == ("old", "new")
    assert {name: after[name] for name in NAMES} == {name: before[name] for name in NAMES}
    assert (await plain_desk.get("/assistants/rollout"))["brought"] == 0


async def waiting_jobs(desk: ImportDesk) -> list[Any]:
    async with desk.context.database.engine.connect() as connection:
        return list((await connection.execute(text("SELECT kind, run_at, payload FROM jobs"))).all())
