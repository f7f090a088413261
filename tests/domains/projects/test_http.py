"""Projects as a client reaches them, on every store: made, changed, filled, emptied, thrown away and brought back."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from domains.assistants.test_http import made as made_assistant
from domains.assistants.test_queries import counted
from factories.contexts import Context
from factories.records import chat
from mecum.domains.conversations.model import File
from mecum.domains.projects.model import Project
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow


async def made(client: httpx2.AsyncClient, name: str = "Rome trip", **body: Any) -> dict[str, Any]:
    """Make a project and return it."""
    response = await client.post("/projects", json={"name": name, **body})
    assert response.status_code == 201, response.text
    return response.json()


async def uploaded(client: httpx2.AsyncClient, name: str = "tickets.md", body: bytes = b"Two tickets.") -> str:
    """Upload a file and return its id."""
    response = await client.post("/files", params={"name": name}, content=body)
    assert response.status_code == 201, response.text
    return response.json()["id"]


async def put(client: httpx2.AsyncClient, project_id: str, *, out: bool = False, **contents: Any) -> dict[str, Any]:
    """Put things into a project, or take them out, and return what became of them."""
    response = await client.post(f"/projects/{project_id}/contents{'/remove' if out else ''}", json=contents)
    assert response.status_code == 200, response.text
    return response.json()


async def listed(client: httpx2.AsyncClient, project_id: str) -> list[str]:
    """Return the conversations of a project."""
    return [one["id"] for one in (await client.get("/conversations", params={"project": project_id})).json()["items"]]


async def placed(client: httpx2.AsyncClient, conversation_id: str) -> str | None:
    """Return the project a conversation is in."""
    return (await client.get(f"/conversations/{conversation_id}")).json()["project_id"]


async def remove(client: httpx2.AsyncClient, project: str, **query: Any) -> dict[str, Any]:
    """Delete a project and return what became of it."""
    response = await client.delete(f"/projects/{project}", params=query)
    assert response.status_code == 200, response.text
    return response.json()


async def test_make_read_change(client: httpx2.AsyncClient) -> None:
    new = await made(client, "  Rome   trip ", instructions="Prices in euros.", model="up/test")
    assert (new["name"], new["instructions"], new["model"], new["version"]) == (
        "Rome trip",
        "Prices in euros.",
        "up/test",
        1,
    )
    assert (new["conversation_count"], new["file_count"], new["assistants"], new["files"]) == (0, 0, [], [])
    assert (await client.get(f"/projects/{new['id']}")).json() == new
    assert (await client.get("/projects/ROME TRIP")).json() == new
    assistant = await made_assistant(client)
    path = f"/projects/{new['id']}"
    changed = (await client.patch(path, json={"assistant": "short-letters", "instructions": None})).json()
    assert (changed["assistant"]["id"], changed["instructions"], changed["version"]) == (assistant["id"], None, 2)
    assert changed["assistant_id"] == assistant["id"]
    assert changed["model"] == "up/test"
    cleared = (await client.patch(path, json={"assistant": None, "model": ""})).json()
    assert (cleared["assistant"], cleared["model"], cleared["version"]) == (None, None, 3)
    same = (await client.patch(path, json={"name": None})).json()
    assert (same["name"], same["version"]) == ("Rome trip", 3)


async def test_a_change_in_the_meantime_is_refused_with_what_it_is_now(client: httpx2.AsyncClient) -> None:
    project = await made(client)
    path = f"/projects/{project['id']}"
    assert (await client.patch(path, json={"version": 1, "instructions": "First."})).status_code == 200
    late = await client.patch(path, json={"version": 1, "instructions": "Second."})
    assert (late.status_code, late.json()["code"]) == (409, "project.conflict")
    assert (late.json()["current"]["version"], late.json()["current"]["instructions"]) == (2, "First.")
    assert (await client.patch(path, json={"instructions": "Third."})).json()["version"] == 3


async def test_names(client: httpx2.AsyncClient) -> None:
    one, two = await made(client, "Café"), await made(client, "Rome")
    taken = await client.post("/projects", json={"name": "CAFE"})
    assert (taken.status_code, taken.json()["code"], taken.json()["project_id"]) == (
        409,
        "project.name_taken",
        one["id"],
    )
    assert (await client.patch(f"/projects/{two['id']}", json={"name": "cafe"})).status_code == 409
    assert (await client.patch(f"/projects/{one['id']}", json={"name": "CAFÉ"})).json()["name"] == "CAFÉ"
    for bad in ({"name": ""}, {"name": "  "}, {"name": "a\x00"}, {"name": "x" * 121}, {}, {"name": "x", "other": 1}):
        refused = await client.post("/projects", json=bad)
        assert refused.json()["code"] == "request.invalid", bad
    unknown = await client.post("/projects", json={"name": "x", "assistant": "nobody"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "assistant.not_found")
    missing = await client.get("/projects/prj_0000000000000")
    assert (missing.status_code, missing.json()["code"]) == (404, "project.not_found")


async def test_the_list_goes_by_name_page_by_page(client: httpx2.AsyncClient) -> None:
    for name in ("b", "C", "a"):
        await made(client, name)
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        page = (await client.get("/projects", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["a", "b", "C"]
    assert (await client.get("/projects", params={"cursor": "x"})).status_code == 400


async def test_contents_go_in_and_out(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    project, other = await made(client), await made(client, "Other")
    one, two = [(await chat(context.database, ada, f"word {i}"))[0] for i in range(2)]
    assistant = await made_assistant(client)
    file_id = await uploaded(client)
    nothing = "cnv_0000000000000"
    moved = await put(
        client, project["id"], conversations=[one, two, nothing], assistants=["short-letters"], files=[file_id]
    )
    assert (moved["conversations"], moved["assistants"], moved["files"]) == ([one, two], [assistant["id"]], [file_id])
    assert [(item["kind"], item["id"], item["code"]) for item in moved["skipped"]] == [
        ("conversations", nothing, "project.item_not_found")
    ]
    view = (await client.get(f"/projects/{project['id']}")).json()
    assert (view["conversation_count"], view["file_count"]) == (2, 1)
    assert view["assistants"] == [{"id": assistant["id"], "slug": "short-letters", "name": "Short letters"}]
    told = {"id": file_id, "name": "tickets.md", "media_type": "text/markdown", "size": 12, "text": True}
    assert view["files"][0] | {"media_type": "text/markdown"} == told
    assert set(await listed(client, project["id"])) == {one, two}
    assert (await client.get("/assistants/short-letters")).json()["current_project"] == project["id"]
    # In one project at most; a file in any number.
    await put(client, other["id"], conversations=[one], files=[file_id])
    assert await listed(client, project["id"]) == [two]
    out = await put(client, project["id"], out=True, conversations=[one, two], assistants=["short-letters"])
    assert (out["conversations"], out["assistants"]) == ([two], [assistant["id"]])
    assert [(item["id"], item["code"]) for item in out["skipped"]] == [(one, "project.not_in_it")]
    assert await placed(client, two) is None
    counts = {one["name"]: one["file_count"] for one in (await client.get("/projects")).json()["items"]}
    assert counts == {"Rome trip": 1, "Other": 1}
    refused = await client.post(f"/projects/{other['id']}/contents", json={})
    assert refused.json()["code"] == "request.invalid"


async def test_a_conversation_moves_by_itself_and_with_others(
    client: httpx2.AsyncClient, context: Context, ada: Subject
) -> None:
    project = await made(client)
    one, two = [(await chat(context.database, ada, f"word {i}"))[0] for i in range(2)]
    changed = (await client.patch(f"/conversations/{one}", json={"project_id": project["id"]})).json()
    assert changed["project_id"] == project["id"]
    assert (await client.patch(f"/conversations/{one}", json={"title": "x"})).json()["project_id"] == project["id"]
    body = {"action": "move", "ids": [one, two], "project_id": project["id"]}
    done = (await client.post("/conversations/batches", json=body)).json()
    assert done["changed"] == [one, two]
    assert await placed(client, two) == project["id"]
    assert (await client.post(f"/conversations/batches/{done['id']}/undo")).status_code == 200
    assert (await placed(client, one), await placed(client, two)) == (project["id"], None)
    assert (await client.patch(f"/conversations/{one}", json={"project_id": None})).json()["project_id"] is None
    for wrong in ("prj_0000000000000", "nonsense"):
        assert (await client.patch(f"/conversations/{one}", json={"project_id": wrong})).status_code == 404
        refused = await client.post("/conversations/batches", json={**body, "project_id": wrong})
        assert refused.json()["code"] == "project.not_found"
    out = (await client.post("/conversations/batches", json={"action": "move", "ids": [two]})).json()
    await remove(client, project["id"])
    assert out["changed"] == [two]


async def test_a_move_is_undone_into_no_project_where_that_one_is_gone(
    client: httpx2.AsyncClient, context: Context, ada: Subject
) -> None:
    project, other = await made(client), await made(client, "Other")
    one, _ = await chat(context.database, ada, "word", project_id=project["id"])
    body = {"action": "move", "ids": [one], "project_id": other["id"]}
    done = (await client.post("/conversations/batches", json=body)).json()
    await remove(client, project["id"], purge=True)
    assert (await client.post(f"/conversations/batches/{done['id']}/undo")).status_code == 200
    assert await placed(client, one) is None


async def test_a_conversation_is_made_in_a_project(client: httpx2.AsyncClient) -> None:
    assistant = await made_assistant(client)
    project = await made(client, assistant="short-letters", model="up/test")
    new = (await client.post("/conversations", json={"project_id": project["id"]})).json()
    assert new["project_id"] == project["id"]
    assert (new["config"]["assistant_id"], new["config"]["model"]) == (assistant["id"], "up/test")
    own = {"project_id": project["id"], "config": {"model": None, "temperature": 0.2}}
    config = (await client.post("/conversations", json=own)).json()["config"]
    assert (config["model"], config["temperature"]) == ("up/test", 0.2)
    own = {"project_id": project["id"], "config": {"model": "up/other"}}
    assert (await client.post("/conversations", json=own)).json()["config"]["model"] == "up/other"
    other = await made_assistant(client, "Other")
    chosen = {"project_id": project["id"], "config": {"assistant_id": "other"}}
    config = (await client.post("/conversations", json=chosen)).json()["config"]
    assert (config["assistant_id"], config["model"]) == (other["id"], None)
    # One in the trash answers nobody, and comes back.
    await client.delete("/assistants/short-letters")
    config = (await client.post("/conversations", json={"project_id": project["id"]})).json()["config"]
    assert (config["assistant_id"], config["model"]) == (None, "up/test")
    view = (await client.get(f"/projects/{project['id']}")).json()
    assert (view["assistant"], view["assistant_id"]) == (None, assistant["id"])
    await client.delete("/assistants/short-letters", params={"purge": True})
    assert (await client.get(f"/projects/{project['id']}")).json()["assistant_id"] is None
    refused = await client.post("/conversations", json={"project_id": "prj_0000000000000"})
    assert refused.status_code == 404


async def test_a_fork_stays_in_the_project(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    project = await made(client)
    one, messages = await chat(context.database, ada, "word", project_id=project["id"])
    copy = (await client.post(f"/conversations/{one}/fork", json={"message_id": messages[0]})).json()
    assert copy["project_id"] == project["id"]


async def test_the_trash_keeps_what_was_in_it(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    project = await made(client)
    one, _ = await chat(context.database, ada, "word")
    two, _ = await chat(context.database, ada, "word")
    assistant = await made_assistant(client)
    file_id = await uploaded(client)
    await put(client, project["id"], conversations=[one, two], assistants=["short-letters"], files=[file_id])
    gone = await remove(client, project["id"])
    assert gone == {
        "id": project["id"],
        "purged": False,
        "conversations_kept": 2,
        "conversations_deleted": 0,
        "assistants_kept": 1,
        "files": 1,
    }
    assert (await client.get(f"/projects/{project['id']}")).status_code == 404
    assert (await client.delete(f"/projects/{project['id']}")).status_code == 404
    assert (await client.get("/projects")).json()["items"] == []
    trash = (await client.get("/projects", params={"deleted": True})).json()["items"]
    assert [(item["id"], item["conversation_count"], item["file_count"]) for item in trash] == [(project["id"], 2, 1)]
    assert trash[0]["deleted_at"] is not None
    assert await placed(client, one) is None
    assert (await client.get("/assistants/short-letters")).json()["current_project"] is None
    assert (await client.get(f"/files/{file_id}")).status_code == 404
    # What is elsewhere by now stays there; the name may be taken meanwhile.
    other = await made(client)
    await put(client, other["id"], conversations=[two])
    back = (await client.post(f"/projects/{project['id']}/restore")).json()
    assert (back["name"], back["conversation_count"], back["file_count"]) == ("Rome trip (2)", 1, 1)
    assert [found["id"] for found in back["assistants"]] == [assistant["id"]]
    assert (await placed(client, one), await placed(client, two)) == (project["id"], other["id"])
    assert (await client.get(f"/files/{file_id}")).status_code == 200
    again = await client.post(f"/projects/{project['id']}/restore")
    assert again.json()["name"] == "Rome trip (2)"


async def test_its_conversations_go_with_it_when_that_is_asked_for(
    client: httpx2.AsyncClient, context: Context, ada: Subject
) -> None:
    project = await made(client)
    one, _ = await chat(context.database, ada, "word", project_id=project["id"])
    gone = await remove(client, "rome trip", conversations="delete")
    assert (gone["conversations_kept"], gone["conversations_deleted"]) == (0, 1)
    assert (await client.get(f"/conversations/{one}")).status_code == 404
    assert [item["id"] for item in (await client.get("/conversations?deleted=true")).json()["items"]] == [one]
    await client.post(f"/projects/{project['id']}/restore")
    assert await placed(client, one) == project["id"]
    # Restored by hand before, it is not thrown away or moved again.
    await remove(client, project["id"], conversations="delete")
    await client.post(f"/conversations/{one}/restore")
    await client.post(f"/projects/{project['id']}/restore")
    assert await placed(client, one) == project["id"]
    wrong = await client.delete(f"/projects/{project['id']}", params={"conversations": "perhaps"})
    assert wrong.json()["code"] == "request.invalid"


async def test_a_purge_leaves_no_bytes_and_every_conversation(
    client: httpx2.AsyncClient, context: Context, ada: Subject
) -> None:
    project = await made(client, instructions="canary7zq4")
    one, _ = await chat(context.database, ada, "word", project_id=project["id"])
    file_id = await uploaded(client, body=b"canary7zq4 in a file")
    shared = await uploaded(client, "shared.txt", b"in two")
    other = await made(client, "Other")
    await put(client, project["id"], files=[file_id, shared])
    await put(client, other["id"], files=[shared])
    await remove(client, project["id"])
    gone = await remove(client, project["id"], purge=True)
    assert (gone["purged"], gone["conversations_kept"], gone["files"]) == (True, 1, 2)
    assert (await client.get(f"/conversations/{one}")).status_code == 200
    assert (await client.get(f"/files/{shared}")).status_code == 200
    assert (await client.get(f"/files/{file_id}")).status_code == 404
    assert (await client.post(f"/projects/{project['id']}/restore")).status_code == 404
    async with context.database.engine.connect() as connection:
        for table in ("projects", "project_files", "files"):
            rows = (await connection.exec_driver_sql(f"SELECT * FROM {table}")).all()
            assert "canary7zq4" not in repr(rows)
            assert str(ids.number("fil", file_id)) not in repr(rows)
    blobs = [path for path in (context.store.folder / "blobs").rglob("*") if path.is_file()]
    assert len(blobs) == 1, "the file that another project holds"
    # From where it is, without the trash between.
    live = await made(client, "Live")
    told = await remove(client, live["id"], purge=True)
    assert (told["purged"], told["conversations_kept"]) == (True, 0)
    assert (await client.get("/projects", params={"deleted": True})).json()["items"] == []


async def test_its_files_are_held_as_long_as_it_is_there(
    client: httpx2.AsyncClient, context: Context, ada: Subject
) -> None:
    project = await made(client)
    file_id, unused = await uploaded(client), await uploaded(client, body=b"unused")
    await put(client, project["id"], files=[file_id])
    await remove(client, project["id"])
    async with context.database.writing(None) as scope:
        old = {"created_at": clock.now() - timedelta(days=2)}
        await scope.session.execute(update(File).values(old))
    await context.services.removal.expire()
    await client.post(f"/projects/{project['id']}/restore")
    assert (await client.get(f"/files/{file_id}/content")).content == b"Two tickets."
    assert (await client.get(f"/files/{unused}")).status_code == 404
    # Out of it, it is an upload that nothing holds.
    await put(client, project["id"], out=True, files=[file_id])
    await context.services.removal.expire()
    assert (await client.get(f"/files/{file_id}")).status_code == 404


async def test_thirty_days_in_the_trash_are_its_end(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    project = await made(client)
    file_id = await uploaded(client)
    await put(client, project["id"], files=[file_id])
    await remove(client, project["id"])
    removal = (await context.projects.get(context.services)).removal
    await removal.end(ada, {"project_id": project["id"]})
    assert len((await client.get("/projects", params={"deleted": True})).json()["items"]) == 1
    async with context.database.writing(ada) as scope:
        await scope.session.execute(
            update(Project).values(deleted_at=clock.now() - timedelta(days=31)),
            execution_options={"synchronize_session": False},
        )
    await removal.end(ada, {"project_id": project["id"]})
    assert (await client.get("/projects", params={"deleted": True})).json()["items"] == []
    assert (await client.get(f"/files/{file_id}")).status_code == 404


async def test_search_by_project(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    project, other = await made(client, "Rome: the trip"), await made(client, "Other")
    places = (project["id"], other["id"], None)
    found: list[str] = []
    for place in places:
        conversation_id, messages = await chat(context.database, ada, "word", project_id=place)
        context.services.indexer.add(messages[0], "word")
        found.append(conversation_id)
    await context.services.indexer.settle()

    async def hits(q: str) -> set[str]:
        items = (await client.get("/search", params={"q": q})).json()["items"]
        return {item["conversation_id"] for item in items}

    assert await hits('word project:"rome: the TRIP"') == {found[0]}
    assert await hits("project:other") == {found[1]}
    assert await hits("word -project:other") == {found[0], found[2]}
    assert await hits("word project:nowhere") == set()
    empty = await client.get("/search", params={"q": "project:"})
    assert empty.json()["code"] == "search.filter"


async def test_other_devices_are_told(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    heard: list[str] = []
    leave = context.channel.listen(ada.person_id, lambda news: heard.append(news.body.decode()))
    project = await made(client)
    one, _ = await chat(context.database, ada, "word")
    await put(client, project["id"], conversations=[one])
    await remove(client, project["id"])
    await client.post(f"/projects/{project['id']}/restore")
    await remove(client, project["id"], purge=True)
    leave()
    kinds = [
        kind
        for body in heard
        for kind in ("created", "updated", "deleted", "restored", "purged")
        if f'"project.{kind}"' in body
    ]
    assert kinds == ["created", "updated", "deleted", "restored", "deleted", "purged"]
    assert any('"conversation.updated"' in body and one in body for body in heard)


@pytest.mark.parametrize("path", ["", "/contents", "/contents/remove", "/restore"])
async def test_a_stranger_finds_none(client: httpx2.AsyncClient, context: Context, bob: Subject, path: str) -> None:
    project = await made(client)
    async with context.client(bob) as stranger:
        body = {"files": ["fil_0000000000000"]}
        answer = await (
            stranger.post(f"/projects/{project['id']}{path}", json=body)
            if path
            else stranger.get(f"/projects/{project['id']}")
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "project.not_found")
        assert (await stranger.get("/projects")).json()["items"] == []


@pytest.mark.parametrize("number", [1, 12])
async def test_a_list_takes_three_statements_however_long(context: Context, ada: Subject, number: int) -> None:
    client, room = context.client(ada), await context.projects.get(context.services)
    for place in range(number):
        project = await made(client, f"P {place}")
        await put(client, project["id"], files=[await uploaded(client)])
        await chat(context.database, ada, "word", project_id=project["id"])
    # In a writing scope, where every statement goes through the engine.
    async with context.database.writing(ada) as scope:
        with counted(context.database) as said:
            page = await room.projects.page(scope, deleted=False, cursor=None, limit=50)
    assert [(one["conversation_count"], one["file_count"]) for one in page.items] == [(1, 1)] * number
    assert len(said) == 3, said
