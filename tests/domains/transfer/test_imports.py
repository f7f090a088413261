"""Imports: the reckoning holds, the same again adds nothing, an interrupted one goes on, an undone one is gone."""

import asyncio

import orjson
import pytest

from factories.foreign import as_json, chatgpt
from factories.imports import ImportDesk, rows, talks
from factories.records import message
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow


async def test_twice_adds_nothing_and_undo_leaves_nothing(desk: ImportDesk) -> None:
    before = await rows(desk)
    body = {"conversations.json": as_json(talks(12))}
    first = await desk.bring(body)
    assert first["imported"] == first["found"] > 100
    stored = await rows(desk)
    second = await desk.bring(body)
    assert (second["imported"], second["already"]) == (0, first["found"])
    assert await rows(desk) == stored
    undone = await desk.undo(first["id"])
    assert (undone["state"], undone["kept"]) == ("undone", [])
    assert await rows(desk) == before
    assert await desk.hits("word3") == []
    # What was undone can come again.
    assert (await desk.bring(body))["imported"] == first["found"]


async def test_words_are_found_at_once_and_dates_keep_their_order(desk: ImportDesk) -> None:
    await desk.bring({"conversations.json": as_json(talks(8))})
    assert [one["title"] for one in await desk.conversations()] == [f"Talk {number}" for number in range(7, -1, -1)]
    assert {hit["conversation_title"] for hit in await desk.hits("word5")} == {"Talk 5"}
    first = (await desk.conversations())[-1]
    assert first["created_at"] == "2017-07-14T02:40:00.000Z"


async def test_an_interrupted_import_goes_on(desk: ImportDesk) -> None:
    body = as_json([*talks(30), {"no": "conversation"}])
    import_id = await desk.begin({"conversations.json": body})
    async with desk.working():
        while (await rows(desk))["messages"] < 100:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)
    # The process has ended in the middle; the next one takes the job up again.
    interrupted = await rows(desk)
    assert interrupted["messages"] >= 100
    async with desk.working():
        view = await desk.over(import_id)
    assert view["state"] == "done"
    expected = sum(len(one["mapping"]) - 1 for one in talks(30))
    assert view["kinds"]["message"] == {"found": expected, "imported": expected, "already": 0, "skipped": 0}
    assert view["kinds"]["conversation"] == {"found": 31, "imported": 30, "already": 0, "skipped": 1}
    assert [item["ref"] for item in await desk.reasons(import_id)] == ["conversations.json#30"]
    assert (await rows(desk))["messages"] == expected
    for listed, messages in await desk.record():
        assert listed["leaf_id"] == messages[-1]["id"]


async def test_a_later_export_adds_what_is_new(desk: ImportDesk) -> None:
    short, long = (chatgpt("c", *[("user", f"line {n}") for n in range(many)]) for many in (3, 5))
    first = await desk.bring({"a.json": as_json([short])})
    later = await desk.bring({"b.json": as_json([long])})
    assert later["kinds"]["message"] == {"found": 5, "imported": 2, "already": 3, "skipped": 0}
    assert later["kinds"]["conversation"]["already"] == 1
    [(listed, messages)] = await desk.record()
    assert listed["leaf_id"] == messages[-1]["id"]
    assert [message["parent_id"] for message in messages[1:]] == [message["id"] for message in messages[:-1]]
    await desk.undo(later["id"])
    [(listed, messages)] = await desk.record()
    assert len(messages) == 3
    assert listed["leaf_id"] == messages[-1]["id"]
    await desk.undo(first["id"])
    assert await desk.conversations() == []


async def test_what_was_gone_on_with_stays(desk: ImportDesk) -> None:
    view = await desk.bring({"a.json": as_json([chatgpt("c", ("user", "mine")), chatgpt("d", ("user", "gone"))])})
    [hit] = await desk.hits("mine")
    kept = await desk.get(f"/conversations/{hit['conversation_id']}")
    _, op = message(kept["id"], "my own words", parent_id=kept["leaf_id"])
    await desk.context.database.commit([op])
    undone = await desk.undo(view["id"])
    assert [item["conversation_id"] for item in undone["kept"]] == [kept["id"]]
    assert [one["id"] for one in await desk.conversations()] == [kept["id"]]
    # It is still known where it came from.
    again = await desk.bring({"a.json": as_json([chatgpt("c", ("user", "mine"))])})
    assert again["imported"] == 0


