"""Databases of older servers, in each of their shapes: what is in them comes, what is wrong in them is named."""

import base64

import pytest

from factories.foreign import AFTER, ASSISTANT, BEFORE, NAMED, chat, database, sealed
from factories.imports import ImportDesk
from mecum.domains.transfer.model import Import
from mecum.domains.transfer.repository import ImportRepository

pytestmark = pytest.mark.slow


async def test_exact_bytes(desk: ImportDesk) -> None:
    content = '[{"title":"\\ud83d half","create_time":1,"mapping":{"a":{"id":"a","parent":null,"children":[],"message":'
    content += (
        '{"author":{"role":"user"},"create_time":2,"content":{"content_type":"text","parts":["x\\u0000y \\udc00"]}}}}}]'
    )
    view = await desk.bring({"a.json": content.encode()})
    assert view["imported"] == 2
    [(listed, messages)] = await desk.record()
    assert listed["title"] == "\ufffd half"
    [part] = messages[0]["parts"]
    assert part["type"] == "data"
    assert base64.b64decode(part["base64"]) == b"x\x00y \xed\xb0\x80"


async def test_bytes_that_are_no_text(desk: ImportDesk) -> None:
    body = chat([{"role": "user", "content": b"\xff\xfe raw"}, {"role": "user", "content": "fine"}])
    view = await desk.bring({"chat.db": body})
    assert view["kinds"]["message"]["imported"] == 2
    [(_, messages)] = await desk.record()
    assert messages[0]["parts"][0] == {
        "type": "data",
        "media_type": "application/octet-stream",
        "base64": "//4gcmF3",
        "shown": "\ufffd\ufffd raw",
    }


async def test_after_its_first_phase_and_upgraded_in_place(desk: ImportDesk) -> None:
    conversations = [
        {"id": 1, "title": "Old", "timestamp": "2020-01-01 00:00:00"},
        {
            "id": 2, "title": "New", "timestamp": "2021-01-01 00:00:00", "model_name": "m:1",
            "system_prompt": "Be brief.", "temperature": 0.3, "max_tokens": 99, "metadata": '{"a": [1]}', "uuid": "u-2",
        },
    ]  # fmt: skip
    new = {"conversation_id": 2, "uuid": "u", "model": "m:1"}
    body = chat(
        [
            {"role": "user", "content": "old one", "uuid": None},
            {"role": "user", "content": "root", **new},
            {"role": "assistant", "content": "first", "parent_message_id": 2, "token_count": 7, **new},
            {"role": "assistant", "content": "second", "parent_message_id": 2, "confidence_score": 0.5, **new},
            {"role": "user", "content": "odd", "parent_message_id": 77, "metadata": "not json", **new},
        ],
        conversations,
        shape=AFTER,
    )
    view = await desk.bring({"chat.db": body})
    assert (view["imported"], view["skipped"]) == (7, 0)
    found = {listed["title"]: (listed, messages) for listed, messages in await desk.record()}
    listed, messages = found["New"]
    assert listed["config"]["model"] == "m:1"
    assert listed["config"]["system_prompt"] == "Be brief."
    assert listed["config"]["temperature"] == 0.3
    assert listed["config"]["metadata"]["a"] == [1]
    assert listed["config"]["metadata"]["legacy"] == {"max_tokens": 99}
    assert [message["parent_id"] for message in messages[:3]] == [None, messages[0]["id"], messages[0]["id"]]
    assert messages[3]["parent_id"] == messages[2]["id"]
    assert messages[1]["token_count"] == 7
    assert (messages[2]["confidence"], messages[2]["confidence_method"]) == (0.5, "imported")
    assert messages[3]["metadata"]["legacy"] == {"metadata": "not json"}
    assert "uuid" not in found["Old"][1][0]["metadata"]
    # Integer ids resolve; one that two records have says so.
    await desk.bring({"other.db": chat([{"role": "user", "content": "elsewhere"}], [
        {"id": 2, "title": "Else", "timestamp": "1999-01-01 00:00:00"}], shape=None)})  # fmt: skip
    two = (await desk.get("/imports/origins", original=2))["items"]
    assert len(two) == 2
    assert (await desk.get("/imports/origins", original=1, kind="message"))["items"][-1]["message_id"] is not None


async def test_enums_by_name_and_numbers_as_text(desk: ImportDesk) -> None:
    conversation = {
        "id": 5,
        "title": "T",
        "created_at": "2022-02-02T02:02:02",
        "temperature": "0.7",
        "max_tokens": "512",
    }
    message = {"conversation_id": 5, "message_type": "TEXT", "created_at": "2022-02-02 02:02:03.5"}
    body = database(
        NAMED,
        {
            "conversations": [{**conversation, "is_favourite": 1, "user_id": "u"}],
            "messages": [
                {"role": "USER", "content": "hi", **message},
                {"role": "ASSISTANT", "content": "ho", **message},
            ],
        },
    )
    view = await desk.bring({"app.db": body})
    assert view["imported"] == 3
    [(listed, messages)] = await desk.record()
    assert listed["config"]["temperature"] == 0.7
    assert listed["config"]["metadata"]["legacy"] == {"max_tokens": "512", "is_favourite": 1, "user_id": "u"}
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert messages[0]["created_at"] == "2022-02-02T02:02:03.500Z"
    assert messages[0]["metadata"]["legacy"] == {"message_type": "TEXT"}


