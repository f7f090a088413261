"""The life of assistants: versions, clones, spawned ones, demos, their end; and that a purge leaves nothing."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, update

from domains.assistants.test_http import made
from factories.contexts import Context
from mecum.domains.assistants.model import Assistant
from mecum.infra.jobs.model import Job
from mecum.kernel import clock
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

PATH = "/assistants/short-letters"
CANARY = "canary7zq4"


async def fields(client: httpx2.AsyncClient, query: str) -> list[tuple[str, Any, Any]]:
    """Return what is different between two versions."""
    items = (await client.get(f"{PATH}/versions/diff?{query}")).json()["items"]
    return [(f"{one['facet']}.{one['field']}", one["before"], one["after"]) for one in items]


async def test_versions_are_compared_and_brought_back(client: httpx2.AsyncClient) -> None:
    await made(client, prompt="First.", identity={"tone": "warm"})
    await client.patch(f"{PATH}/identity", json={"tone": "dry", "motto": "Less."})
    await client.put(f"{PATH}/prompt", json={"text": "Second."})
    await client.patch(PATH, json={"name": "Letters"})
    versions = (await client.get(f"{PATH}/versions")).json()["items"]
    assert [(one["number"], one["reason"], one["facets"]) for one in versions[:3]] == [
        (4, "changed", ["core"]),
        (3, "prompt", ["configuration"]),
        (2, "changed", ["identity"]),
    ]
    assert await fields(client, "before=1") == [
        ("core.name", "Short letters", "Letters"),
        ("identity.tone", "warm", "dry"),
        ("identity.motto", None, "Less."),
        ("configuration.prompt_version", 1, 2),
    ]
    assert await fields(client, "before=2&after=3") == [("configuration.prompt_version", 1, 2)]
    old = (await client.get(f"{PATH}/versions/1")).json()
    assert (old["state"]["identity"], old["state"]["core"]["name"]) == ({"tone": "warm"}, "Short letters")
    back = (await client.post(f"{PATH}/versions/1/restore", json={})).json()
    assert (back["name"], back["identity"]["tone"], back["identity"]["motto"]) == ("Short letters", "warm", None)
    assert (back["prompt"]["text"], back["revision"]) == ("First.", 5)
    assert await fields(client, "before=1") == []
    again = (await client.post(f"{PATH}/versions/1/restore", json={})).json()
    assert again["revision"] == 5
    part = (await client.post(f"{PATH}/versions/3/restore", json={"facets": ["identity"]})).json()
    assert (part["identity"]["tone"], part["prompt"]["text"]) == ("dry", "First.")
    assert (await client.post(f"{PATH}/versions/9/restore", json={})).status_code == 404
    wrong = await client.post(f"{PATH}/versions/1/restore", json={"facets": ["soul"]})
    assert wrong.json()["code"] == "assistant.field_invalid"


async def test_versions_come_in_pages(client: httpx2.AsyncClient) -> None:
    await made(client)
    for number in range(3):
        await client.patch(f"{PATH}/identity", json={"tone": str(number)})
    first = (await client.get(f"{PATH}/versions?limit=3")).json()
    rest = (await client.get(f"{PATH}/versions?limit=3&cursor={first['next_cursor']}")).json()
    assert [one["number"] for one in first["items"] + rest["items"]] == [4, 3, 2, 1]
    assert rest["next_cursor"] is None


async def test_a_spawned_one_has_its_parents_traits_and_a_reason(client: httpx2.AsyncClient) -> None:
    identity = {"tone": "warm", "traits": ["curious"], "intro_text": "Hello."}
    parent = await made(client, identity=identity, prompt="Be brief.", display={"is_featured": True})
    child = (await client.post(f"{PATH}/spawn", json={"name": "Cards", "reason": "Even shorter."})).json()
    assert (child["identity"]["tone"], child["identity"]["traits"]) == ("warm", ["curious"])
    assert child["identity"]["intro_text"] is None
    assert child["prompt"]["text"] == "Be brief."
    growth = child["growth"]
    assert (growth["spawned_by"], growth["spawn_reason"]) == (parent["id"], "Even shorter.")
    assert (growth["spawned_traits"], growth["inherited_tone"]) == (["curious"], "warm")
    assert (child["parent"]["slug"], child["spawned_by"]["slug"]) == ("short-letters", "short-letters")
    assert child["display"]["is_featured"] is False
    assert [one["slug"] for one in (await client.get(PATH)).json()["children"]] == ["cards"]
    card = (await client.get(f"{PATH}?view=card")).json()
    assert card["children"] == 1
    listed = (await client.get(f"/assistants?parent={parent['id']}")).json()["items"]
    assert [one["slug"] for one in listed] == ["cards"]
    terse = {"name": "Wires", "reason": "x", "traits": {"terse": True}}
    assert (await client.post(f"{PATH}/spawn", json=terse)).json()["growth"]["spawned_traits"] == {"terse": True}


async def test_a_clone_is_a_person_s_decisions_and_no_place_in_lists(client: httpx2.AsyncClient) -> None:
    display = {"is_featured": True, "is_primary": True, "avatar_style": "line"}
    await made(client, identity={"tone": "warm"}, prompt="Be brief.", display=display)
    clone = (await client.post(f"{PATH}/clone", json={})).json()
    assert (clone["slug"], clone["name"]) == ("short-letters-2", "Short letters")
    assert (clone["identity"]["tone"], clone["prompt"]["text"]) == ("warm", "Be brief.")
    shown = {name: clone["display"][name] for name in (*display, "is_demo_clone")}
    assert shown == {"is_featured": False, "is_primary": False, "avatar_style": "line", "is_demo_clone": False}
    # Each goes on with the prompt in its own way.
    await client.put("/assistants/short-letters-2/prompt", json={"text": "Be long."})
    assert (await client.get(PATH)).json()["prompt"]["text"] == "Be brief."
    named = (await client.post(f"{PATH}/clone", json={"name": "Other", "slug": "third", "status": "draft"})).json()
    assert (named["slug"], named["status"]) == ("third", "draft")


async def test_the_clone_of_a_demo_says_so_and_learns_from_it(client: httpx2.AsyncClient) -> None:
    growth = {"mentor_for_demo_clone": True}
    demo = await made(client, is_demo=True, growth=growth, display={"demo_slug": "letters-demo"})
    clone = (await client.post(f"{PATH}/clone", json={"name": "Mine"})).json()
    assert (clone["is_demo"], clone["display"]["is_demo_clone"]) == (False, True)
    assert clone["display"]["demo_slug"] == "letters-demo"
    assert clone["growth"]["mentor_assistant"] == demo["id"]
    assert clone["mentor"]["slug"] == "short-letters"
    assert [one["slug"] for one in (await client.get("/assistants?only=demo")).json()["items"]] == ["short-letters"]


async def test_nobody_is_above_themselves(client: httpx2.AsyncClient) -> None:
    for name in ("A", "B", "C"):
        await made(client, name)
    assert (await client.patch("/assistants/b", json={"parent_assistant": "a"})).json()["parent"]["slug"] == "a"
    await client.patch("/assistants/c", json={"parent_assistant": "b"})
    for below, above in (("a", "a"), ("a", "b"), ("a", "c")):
        refused = await client.patch(f"/assistants/{below}", json={"parent_assistant": above})
        assert (refused.status_code, refused.json()["code"]) == (400, "assistant.circle")
    await client.patch("/assistants/a/growth", json={"mentor_assistant": "b"})
    refused = await client.patch("/assistants/b/growth", json={"mentor_assistant": "a"})
    assert refused.json()["code"] == "assistant.circle"
    assert (await client.patch("/assistants/b", json={"parent_assistant": None})).json()["parent"] is None
    assert (await client.get("/assistants/a?view=card")).json()["mentor"]["slug"] == "b"


async def test_the_trash(client: httpx2.AsyncClient) -> None:
    await made(client)
    assert (await client.delete(PATH)).status_code == 204
    for path in (PATH, f"{PATH}?view=chat", f"{PATH}/identity", f"{PATH}/versions"):
        assert (await client.get(path)).status_code == 404, path
    assert (await client.get("/assistants")).json()["items"] == []
    assert [one["slug"] for one in (await client.get("/assistants?deleted=true")).json()["items"]] == ["short-letters"]
    assert (await client.delete(PATH)).status_code == 404
    assert (await client.post(f"{PATH}/restore")).json()["deleted_at"] is None
    assert (await client.get(PATH)).status_code == 200
    assert (await client.delete(f"{PATH}?purge=true")).status_code == 204
    assert (await client.post(f"{PATH}/restore")).status_code == 404
    assert (await client.get("/prompts")).json()["items"] == []


async def test_a_prompt_that_another_one_uses_stays(client: httpx2.AsyncClient) -> None:
    await made(client, prompt="Be brief.")
    await client.post(f"{PATH}/clone", json={})
    await client.delete(f"{PATH}?purge=true")
    assert (await client.get("/assistants/short-letters-2")).json()["prompt"]["text"] == "Be brief."


def holding(folder: Path, trace: bytes) -> list[str]:
    """Return the files that hold a trace."""
    return [path.name for path in folder.rglob("*") if path.is_file() and trace in path.read_bytes()]


async def test_no_bytes_stay(plain_context: Context, ada: Subject) -> None:
    client = plain_context.client(ada)
    name, tone = f"A{CANARY}", {"tone": CANARY}
    await made(client, name, slug="canary", prompt=CANARY, identity=tone)
    await client.put("/assistants/canary/prompt", json={"text": f"{CANARY} again"})
    await client.patch("/assistants/canary/identity", json={"tone": "dry", "motto": CANARY})
    assert holding(plain_context.store.folder, CANARY.encode()) != []
    await client.delete("/assistants/canary?purge=true")
    assert holding(plain_context.store.folder, CANARY.encode()) == []


async def jobs(context: Context) -> list[Job]:
    """Return the jobs that were asked for."""
    async with context.database.reading(None) as scope:
        return list((await scope.session.execute(select(Job).order_by(Job.created_at))).scalars())


async def test_an_ephemeral_one_goes_to_the_trash_at_its_moment(context: Context, ada: Subject) -> None:
    client, removal = context.client(ada), (await context.room.get()).removal
    moment = clock.now() + timedelta(hours=1)
    display = {"is_ephemeral": True, "expires_at": moment.isoformat()}
    new = await made(client, display=display)
    (job,) = await jobs(context)
    assert (job.kind, job.payload) == ("assistants.end", {"assistant_id": new["id"]})
    assert abs((job.run_at - moment).total_seconds()) < 5
    # Its time has not come: nothing happens.
    await removal.end(ada, job.payload)
    assert (await client.get(PATH)).status_code == 200
    past = (clock.now() - timedelta(seconds=1)).isoformat()
    await client.patch(f"{PATH}/display", json={"expires_at": past})
    await removal.end(ada, job.payload)
    assert (await client.get(PATH)).status_code == 404
    assert [one["slug"] for one in (await client.get("/assistants?deleted=true")).json()["items"]] == ["short-letters"]


async def test_after_thirty_days_in_the_trash_it_is_gone(context: Context, ada: Subject) -> None:
    client, removal = context.client(ada), (await context.room.get()).removal
    await made(client)
    await client.delete(PATH)
    (job,) = await jobs(context)
    assert timedelta(days=29) < job.run_at - clock.now() < timedelta(days=31)
    await removal.end(ada, job.payload)
    assert len((await client.get("/assistants?deleted=true")).json()["items"]) == 1
    async with context.database.writing(ada) as scope:
        long_ago = update(Assistant).values(deleted_at=clock.now() - timedelta(days=31))
        await scope.session.execute(long_ago.execution_options(synchronize_session=False))
    await removal.end(ada, job.payload)
    assert (await client.get("/assistants?deleted=true")).json()["items"] == []


@pytest.mark.parametrize("wanted", [["editor", "tutor"], None])
async def test_starters_are_made_when_somebody_asks(client: httpx2.AsyncClient, wanted: list[str] | None) -> None:
    listed = (await client.get("/assistants/starters")).json()["items"]
    assert not any(one["there"] for one in listed)
    assert (await client.get("/assistants")).json()["items"] == []
    made_now = (await client.post("/assistants/starters", json={"slugs": wanted})).json()["items"]
    assert [one["slug"] for one in made_now] == (wanted or [one["slug"] for one in listed])
    assert (await client.post("/assistants/starters", json={"slugs": wanted})).json()["items"] == []
    there = {one["slug"] for one in (await client.get("/assistants/starters")).json()["items"] if one["there"]}
    assert there == {one["slug"] for one in made_now}
    assert (await client.get("/assistants/editor?view=chat")).json()["prompt"].startswith("You are Editor.\nYou edit")
    unknown = await client.post("/assistants/starters", json={"slugs": ["butler"]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "assistant.starter_not_found")


async def test_the_table_of_effects_is_told(client: httpx2.AsyncClient) -> None:
    items = {one["field"]: one for one in (await client.get("/assistants/effects")).json()["items"]}
    assert (items["tone"]["in_effect"], items["tone"]["effect"]) == (True, "Part of the system prompt.")
    assert (items["memory_mode"]["in_effect"], items["memory_mode"]["choices"][0]) == (False, "standard")
    assert items["last_trust_score"]["editable"] is False


async def test_many_change_together_and_what_cannot_is_skipped(context: Context, ada: Subject, bob: Subject) -> None:
    client = context.client(ada)
    for name in ("One", "Two", "Three"):
        await client.post("/assistants", json={"name": name})
    bobs = (await context.client(bob).post("/assistants", json={"name": "Bob's"})).json()["id"]

    async def batch(action: str, *ids: str) -> Any:
        return (await client.post("/assistants/batches", json={"action": action, "ids": list(ids)})).json()

    done = await batch("archive", "one", "two", "nobody", bobs)
    assert (done["action"], len(done["changed"])) == ("archive", 2)
    assert [(one["id"], one["code"]) for one in done["skipped"]] == [
        ("nobody", "assistant.not_found"),
        (bobs, "assistant.not_found"),
    ]
    assert (await client.get("/assistants/one?view=card")).json()["status"] == "archived"
    await batch("activate", "one")
    assert (await client.get("/assistants/one?view=card")).json()["status"] == "active"
    gone = await batch("delete", "one", "three", "three")
    assert len(gone["changed"]) == 2
    assert [one["slug"] for one in (await client.get("/assistants")).json()["items"]] == ["two"]
    assert (await batch("restore", *gone["changed"]))["changed"] == gone["changed"]
    assert len((await client.get("/assistants")).json()["items"]) == 3
    done = await batch("purge", "one", "nobody", "two")
    assert ([item["id"] for item in done["skipped"]], len(done["changed"])) == (["nobody"], 2)
    for slug in ("one", "two"):
        assert (await client.post(f"/assistants/{slug}/restore")).status_code == 404
    assert (await client.post("/assistants/batches", json={"action": "burn", "ids": ["one"]})).status_code == 400
    assert (await client.post("/assistants/batches", json={"action": "delete", "ids": []})).status_code == 400
    assert (await context.client(bob).get(f"/assistants/{bobs}?view=card")).json()["status"] == "active"
