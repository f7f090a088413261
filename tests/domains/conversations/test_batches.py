"""Tags, the archive, searches with filters, and changes of many conversations at once, as a client reaches them."""

from typing import Any

import httpx2
import pytest

from factories.contexts import Context
from factories.records import chat
from mecum.kernel import ids, paging
from mecum.kernel.subject import Subject

pytestmark = pytest.mark.slow

_NEW_YEAR = 1_767_225_600_000
"""2026-01-01 in UTC."""


async def listed(client: httpx2.AsyncClient, query: str = "") -> list[str]:
    response = await client.get(f"/conversations{query}")
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


async def found(client: httpx2.AsyncClient, q: str, **more: Any) -> list[str]:
    """The conversations of the hits."""
    response = await client.get("/search", params={"q": q, **more})
    assert response.status_code == 200, response.text
    return [item["conversation_id"] for item in response.json()["items"]]


async def batch(client: httpx2.AsyncClient, action: str, *chosen: str, **more: Any) -> dict[str, Any]:
    response = await client.post("/conversations/batches", json={"action": action, "ids": chosen, **more})
    assert response.status_code == 200, response.text
    return response.json()


async def undo(client: httpx2.AsyncClient, batch_id: str) -> httpx2.Response:
    return await client.post(f"/conversations/batches/{batch_id}/undo")


async def said(context: Context, subject: Subject, *texts: str, **values: Any) -> str:
    """A conversation whose words can be found."""
    conversation_id, message_ids = await chat(context.database, subject, *texts, **values)
    for message_id, text in zip(message_ids, texts, strict=True):
        context.services.indexer.add(message_id, text)
    await context.services.indexer.settle()
    return conversation_id