async def test_dirt_is_named_and_never_text(desk: ImportDesk) -> None:
    body = chat(
        [
            {"role": "user", "content": "good"},
            {"role": "wizard", "content": "canary1"},
            {"role": "user", "content": "canary2", "conversation_id": 404},
            {"role": "user", "content": "canary3", "timestamp": "0000-00-00"},
            {"role": "assistant", "content": None, "tool_calls": "not json"},
        ]
    )
    view = await desk.bring({"chat.db": body})
    assert {item["ref"] for item in view["reasons"]} == {"messages/2", "messages/3", "messages/4"}
    assert {item["document"]["content"] for item in view["reasons"]} == {"canary1", "canary2", "canary3"}
    for word in ("canary1", "canary2", "canary3"):
        assert await desk.hits(word) == []
    [(_, messages)] = await desk.record()
    assert [message["role"] for message in messages] == ["user", "assistant"]


async def test_a_file_with_its_log_mark_and_damage(desk: ImportDesk) -> None:
    rows_ = {"conversations": [{"id": 1, "title": "T", "timestamp": "2020-01-01 00:00:00"}]}
    view = await desk.bring({"chat.db": database(BEFORE, rows_, wal=True)})
    assert view["imported"] == 1
    damaged = bytearray(chat([{"role": "user", "content": "x" * 9000}]))
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    failed = await desk.bring({"bad.db": bytes(damaged)})
    assert (failed["state"], failed["code"]) == ("failed", "store.not_a_database")


# The older assistant, encrypted


def assistant(secret_key: str, salt: str) -> bytes:
    at = {"created_at": "2026-01-01 00:00:00", "updated_at": "2026-01-01 00:00:00"}
    said = {"role": "user", "timestamp": "2026-01-01 00:00:01", "mode": "chat"}

    def seal(value: str) -> str:
        return sealed(value, secret_key, salt)

    return database(
        ASSISTANT,
        {
            "conversation": [
                {"id": "a", "title": seal("Ganz geheim ☔"), **at},
                {"id": "b", "title": "plain", **at},
            ],
            "message": [
                {"id": "1", "conversation_id": "a", "content": seal("canary ünï"), **said},
                {"id": "2", "conversation_id": "b", "content": seal("second"), **said},
                {"id": "3", "conversation_id": "b", "content": sealed("other", "another", salt), **said},
                {"id": "4", "conversation_id": "b", "content": "readable", **said},
            ],
            "budgetevent": [{"id": 1, "timestamp": "2026-01-01", "category": "llm", "tokens_used": 5}],
        },
    )


async def test_encrypted_with_its_secrets(desk: ImportDesk) -> None:
    body = assistant("k", "s")
    view = await desk.bring({"assistant.db": body}, secret_key="k", salt="s")
    assert [(item["ref"], item["document"]) for item in view["reasons"]] == [("b/3", None)]
    assert "cannot be decrypted" in view["reasons"][0]["reason"]
    found = {listed["title"]: messages for listed, messages in await desk.record()}
    assert found["Ganz geheim ☔"][0]["parts"] == [{"type": "text", "text": "canary ünï"}]
    assert len(found["plain"]) == 2
    # The secrets are gone when the import is over.
    async with desk.context.database.reading(desk.subject) as scope:
        row = await scope.session.get(Import, view["id"])
    assert row is not None
    assert row.secrets is None


@pytest.mark.parametrize("wrong", [{}, {"secret_key": "no", "salt": "s"}])
async def test_encrypted_without_them(desk: ImportDesk, wrong: dict[str, str]) -> None:
    view = await desk.bring({"assistant.db": assistant("k", "s")}, **wrong)
    assert {item["ref"] for item in view["reasons"]} == {"a", "a/1", "b/2", "b/3"}
    assert all(item["document"] is None for item in view["reasons"])
    [(listed, messages)] = await desk.record()
    assert listed["title"] == "plain"
    assert [message["parts"][0]["text"] for message in messages] == ["readable"]
    assert await desk.hits("enc") == []
    # With the secrets, what is missing comes.
    rest = await desk.bring({"assistant.db": assistant("k", "s")}, secret_key="k", salt="s")
    assert rest["kinds"]["message"] == {"found": 4, "imported": 2, "already": 1, "skipped": 1}


async def test_tables_without_a_room_travel_as_documents(desk: ImportDesk) -> None:
    view = await desk.bring({"assistant.db": assistant("k", "s")}, secret_key="k", salt="s")
    assert view["kinds"]["document"]["imported"] == 1
    async with desk.context.database.reading(desk.subject) as scope:
        [document] = await ImportRepository().documents(scope, view["id"], 10)
    assert (document.table, document.ref) == ("budgetevent", "1")
    assert document.body == {"id": 1, "timestamp": "2026-01-01", "category": "llm", "tokens_used": 5}
