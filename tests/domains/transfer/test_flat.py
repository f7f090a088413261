"""A flat table of assistants comes in whole: every format, every version of it, counted column by column."""

from typing import Any

import orjson
import pytest
from sqlalchemy import text

from factories import flat
from factories.imports import ImportDesk

pytestmark = pytest.mark.slow

FORMATS = {"flat.db": flat.as_sqlite, "dump.json": flat.as_dumpdata, "flat.csv": flat.as_csv, "dump.sql": flat.as_dump}


def unequal(columns: dict[str, Any]) -> list[Any]:
    return [one for one in columns["items"] if not one["equal"]]


@pytest.mark.parametrize("version", [92, 105, 108])
@pytest.mark.parametrize("name", FORMATS)
async def test_every_format_and_version(plain_desk: ImportDesk, name: str, version: int) -> None:
    made = flat.rows(60, version=version, vectors=0.2)
    body = FORMATS[name](made)
    view = await plain_desk.bring({name: body})
    assert (view["state"], view["format"]) == ("done", "assistants"), view
    assert view["kinds"]["assistant"] == {"found": 60, "imported": 60, "already": 0, "skipped": 0}, view
    columns = await plain_desk.get(f"/imports/{view['id']}/fields")
    assert columns["rows"] == 60
    assert unequal(columns) == []
    assert len(columns["items"]) >= len(flat.VERSIONS[version])
    again = await plain_desk.bring({name: body})
    assert (again["imported"], again["already"]) == (0, 60), again


async def test_on_every_store_and_taken_back(desk: ImportDesk) -> None:
    before = await counted(desk)
    beside = {
        "prompts_prompt": flat.prompts(),
        "mcp_core_memorycontext": flat.memories(),
        "django_session": [{"id": 1}],
    }
    body = flat.as_sqlite(flat.rows(40, vectors=0.2), beside)
    view = await desk.bring({"flat.db": body})
    assert view["kinds"]["assistant"]["imported"] == 40
    assert view["kinds"]["prompt"]["imported"] == 20
    assert [one["ref"] for one in view["reasons"]] == ["django_session"]
    assert unequal(await desk.get(f"/imports/{view['id']}/fields")) == []
    stored = await counted(desk)
    again = await desk.bring({"flat.db": body})
    assert (again["imported"], again["skipped"]) == (0, 1)
    assert await counted(desk) == stored
    undone = await desk.undo(view["id"])
    assert (undone["state"], undone["kept"]) == ("undone", [])
    assert await counted(desk) == before
    assert (await desk.bring({"flat.db": body}))["kinds"]["assistant"]["imported"] == 40


async def test_what_was_changed_since_stays(plain_desk: ImportDesk) -> None:
    view = await plain_desk.bring({"flat.db": flat.as_sqlite(flat.rows(5), {"prompts_prompt": flat.prompts()})})
    first = await plain_desk.get(f"/assistants/{flat.key(0)}/flat")
    await plain_desk.client.patch(f"/assistants/{first['slug']}/identity", json={"tone": "mine"})
    undone = await plain_desk.undo(view["id"])
    [kept] = undone["kept"]
    assert kept["reason"] == "it was changed here after the import"
    assert [one["id"] for one in (await plain_desk.get("/assistants"))["items"]] == [kept["assistant_id"]]


async def test_a_dry_run_stores_nothing(plain_desk: ImportDesk) -> None:
    before = await counted(plain_desk)
    made = flat.rows(30)
    view = await plain_desk.bring({"flat.csv": flat.as_csv([*made, made[3]])}, dry_run=True)
    assert view["kinds"]["assistant"] == {"found": 31, "imported": 30, "already": 1, "skipped": 0}
    columns = await plain_desk.get(f"/imports/{view['id']}/fields")
    assert {one["equal"] for one in columns["items"]} == {None}
    assert {**await counted(plain_desk), "imports": 0} == {**before, "imports": 0}


async def test_the_same_id_with_other_values_is_never_written_over(plain_desk: ImportDesk) -> None:
    made = flat.rows(3)
    await plain_desk.bring({"flat.csv": flat.as_csv(made)})
    other = [{**made[0], "tone": "changed"}, made[1]]
    view = await plain_desk.bring({"flat.csv": flat.as_csv(other)})
    assert view["kinds"]["assistant"] == {"found": 2, "imported": 0, "already": 1, "skipped": 1}
    [skipped] = view["reasons"]
    assert (skipped["reason"], skipped["document"]["tone"]) == (
        "one of this id is here already, with other values",
        "changed",
    )
    assert (await plain_desk.get(f"/assistants/{flat.key(0)}/flat"))["tone"] == made[0]["tone"]


