"""Stored text is what was written, to the byte, on every store."""

import json
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.contexts import Context
from factories.records import chat
from mecum.domains.conversations.errors import MessageUnstorable
from mecum.domains.conversations.rules import exact_part, require_storable
from mecum.kernel.subject import Subject

BLNS = Path(__file__).parent / "blns.json"
SPECIAL = [
    "",
    " ",
    "\n",
    "\r\n",
    "\t x \t",
    "\ufeffbom",
    "e\u0301 é",
    "\u202eright",
    "👩‍👩‍👧",
    "\u2028\u2029\x85",
    "\x01\x1f\x7f",
    "x" * 100_000,
]


def texts() -> list[str]:
    return [*json.loads(BLNS.read_text("utf-8")), *SPECIAL]


@pytest.mark.slow
async def test_naughty_strings_come_back_as_they_were(
    context: Context, client: httpx2.AsyncClient, ada: Subject
) -> None:
    given_texts = [text for text in texts() if text]
    conversation_id, message_ids = await chat(context.database, ada, *given_texts)
    for message_id, text in zip(message_ids, given_texts, strict=True):
        context.services.indexer.add(message_id, text)
    await context.services.indexer.settle()
    stored: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (await client.get(f"/conversations/{conversation_id}/messages?limit=200{cursor}")).json()
        stored = [item["parts"][0]["text"] for item in page["items"]] + stored
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert [text.encode() for text in stored] == [text.encode() for text in given_texts]
    for text in given_texts:
        response = await client.get("/search", params={"q": text[:900]})
        assert response.status_code == 200, text
    assert (await client.delete(f"/conversations/{conversation_id}?purge=true")).status_code == 204
    assert await context.database.check() == "ok"


async def test_titles_and_prompts_too(client: httpx2.AsyncClient) -> None:
    for text in [text for text in texts() if 0 < len(text) <= 500][::7]:
        new = await client.post("/conversations", json={"title": text, "config": {"system_prompt": text}})
        assert (new.json()["title"], new.json()["config"]["system_prompt"]) == (text, text)


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "\udfff\ud800"])
def test_what_cannot_be_stored(text: str) -> None:
    with pytest.raises(MessageUnstorable):
        require_storable(text)
    part = exact_part(text)
    assert part["type"] == "data"
    assert "\ufffd" in part["shown"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")))
def test_everything_else_can(text: str) -> None:
    assert require_storable(text) is text
    assert exact_part(text) == {"type": "text", "text": text}
