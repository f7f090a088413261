"""Runs over HTTP: asked for, looked at, followed, stopped."""

from typing import Any

import pytest

from factories.sites import Site
from fakes.steps import Hang, Say, Wait, says
from mecum.kernel.subject import Subject

RUNS = "/api/v1/runs"


async def ask(site: Site, text: str | None = "Hi", status: int = 202, **more: Any) -> Any:
    """Ask for an answer; return what was answered."""
    headers = more.pop("headers", None)
    body = {"model": "up/test", **({} if text is None else {"text": text}), **more}
    answered = await site.browser.ask("POST", RUNS, body, headers=headers)
    assert answered.status == status, answered.body
    return answered.json


async def test_an_answer_is_asked_for_and_looked_at(site: Site) -> None:
    site.house.upstream.script("test", [Wait(0.05), Say("Hello")])
    asked = await ask(site)
    assert (asked["status"], asked["phase"], asked["text"]) == ("running", "thinking", "")
    await site.house.settled(asked["id"])
    run = (await site.browser.ask("GET", f"{RUNS}/{asked['id']}")).json
    assert (run["status"], run["text"], run["model"]) == ("completed", "Hello", "up/test")
    assert run["message_id"] == asked["message_id"]
    assert run["finished_at"].endswith("Z")


async def test_half_a_surrogate_pair_is_named(site: Site) -> None:
    headers = {"content-type": "application/json"}
    body = b'{"model": "up/test", "text": "a\\ud83db"}'
    answered = await site.browser.ask("POST", RUNS, body=body, headers=headers)
    assert (answered.status, answered.json["code"]) == (400, "request.unstorable")
    broken = await site.browser.ask("POST", RUNS, body=b'{"text": "\\ud83d\\ude00', headers=headers)
    assert (broken.status, broken.json["code"]) == (400, "request.invalid")
    deep = await site.browser.ask("POST", RUNS, body=b'{"text": "\\ud83d", "x":' + b"[" * 100_000, headers=headers)
    assert (deep.status, deep.json["code"]) == (400, "request.invalid")


async def test_waiting_answers_with_the_whole_text(site: Site) -> None:
    site.house.upstream.script("test", says("All", " of it."))
    run = await ask(site, wait=True, status=200)
    assert (run["text"], run["status"]) == ("All of it.", "completed")


async def test_the_events_of_an_answer_at_once(site: Site) -> None:
    site.house.upstream.script("test", says("Hel", "lo"))
    body = b'{"text":"Hi","model":"up/test"}'
    visit = site.visit(RUNS, {"accept": "text/event-stream"}, method="POST", body=body)
    await visit.over()
    assert "".join(event["text"] for event in visit.events if event["type"] == "part.delta") == "Hello"
    assert visit.events[0]["seq"] == 1
    assert visit.events[-1]["type"] == "run.completed"


async def test_a_key_makes_one_run(site: Site) -> None:
    site.house.upstream.script("test", says("once"))
    headers = {"idempotency-key": "k1"}
    first = await ask(site, headers=headers)
    assert (await ask(site, headers=headers))["id"] == first["id"]
    await site.house.settled(first["id"])
    assert (await ask(site, headers=headers))["id"] == first["id"]
    assert (await ask(site, headers=headers, wait=True, status=200))["text"] == "once"
    other = await ask(site, "Something else", headers=headers, status=409)
    assert other["code"] == "run.idempotency_reused"


async def test_the_parent_may_be_the_root(site: Site) -> None:
    site.house.upstream.script("test", says("x"))
    first = await ask(site, wait=True, status=200)
    conversation = {"conversation_id": first["conversation_id"]}
    on = await ask(site, "more", wait=True, status=200, **conversation)
    root = await ask(site, "new", wait=True, status=200, parent_id=None, **conversation)
    asked = [request.json["messages"] for request in site.house.upstream.answers()]
    assert [len(messages) for messages in asked] == [1, 3, 1]
    assert on["conversation_id"] == root["conversation_id"]


async def test_stopping_keeps_what_was_written(site: Site) -> None:
    site.house.upstream.script("test", [Say("partly"), Hang()])
    run = await ask(site)
    heard = site.house.follow(run["id"])
    await site.house.until(lambda: heard.text == "partly")
    assert (await site.browser.ask("POST", f"{RUNS}/{run['id']}/cancel")).status == 202
    await site.house.settled(run["id"])
    again = await site.browser.ask("POST", f"{RUNS}/{run['id']}/cancel")
    assert (again.status, again.json["status"], again.json["text"]) == (202, "cancelled", "partly")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"text": 5}, "text"),
        ({"text": "Hi", "temperature": 3}, "temperature"),
        ({"text": "Hi", "nonsense": 1}, "nonsense"),
        ({"text": "Hi", "mode": "loud"}, "mode"),
        ({"regenerate": "a", "edit": "b"}, ""),
        ({"regenerate": "msg_1", "text": "Hi"}, ""),
        ({"continue": "msg_1", "files": ["fil_1"]}, ""),
    ],
)
async def test_what_cannot_be_asked_is_said_with_its_place(site: Site, body: dict[str, Any], path: str) -> None:
    answered = await site.browser.ask("POST", RUNS, body)
    assert answered.status == 400
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json["code"] == "request.invalid"
    assert [error["path"] for error in answered.json["errors"]] == [path]


async def test_bodies_that_are_not_json(site: Site) -> None:
    assert (await site.browser.ask("POST", RUNS, body=b"{")).json["code"] == "request.invalid"
    assert (await site.browser.ask("POST", RUNS, body=b"")).status == 400


async def test_a_stranger_finds_no_run(site: Site) -> None:
    site.house.upstream.script("test", [Say("mine"), Hang()])
    running = await ask(site)
    stranger = site.admit("mk_local_stranger", Subject(site.house.parts.owner.organisation_id, "per_0000000000eve"))
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/cancel")):
        answered = await stranger.ask(method, f"{RUNS}/{running['id']}{path}")
        assert (answered.status, answered.json["code"]) == (404, "run.not_found"), path
    await site.browser.ask("POST", f"{RUNS}/{running['id']}/cancel")
    await site.house.settled(running["id"])
    assert (await stranger.ask("GET", f"{RUNS}/{running['id']}")).status == 404


async def test_without_a_key_nothing_is_made(site: Site) -> None:
    site.browser.headers.clear()
    answered = await site.browser.ask("POST", RUNS, {"text": "Hi"})
    assert (answered.status, answered.json["code"]) == (401, "auth.required")