# What assistants name


@pytest.mark.parametrize("first", ["assistants", "others"])
async def test_what_is_named_resolves_in_either_order(desk: ImportDesk, first: str) -> None:
    made = [{**row, "system_prompt": 3, "memory_context": 2, "current_project": 9} for row in flat.rows(4)]
    child = {**flat.row(5, 6), "id": flat.key(50), "parent_assistant": flat.key(0), "mentor_assistant": flat.key(77)}
    files = [
        {"a.json": flat.as_dumpdata([*made, child])},
        {"b.json": flat.as_dumpdata([], {"prompts.prompt": flat.prompts(), "mcp_core.memorycontext": flat.memories()})},
    ]
    for file in files if first == "assistants" else reversed(files):
        view = await desk.bring(file)
        assert view["format"] == "assistants", view
    references = (await desk.get(f"/assistants/{flat.key(0)}/references"))["items"]
    by_field = {one["field"]: one["target"] for one in references}
    assert by_field["current_project"] is None
    assert by_field["memory_context"].startswith("leg_")
    found = await desk.get(f"/assistants/{flat.key(0)}/flat", reader="new")
    whole = await desk.get(f"/assistants/{found['slug']}")
    assert whole["prompt"]["text"] == "Write as the patient one."
    assert whole["configuration"]["prompt_version"] == 1
    assert whole["growth"]["memory_context"] == "memory-context/2"
    assert (found["system_prompt"], found["memory_context"], found["current_project"]) == (3, 2, 9)
    # The mentor comes last of all.
    waiting = (await desk.get(f"/assistants/{flat.key(50)}/references"))["items"]
    assert ("mentor_assistant", None) in [(one["field"], one["target"]) for one in waiting]
    await desk.bring({"c.json": flat.as_dumpdata([{**flat.row(6, 7), "id": flat.key(77)}])})
    slug = (await desk.get(f"/assistants/{flat.key(50)}/flat"))["slug"]
    last = await desk.get(f"/assistants/{slug}")
    assert (last["parent"]["slug"], last["mentor"]["name"]) == (found["slug"], flat.row(6, 7)["name"])
    # Bringing the first version back brings the mentor back too.
    await desk.client.patch(f"/assistants/{slug}/growth", json={"mentor_assistant": None})
    assert (await desk.get(f"/assistants/{slug}/flat"))["mentor_assistant"] is None
    await desk.client.post(f"/assistants/{slug}/versions/1/restore", json={})
    assert (await desk.get(f"/assistants/{slug}"))["mentor"]["name"] == last["mentor"]["name"]


async def test_circles_and_names_that_are_taken(plain_desk: ImportDesk) -> None:
    made = [{**row, "name": "Twin", "slug": "twin", "is_primary": True} for row in flat.rows(3)]
    for place in range(3):
        made[place] |= {"parent_assistant": flat.key((place + 1) % 3), "mentor_assistant": flat.key(place)}
    view = await plain_desk.bring({"flat.db": flat.as_sqlite(made)})
    assert view["kinds"]["assistant"]["imported"] == 3
    assert unequal(await plain_desk.get(f"/imports/{view['id']}/fields")) == []
    listed = (await plain_desk.get("/assistants"))["items"]
    assert {one["slug"] for one in listed} == {"twin", "twin-2", "twin-3"}
    assert [one["is_primary"] for one in listed].count(True) == 1
    for place in range(3):
        found = await plain_desk.get(f"/assistants/{flat.key(place)}/flat", reader="new")
        whole = await plain_desk.get(f"/assistants/{found['id']}/flat")
        assert (found["slug"], found["is_primary"], whole["slug"]) == ("twin", True, "twin")
        assert (found["parent_assistant"], found["mentor_assistant"]) == (flat.key((place + 1) % 3), flat.key(place))


