"""`assistant:SLUG` as the name of a model: its model, temperature and prompt, and the caller's words below."""

from typing import Any

import pytest

from factories.served import Served
from fakes.steps import says

pytestmark = pytest.mark.slow

PROMPT = "You are Tea.\n\nBe brief."


@pytest.fixture
def tea(served: Served) -> str:
    """Return the name of an assistant, which is made where it is not there."""
    body: dict[str, Any] = {"name": "Tea", "slug": "tea", "prompt": "Be brief."}
    served.post("/api/v1/assistants", {**body, "configuration": {"preferred_model": "up/test", "temperature": 0.3}})
    served.upstream.script("test", says("Oolong."))
    return "assistant:tea"


def ask(served: Served, path: str, **body: Any) -> Any:
    """Post to this surface and return what it answers."""
    answer = served.post(path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_chat_completions(served: Served, tea: str) -> None:
    messages = [{"role": "system", "content": "In English."}, {"role": "user", "content": "Which?"}]
    said = ask(served, "/v1/chat/completions", model=tea, messages=messages)
    assert said["choices"][0]["message"]["content"] == "Oolong."
    assert served.asked()["messages"] == [{"role": "system", "content": PROMPT}, *messages]
    assert served.asked()["temperature"] == 0.3
    ask(served, "/v1/chat/completions", model=tea, messages=messages, temperature=0.9)
    assert served.asked()["temperature"] == 0.9


def test_responses(served: Served, tea: str) -> None:
    said = ask(served, "/v1/responses", model=tea, input="Which?", instructions="In English.")
    assert said["output"][0]["content"][0]["text"] == "Oolong."
    assert served.asked()["messages"][0]["content"].startswith(PROMPT)
    assert "In English." in str(served.asked()["messages"])


def test_ollamas_wire(served: Served, tea: str) -> None:
    said = ask(served, "/api/chat", model=tea, messages=[{"role": "user", "content": "Which?"}], stream=False)
    assert said["message"]["content"] == "Oolong."
    assert served.asked()["messages"][0] == {"role": "system", "content": PROMPT}


def test_one_that_is_not_there(served: Served, tea: str) -> None:
    with served.http as http:
        assert http.get(f"/v1/models/{tea}").json()["id"] == tea
        assert http.get("/v1/models/assistant:nobody").status_code == 404
    refused = served.post(
        "/v1/chat/completions", {"model": "assistant:nobody", "messages": [{"role": "user", "content": "x"}]}
    )
    assert refused.status_code == 404
    assert "nobody" in refused.json()["error"]["message"]


def test_the_list_has_what_is_in_use(served: Served, tea: str) -> None:
    served.post("/api/v1/assistants", {"name": "Draft", "slug": "unfinished", "status": "draft"})
    with served.http as http:
        listed: list[dict[str, Any]] = http.get("/v1/models").json()["data"]
        alone = http.get(f"/v1/models/{tea}").json()
        assert http.get("/v1/models/assistant:unfinished").json()["owned_by"] == "mecum"
    found = {one["id"]: one for one in listed}
    assert found[tea] == alone
    assert (found[tea]["object"], found[tea]["owned_by"]) == ("model", "mecum")
    assert found[tea]["created"] > 1_700_000_000
    assert "assistant:unfinished" not in found
    # Those that answer are named first.
    kinds = [one["id"].startswith("assistant:") for one in listed]
    assert kinds == sorted(kinds)
    assert "builtin/search" in found