async def test_tags_of_one_conversation(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    one, _ = await chat(context.database, ada, "x")
    changed = (await client.patch(f"/conversations/{one}", json={"tags": ["Work", "to  do", "WORK"]})).json()
    assert changed["tags"] == ["to do", "Work"]
    assert (await client.get("/conversations/tags")).json()["items"] == [
        {"name": "to do", "conversations": 1},
        {"name": "Work", "conversations": 1},
    ]
    assert await listed(client, "?tag=work") == [one]
    assert await listed(client, "?tag=TO DO") == [one]
    assert await listed(client, "?tag=other") == []
    for bad in ([""], ["  "], ["a\x00"], ["x" * 61], [str(i) for i in range(31)]):
        refused = await client.patch(f"/conversations/{one}", json={"tags": bad})
        assert refused.status_code in (400, 413, 422, 429), bad
        assert refused.json()["code"] in ("request.invalid", "conversation.too_many_tags")
    assert (await client.get(f"/conversations/{one}")).json()["tags"] == ["to do", "Work"]


async def test_the_archive(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    one, two = [await said(context, ada, f"word {i}") for i in range(2)]
    changed = (await client.patch(f"/conversations/{one}", json={"archived": True})).json()
    assert changed["archived_at"] is not None
    assert await listed(client) == [two]
    assert await listed(client, "?archived=true") == [one]
    assert await found(client, "word") == [two, one]
    assert await found(client, "word is:archived") == [one]
    assert await found(client, "word -is:archived") == [two]
    await client.delete(f"/conversations/{one}")
    assert await listed(client, "?archived=true") == []
    await client.post(f"/conversations/{one}/restore")
    assert await listed(client, "?archived=true") == [one]
    assert (await client.patch(f"/conversations/{one}", json={"archived": False})).json()["archived_at"] is None


async def test_a_search_with_filters(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    old = await said(context, ada, "ferry one", "ferry answer")
    tagged = await said(context, ada, "ferry two")
    await client.patch(f"/conversations/{tagged}", json={"tags": ["Work"]})
    assert await found(client, "ferry tag:work") == [tagged]
    assert await found(client, "ferry -tag:work") == [old, old]
    assert await found(client, "ferry from:assistant") == [old]
    assert await found(client, "ferry after:2020") == [tagged, old, old]
    assert await found(client, "ferry before:2020") == []
    assert await found(client, "tag:work") == [tagged]
    assert await found(client, "from:assistant") == [old]
    assert await found(client, "after:2020") == [tagged, old]
    assert await found(client, "after:2020", limit=1) == [tagged]
    page = (await client.get("/search", params={"q": "after:2020", "limit": 1})).json()
    assert await found(client, "after:2020", limit=1, cursor=page["next_cursor"]) == [old]
    for query, code in (("after:soon", "search.filter"), ("is:what", "search.filter")):
        assert (await client.get("/search", params={"q": query})).json()["code"] == code
    refused = await client.get("/search", params={"q": "after:2020", "zone": "Nowhere/Land"})
    assert refused.json()["code"] == "search.zone"


async def test_a_search_by_assistant(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    for slug, name in (("letters", "Short Letters"), ("cafe", "Café"), ("cafe-2", "CAFE")):
        made = await client.post("/assistants", json={"name": name, "slug": slug})
        assert made.status_code == 201, made.text
    plain, one, two, three = [await said(context, ada, "数据库 ferry") for _ in range(4)]
    for conversation_id, slug in ((one, "letters"), (two, "cafe"), (three, "cafe-2")):
        config = {"config": {"assistant_id": slug}}
        assert (await client.patch(f"/conversations/{conversation_id}", json=config)).status_code == 200
    for words in ("", "ferry ", "数据 "):
        assert await found(client, words + "assistant:letters") == [one]
        assert await found(client, words + 'assistant:"short  letters"') == [one]
        assert await found(client, words + "assistant:cafe") == [two]
        assert await found(client, words + "assistant:CAFÉ") == [three, two]
        assert await found(client, words + "-assistant:letters") == [three, two, plain]
        assert await found(client, words + "assistant:letters -assistant:cafe") == [one]
        assert await found(client, words + "assistant:letters assistant:cafe") == []
    refused = (await client.get("/search", params={"q": "ferry assistant:nobody"})).json()
    assert (refused["code"], refused["filter"], refused["value"]) == ("search.filter", "assistant", "nobody")
    assert refused["detail"] == "There is no assistant called `nobody`."


async def test_somebody_elses_assistant_is_no_filter(context: Context, ada: Subject, bob: Subject) -> None:
    async with context.client(bob) as his:
        assert (await his.post("/assistants", json={"name": "His", "slug": "his"})).status_code == 201
    async with context.client(ada) as hers:
        assert (await hers.get("/search", params={"q": "assistant:his"})).json()["code"] == "search.filter"


async def test_cursors_of_strangers(client: httpx2.AsyncClient) -> None:
    for position in ((1, 2), (1, 2, 3, 4), ("a", 2, 0), (2**63, 0, 0), (-(2**63), 0, 0)):
        for query in ("word", "after:2020"):
            response = await client.get("/search", params={"q": query, "cursor": paging.encode(*position)})
            assert response.json()["code"] == "paging.bad_cursor", position


async def test_many_are_tagged_and_it_is_undone(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    one, two = [(await chat(context.database, ada, "x"))[0] for _ in range(2)]
    await client.patch(f"/conversations/{one}", json={"tags": ["old", "kept"]})
    gone = ids.new("cnv")
    done = await batch(client, "tag", one, two, gone, one, add=["new"], remove=["OLD"])
    assert done["changed"] == [one, two]
    assert [(item["id"], item["code"]) for item in done["skipped"]] == [(gone, "conversation.not_found")]
    assert (await client.get(f"/conversations/{one}")).json()["tags"] == ["kept", "new"]
    assert (await client.get(f"/conversations/{two}")).json()["tags"] == ["new"]
    assert (await undo(client, done["id"])).json()["changed"] == [one, two]
    assert (await client.get(f"/conversations/{one}")).json()["tags"] == ["kept", "old"]
    assert (await client.get(f"/conversations/{two}")).json()["tags"] == []
    assert (await undo(client, done["id"])).json()["code"] == "conversation.batch_undone"
    assert (await undo(client, ids.new("bat"))).json()["code"] == "conversation.batch_not_found"


async def test_many_are_renamed(client: httpx2.AsyncClient, context: Context, ada: Subject) -> None:
    values = {"title_source": "auto", "last_activity_at": _NEW_YEAR}
    one, two = [(await chat(context.database, ada, "x", title=t, **values))[0] for t in ("{n}", "Rome")]
    done = await batch(client, "rename", one, two, title="{date} {n}: {title}")
    views = [(await client.get(f"/conversations/{i}")).json() for i in (one, two)]
    assert [view["title"] for view in views] == ["2026-01-01 1: {n}", "2026-01-01 2: Rome"]
    assert {view["title_source"] for view in views} == {"person"}
    await undo(client, done["id"])
    views = [(await client.get(f"/conversations/{i}")).json() for i in (one, two)]
    assert [(view["title"], view["title_source"]) for view in views] == [("{n}", "auto"), ("Rome", "auto")]


@pytest.mark.parametrize(
    ("action", "where", "back"),
    [("archive", "?archived=true", ""), ("delete", "?deleted=true", "")],
)
async def test_many_are_put_away(
    client: httpx2.AsyncClient, context: Context, ada: Subject, action: str, where: str, back: str
) -> None:
    chosen = [(await chat(context.database, ada, "x"))[0] for _ in range(3)]
    done = await batch(client, action, *chosen)
    assert sorted(await listed(client, where)) == sorted(chosen)
    assert await listed(client) == []
    assert sorted((await undo(client, done["id"])).json()["changed"]) == sorted(chosen)
    assert sorted(await listed(client, back)) == sorted(chosen)
    assert await listed(client, where) == []


async def test_what_was_purged_leaves_no_title_behind(
    client: httpx2.AsyncClient, context: Context, ada: Subject
) -> None:
    one, two = [(await chat(context.database, ada, "x", title=t))[0] for t in ("secret", "Rome")]
    done = await batch(client, "rename", one, two, title="x")
    await client.delete(f"/conversations/{one}", params={"purge": True})
    undone = (await undo(client, done["id"])).json()
    assert undone["changed"] == [two]
    assert undone["skipped"] == []


async def test_many_go_for_ever_at_once(
    client: httpx2.AsyncClient, context: Context, ada: Subject, bob: Subject
) -> None:
    one, two, kept = [await said(context, ada, f"ferry {i}") for i in range(3)]
    his, gone = await said(context, bob, "ferry"), ids.new("cnv")
    await client.delete(f"/conversations/{one}")
    done = await batch(client, "purge", one, his, two, gone, one)
    assert (done["id"], done["changed"]) == (None, [one, two])
    assert [(item["id"], item["code"]) for item in done["skipped"]] == [
        (his, "conversation.not_found"),
        (gone, "conversation.not_found"),
    ]
    assert (await listed(client), await listed(client, "?deleted=true")) == ([kept], [])
    assert await found(client, "ferry") == [kept]
    async with context.client(bob) as his_client:
        assert await listed(his_client) == [his]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "tag", "ids": ["cnv_06hq3k8w2m5v9"]},
        {"action": "rename", "ids": ["cnv_06hq3k8w2m5v9"]},
        {"action": "burn", "ids": ["cnv_06hq3k8w2m5v9"]},
        {"action": "archive", "ids": []},
        {"action": "archive", "ids": ["x"] * 1001},
    ],
)
async def test_what_is_no_batch(client: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    assert (await client.post("/conversations/batches", json=body)).status_code == 400


async def test_a_batch_is_its_persons_alone(
    client: httpx2.AsyncClient, context: Context, ada: Subject, bob: Subject
) -> None:
    other, _ = await chat(context.database, bob, "x", title="Bob's")
    done = await batch(client, "archive", other)
    assert (done["id"], done["changed"]) == (None, [])
    assert done["skipped"][0]["code"] == "conversation.not_found"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "tag", "ids": []},
        {"action": "explode", "ids": ["cnv_1"]},
        {"action": "tag", "ids": ["cnv_1"]},
        {"action": "tag", "ids": ["cnv_1"], "add": [" "]},
        {"action": "tag", "ids": ["cnv_1"], "add": ["x" * 61]},
        {"action": "tag", "ids": ["cnv_1"], "remove": ["a\x00"]},
        {"action": "rename", "ids": ["cnv_1"]},
        {"action": "rename", "ids": ["cnv_1"], "title": ""},
        {"action": "rename", "ids": ["cnv_1"], "title": "  "},
        {"action": "rename", "ids": ["cnv_1"], "title": "x" * 501},
        {"action": "archive", "ids": ["cnv_1"] * 1001},
        {"action": "archive", "ids": [7]},
        {"action": "delete", "ids": ["cnv_1"], "purge": True},
    ],
)
async def test_what_is_no_change_is_refused(client: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    refused = await client.post("/conversations/batches", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "request.invalid")


@pytest.mark.parametrize("action", ["tag", "rename", "archive", "unarchive", "delete", "restore"])
async def test_a_stranger_changes_nothing_and_undoes_nothing(
    context: Context, ada: Subject, bob: Subject, action: str
) -> None:
    more: dict[str, Any] = {"tag": {"add": ["x"]}, "rename": {"title": "His"}}.get(action, {})
    mine, _ = await chat(context.database, ada, "x", title="Hers")
    async with context.client(bob) as his, context.client(ada) as hers:
        tried = await batch(his, action, mine, "nonsense", **more)
        assert (tried["id"], tried["changed"]) == (None, [])
        assert {item["code"] for item in tried["skipped"]} == {"conversation.not_found"}
        done = await batch(hers, action, mine, **more)
        assert done["changed"] == [mine]
        assert (await undo(his, done["id"])).json()["code"] == "conversation.batch_not_found"
        assert (await undo(hers, done["id"])).status_code == 200
