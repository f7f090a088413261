"""Everything that is a person's comes out, always the same, and nothing that is somebody else's."""

import asyncio
import io
import json
import re
import zipfile
from typing import Any

import pytest

from factories.records import conversation, message
from factories.sites import Site
from mecum.infra.jobs.runner import JobRunner
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

OPEN = ("queued", "running")


async def planted(site: Site, subject: Subject, text: str) -> str:
    """Store a conversation with a question and two answers to it."""
    conversation_id, write = conversation(subject, title=text, leaf_id="msg_nowhere")
    user_id, op1 = message(conversation_id, text)
    _, op2 = message(conversation_id, "one", role="assistant", parent_id=user_id)
    _, op3 = message(conversation_id, "other", role="assistant", parent_id=user_id)
    await site.house.parts.database.commit([write, op1, op2, op3])
    return conversation_id


async def test_everything_comes_out_in_its_order(site: Site, eve: Subject) -> None:
    owner = site.house.parts.owner
    mine = [await planted(site, owner, f"mine {number}") for number in range(3)]
    await planted(site, eve, "not mine")
    bodies: list[bytes] = []
    for _ in range(2):
        answer = await site.browser.ask("GET", "/api/v1/export")
        assert answer.status == 200
        bodies.append(answer.body)
    assert bodies[0] == bodies[1]
    with zipfile.ZipFile(io.BytesIO(bodies[0])) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*(f"conversations/{one}.json" for one in mine), "export.json"]
        first = json.loads(archive.read(archive.namelist()[0]))
    assert first["format"] == "mecum.conversation"
    assert [one["parts"][0]["text"] for one in first["messages"]] == ["mine 0", "one", "other"]
    assert "exported_at" not in first["conversation"]
    assert b"not mine" not in b"".join(zipfile.ZipFile(io.BytesIO(bodies[0])).read(name) for name in archive.namelist())


async def test_assistants_come_out_too_and_come_in_again_as_they_were(site: Site) -> None:
    ask = site.browser.ask
    for name in ("Parent", "Child"):
        body = {"name": name, "prompt": f"Be {name}.", "identity": {"tone": "warm"}}
        if name == "Child":
            body |= {"parent_assistant": "parent", "growth": {"mentor_assistant": "parent"}}
        assert (await ask("POST", "/api/v1/assistants", body)).status == 201
    await ask("PUT", "/api/v1/assistants/child/prompt", {"text": "Be brief."})
    before = (await ask("GET", "/api/v1/export")).body
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        names = archive.namelist()
        assert [name.partition("/")[0] for name in names] == ["assistants", "assistants", "export.json"]
        child = json.loads(archive.read(names[1]))["assistant"]
    assert [one["number"] for one in child["versions"]] == [1, 2]
    assert [one["text"] for one in child["prompt"]["texts"]] == ["Be Child.", "Be brief."]
    for slug in ("parent", "child"):
        assert (await ask("DELETE", f"/api/v1/assistants/{slug}?purge=true")).status == 204
    await brought(site, before)
    assert (await ask("GET", "/api/v1/export")).body == before
    view = (await ask("GET", "/api/v1/assistants/child")).json
    assert (view["parent"]["slug"], view["mentor"]["slug"]) == ("parent", "parent")


async def brought(site: Site, body: bytes) -> None:
    """Import a file, and wait until that is over."""
    upload = await site.browser.ask("POST", "/api/v1/imports/files?name=all.zip", body=body)
    made = await site.browser.ask("POST", "/api/v1/imports", {"files": [upload.json["id"]]})
    runner = JobRunner(site.house.parts.database, site.house.parts.jobs)
    for kind in site.house.parts.imports.kinds:
        runner.register(kind)
    await runner.start()
    try:
        async with asyncio.timeout(60):
            while (view := await seen(site, made.json["id"]))["state"] in OPEN:  # noqa: ASYNC110 - as a client waits
                await asyncio.sleep(0.01)
    finally:
        await runner.stop()
    assert (view["state"], view["skipped"]) == ("done", 0)


async def seen(site: Site, import_id: str) -> dict[str, Any]:
    """Return an import."""
    view: dict[str, Any] = (await site.browser.ask("GET", f"/api/v1/imports/{import_id}")).json
    return view


async def chosen(site: Site, *ids: str, **more: str) -> zipfile.ZipFile:
    """Export some conversations and open the ZIP."""
    answer = await site.browser.ask("POST", "/api/v1/conversations/export", {"ids": ids, **more})
    assert answer.status == 200, answer.body
    return zipfile.ZipFile(io.BytesIO(answer.body))


@pytest.mark.parametrize(
    ("form", "ending"), [("json", "json"), ("jsonl", "jsonl"), ("markdown", "md"), ("openai", "openai.json")]
)
async def test_those_chosen_come_out_in_their_order(site: Site, eve: Subject, form: str, ending: str) -> None:
    owner = site.house.parts.owner
    one, two, trashed = [await planted(site, owner, text) for text in ("same", "same", "gone")]
    hers = await planted(site, eve, "not mine")
    await site.browser.ask("DELETE", f"/api/v1/conversations/{trashed}")
    archive = await chosen(site, two, one, trashed, two, hers, "nonsense", format=form)
    assert archive.testzip() is None
    assert archive.namelist() == [f"1-same.{ending}", f"2-same.{ending}", "export.json"]
    manifest = json.loads(archive.read("export.json"))
    assert [(item["id"], item["file"]) for item in manifest["conversations"]] == [
        (two, f"1-same.{ending}"),
        (one, f"2-same.{ending}"),
    ]
    whole = form.startswith("json")
    assert manifest["conversations"][0]["report"]["messages"] == (3 if whole else 0)
    assert [(item["id"], item["code"]) for item in manifest["skipped"]] == [
        (trashed, "conversation.in_trash"),
        (hers, "conversation.not_found"),
        ("nonsense", "conversation.not_found"),
    ]
    for place, conversation_id in ((1, two), (2, one)):
        single = await site.browser.ask("GET", f"/api/v1/conversations/{conversation_id}/export?format={form}")
        assert without_stamp(archive.read(f"{place}-same.{ending}")) == without_stamp(single.body)


async def test_a_choice_that_is_none_is_refused(site: Site, eve: Subject) -> None:
    hers = await planted(site, eve, "not mine")
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"ids": [hers]}, 404, "conversation.not_found"),
        ({"ids": []}, 400, "request.invalid"),
        ({"ids": [hers] * 1001}, 400, "request.invalid"),
        ({"ids": [hers], "format": "pdf"}, 400, "request.invalid"),
        ({"ids": [hers], "what": 1}, 400, "request.invalid"),
        ({}, 400, "request.invalid"),
    ]
    for body, status, code in cases:
        answer = await site.browser.ask("POST", "/api/v1/conversations/export", body)
        assert (answer.status, json.loads(answer.body)["code"]) == (status, code), body


def without_stamp(body: bytes) -> str:
    """Return an export without the moment it was made."""
    return re.sub(r'"exported_at":\s*"[^"]*"', "", body.decode())
