"""Exports of other products with their files; and files that nobody should have to trust."""

import io
import zipfile
from typing import Any

import pytest

from factories.foreign import archive, as_json, chatgpt
from factories.imports import ImportDesk, rows, talks

pytestmark = pytest.mark.slow

CLAUDE: dict[str, Any] = {
    "uuid": "c1",
    "name": "With tools",
    "created_at": "2025-03-01T10:00:00.000000Z",
    "updated_at": "2025-03-01T10:05:00Z",
    "account": {"uuid": "me"},
    "chat_messages": [
        {
            "uuid": "m1",
            "sender": "human",
            "text": "look",
            "content": [{"type": "text", "text": "look"}],
            "created_at": "2025-03-01T10:00:01Z",
            "attachments": [{"file_name": "notes.txt", "file_size": 5, "extracted_content": "words"}],
            "files": [{"file_name": "photo.png"}],
        },
        {
            "uuid": "m2",
            "sender": "assistant",
            "text": "",
            "created_at": "2025-03-01T10:00:02Z",
            "content": [
                {"type": "thinking", "thinking": "hm"},
                {"type": "tool_use", "id": "t1", "name": "search", "input": {"q": "x"}},
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "name": "search",
                    "content": [{"type": "text", "text": "r"}],
                },
                {"type": "text", "text": "done", "citations": [{"url": "https://e.org", "title": "E"}]},
            ],
        },
        {"uuid": "m3", "sender": "gnome", "text": "?", "created_at": "2025-03-01T10:00:03Z", "content": []},
    ],
}


async def test_claude(desk: ImportDesk) -> None:
    body = archive({"conversations.json": as_json([CLAUDE]), "users.json": as_json([{"uuid": "me"}])})
    view = await desk.bring({"claude.zip": body})
    assert view["format"] == "claude"
    assert view["kinds"]["file"] == {"found": 2, "imported": 1, "already": 0, "skipped": 1}
    assert view["kinds"]["document"]["imported"] == 1
    [(listed, messages)] = await desk.record()
    assert listed["title"] == "With tools"
    kinds = [part["type"] for part in messages[1]["parts"]]
    assert kinds == ["reasoning", "tool_call", "tool_result", "text", "citation"]
    assert messages[1]["parts"][1]["arguments"] == '{"q": "x"}'
    [file] = [part for part in messages[0]["parts"] if part["type"] == "file"]
    content = await desk.client.get(f"/files/{file['file_id']}/content")
    assert content.content == b"words"
    again = await desk.bring({"claude.zip": body})
    assert again["imported"] == 0
    assert (await rows(desk))["files"] == 1
    await desk.undo(view["id"])
    assert (await rows(desk))["files"] == (await rows(desk))["blobs"] == 0


async def test_chatgpt_archive_with_shards_and_attachments(desk: ImportDesk) -> None:
    png = bytes.fromhex("89504e470d0a1a0a") + b"rest"
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-Abc", "size_bytes": 12}
    lost = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_lost", "size_bytes": 12}
    shown = {"content_type": "multimodal_text", "parts": [picture, "what is it?", lost]}
    members = {
        "conversations-000.json": as_json([chatgpt("c", ("user", shown), ("assistant", "a cat"))]),
        "conversations-001.json": as_json([chatgpt("d", ("user", {"content_type": "code", "text": "print(1)"}))]),
        "file-Abc-cat.png": png,
        "user.json": as_json({"id": "u"}),
        "chat.html": b"<html></html>",
    }
    view = await desk.bring({"export.zip": archive(members)})
    assert view["kinds"]["conversation"]["imported"] == 2
    assert view["kinds"]["file"] == {"found": 3, "imported": 1, "already": 0, "skipped": 2}
    assert {item["ref"] for item in view["reasons"]} == {"c/file_lost", "chat.html"}
    messages = next(messages for _, messages in await desk.record() if len(messages) == 2)
    assert [part["type"] for part in messages[0]["parts"]] == ["image", "text", "text"]
    assert messages[0]["parts"][0]["media_type"] == "image/png"


async def test_hostile_archives(desk: ImportDesk) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("conversations.json", as_json([chatgpt("c", ("user", "fine"))]))
        made.writestr("../../etc/cron.d/evil", b"x")
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("bomb.json", b"[" + b" " * (40 << 20) + b"]")
    view = await desk.bring({"export.zip": body.getvalue()})
    reasons = {item["ref"]: item["reason"] for item in view["reasons"]}
    assert reasons.keys() == {"../../etc/cron.d/evil", "link", "bomb.json"}
    assert "leads out" in reasons["../../etc/cron.d/evil"]
    assert "link" in reasons["link"]
    assert "far larger" in reasons["bomb.json"]
    assert view["kinds"]["message"]["imported"] == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"{}", b"[1]", b'{"a"', b"PK\x03\x04rest", b"\x80\x04\x95pickle", b"[" * 100_000,
        b"SQLite format 3\x00x",
    ],
)  # fmt: skip
async def test_what_no_reader_knows(plain_desk: ImportDesk, body: bytes) -> None:
    if not body:
        answer = await plain_desk.client.post("/imports/files", params={"name": "x"}, content=body)
        assert answer.status_code == 400
        return
    view = await plain_desk.bring({"x.json": body})
    assert view["state"] == "failed"
    assert view["code"] in ("import.format_unknown", "import.unreadable", "store.not_a_database")
    assert view["detail"]
    assert (await rows(plain_desk))["files"] == 0


async def test_a_file_that_breaks_off_keeps_what_was_read(plain_desk: ImportDesk) -> None:
    body = as_json(talks(40))
    view = await plain_desk.bring({"a.json": body[: len(body) // 2]})
    assert (view["state"], view["code"]) == ("failed", "import.unreadable")
    assert 0 < len(await plain_desk.conversations()) < 40
    whole = await plain_desk.bring({"a.json": body})
    assert whole["state"] == "done"
    assert whole["already"] > 0
    assert len(await plain_desk.conversations()) == 40
