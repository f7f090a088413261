"""What really leaves the machine, seen by a server beyond it: nothing before somebody agreed, nothing in local only."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

import pytest

from factories.sites import Site
from fakes.beyond import BEYOND, beyond
from fakes.ollama_wire import OllamaModel
from fakes.sinks import Recorder
from fakes.steps import Fail, Say, says
from mecum.domains.privacy.api import EgressDenied
from mecum.inference.exchange import ModelMessage, ModelRequest, TextContent

pytestmark = pytest.mark.slow

__all__ = ["beyond"]
API = "/api/v1"


async def ask(site: Site, method: str, path: str, body: Any = None) -> Any:
    """Return the JSON of an answer of the API."""
    answered = await site.browser.ask(method, API + path, body)
    assert answered.status < 300, answered.body
    return answered.json if answered.body else None


async def cloud(site: Site, **more: Any) -> str:
    """Add an endpoint beyond this machine; return its id."""
    url = f"http://{BEYOND}:{site.house.upstream.port}/v1"
    body = {"name": "cloud", "wire": "openai", "base_url": url, "api_key": "sk-own", **more}
    made: str = (await ask(site, "POST", "/endpoints", body))["id"]
    site.house.upstream.requests.clear()
    return made


def available(site: Site) -> bool:
    """Return whether the model beyond this machine is said to answer."""
    info = site.house.parts.broker.registry.find("cloud/fake-echo")
    return info is not None and info.available


def reached(site: Site) -> list[str]:
    """Return what arrived by the name beyond; the same server is also the endpoint `up` of this machine."""
    return [one.path for one in site.house.upstream.requests if BEYOND in one.headers.get("host", "")]


async def chat(site: Site, model: str) -> Any:
    """Ask the model, by its reference, for an answer over the API and return what came."""
    return await site.browser.ask("POST", f"{API}/runs", {"text": "my secret", "model": model})


def by_name(listing: Any) -> dict[str, Any]:
    """Return the endpoints of a list by name."""
    return {item["endpoint"]: item for item in listing["items"]}


async def settled(site: Site, run_id: str) -> Any:
    """Return a run that is over."""
    return await site.house.settled(run_id)


async def test_nothing_before_somebody_agreed(site: Site, beyond: list[str]) -> None:
    await cloud(site)
    await ask(site, "POST", "/models/refresh")
    refused = await chat(site, "cloud/fake-echo")
    assert (refused.status, refused.json["code"]) == (403, "egress.denied")
    assert (refused.json["details"]["endpoint"], refused.json["details"]["reason"]) == ("cloud", "no_consent")
    assert "Agree to it under Privacy first." in refused.json["detail"]
    assert refused.json["details"]["endpoint"] == "cloud"
    called = await site.browser.ask("POST", "/v1/chat/completions", {"model": "cloud/fake-echo", "messages": [USER]})
    assert called.status == 403, called.body
    assert (beyond, reached(site)) == ([], [])
    log = await left(site, 2)
    owner = site.house.parts.owner.person_id
    assert [(one["host"], one["purpose"], one["refusal"], one["bytes_out"]) for one in log] == [
        (BEYOND, "model.chat", "no_consent", 0)
    ] * 2
    assert {(one["person_id"], one["person"], one["status"]) for one in log} == {(owner, "Owner", None)}


async def left(site: Site, number: int) -> list[dict[str, Any]]:
    """Return the egress log, when there is so much in it: what was not let out is written in the background."""
    log: list[dict[str, Any]] = []
    for _ in range(100):
        log = (await ask(site, "GET", "/privacy/egress"))["items"]
        if len(log) >= number:
            break
        await asyncio.sleep(0.01)
    assert len(log) == number, log
    return log


USER = {"role": "user", "content": "my secret"}


async def test_after_it_was_agreed_and_after_it_was_taken_back(site: Site, beyond: list[str]) -> None:
    await cloud(site)
    given = await ask(site, "POST", "/privacy/consents", {"endpoint": "cloud"})
    listed = by_name(given)["cloud"]
    assert (listed["consented"], listed["in_force"], listed["place"]) == (
        True,
        True,
        f"http://{BEYOND}:{site.house.upstream.port}",
    )
    await site.house.until(lambda: available(site))
    started = await chat(site, "cloud/fake-echo")
    assert (await settled(site, started.json["id"]))["status"] == "completed"
    log = (await ask(site, "GET", f"/privacy/egress?purpose=model.chat&host={BEYOND}"))["items"]
    assert [(one["data_class"], one["status"]) for one in log] == [("conversation", 200)]
    assert (log[0]["endpoint"], log[0]["mode"], log[0]["decision"]) == ("cloud", "ask", "consent")
    day = log[0]["at"][:10]
    for query, count in ((f"since={day}", 1), (f"until={day}", 0), ("decision=wish", 0), ("endpoint=cloud", 1)):
        found = await ask(site, "GET", f"/privacy/egress?purpose=model.chat&{query}")
        assert len(found["items"]) == count, query
    assert (await ask(site, "GET", "/privacy/egress/values"))["endpoints"] == ["cloud"]
    for wrong in ("since=yesterday", f"since={day}T01:00:00", "mode=none"):
        assert (await site.browser.ask("GET", f"{API}/privacy/egress?{wrong}")).status == 400, wrong
    assert log[0]["bytes_out"] == len(site.house.upstream.requests[-1].body)
    assert (log[0]["person_id"], log[0]["person"]) == (site.house.parts.owner.person_id, "Owner")
    await ask(site, "DELETE", "/privacy/consents/cloud")
    site.house.upstream.requests.clear()
    assert (await chat(site, "cloud/fake-echo")).json["code"] == "egress.denied"
    assert reached(site) == []
    await site.house.until(lambda: not available(site))


async def test_local_only_lets_no_byte_leave(site: Site, beyond: list[str]) -> None:
    endpoint = await cloud(site, consent=True)
    assert site.house.parts.policy.consented == {"cloud"}
    await site.house.until(lambda: available(site))
    changed = await ask(site, "PUT", "/privacy/policy", {"mode": "local_only"})
    assert (changed["mode"], changed["behaves_as"]) == ("local_only", "local_only")
    await site.house.until(lambda: not available(site))
    site.house.upstream.requests.clear()
    beyond.clear()
    for model in ("cloud/fake-echo", "cloud/unlisted", "fake-echo"):
        refused = await chat(site, model)
        assert refused.status != 201 or model == "fake-echo"
        if refused.status == 201:
            await settled(site, refused.json["id"])
    await ask(site, "POST", "/models/refresh")
    tested = await ask(site, "POST", f"/endpoints/{endpoint}/test")
    assert (tested["ok"], "local only" in tested["detail"]) == (False, True)
    assert (beyond, reached(site)) == ([], [])
    assert await ask(site, "GET", "/privacy/policy") | {"changed_at": None} == changed | {"changed_at": None}


async def test_a_test_asks_for_the_models_and_is_written_down(site: Site, beyond: list[str]) -> None:
    endpoint = await cloud(site)
    tested = await ask(site, "POST", f"/endpoints/{endpoint}/test")
    assert (tested["ok"], tested["models"]) == (True, 3)
    assert [(one.method, one.body) for one in site.house.upstream.requests] == [("GET", b"")]
    (log,) = (await ask(site, "GET", "/privacy/egress"))["items"]
    assert (log["host"], log["purpose"], log["data_class"], log["bytes_out"]) == (BEYOND, "model.list", "none", 0)
    assert log["person_id"] == site.house.parts.owner.person_id, "who tested it"
    await ask(site, "POST", "/models/refresh")
    assert len(reached(site)) == 1, "a look for models everywhere is no test"


@pytest.mark.slow
async def test_with_the_endpoint_goes_its_consent(site: Site, beyond: list[str]) -> None:
    endpoint = await cloud(site, consent=True)
    await ask(site, "DELETE", f"/endpoints/{endpoint}")
    assert "cloud" not in by_name(await ask(site, "GET", "/privacy/consents"))
    await cloud(site)
    listed = by_name(await ask(site, "GET", "/privacy/consents"))["cloud"]
    assert (listed["consented"], listed["given_at"]) == (False, None)


@pytest.mark.parametrize("body", [{"mode": "everything"}, {}, {"mode": "ask", "more": 1}])
async def test_a_policy_that_cannot_be(site: Site, body: dict[str, Any]) -> None:
    answered = await site.browser.ask("PUT", f"{API}/privacy/policy", body)
    assert (answered.status, answered.json["code"]) == (400, "request.invalid")


def alone(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Do it as the instance itself does, for nobody."""
    return asyncio.create_task(work, context=Context())


