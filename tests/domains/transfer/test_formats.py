"""Conversations written out and read back, on every store."""

import base64
import json
from typing import Any

import httpx2
import orjson
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import update

from factories.contexts import Context
from factories.records import conversation, message
from mecum.domains.conversations.model import Message
from mecum.domains.conversations.repository import attach
from mecum.domains.transfer import api as transfer
from mecum.domains.transfer.http import router
from mecum.infra.web.routes import below
from mecum.kernel import ids
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def app(context: Context) -> FastAPI:
    service = transfer.build(context.database, context.services)
    context.app.router.routes += below("/api/v1", router(service, most_bytes=5_000_000))
    return context.app


TRICKY = " \n<!-- mecum:end -->\n\\<!-- mecum:x\r\n## You\n"
CONVERSATION: dict[str, Any] = {
    "title": 'Ein Titel: "x" -->',
    "title_source": "person",
    "model": "m/1",
    "temperature": 0.25,
    "system_prompt": "Be\n---\nbrief.",
    "metadata": orjson.dumps({"k": [1, None, "ü"]}).decode(),
    "created_at": 1_700_000_000_123,
}
ANSWER: dict[str, Any] = {
    "role": "assistant",
    "model": "m/1",
    "model_reason": "best",
    "token_count": 7,
    "processing_ms": 12,
    "metadata": '{"x":1}',
    "error": '{"code":"a.b","message":"m"}',
    "state": "failed",
}


def parts(conversation_id: str, message_id: str) -> list[dict[str, Any]]:
    source = {"conversation_id": conversation_id, "message_id": message_id, "file_id": None}
    return [
        {"type": "reasoning", "text": "hmm\n"},
        {"type": "tool_call", "call_id": "c1", "name": "t", "arguments": '{"a": "-->"}'},
        {"type": "tool_result", "call_id": "c1", "name": "t", "content": "r", "is_error": False},
        {"type": "text", "text": "answer"},
        {"type": "citation", **source, "title": "T", "quote": "q", "start": 0, "end": 1},
        {"type": "data", "media_type": "text/plain;charset=utf-8", "base64": "AGE=", "shown": "\ufffda"},
    ]


@pytest_asyncio.fixture
async def ours(app: FastAPI, context: Context, client: httpx2.AsyncClient, ada: Subject) -> str:
    """A conversation with everything there is: branches, every kind of part, files, thumbs, numbers."""
    upload = (await client.post("/files?name=dot.png", content=PNG)).json()
    image = {"type": "image", "file_id": upload["id"], **{n: upload[n] for n in ("name", "media_type", "size")}}
    conversation_id = ids.new("cnv")
    u1, op1 = message(conversation_id, parts=[{"type": "text", "text": TRICKY}, image])
    a1, op2 = message(conversation_id, parts=parts(conversation_id, u1), parent_id=u1, **ANSWER)
    a2, op3 = message(conversation_id, "other branch", role="assistant", parent_id=u1)
    _, write = conversation(ada, id=conversation_id, leaf_id=a1, **CONVERSATION)
    await context.database.commit([write, op1, op2, op3, attach(u1, upload["id"])])
    async with context.database.writing(ada) as scope:
        query = update(Message).where(Message.id == a1)
        await scope.session.execute(query.values(confidence=0.75, confidence_method="votes"))
    await client.put(f"/messages/{a2}/feedback", json={"value": -1})
    return conversation_id


async def exported(client: httpx2.AsyncClient, conversation_id: str, wanted: str) -> httpx2.Response:
    response = await client.get(f"/conversations/{conversation_id}/export?format={wanted}")
    assert response.status_code == 200, response.text
    return response


async def imported(client: httpx2.AsyncClient, body: bytes, given: str) -> dict[str, Any]:
    response = await client.post(f"/conversations/import?format={given}", content=body)
    assert response.status_code == 201, response.text
    return response.json()


def comparable(export: bytes) -> Any:
    """An own export without what must differ: ids by their place, the time of the export."""
    whole = json.loads(export)
    places = {m["id"]: i for i, m in enumerate(whole["messages"])}
    files = {f["id"]: i for i, f in enumerate(whole["files"])}
    text = json.dumps(whole)
    for known in (places, files, {whole["conversation"]["id"]: "c"}):
        for name, place in known.items():
            text = text.replace(name, f"#{place}")
    whole = json.loads(text)
    del whole["conversation"]["exported_at"]
    return whole


