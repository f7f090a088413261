"""Real databases and exports of other systems, read as their owners would bring them."""

from typing import Any

import orjson
import pytest

from factories.imports import ImportDesk, data

pytestmark = pytest.mark.slow

EXPORTS = {
    "chatbotui-export.json": (2, 6),
    "chatgpt-export.json": (2, 19),
    "chatgpt-tree.json": (1, 11),
    "librechat-linear.json": (1, 2),
    "librechat-tree.json": (1, 9),
    "openwebui-export.json": (3, 6),
}
"""How many conversations and messages with words are in each."""


def text_of(message: dict[str, Any]) -> str:
    return "".join(part.get("text") or part.get("content") or part.get("shown") or "" for part in message["parts"])


@pytest.mark.parametrize("name", EXPORTS)
async def test_exports_of_others(plain_desk: ImportDesk, name: str) -> None:
    path = data(f"imports/{name}")
    view = await plain_desk.bring_file(path)
    assert view["state"] == "done", view
    conversations, messages = EXPORTS[name]
    assert view["kinds"]["conversation"] == {
        "found": conversations,
        "imported": conversations,
        "already": 0,
        "skipped": 0,
    }
    assert view["kinds"]["message"]["imported"] == messages
    assert view["skipped"] == 0
    assert len(await plain_desk.conversations()) == conversations
    again = await plain_desk.bring_file(path)
    assert (again["imported"], again["already"], again["found"]) == (0, view["found"], view["found"])
    await plain_desk.undo(view["id"])
    assert await plain_desk.conversations() == []


async def test_the_oldest_chat_server(desk: ImportDesk) -> None:
    truth = orjson.loads(data("legacy/chat_v0.truth.json").read_bytes())
    view = await desk.bring_file(data("legacy/chat_v0.db"))
    assert view["format"] == "chat-db"
    reasons = {item["ref"]: item for item in view["reasons"]}
    assert reasons.keys() == {"messages/6", "messages/8", "messages/9"}
    assert "weird_role" in reasons["messages/6"]["reason"]
    assert "9999" in reasons["messages/8"]["reason"]
    assert "time" in reasons["messages/9"]["reason"]
    assert reasons["messages/8"]["document"]["content"] == "orphan: conversation row missing"
    assert (view["found"], view["imported"], view["already"], view["skipped"]) == (12, 9, 0, 3)
    found = {listed["title"]: messages for listed, messages in await desk.record()}
    for conversation in truth["conversations"]:
        wanted = [message for message in conversation["messages"] if message["role"] != "weird_role"]
        messages = found[conversation["title"]]
        assert [message["role"] for message in messages] == [message["role"] for message in wanted]
        for message, expected in zip(messages, wanted, strict=True):
            spoken = [part for part in message["parts"] if part["type"] in ("text", "data", "tool_result")]
            said = "".join(part.get("text") or part.get("content") or part["shown"] for part in spoken)
            assert said == expected["content"].replace("\0", "\ufffd")
    assert await resolved(desk, 3) == [next(c["id"] for c in await desk.conversations() if "Injection" in c["title"])]


async def resolved(desk: ImportDesk, original: int) -> list[str]:
    return [item["conversation_id"] for item in (await desk.get("/imports/origins", original=original))["items"]]


async def test_the_plain_assistant(desk: ImportDesk) -> None:
    truth = orjson.loads(data("legacy/assistant_sqlmodel_plain.truth.json").read_bytes())
    view = await desk.bring_file(data("legacy/assistant_sqlmodel_plain.db"))
    assert view["format"] == "assistant-db"
    assert view["kinds"]["document"] == {"found": 3, "imported": 3, "already": 0, "skipped": 0}
    orphans = [item for item in view["reasons"] if item["kind"] == "message"]
    assert [item["document"]["content"] for item in orphans] == ["keep me"]
    found = {listed["title"]: (listed, messages) for listed, messages in await desk.record()}
    for conversation in truth[:3]:
        listed, messages = found[conversation["title"] or None]
        assert listed["config"]["metadata"].get("tags", []) == conversation["tags"]
        assert [text_of(message) for message in messages] == [m["content"] for m in conversation["messages"]]
        assert [message["token_count"] for message in messages] == [m["tokens"] for m in conversation["messages"]]
    # Its own export says the same, and has the conversation that was deleted in the database.
    exported = await desk.bring_file(data("legacy/assistant_sqlmodel_plain.export.json"))
    assert exported["format"] == "assistant-json"
    assert exported["kinds"]["conversation"] == {"found": 4, "imported": 1, "already": 3, "skipped": 0}
    assert exported["kinds"]["message"] == {"found": 5, "imported": 1, "already": 4, "skipped": 0}
    listed = {one["title"] for one in await desk.conversations()}
    assert listed == {"First chat", "Ünïcödé 🧪 العربية", None, "Deleted follow-up"}


async def test_a_tree_keeps_its_branches_and_its_end(plain_desk: ImportDesk) -> None:
    await plain_desk.bring_file(data("imports/chatgpt-tree.json"))
    [(listed, messages)] = await plain_desk.record()
    assert listed["created_at"] == "2024-05-01T17:37:11.149Z"
    by_id = {message["id"]: message for message in messages}
    roots = [message for message in messages if message["parent_id"] is None]
    assert [text_of(root) for root in roots] == ["hi there"]
    at, branch = listed["leaf_id"], list[str]()
    while at is not None:
        branch.append(text_of(by_id[at]))
        at = by_id[at]["parent_id"]
    assert branch[-1] == "hi there"
    assert branch[1] == "tell me a joke"
    hits = await plain_desk.hits("welcome back")
    assert len(hits) == 1


async def test_citations_and_tools(plain_desk: ImportDesk) -> None:
    await plain_desk.bring_file(data("imports/chatgpt-export.json"))
    parts = [part for _, messages in await plain_desk.record() for message in messages for part in message["parts"]]
    calls = {part["call_id"] for part in parts if part["type"] == "tool_call"}
    results = [part["call_id"] for part in parts if part["type"] == "tool_result"]
    assert calls
    assert set(results) <= calls
    citations = [part for part in parts if part["type"] == "citation"]
    assert citations[0]["url"].startswith("https://www.ultimatespecs.com/")
