"""Conversations as a client reaches them, on every store."""

from typing import Any

import httpx2
import orjson
import pytest

from factories.contexts import MOST_MESSAGE_BYTES, Context
from factories.records import chat, message
from mecum.kernel.subject import Subject


async def made(client: httpx2.AsyncClient, **body: object) -> dict[str, Any]:
    response = await client.post("/conversations", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def ids_of(client: httpx2.AsyncClient, path: str) -> list[str]:
    return [item["id"] for item in (await client.get(path)).json()["items"]]


async def thread(client: httpx2.AsyncClient, conversation_id: str, query: str = "") -> dict[str, Any]:
    return (await client.get(f"/conversations/{conversation_id}/messages{query}")).json()


async def test_make_read_change(client: httpx2.AsyncClient) -> None:
    new = await made(client, title="Holiday", config={"temperature": 0.5, "metadata": {"a": [1, "ü"]}})
    assert new["title_source"] == "person"
    assert new["running"] is False
    path = f"/conversations/{new['id']}"
    assert (await client.get(path)).json() == new
    changed = (await client.patch(path, json={"config": {"model": "a/b", "temperature": None}})).json()
    assert changed["config"] == {
        "assistant_id": None,
        "model": "a/b",
        "temperature": None,
        "system_prompt": None,
        "metadata": {"a": [1, "ü"]},
    }
    assert changed["title"] == "Holiday"
    cleared = (await client.patch(path, json={"title": None, "config": {"metadata": None}})).json()
    assert (cleared["title"], cleared["title_source"], cleared["config"]["metadata"]) == (None, None, {})


@pytest.mark.parametrize(
    "body",
    [
        {"config": {"temperature": 3}},
        {"title": ""},
        {"title": "a\x00b"},
        {"unknown": 1},
        {"config": {"metadata": {"x": "y" * 70_000}}},
    ],
)
async def test_what_cannot_be(client: httpx2.AsyncClient, body: dict[str, object]) -> None:
    assert (await client.post("/conversations", json=body)).status_code == 400


async def test_surrogates_are_refused_not_broken(client: httpx2.AsyncClient) -> None:
    for body in (b'{"config":{"metadata":{"a":"\\ud800"}}}', b'{"title":"\\udc00"}'):
        response = await client.post("/conversations", content=body, headers={"content-type": "application/json"})
        assert response.status_code == 400, body


async def test_the_list_is_in_order_of_activity_and_paged(
    context: Context, client: httpx2.AsyncClient, ada: Subject
) -> None:
    made_ids = [(await chat(context.database, ada, "x", last_activity_at=at))[0] for at in (5, 9, 9, 7, 1)]
    await chat(context.database, ada, "api", listed=False)
    expected = sorted(made_ids, key=lambda i: ((5, 9, 9, 7, 1)[made_ids.index(i)], i), reverse=True)
    assert await ids_of(client, "/conversations") == expected
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get(f"/conversations?limit=2{f'&cursor={cursor}' if cursor else ''}")).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == expected
    assert (await client.get("/conversations?cursor=nonsense")).json()["code"] == "paging.bad_cursor"