@pytest.mark.parametrize("wanted", ["json", "jsonl"])
async def test_our_own_formats_lose_nothing(
    client: httpx2.AsyncClient, bob: Subject, context: Context, ours: str, wanted: str
) -> None:
    first = await exported(client, ours, wanted)
    assert json.loads(first.headers["mecum-report"]) == {"messages": 3, "parts": 9, "notes": []}
    before = comparable((await exported(client, ours, "json")).content)
    assert before["messages"][1]["confidence"] == 0.75
    assert before["messages"][2]["feedback"] == -1
    again = await imported(client, first.content, wanted)
    assert again["report"] == {"messages": 3, "parts": 9, "notes": []}
    assert again["conversation_id"] != ours
    assert comparable((await exported(client, again["conversation_id"], "json")).content) == before
    # Somebody else cannot take the same ids either, and learns nothing of it.
    theirs = await imported(context.client(bob), first.content, wanted)
    assert theirs["conversation_id"] not in (ours, again["conversation_id"])
    await client.delete(f"/conversations/{ours}?purge=true")
    back = await imported(client, first.content, wanted)
    assert back["conversation_id"] == ours
    assert comparable((await exported(client, ours, "json")).content) == before


async def test_markdown(client: httpx2.AsyncClient, ours: str) -> None:
    first = await exported(client, ours, "markdown")
    notes = json.loads(first.headers["mecum-report"])["notes"]
    assert notes == [
        "messages of other branches are left out: 1",
        "files are named, their bytes are left out: 1",
        "messages lose metadata, counts, thumbs or errors: 1",
    ]
    again = await imported(client, first.content, "markdown")
    assert again["report"]["notes"] == ["files are not in it, only their names: 1"]
    before = json.loads((await exported(client, ours, "json")).content)
    after = json.loads((await exported(client, again["conversation_id"], "json")).content)
    assert after["conversation"]["title"] == before["conversation"]["title"]
    assert after["conversation"]["config"]["system_prompt"] == "Be\n---\nbrief."
    was, now = before["messages"], after["messages"]
    assert now[0]["parts"][0] == was[0]["parts"][0]
    assert [p["type"] for p in now[1]["parts"]] == [p["type"] for p in was[1]["parts"]]
    assert now[1]["parts"][:4] == was[1]["parts"][:4]
    assert (now[1]["model"], now[1]["state"], now[1]["created_at"]) == ("m/1", "failed", was[1]["created_at"])


async def test_openai(client: httpx2.AsyncClient, ours: str) -> None:
    first = await exported(client, ours, "openai")
    body = first.json()["messages"]
    assert [m["role"] for m in body] == ["system", "user", "assistant", "tool", "assistant"]
    assert body[1]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert body[2]["tool_calls"][0]["function"]["arguments"] == '{"a": "-->"}'
    again = await imported(client, first.content, "openai")
    after = json.loads((await exported(client, again["conversation_id"], "json")).content)
    assert after["conversation"]["config"]["system_prompt"] == "Be\n---\nbrief."
    assert [m["role"] for m in after["messages"]] == ["user", "assistant", "tool", "assistant"]
    image = after["messages"][0]["parts"][1]
    assert (await client.get(f"/files/{image['file_id']}/content")).content == PNG
    notes = json.loads(first.headers["mecum-report"])["notes"]
    assert notes[0] == "messages of other branches are left out: 1"
    assert "parts of the type reasoning are left out: 1" in notes


@pytest.mark.parametrize("given", ["json", "jsonl"])
async def test_the_assistant_comes_along(client: httpx2.AsyncClient, app: FastAPI, given: str) -> None:
    made = (await client.post("/assistants", json={"name": "Tea"})).json()
    body = {"title": "Which?", "config": {"assistant_id": "tea", "metadata": {"k": 1}}}
    told = (await client.post("/conversations", json=body)).json()
    written = (await client.get(f"/conversations/{told['id']}/export", params={"format": given})).content

    async def brought(body: bytes) -> tuple[dict[str, Any], list[str]]:
        answer = (await client.post("/conversations/import", params={"format": given}, content=body)).json()
        config = (await client.get(f"/conversations/{answer['conversation_id']}")).json()["config"]
        return config, answer["report"]["notes"]

    config, notes = await brought(written)
    assert (config["assistant_id"], config["metadata"], notes) == (made["id"], {"k": 1}, [])
    await client.delete("/assistants/tea")
    config, notes = await brought(written)
    assert (config["assistant_id"], config["metadata"]) == (None, {"k": 1, "assistant_id": made["id"]})
    assert notes == ["assistants that are not here are only named in the metadata: 1"]
    # A slug is not what it was written with: it may be another one's here.
    await client.post("/assistants/tea/restore")
    config, _ = await brought(written.replace(made["id"].encode(), b"tea"))
    assert config["assistant_id"] is None


