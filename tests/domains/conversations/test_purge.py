"""Purge leaves no bytes: not in the store, the words, the runs, the journal, the blobs, the log."""

import gzip
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import update

from factories.contexts import Context
from factories.records import chat, message
from mecum.domains.conversations.errors import ConversationBusy
from mecum.domains.conversations.model import Conversation
from mecum.domains.conversations.repository import attach
from mecum.domains.runs.repository import append_journal, hold_request_part
from mecum.kernel import clock
from mecum.kernel.subject import Subject

CANARY = "canary7zq4"
# Inside an index a word may be kept without what it shares with its neighbour.
TRACES = (CANARY.encode(), CANARY[3:].encode(), gzip.compress(CANARY.encode())[10:-8])


def traces(folder: Path) -> list[str]:
    """Return the files in which anything of the canary can be read."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(trace in path.read_bytes() for trace in TRACES)]


async def planted(context: Context, ada: Subject) -> str:
    """Store the canary everywhere a conversation leaves something; return the conversation."""
    client = context.client(ada)
    texts = [f"{CANARY} one", f"the answer is {CANARY}", "and more"]
    conversation_id, message_ids = await chat(context.database, ada, *texts, title=f"About {CANARY}")
    for message_id, text in zip(message_ids, texts, strict=True):
        context.services.indexer.add(message_id, text)
    await context.services.indexer.settle()
    file = (await client.post(f"/files?name={CANARY}.txt", content=f"{CANARY}\n".encode() * 1000)).json()
    held, op = message(conversation_id, parts=[{"type": "file", "file_id": file["id"], "name": CANARY}])
    run = await context.active.begin(ada, conversation_id, message_ids[2])
    digest = b"0123456789abcdef"
    body = orjson.dumps({"content": CANARY}).decode()
    await context.database.commit(
        [
            op,
            attach(held, file["id"]),
            hold_request_part("org_0000000000001", digest, body),
            append_journal(1, 1, 0, CANARY.encode()),
        ]
    )
    request = orjson.dumps({"parts": [digest.hex()]}).decode()
    await context.active.settle(run, request=request, error=orjson.dumps({"message": CANARY}).decode())
    await client.put(f"/messages/{message_ids[1]}/feedback", json={"value": 1})
    return conversation_id


async def test_no_bytes_stay(plain_context: Context, ada: Subject) -> None:
    for i in range(40):
        _, (kept,) = await chat(plain_context.database, ada, f"canary canaries canary{i} neighbours")
        plain_context.services.indexer.add(kept, f"canary canaries canary{i} neighbours")
    conversation_id = await planted(plain_context, ada)
    folder = plain_context.store.folder
    assert traces(folder)
    client = plain_context.client(ada)
    await client.delete(f"/conversations/{conversation_id}")
    assert (await client.delete("/trash")).json()["purged"] == 1
    assert traces(folder) == []
    assert await plain_context.database.check() == "ok"
    assert len((await client.get("/search?q=neighbours&limit=100")).json()["items"]) == 40
    assert plain_context.active.scrubbed == 1


async def test_nothing_is_found_any_more(context: Context, ada: Subject) -> None:
    conversation_id = await planted(context, ada)
    client = context.client(ada)
    assert (await client.delete(f"/conversations/{conversation_id}?purge=true")).status_code == 204
    assert (await client.delete(f"/conversations/{conversation_id}?purge=true")).status_code == 404
    assert (await client.get(f"/search?q={CANARY}")).json()["items"] == []
    async with context.database.engine.connect() as connection:
        for table in (
            "conversations",
            "messages",
            "runs",
            "request_parts",
            "feedback",
            "attachments",
            "files",
            "blobs",
            "journal",
        ):
            rows = (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one()
            assert rows == 0, table


async def test_request_parts_stay_as_long_as_another_run_holds_them(context: Context, ada: Subject) -> None:
    digest, counts = b"fedcba9876543210", list[int]()
    conversation_ids: list[str] = []
    for _ in range(2):
        conversation_id, (u1,) = await chat(context.database, ada, "x")
        run = await context.active.begin(ada, conversation_id, u1)
        await context.database.commit([hold_request_part("org_0000000000001", digest, "{}")])
        await context.active.settle(run, request=orjson.dumps({"parts": [digest.hex()]}).decode())
        conversation_ids.append(conversation_id)
    for conversation_id in conversation_ids:
        await context.services.removal.purge(ada, conversation_id)
        async with context.database.engine.connect() as connection:
            counts.append((await connection.exec_driver_sql("SELECT count(*) FROM request_parts")).scalar_one())
    assert counts == [1, 0]


async def test_an_unfinished_answer_is_stopped_first(context: Context, ada: Subject) -> None:
    conversation_id, (u1,) = await chat(context.database, ada, "x")
    await context.active.begin(ada, conversation_id, u1)
    await context.services.removal.purge(ada, conversation_id)
    assert context.active.runs == []


async def test_what_does_not_stop_is_refused(context: Context, ada: Subject) -> None:
    conversation_id, (u1,) = await chat(context.database, ada, "x")
    await context.active.begin(ada, conversation_id, u1)
    context.active.runs.clear()
    with pytest.raises(ConversationBusy):
        await context.services.removal.purge(ada, conversation_id)
    assert (await context.client(ada).get(f"/conversations/{conversation_id}")).status_code == 200


async def test_the_trash_is_kept_for_thirty_days(context: Context, ada: Subject, eve: Subject) -> None:
    ages = {29: ada, 31: ada, 40: eve}
    conversation_ids: dict[int, str] = {}
    for days, subject in ages.items():
        conversation_ids[days], _ = await chat(context.database, subject, "x")
        async with context.database.writing(subject) as scope:
            query = update(Conversation).where(Conversation.id == conversation_ids[days])
            await scope.session.execute(query.values(deleted_at=clock.now() - timedelta(days=days)))
    assert await context.services.removal.expire() == 2
    listed = (await context.client(ada).get("/conversations?deleted=true")).json()["items"]
    assert [item["id"] for item in listed] == [conversation_ids[29]]
    assert await context.services.removal.expire() == 0