async def test_thread_pages(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    conversation_id, messages = await chat(context.database, ada, *[f"m{i}" for i in range(7)])
    first = await thread(client, conversation_id, "?limit=3")
    second = await thread(client, conversation_id, f"?limit=3&cursor={first['next_cursor']}")
    third = await thread(client, conversation_id, f"?limit=3&cursor={second['next_cursor']}")
    assert [[m["id"] for m in page["items"]] for page in (third, second, first)] == [
        messages[:1],
        messages[1:4],
        messages[4:],
    ]
    assert third["next_cursor"] is None
    view = first["items"][0]
    assert view["siblings"] == {"index": 1, "count": 1, "ids": [messages[4]]}
    assert view["parts"] == [{"type": "text", "text": "m4"}]
    assert (await client.get(f"/messages/{messages[4]}")).json() == view


async def test_branches(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    conversation_id, (u1, a1, u2, a2) = await chat(context.database, ada, "u1", "a1", "u2", "a2")
    b1, op1 = message(conversation_id, "b1", role="assistant", parent_id=u1)
    v2, op2 = message(conversation_id, "v2", parent_id=b1)
    await context.database.commit([op1, op2])
    path = f"/conversations/{conversation_id}"
    page = await thread(client, conversation_id)
    assert [m["id"] for m in page["items"]] == [u1, a1, u2, a2]
    assert page["items"][1]["siblings"] == {"index": 1, "count": 2, "ids": [a1, b1]}
    switched = (await client.patch(path, json={"leaf_id": b1})).json()
    assert switched.get("leaf_id") == v2, switched
    assert [m["id"] for m in (await thread(client, conversation_id))["items"]] == [u1, b1, v2]
    assert (await client.patch(path, json={"leaf_id": a1})).json()["leaf_id"] == a2
    assert (await client.patch(path, json={"leaf_id": u1})).json()["leaf_id"] == v2
    assert [m["id"] for m in (await thread(client, conversation_id, f"?leaf={u2}"))["items"]] == [u1, a1, u2]
    other, (foreign,) = await chat(context.database, ada, "elsewhere")
    assert (await client.patch(path, json={"leaf_id": foreign})).json()["code"] == "message.not_found"
    for leaf in (foreign, "msg_0000000000000"):
        missing = await client.get(f"{path}/messages?leaf={leaf}")
        assert (missing.status_code, missing.json()["code"]) == (404, "message.not_found")
    assert other != conversation_id


async def test_a_thread_with_answers_being_made(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    conversation_id, (u1, a1, u2) = await chat(context.database, ada, "u1", "a1", "u2")
    run = await context.active.begin(ada, conversation_id, u2)
    u3, op = message(conversation_id, "u3", parent_id=run["message_id"])
    await context.database.commit([op])
    queued = await context.active.begin(ada, conversation_id, u3, status="queued")
    path = f"/conversations/{conversation_id}"
    assert (await client.patch(path, json={"leaf_id": queued["message_id"]})).json()["running"] is True
    page = await thread(client, conversation_id)
    assert [m["id"] for m in page["items"]] == [u1, a1, u2, u3]
    assert [r["id"] for r in page["runs"]] == [run["id"], queued["id"]]
    here, context.active.runs = context.active.runs, []
    assert [m["id"] for m in (await thread(client, conversation_id))["items"]] == [u1, a1, u2, u3]
    context.active.runs = here
    paged = await thread(client, conversation_id, "?limit=1")
    assert [m["id"] for m in paged["items"]] == [u3]
    paged = await thread(client, conversation_id, f"?limit=5&cursor={paged['next_cursor']}")
    assert [m["id"] for m in paged["items"]] == [u1, a1, u2]
    assert (await client.patch(path, json={"leaf_id": u1})).json()["leaf_id"] == queued["message_id"]
    again = await context.active.begin(ada, conversation_id, u1)
    assert (await client.patch(path, json={"leaf_id": u1})).json()["leaf_id"] == again["message_id"]
    assert (await client.get("/conversations")).json()["items"][0]["running"] is True


async def test_thumbs(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    conversation_id, (_, a1) = await chat(context.database, ada, "u1", "a1")
    for value in (1, -1, None):
        response = await client.put(f"/messages/{a1}/feedback", json={"value": value})
        assert response.json()["feedback"] == value
        assert (await thread(client, conversation_id))["items"][1]["feedback"] == value
    assert (await client.put(f"/messages/{a1}/feedback", json={"value": 2})).status_code == 400
    assert (await client.put("/messages/msg_0/feedback", json={"value": 1})).status_code == 404


async def test_a_waiting_message_can_be_changed(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    conversation_id, (u1,) = await chat(context.database, ada, "first words")
    context.services.indexer.add(u1, "first words")
    run = await context.active.begin(ada, conversation_id, u1, status="queued")
    response = await client.patch(f"/messages/{u1}", json={"text": " second\n words "})
    assert response.json()["parts"] == [{"type": "text", "text": " second\n words "}]
    assert len((await client.get("/search?q=second")).json()["items"]) == 1
    assert (await client.get("/search?q=first")).json()["items"] == []
    for text, code in (
        ("", "message.empty"),
        ("a\x00", "message.unstorable"),
        ("x" * (MOST_MESSAGE_BYTES + 1), "message.too_large"),
    ):
        assert (await client.patch(f"/messages/{u1}", json={"text": text})).json()["code"] == code
    run["status"] = "running"
    refused = await client.patch(f"/messages/{u1}", json={"text": "third"})
    assert (refused.status_code, refused.json()["code"]) == (409, "message.not_editable")


async def test_fork(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    conversation_id, (u1, a1, _) = await chat(context.database, ada, "u1 words", "a1", "u2", title="T", model="m/x")
    fork = (await client.post(f"/conversations/{conversation_id}/fork", json={"message_id": a1})).json()
    assert (fork["title"], fork["config"]["model"]) == ("T", "m/x")
    items = (await thread(client, str(fork["id"])))["items"]
    assert [m["parts"][0]["text"] for m in items] == ["u1 words", "a1"]
    assert not {m["id"] for m in items} & {u1, a1}
    assert fork["leaf_id"] == items[-1]["id"]
    hits = (await client.get("/search?q=words")).json()["items"]
    assert [hit["conversation_id"] for hit in hits] == [fork["id"]]
    missing = await client.post(f"/conversations/{conversation_id}/fork", json={"message_id": "msg_0"})
    assert missing.json()["code"] == "message.not_found"


async def test_search(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    text = "Before that, nothing. " * 20 + "The Ferry leaves at nine; the ferry waits."
    conversation_id, (u1, a1) = await chat(context.database, ada, text, "ferries", title="Sea")
    for message_id, said in ((u1, text), (a1, "ferries")):
        context.services.indexer.add(message_id, said)
    await context.services.indexer.settle()
    (hit,) = (await client.get("/search", params={"q": "ferry nine"})).json()["items"]
    assert (hit["conversation_id"], hit["conversation_title"], hit["message_id"]) == (conversation_id, "Sea", u1)
    assert [piece["text"] for piece in hit["snippet"] if piece["hit"]] == ["Ferry", "nine", "ferry"]
    assert "".join(piece["text"] for piece in hit["snippet"]).startswith("…")
    by_prefix = (await client.get("/search", params={"q": "ferr", "limit": 1})).json()
    assert [hit["message_id"] for hit in by_prefix["items"]] == [a1]
    rest = (await client.get("/search", params={"q": "ferr", "limit": 1, "cursor": by_prefix["next_cursor"]})).json()
    assert ([hit["message_id"] for hit in rest["items"]], rest["next_cursor"]) == ([u1], None)
    for nothing in ("", "?!", '""', "\x00", "zebra"):
        assert (await client.get("/search", params={"q": nothing})).json()["items"] == []
    await client.delete(f"/conversations/{conversation_id}")
    assert (await client.get("/search", params={"q": "ferry"})).json()["items"] == []


async def test_trash_and_restore(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    conversation_id, (u1,) = await chat(context.database, ada, "u1")
    await context.active.begin(ada, conversation_id, u1)
    path = f"/conversations/{conversation_id}"
    assert (await client.delete(path)).status_code == 204
    assert context.active.runs == []
    for gone in (path, f"{path}/messages", f"/messages/{u1}"):
        assert (await client.get(gone)).status_code == 404
    assert (await client.patch(path, json={"title": "x"})).status_code == 404
    assert (await client.delete(path)).status_code == 404
    assert await ids_of(client, "/conversations") == []
    assert await ids_of(client, "/conversations?deleted=true") == [conversation_id]
    restored = (await client.post(f"{path}/restore")).json()
    assert (restored["id"], restored["deleted_at"]) == (conversation_id, None)
    assert await ids_of(client, "/conversations?deleted=true") == []
    assert (await client.get(f"/messages/{u1}")).status_code == 200


async def test_who_deleted_it_hears_that_it_is_in_the_trash_and_a_stranger_nothing(
    context: Context, client: httpx2.AsyncClient, ada: Subject, bob: Subject
) -> None:
    made = (await client.post("/conversations", json={})).json()["id"]
    await client.delete(f"/conversations/{made}")
    asks: list[tuple[str, str, Any]] = [
        ("GET", f"/conversations/{made}", None),
        ("GET", f"/conversations/{made}/messages", None),
        ("PATCH", f"/conversations/{made}", {"title": "x"}),
        ("DELETE", f"/conversations/{made}", None),
    ]
    async with context.client(bob) as his:
        for method, path, body in asks:
            for who, code in ((client, "conversation.in_trash"), (his, "conversation.not_found")):
                answered = await who.request(method, path, json=body)
                assert (answered.status_code, answered.json()["code"]) == (404, code), path
    await client.delete(f"/conversations/{made}?purge=true")
    assert (await client.get(f"/conversations/{made}")).json()["code"] == "conversation.not_found"


async def test_the_trash_is_emptied(context: Context, client: httpx2.AsyncClient, ada: Subject, bob: Subject) -> None:
    kept, _ = await chat(context.database, ada, "kept")
    for text in ("one", "two"):
        conversation_id, _ = await chat(context.database, ada, text)
        await client.delete(f"/conversations/{conversation_id}")
    bobs, _ = await chat(context.database, bob, "bob's")
    await context.client(bob).delete(f"/conversations/{bobs}")
    nothing = {"purged": 0, "conversations": 0, "assistants": 0, "projects": 0}
    assert (await client.delete("/trash")).json() == {**nothing, "purged": 2, "conversations": 2}
    assert (await client.delete("/trash")).json() == nothing
    assert await ids_of(client, "/conversations") == [kept]
    assert await ids_of(context.client(bob), "/conversations?deleted=true") == [bobs]


async def test_the_trash_is_emptied_of_assistants_and_projects_too(
    context: Context, ada: Subject, bob: Subject
) -> None:
    for subject in (ada, bob):
        theirs = context.client(subject)
        for name in ("One", "Two"):
            await theirs.post("/assistants", json={"name": name})
            await theirs.post("/projects", json={"name": name})
        assert (await theirs.delete("/assistants/one")).status_code == 204
        assert (await theirs.delete("/projects/One")).status_code == 200
    client = context.client(ada)
    conversation_id, _ = await chat(context.database, ada, "one")
    await client.delete(f"/conversations/{conversation_id}")
    assert (await client.delete("/trash?only=tables")).status_code == 400
    only = (await client.delete("/trash?only=assistants")).json()
    assert only == {"purged": 1, "conversations": 0, "assistants": 1, "projects": 0}
    rest = (await client.delete("/trash")).json()
    assert rest == {"purged": 2, "conversations": 1, "assistants": 0, "projects": 1}
    for kind in ("assistants", "projects"):
        assert (await client.get(f"/{kind}?deleted=true")).json()["items"] == []
        assert [one["name"] for one in (await client.get(f"/{kind}")).json()["items"]] == ["Two"]
        # What is somebody else's stays.
        bobs = (await context.client(bob).get(f"/{kind}?deleted=true")).json()["items"]
        assert [one["name"] for one in bobs] == ["One"]
    assert (await client.post("/assistants/one/restore")).status_code == 404


async def test_everything_is_told(context: Context, client: httpx2.AsyncClient, ada: Subject) -> None:
    told: list[str] = []
    context.channel.listen(ada.person_id, lambda news: told.append(orjson.loads(news.body)["type"]))
    new = await made(client)
    path = f"/conversations/{new['id']}"
    await client.patch(path, json={"title": "x"})
    await client.delete(path)
    await client.post(f"{path}/restore")
    await client.delete(f"{path}?purge=true")
    assert told == [f"conversation.{kind}" for kind in ("created", "updated", "deleted", "restored", "purged")]