async def test_text_that_cannot_be_stored_comes_in_as_data(client: httpx2.AsyncClient, app: FastAPI) -> None:
    text = "a\x00b\ud800c"
    whole = {
        "format": "mecum.conversation", "version": 1,
        "conversation": {"title": text, "config": {"metadata": {"k\x00": text}}},
        "messages": [
            {"id": 1, "role": "user", "parts": [{"type": "text", "text": text}]},
            {"id": 2, "parent_id": 1, "role": "assistant", "parts": [
                {"type": "tool_call", "call_id": "c", "name": text, "arguments": ""}, {"type": "hologram", "x": text}]},
        ],
    }  # fmt: skip
    again = await imported(client, json.dumps(whole).encode(), "json")
    after = json.loads((await exported(client, again["conversation_id"], "json")).content)
    assert after["conversation"]["title"] == "a\ufffdb\ufffdc"
    said = after["messages"][0]["parts"][0]
    assert base64.b64decode(said["base64"]).decode("utf-8", "surrogatepass") == text
    assert said["shown"] == "a\ufffdb\ufffdc"
    call, exact, unknown = after["messages"][1]["parts"]
    assert call["name"] == "a\ufffdb\ufffdc"
    for part in (exact, unknown):
        assert text in json.loads(base64.b64decode(part["base64"]).decode("utf-8", "surrogatepass")).values()
    assert len(again["report"]["notes"]) == 3
    wire = await imported(client, json.dumps({"messages": [{"role": "assistant", "content": text}]}).encode(), "openai")
    assert wire["report"]["notes"] == ["texts that cannot be stored as text are kept as data: 1"]


def own(messages: str, conversation: str = "{}") -> bytes:
    head = '{"format":"mecum.conversation","version":1'
    return f'{head},"conversation":{conversation},"messages":[{messages}]}}'.encode()


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ("json", b"not json"),
        ("json", b"[]"),
        ("json", b"\xff"),
        ("json", b'{"format":"mecum.conversation","version":2}'),
        ("json", own('{"id":1,"role":"king","parts":[]}')),
        ("json", own('{"id":1,"parent_id":2,"role":"user","parts":[]}')),
        ("json", own('{"id":1,"parent_id":1,"role":"user","parts":[]}')),
        ("json", own('{"id":1,"role":"user","parts":[]},{"id":"1","role":"user","parts":[]}')),
        ("json", own("", '{"config":{"temperature":NaN}}')),
        ("json", b"[" * 100_000),
        ("jsonl", b""),
        ("jsonl", b'{"type":"message"}'),
        ("openai", b"{}"),
        ("openai", b'[{"role":"king","content":"x"}]'),
        ("openai", b'["x"]'),
        ("markdown", b"\xff\xfe"),
    ],
)
async def test_what_is_no_conversation(client: httpx2.AsyncClient, app: FastAPI, given: str, body: bytes) -> None:
    response = await client.post(f"/conversations/import?format={given}", content=body)
    assert (response.status_code, response.json()["code"]) == (400, "transfer.unreadable")


async def test_plain_markdown(client: httpx2.AsyncClient, app: FastAPI) -> None:
    body = b"# About\n\n## You\n\nHello\n\nthere\n\n## Assistant\n\nHi\n"
    again = await imported(client, body, "markdown")
    page = (await client.get(f"/conversations/{again['conversation_id']}/messages")).json()["items"]
    assert [(m["role"], m["parts"][0]["text"]) for m in page] == [("user", "Hello\n\nthere"), ("assistant", "Hi")]
    alone = await imported(client, b"just words", "markdown")
    assert (await client.get(f"/conversations/{alone['conversation_id']}")).json()["title"] == "just words"


async def test_an_import_is_found_and_too_large_is_refused(client: httpx2.AsyncClient, app: FastAPI) -> None:
    body = json.dumps([{"role": "user", "content": "a xylophone"}]).encode()
    again = await imported(client, body, "openai")
    hits = (await client.get("/search?q=xylophone")).json()["items"]
    assert [hit["conversation_id"] for hit in hits] == [again["conversation_id"]]
    response = await client.post("/conversations/import?format=json", content=b" " * 5_000_001)
    assert response.json()["code"] == "request.too_large"
    assert (await client.get(f"/conversations/{ids.new('cnv')}/export")).status_code == 404