RELAYED = OllamaModel("big:cloud", remote_host="https://ollama.com")


async def relaying(site: Site) -> None:
    """Add an Ollama of this machine that passes on what is asked of one of its models."""
    site.house.upstream.add(RELAYED)
    body = {"name": "box", "wire": "ollama", "base_url": site.house.upstream.url}
    await ask(site, "POST", "/endpoints", body)
    assert by_name(await ask(site, "GET", "/privacy/consents"))["box"]["relayed"]


async def test_what_a_server_here_would_pass_on_is_blocked_and_written_down(site: Site) -> None:
    await relaying(site)
    answered = await chat(site, "box/big:cloud")
    assert (answered.status, answered.json["code"]) == (403, "egress.denied")
    assert answered.json["details"]["host"] == "ollama.com"
    assert not site.house.upstream.answers()
    (log,) = await left(site, 1)
    assert (log["host"], log["refusal"], log["person"]) == ("ollama.com", "no_consent", "Owner")
    here = await chat(site, "box/fake-echo")
    assert (await settled(site, here.json["id"]))["status"] == "completed"
    await left(site, 1)


async def test_what_a_server_here_passes_on_after_a_consent_is_written_down(site: Site) -> None:
    await relaying(site)
    site.house.upstream.script("big:cloud", says("from afar"))
    await ask(site, "POST", "/privacy/consents", {"endpoint": "box"})
    started = await chat(site, "box/big:cloud")
    assert (await settled(site, started.json["id"]))["text"] == "from afar"
    (log,) = await left(site, 1)
    sent = site.house.upstream.answers()[-1].body
    assert (log["host"], log["refusal"], log["status"], log["bytes_out"]) == ("ollama.com", None, 200, len(sent))
    assert log["person_id"] == site.house.parts.owner.person_id


