"""A consent that is taken back while it is being used: in an answer, before one that waits, between rounds of tools."""

import threading
from typing import Any

import pytest

from factories.sites import Site
from fakes.beyond import BEYOND, beyond
from fakes.steps import Call, Hold, Say, says

pytestmark = pytest.mark.slow

__all__ = ["beyond"]
API = "/api/v1"
TOOL = {"type": "object", "properties": {"city": {"type": "string"}}}
ASKED = {"role": "user", "content": "Weather?"}


async def ask(site: Site, method: str, path: str, body: Any = None) -> Any:
    """Return the JSON of an answer of the API."""
    answered = await site.browser.ask(method, API + path, body)
    assert answered.status < 300, answered.body
    return answered.json if answered.body else None


@pytest.fixture
async def cloud(site: Site, beyond: list[str]) -> str:
    """Connect a server beyond this machine, with consent; return the reference of its model."""
    url = f"http://{BEYOND}:{site.house.upstream.port}/v1"
    body = {"name": "cloud", "wire": "openai", "base_url": url, "api_key": "sk-own", "consent": True}
    await ask(site, "POST", "/endpoints", body)
    registry = site.house.parts.broker.registry
    await site.house.until(lambda: registry.find("cloud/fake-echo") is not None)
    return "cloud/fake-echo"


async def withdraw(site: Site) -> None:
    """Take the consent back, and wait until the models know."""
    await ask(site, "DELETE", "/privacy/consents/cloud")
    registry = site.house.parts.broker.registry
    await site.house.until(lambda: not any(one.available for one in registry.models() if one.endpoint == "cloud"))


async def called(site: Site) -> list[tuple[str | None, int]]:
    """Return of each call to a model beyond, oldest first, why it was refused and whether any byte went out."""
    log = (await ask(site, "GET", "/privacy/egress?purpose=model.chat"))["items"]
    return [(one["refusal"], min(1, one["bytes_out"])) for one in reversed(log)]


async def test_an_answer_under_way_ends_as_it_is_and_nothing_more_is_sent(site: Site, cloud: str) -> None:
    going_on = threading.Event()
    site.house.upstream.script("fake-echo", [Say("It was "), Hold(going_on), Say("asked before.")])
    first = await ask(site, "POST", "/runs", {"text": "one", "model": cloud})
    second = {"text": "two", "model": cloud, "conversation_id": first["conversation_id"]}
    queued = await ask(site, "POST", "/runs", second)
    await site.house.until(lambda: len(site.house.upstream.answers()) == 1)
    await withdraw(site)
    going_on.set()
    run = await site.house.settled(first["id"])
    assert (run["status"], run["text"]) == ("completed", "It was asked before.")
    run = await site.house.settled(queued["id"])
    assert (run["status"], run["error"]["code"]) == ("failed", "egress.denied")
    assert "Agree to it under Privacy" in run["error"]["message"]
    assert len(site.house.upstream.answers()) == 1
    assert await called(site) == [(None, 1), ("no_consent", 0)]
    told = (await ask(site, "GET", f"/conversations/{first['conversation_id']}/messages"))["items"]
    assert "two" in str(told), "what was asked is kept"


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
async def test_the_next_round_of_tools_is_not_sent(site: Site, cloud: str, path: str) -> None:
    site.house.upstream.script("fake-echo", [Call("weather", '{"city":"Bern"}')])
    function = {"name": "weather", "description": "Weather of a city.", "parameters": TOOL}
    if path.endswith("completions"):
        tool: dict[str, Any] = {"type": "function", "function": function}
        first = await site.browser.ask("POST", path, {"model": cloud, "messages": [ASKED], "tools": [tool]})
        said = first.json["choices"][0]["message"]
        result = {"role": "tool", "tool_call_id": said["tool_calls"][0]["id"], "content": "rain"}
        more: dict[str, Any] = {"model": cloud, "messages": [ASKED, said, result], "tools": [tool]}
    else:
        tool = {"type": "function", **function}
        first = await site.browser.ask("POST", path, {"model": cloud, "input": "Weather?", "tools": [tool]})
        (made,) = [item for item in first.json["output"] if item["type"] == "function_call"]
        result = {"type": "function_call_output", "call_id": made["call_id"], "output": "rain"}
        more = {"model": cloud, "previous_response_id": first.json["id"], "input": [result], "tools": [tool]}
    await withdraw(site)
    site.house.upstream.script("fake-echo", says("It rains."))
    refused = await site.browser.ask("POST", path, more)
    assert (refused.status, refused.json["error"]["code"]) == (403, "egress.denied"), refused.body
    assert refused.json["error"]["type"] == "permission_error"
    assert len(site.house.upstream.answers()) == 1
    streamed = await site.browser.ask("POST", path, {**more, "stream": True})
    assert streamed.status == 403, streamed.body
    # Agreed again, the round goes on where it was.
    await ask(site, "POST", "/privacy/consents", {"endpoint": "cloud"})
    again = await site.browser.ask("POST", path, more)
    assert (again.status, b"It rains." in again.body) == (200, True)
    assert await called(site) == [(None, 1), ("no_consent", 0), ("no_consent", 0), (None, 1)]


async def test_a_role_says_that_it_is_the_consent_that_lacks(site: Site, cloud: str) -> None:
    await withdraw(site)
    found = await ask(site, "GET", "/roles/chat")
    far = [(one["ref"], one["rule"]) for one in found["considered"] if str(one["ref"]).startswith("cloud/")]
    assert far
    assert {rule for _, rule in far} == {"consent"}, far