async def test_a_dry_run_stores_nothing(desk: ImportDesk) -> None:
    before = await rows(desk)
    view = await desk.bring({"a.json": as_json([*talks(3), talks(3)[0], {"x": 1}])}, dry_run=True)
    assert view["kinds"]["conversation"] == {"found": 5, "imported": 3, "already": 1, "skipped": 1}
    after = await rows(desk)
    assert {**after, "import_skips": 0} == before
    assert (await desk.client.post(f"/imports/{view['id']}/undo")).status_code == 409


async def test_the_same_conversation_twice_in_one_import(desk: ImportDesk) -> None:
    one = chatgpt("c", ("user", "once"), ("assistant", "yes"))
    view = await desk.bring({"a.json": as_json([one]), "b.json": as_json([one])})
    assert (view["found"], view["imported"], view["already"]) == (6, 3, 3)
    assert len(await desk.conversations()) == 1


async def test_our_own_export_comes_back_as_it_was(desk: ImportDesk) -> None:
    await desk.bring({"a.json": as_json([chatgpt("c", ("user", "one"), ("assistant", "two"))])})
    [listed] = await desk.conversations()
    made = (await desk.client.post("/assistants", json={"name": "Tea"})).json()
    await desk.client.patch(f"/conversations/{listed['id']}", json={"config": {"assistant_id": "tea"}})
    exported = (await desk.client.get(f"/conversations/{listed['id']}/export", params={"format": "json"})).content
    assert orjson.loads(exported)["conversation"]["config"]["assistant_id"] == made["id"]
    still = await desk.bring({"own.json": exported})
    assert (still["found"], still["already"], still["imported"]) == (3, 3, 0)
    await desk.client.delete(f"/conversations/{listed['id']}", params={"purge": True})
    view = await desk.bring({"own.json": exported})
    assert (view["found"], view["imported"]) == (3, 3)
    again = (await desk.client.get(f"/conversations/{listed['id']}/export", params={"format": "json"})).content
    first, second = orjson.loads(exported), orjson.loads(again)
    for one in (first, second):
        del one["conversation"]["exported_at"]
    assert first == second
    jsonl = (await desk.client.get(f"/conversations/{listed['id']}/export", params={"format": "jsonl"})).content
    assert (await desk.bring({"own.jsonl": jsonl}))["imported"] == 0
    # Where its assistant is not, the conversation still says which it was.
    for path in ("/assistants/tea", f"/conversations/{listed['id']}"):
        await desk.client.delete(path, params={"purge": True})
    await desk.bring({"own.json": exported})
    [alone] = await desk.conversations()
    assert alone["config"]["assistant_id"] is None
    assert alone["config"]["metadata"]["assistant_id"] == made["id"]


# Who may


async def test_a_stranger_sees_nothing(desk: ImportDesk, bob: Subject) -> None:
    view = await desk.bring({"a.json": as_json([chatgpt("c", ("user", "mine"))])})
    stranger = desk.context.client(bob)
    assert (await stranger.get("/imports")).json()["items"] == []
    for path in ("", "/skipped"):
        assert (await stranger.get(f"/imports/{view['id']}{path}")).status_code == 404
    assert (await stranger.post(f"/imports/{view['id']}/undo")).status_code == 404
    upload = await desk.upload("b.json", as_json([chatgpt("d", ("user", "x"))]))
    assert (await stranger.post("/imports", json={"files": [upload]})).status_code == 404


async def test_bad_requests(desk: ImportDesk) -> None:
    upload = await desk.upload("b.json", b"[]")
    answer = await desk.client.post("/imports", json={"files": [upload], "format": "pickle"})
    assert (answer.status_code, answer.json()["code"]) == (400, "import.format_unknown")
    assert (await desk.client.post("/imports", json={"files": []})).status_code == 400
    assert (await desk.client.get("/imports/imp_0000000000000")).status_code == 404


async def test_a_stopped_import_is_undone(desk: ImportDesk) -> None:
    import_id = await desk.begin({"conversations.json": as_json(talks(30))})
    async with desk.working():
        while (await rows(desk))["messages"] < 50:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)
        answer = await desk.client.post(f"/imports/{import_id}/cancel")
        assert answer.json()["state"] == "cancelled"
    undone = await desk.undo(import_id)
    assert undone["state"] == "undone"
    assert await desk.conversations() == []
