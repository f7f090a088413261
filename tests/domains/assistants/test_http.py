"""Assistants as a client reaches them, on every store."""

from typing import Any

import httpx2
import pytest

from factories.contexts import Context
from mecum.kernel.subject import Subject


async def made(client: httpx2.AsyncClient, name: str = "Short letters", **body: Any) -> dict[str, Any]:
    """Make an assistant and return it."""
    response = await client.post("/assistants", json={"name": name, **body})
    assert response.status_code == 201, response.text
    return response.json()


async def test_make_read_change(client: httpx2.AsyncClient) -> None:
    new = await made(client, identity={"tone": "warm", "traits": ["curious"]}, prompt="Three sentences.")
    assert (new["slug"], new["status"], new["is_active"], new["revision"]) == ("short-letters", "active", True, 1)
    assert new["identity"]["tone"] == "warm"
    assert new["prompt"]["text"] == "Three sentences."
    assert new["identity"]["persona_mode"] == "balanced"
    assert (await client.get("/assistants/short-letters")).json() == new
    assert (await client.get(f"/assistants/{new['id']}")).json() == new
    changed = (await client.patch("/assistants/short-letters/identity", json={"version": 1, "tone": "dry"})).json()
    assert (changed["version"], changed["tone"], changed["traits"]) == (2, "dry", ["curious"])
    core = (await client.patch("/assistants/short-letters", json={"name": "Letters", "status": "archived"})).json()
    assert (core["name"], core["is_active"], core["version"], core["revision"]) == ("Letters", False, 2, 3)
    cleared = (await client.patch("/assistants/short-letters/identity", json={"tone": None})).json()
    assert cleared["tone"] is None


async def test_a_change_in_the_meantime_is_refused_with_what_it_is_now(client: httpx2.AsyncClient) -> None:
    await made(client)
    path = "/assistants/short-letters"
    assert (await client.patch(f"{path}/identity", json={"version": 1, "tone": "warm"})).status_code == 200
    late = await client.patch(f"{path}/identity", json={"version": 1, "tone": "cold"})
    assert (late.status_code, late.json()["code"]) == (409, "assistant.conflict")
    assert (late.json()["current"]["version"], late.json()["current"]["tone"]) == (2, "warm")
    # Other aspects change side by side.
    other = await client.patch(f"{path}/configuration", json={"version": 1, "temperature": 0.2})
    assert other.json()["temperature"] == 0.2
    core = await client.patch(path, json={"version": 1, "name": "Letters"})
    assert core.status_code == 200
    late = await client.patch(path, json={"version": 1, "name": "Mail"})
    assert (late.status_code, late.json()["current"]["name"]) == (409, "Letters")
    stale = await client.put(f"{path}/prompt", json={"text": "x", "version": 1})
    assert stale.status_code == 409


async def test_an_unknown_choice_is_kept_reported_and_behaves_as_the_default(client: httpx2.AsyncClient) -> None:
    new = await made(client, configuration={"thinking_style": "dreamy"}, identity={"persona_mode": "oracle"})
    assert new["configuration"]["thinking_style"] == "dreamy"
    report = {"field": "thinking_style", "value": "dreamy", "behaves_as": "analytical"}
    assert new["configuration"]["unknown"] == [report]
    plain = await made(client, "Short letters", slug="plain")
    texts = [(await client.get(f"/assistants/{one['slug']}?view=chat")).json()["prompt"] for one in (new, plain)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("facet", "body"),
    [
        ("identity", {"tone": 3}),
        ("identity", {"tone": "x" * 501}),
        ("identity", {"tone": "a\x00b"}),
        ("identity", {"traits": "curious"}),
        ("identity", {"nonsense": 1}),
        ("configuration", {"temperature": 2.5}),
        ("configuration", {"delegation_threshold_tokens": -1}),
        ("configuration", {"system_prompt": "prm_06hq3k8w2m5v9"}),
        ("configuration", {"prompt_measures": ["my_own_trust"]}),
        ("configuration", {"prompt_measures": [["growth_stage"]]}),
        ("configuration", {"prompt_measures": "growth_stage"}),
        ("display", {"expires_at": "2026-11-21T06:40:00"}),
        ("display", {"expires_at": "soon"}),
        ("growth", {"growth_points": 3}),
        ("growth", {"mentor_assistant": "nobody"}),
        ("quality", {"last_trust_score": 1.0}),
    ],
)
async def test_what_cannot_be(client: httpx2.AsyncClient, facet: str, body: dict[str, Any]) -> None:
    await made(client)
    response = await client.patch(f"/assistants/short-letters/{facet}", json=body)
    assert response.status_code in (400, 404), response.text
    found = (await client.get(f"/assistants/short-letters/{facet}")).json()
    assert found["version"] == 1


async def test_slugs(client: httpx2.AsyncClient) -> None:
    slugs = [(await made(client, name))["slug"] for name in ("Äpfel & Birnen", "Äpfel & Birnen", "日本語", "日本語")]
    assert slugs == ["apfel-birnen", "apfel-birnen-2", "assistant", "assistant-2"]
    taken = await client.post("/assistants", json={"name": "x", "slug": "apfel-birnen"})
    assert (taken.status_code, taken.json()["code"]) == (409, "assistant.slug_taken")
    taken = await client.patch("/assistants/assistant", json={"slug": "apfel-birnen"})
    assert taken.status_code == 409
    assert (await client.patch("/assistants/assistant", json={"slug": "nihon"})).json()["slug"] == "nihon"
    assert (await client.get("/assistants/assistant")).status_code == 404
    for slug in ("A", "-a", "a b", "ä", ""):
        assert (await client.post("/assistants", json={"name": "x", "slug": slug})).status_code == 400


