"""A conversation's own export names its project; whoever reads it in finds that project, or makes it."""

from typing import Any

import pytest

from domains.projects.test_http import made, placed
from factories.imports import ImportDesk, desk_of
from factories.records import chat
from mecum.domains.projects.model import Project
from mecum.kernel.subject import Subject


async def exported(desk: ImportDesk, conversation_id: str, form: str = "json") -> bytes:
    """Return a conversation's own export."""
    answer = await desk.client.get(f"/conversations/{conversation_id}/export", params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize("form", ["json", "jsonl"])
async def test_out_and_in_again(desk: ImportDesk, ada: Subject, bob: Subject, form: str) -> None:
    project = await made(desk.client, "Café Roma")
    one, _ = await chat(desk.context.database, ada, "word", project_id=project["id"])
    body = await exported(desk, one, form)
    assert '"project":"Café Roma"' in body.decode()
    read = (await desk.client.post(f"/conversations/import?format={form}", content=body)).json()
    assert read["report"]["notes"] == []
    assert await placed(desk.client, read["conversation_id"]) == project["id"]
    # Somebody who has none of that name gets one.
    async with desk.context.client(bob) as other:
        for _ in range(2):
            read = (await other.post(f"/conversations/import?format={form}", content=body)).json()
            there = (await other.get("/projects")).json()["items"]
            assert [item["name"] for item in there] == ["Café Roma"]
            assert await placed(other, read["conversation_id"]) == there[0]["id"]


async def test_one_in_no_project_says_nothing_of_any(desk: ImportDesk, ada: Subject) -> None:
    one, _ = await chat(desk.context.database, ada, "word")
    body = await exported(desk, one)
    assert b'"project"' not in body
    for wrong in (b"7", b'"  "', b"null", b"[]"):
        changed = body.replace(b'"leaf_id"', b'"project":' + wrong + b',"leaf_id"', 1)
        read = await desk.client.post("/conversations/import?format=json", content=changed)
        assert read.status_code == 201, read.text
        assert await placed(desk.client, read.json()["conversation_id"]) is None
    assert (await desk.client.get("/projects")).json()["items"] == []


async def test_the_import_room_finds_or_makes_it(desk: ImportDesk, ada: Subject, bob: Subject) -> None:
    project = await made(desk.client, "Rome trip")
    places = (project["id"], project["id"], None)
    ids = [(await chat(desk.context.database, ada, f"word {place}", project_id=place))[0] for place in places]
    files = {f"{place}.json": await exported(desk, one) for place, one in enumerate(ids)}
    other = desk_of(desk.context, bob)
    dry = await other.bring(files, dry_run=True)
    assert (await other.client.get("/projects")).json()["items"] == []
    done = await other.bring(files)
    assert (dry["imported"], done["imported"]) == (6, 6)
    there: list[dict[str, Any]] = (await other.client.get("/projects")).json()["items"]
    assert [(item["name"], item["conversation_count"]) for item in there] == [("Rome trip", 2)]
    async with desk.context.database.writing(bob) as scope:
        found = await scope.session.get(Project, there[0]["id"])
        assert found is not None
        assert found.key == "rome trip"