async def test_values_as_they_are_in_life(plain_desk: ImportDesk) -> None:
    odd = {
        **flat.row(0, 1),
        "personality": 42,
        "tone": ["warm", "dry"],
        "traits": "{'curious': True, 'note': \"it's\", 'n': (1, 2.5, None)}",
        "values": "honesty, care",
        "ideology": '{"plainness": 1}',
        "capabilities": "[1, 2]",
        "auto_delegate_on_feedback": "['thumbs_down']",
        "min_score_threshold": "0.4",
        "growth_points": "12",
        "is_active": "f",
        "glossary_score": -5,
        "persona_mode": "oracle",
        "system_prompt": "Answer in three sentences, and no more.",
        "created_at": 1_700_000_000,
        "last_mood_shift": "the day before",
        "embedding": str([0.1, 0.2, 0.3]),
        "initial_embedding": b"\x00\x00\x80\x3f\x00\x00\x00\x40",
        "embedding_model": "ada-002",
        "motto": "a\x00b",
        "shoe_size": 44,
        "notes": '{"a": [1]}',
        "raw": b"\x00\xff",
    }
    view = await plain_desk.bring({"flat.db": flat.as_sqlite([odd])})
    assert view["kinds"]["assistant"]["imported"] == 1, view
    columns = await plain_desk.get(f"/imports/{view['id']}/fields")
    assert unequal(columns) == []
    reported = {one["name"]: one["example"] for one in columns["items"] if one["reported"]}
    assert reported == {
        "capabilities": [1, 2],
        "auto_delegate_on_feedback": ["thumbs_down"],
        "glossary_score": -5,
        "persona_mode": "oracle",
        "last_mood_shift": "the day before",
        "ideology": {"plainness": 1},
        "motto": "a\x00b",
        **({"thinking_style": odd["thinking_style"]} if odd["thinking_style"] == "dreamy" else {}),
        **({"belief_vector": odd["belief_vector"]} if odd["belief_vector"] else {}),
        **({"embedding_index": odd["embedding_index"]} if odd["embedding_index"] else {}),
    }
    slug = (await plain_desk.get(f"/assistants/{flat.key(0)}/flat"))["slug"]
    found = await plain_desk.get(f"/assistants/{slug}")
    assert (found["identity"]["personality"], found["identity"]["tone"]) == ("42", '["warm", "dry"]')
    assert found["identity"]["traits"] == {"curious": True, "note": "it's", "n": [1, 2.5, None]}
    assert found["identity"]["values"] == ["honesty", "care"]
    assert found["identity"]["persona_mode"] == "oracle"
    assert (found["configuration"]["min_score_threshold"], found["growth"]["growth_points"]) == (0.4, 12)
    assert (found["configuration"]["auto_delegate_on_feedback"], found["status"]) == (False, "archived")
    assert (found["prompt"]["text"], found["created_at"]) == (odd["system_prompt"], "2023-11-14T22:13:20.000Z")
    assert found["capabilities"]["vectors"] == {
        "embedding": {"model": "ada-002", "dimension": 3},
        "initial_embedding": {"model": "ada-002", "dimension": 2},
    }
    whole = await plain_desk.get(f"/assistants/{slug}/flat", reader="new")
    assert (whole["shoe_size"], whole["notes"], whole["raw"]) == (44, '{"a": [1]}', {"base64": "AP8="})
    assert (whole["personality"], whole["tone"], whole["initial_embedding"]) == (42, '["warm", "dry"]', [1.0, 2.0])


async def test_rows_that_are_none(plain_desk: ImportDesk) -> None:
    made = flat.rows(3)
    text = flat.as_csv(made).decode().splitlines()
    text[2] += ",one more"
    view = await plain_desk.bring({"flat.csv": "\n".join(text).encode()})
    assert view["kinds"]["assistant"] == {"found": 3, "imported": 2, "already": 0, "skipped": 1}
    assert "cells" in view["reasons"][0]["reason"]
    assert view["reasons"][0]["document"]["more 0"] == "one more"
    dumped = flat.as_dump(made).replace(b"\\.", b"alone\n\\.", 1)
    broken = await plain_desk.bring({"dump.sql": dumped})
    assert (broken["kinds"]["assistant"]["skipped"], broken["state"]) == (1, "done")
    mixed = orjson.dumps(
        [*orjson.loads(flat.as_dumpdata(flat.rows(2))), 7, {"model": "auth.user", "pk": 1, "fields": {}}]
    )
    other = await plain_desk.bring({"dump.json": mixed})
    assert {one["reason"].partition(":")[0] for one in other["reasons"]} >= {
        "it is no row",
        "accounts are not carried over",
    }
    wrong = await plain_desk.bring({"a.csv": b"a,b\n1,2\n"}, format="assistants")
    assert (wrong["state"], wrong["code"]) == ("failed", "import.unreadable")


TABLES = (
    "assistants assistant_identities assistant_growths assistant_versions assistant_vectors assistant_arrivals "
    "assistant_references prompts prompt_versions prompt_arrivals legacy_documents"
).split()


async def counted(desk: ImportDesk) -> dict[str, int]:
    async with desk.context.database.engine.connect() as connection:
        return {
            table: (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() for table in TABLES
        }