async def test_two_people_may_use_one_slug(context: Context, ada: Subject, bob: Subject) -> None:
    for subject in (ada, bob):
        async with context.client(subject) as client:
            assert (await made(client))["slug"] == "short-letters"


async def test_lists(client: httpx2.AsyncClient) -> None:
    for number in range(5):
        display = {"is_featured": number > 1, "featured_rank": {2: 2, 3: 1}.get(number)}
        status = "archived" if number == 0 else "active"
        await made(client, f"A{number}", status=status, display=display)

    async def names(query: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = (await client.get(f"/assistants?limit=2&{query}{cursor}")).json()
            found += [item["name"] for item in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    assert await names("") == ["A4", "A3", "A2", "A1", "A0"]
    assert await names("view=card&status=active") == ["A4", "A3", "A2", "A1"]
    assert await names("only=featured") == ["A3", "A2", "A4"]
    assert await names("status=archived") == ["A0"]
    assert (await client.get("/assistants?cursor=nonsense")).status_code == 400


async def test_a_list_of_those_that_are_called_so(client: httpx2.AsyncClient) -> None:
    await made(client, "Ärztebriefe", slug="letters")
    await made(client, "Tea", identity={"specialty": "100 % oolong"})
    await made(client, "Coffee", status="archived")

    async def slugs(**query: str) -> list[str]:
        return [item["slug"] for item in (await client.get("/assistants", params=query)).json()["items"]]

    assert await slugs(q="LETT") == ["letters"]
    assert await slugs(q="ärzte") == ["letters"]
    assert await slugs(q="Oolong") == ["tea"]
    assert await slugs(q="%") == ["tea"]
    assert await slugs(q="_") == []
    assert await slugs(q="\\") == []
    assert await slugs(q="cof", status="active") == []
    assert await slugs(q="cof", status="archived", view="card") == ["coffee"]
    assert (await client.get("/assistants", params={"q": ""})).status_code == 400


async def test_what_addresses_mean_is_no_slug(client: httpx2.AsyncClient) -> None:
    assert (await made(client, "Starters"))["slug"] == "starters-2"
    assert (await client.post("/assistants", json={"name": "x", "slug": "effects"})).status_code == 409
    assert (await client.patch("/assistants/starters-2", json={"slug": "effects"})).status_code == 409


async def test_one_primary_at_a_time(client: httpx2.AsyncClient) -> None:
    for name in ("One", "Two"):
        await made(client, name, display={"is_primary": True})
    assert [item["slug"] for item in (await client.get("/assistants?only=primary")).json()["items"]] == ["two"]
    await client.patch("/assistants/one/display", json={"is_primary": True})
    assert [item["slug"] for item in (await client.get("/assistants?only=primary")).json()["items"]] == ["one"]
    # Whoever had read the other one is told.
    assert (await client.patch("/assistants/two/display", json={"version": 1, "is_guide": True})).status_code == 409


async def test_the_prompt_has_versions_that_stay(client: httpx2.AsyncClient) -> None:
    new = await made(client, prompt="First.")
    configuration = (await client.put("/assistants/short-letters/prompt", json={"text": "Second.", "note": "n"})).json()
    assert (configuration["system_prompt"], configuration["prompt_version"]) == (new["prompt"]["id"], 2)
    versions = (await client.get(f"/prompts/{new['prompt']['id']}/versions")).json()["items"]
    assert [(one["number"], one["text"], one["note"]) for one in versions] == [(2, "Second.", "n"), (1, "First.", None)]
    listed = (await client.get("/prompts")).json()["items"]
    assert [(one["id"], one["title"], one["newest"]) for one in listed] == [(new["prompt"]["id"], "Short letters", 2)]
    # A version somebody adds to a prompt counts where it is chosen, not by itself.
    await client.post(f"/prompts/{new['prompt']['id']}/versions", json={"text": "Third."})
    assert (await client.get("/assistants/short-letters")).json()["prompt"]["text"] == "Second."
    assert (await client.get(f"/prompts/{new['prompt']['id']}/versions/9")).status_code == 404
    alone = (await client.post("/prompts", json={"title": "Alone", "text": "x"})).json()
    assert (await client.get(f"/prompts/{alone['id']}")).json() == alone


async def test_a_preview_stores_nothing(client: httpx2.AsyncClient) -> None:
    await made(client, prompt="Be brief.", identity={"tone": "warm"})
    wanted = {"name": "Mail", "identity": {"tone": "dry"}, "configuration": {"thinking_style": "direct"}}
    shown = (await client.post("/assistants/short-letters/preview", json=wanted)).json()
    assert shown["text"].splitlines()[:2] == ["You are Mail.", "Your tone is dry."]
    assert shown["text"].endswith("\n\nBe brief.")
    assert "{name}" in shown["template"]
    stored = (await client.get("/assistants/short-letters?view=chat")).json()["prompt"]
    assert stored == "You are Short letters.\nYour tone is warm.\n\nBe brief."
    wrong = await client.post("/assistants/short-letters/preview", json={"identity": {"tone": 1}})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (400, "identity.tone")


async def test_the_intro_is_shown_where_it_is_wanted(client: httpx2.AsyncClient) -> None:
    await made(client, identity={"intro_text": "Hello."})
    assert (await client.get("/assistants/short-letters?view=chat")).json()["intro"] == "Hello."
    await client.patch("/assistants/short-letters/display", json={"show_intro_splash": False})
    assert (await client.get("/assistants/short-letters?view=chat")).json()["intro"] is None