async def test_the_door_blocks_a_relay_by_itself(site: Site) -> None:
    await relaying(site)
    choice = site.house.parts.broker.registry.choose("box/big:cloud")
    question = ModelRequest("big:cloud", (ModelMessage("user", (TextContent("my secret"),)),))
    with pytest.raises(EgressDenied, match=r"ollama\.com"):
        await alone(choice.model.answer(question, Recorder()))
    assert not site.house.upstream.answers()
    (log,) = await left(site, 1)
    assert (log["refusal"], log["person_id"]) == ("no_consent", None)


@pytest.mark.parametrize(
    ("first", "second", "wire", "model"),
    [
        ("http://127.0.0.1:{port}", "http://localhost:{port}", "ollama", "big:cloud"),
        (f"http://{BEYOND}:{{port}}/v1", f"http://{BEYOND}:{{port}}/v1/", "openai", "fake-echo"),
    ],
    ids=["two that pass on to one cloud", "two at one place"],
)
async def test_a_consent_opens_the_door_for_one_server(
    site: Site, beyond: list[str], first: str, second: str, wire: str, model: str
) -> None:
    upstream, broker = site.house.upstream, site.house.parts.broker
    upstream.add(RELAYED)
    upstream.script(model, says("from afar"))
    for name, url in (("mine", first), ("other", second)):
        body = {"name": name, "wire": wire, "base_url": url.format(port=upstream.port), "consent": True}
        await ask(site, "POST", "/endpoints", body)
        if wire == "ollama":
            await ask(site, "POST", "/privacy/consents", {"endpoint": name})
        await site.house.until(lambda name=name: broker.registry.find(f"{name}/{model}") is not None)
    other = broker.registry.choose(f"other/{model}").model
    await ask(site, "DELETE", "/privacy/consents/other")
    asked = len(upstream.answers())
    question = ModelRequest(model, (ModelMessage("user", (TextContent("my secret"),)),))
    with pytest.raises(EgressDenied, match="Nobody agreed yet that anything is sent to other"):
        await alone(other.answer(question, Recorder()))
    assert len(upstream.answers()) == asked
    started = await chat(site, f"mine/{model}")
    assert (await settled(site, started.json["id"]))["text"] == "from afar"
    log = (await ask(site, "GET", "/privacy/egress?purpose=model.chat"))["items"]
    assert [(one["endpoint"], one["refusal"], one["decision"]) for one in log] == [
        ("mine", None, "consent"),
        ("other", "no_consent", None),
    ]


async def test_a_program_acts_for_its_person(site: Site, beyond: list[str]) -> None:
    await cloud(site, consent=True)
    await site.house.until(lambda: available(site))
    body = {"model": "cloud/fake-echo", "messages": [USER]}
    assert (await site.browser.ask("POST", "/v1/chat/completions", body)).status == 200
    log = (await ask(site, "GET", "/privacy/egress?purpose=model.chat"))["items"]
    assert [one["person"] for one in log] == ["Owner"]
    await alone(site.house.parts.broker.registry.refresh(everywhere=True))
    newest = (await ask(site, "GET", "/privacy/egress"))["items"][0]
    assert (newest["purpose"], newest["person_id"], newest["person"]) == ("model.list", None, None)


@pytest.mark.parametrize("way", ["regenerate", "edit", "continue", "send"])
async def test_whatever_asks_a_model_that_may_not_be_asked_is_answered_alike(
    site: Site, beyond: list[str], way: str
) -> None:
    await cloud(site, consent=True)
    await site.house.until(lambda: available(site))
    site.house.upstream.script("fake-echo", [Say("half"), Fail(500, "gone")] if way == "continue" else says("Hello."))
    first = (await chat(site, "cloud/fake-echo")).json
    await settled(site, first["id"])
    conversation = first["conversation_id"]
    await ask(site, "DELETE", "/privacy/consents/cloud")
    before = await ask(site, "GET", f"/conversations/{conversation}/messages")
    asks: dict[str, dict[str, str]] = {
        "regenerate": {"regenerate": first["message_id"]},
        "edit": {"edit": first["user_message_id"], "text": "Hello?"},
        "continue": {"continue": first["message_id"]},
        "send": {"text": "And now?"},
    }
    answered = await site.browser.ask("POST", f"{API}/runs", {"conversation_id": conversation, **asks[way]})
    assert (answered.status, answered.json["code"]) == (403, "egress.denied")
    assert answered.json["details"]["endpoint"] == "cloud"
    assert await ask(site, "GET", f"/conversations/{conversation}/messages") == before, "nothing is stored"
