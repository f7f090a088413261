"""The multiplexed socket through the whole application: subscribe, resume, be slow, ask nonsense, be too many."""

from typing import Any

import pytest

from factories.sites import Site
from fakes.steps import Hang, Say, Wait, says
from fakes.visits import Visit
from mecum.edges.ws.socket import Sockets
from mecum.kernel import clock
from mecum.kernel.subject import Subject


async def begun(site: Site, *words: str) -> str:
    """Begin an answer that says these words and then nothing; return the run's id once they are there."""
    site.house.upstream.script("test", [*says(*words), Hang()])
    run_id = await site.house.start("Hi")
    heard = site.house.follow(run_id)
    await site.house.until(lambda: heard.text == "".join(words))
    return run_id


async def end(site: Site, run_id: str) -> None:
    """Stop a run."""
    await site.house.parts.chat.cancel(run_id)
    await site.house.settled(run_id)


def of_run(visit: Visit, run_id: str) -> list[dict[str, Any]]:
    """Return the envelopes of a run."""
    return [frame for frame in visit.frames if frame.get("run_id") == run_id and "seq" in frame and "v" in frame]


def text_of(events: list[dict[str, Any]]) -> str:
    """Return the text, taking from each delta what lies beyond what was there."""
    parts: dict[int, bytes] = {}
    for event in events:
        if event["type"] == "part.delta":
            had = parts.setdefault(event["part"], b"")
            assert event["offset"] <= len(had)
            parts[event["part"]] = had + event["text"].encode()[len(had) - event["offset"] :]
    return b"".join(parts.values()).decode()


async def test_a_run_is_followed_from_its_beginning_to_its_end(site: Site) -> None:
    run_id = await begun(site, "Hel", "lo")
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": f"run:{run_id}", "after": None})
    await visit.until(lambda: text_of(of_run(visit, run_id)) == "Hello")
    assert visit.sent[0]["type"] == "websocket.accept"
    subscribed = visit.frames[0]
    assert (subscribed["type"], subscribed["channel"]) == ("subscribed", f"run:{run_id}")
    await end(site, run_id)
    await visit.until(lambda: of_run(visit, run_id)[-1]["type"] == "run.cancelled")
    assert [e["seq"] for e in of_run(visit, run_id)] == sorted(e["seq"] for e in of_run(visit, run_id))
    await visit.leave()


async def test_a_second_socket_goes_on_where_the_first_was(site: Site) -> None:
    run_id = await begun(site, "Hello")
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": f"run:{run_id}", "after": 2})
    await visit.until(lambda: bool(of_run(visit, run_id)))
    assert of_run(visit, run_id)[0]["seq"] == 3
    await end(site, run_id)
    await visit.leave()


async def test_a_settled_run_is_told_from_what_is_stored(site: Site) -> None:
    run_id = await begun(site, "Hello")
    await end(site, run_id)
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": f"run:{run_id}"})
    visit.say({"type": "subscribe", "channel": f"run:{run_id}", "after": 10_000})
    await visit.until(lambda: sum(f["type"] == "subscribed" for f in visit.frames) == 2)
    assert text_of(of_run(visit, run_id)) == "Hello"
    assert visit.frames[-1] == {"type": "subscribed", "channel": f"run:{run_id}", "seq": 10_000}
    await visit.leave()


async def test_two_runs_at_once_and_one_no_longer(site: Site) -> None:
    first, second = await begun(site, "one"), await begun(site, "two")
    visit = site.socket()
    for run_id in (first, second, second):
        visit.say({"type": "subscribe", "channel": f"run:{run_id}"})
    await visit.until(lambda: (text_of(of_run(visit, first)), text_of(of_run(visit, second))) == ("one", "two"))
    visit.say({"type": "unsubscribe", "channel": f"run:{first}"})
    visit.say({"type": "unsubscribe", "channel": "run:nobody"})
    visit.say({"type": "ping"})
    await visit.until(lambda: visit.frames[-1] == {"type": "pong"})
    await end(site, first)
    await end(site, second)
    await visit.until(lambda: of_run(visit, second)[-1]["type"] == "run.cancelled")
    assert of_run(visit, first)[-1]["type"] != "run.cancelled"
    await visit.leave()


async def test_the_personal_channel_tells_and_catches_up(site: Site) -> None:
    site.house.upstream.script("test", says("x"))
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": "me"})
    await visit.until(lambda: bool(visit.frames))
    at = visit.frames[0]["seq"]
    await site.house.settled(await site.house.start("Hi"))
    await visit.until(lambda: any(frame["type"] == "run.settled" for frame in visit.frames))
    news = [frame for frame in visit.frames if frame.get("channel") == "me" and "v" in frame]
    # The first look for models may end at any time.
    news = [frame for frame in news if frame["type"] != "model.changed"]
    numbers = [at, *(frame["seq"] for frame in news)]
    assert numbers == sorted(set(numbers))
    assert {frame["type"] for frame in news} == {"run.created", "run.settled"}
    await visit.leave()
    later = site.socket()
    later.say({"type": "subscribe", "channel": "me", "after": at})
    await later.until(lambda: len(later.frames) > 1)
    told, conversation_id = later.frames[-1], news[0]["conversation_id"]
    assert (told["type"], told["conversation_id"]) == ("conversation.updated", conversation_id)
    assert told["seq"] == numbers[-1]
    later.say({"type": "unsubscribe", "channel": "me"})
    later.say({"type": "subscribe", "channel": "me", "after": numbers[-1] + 10_000})
    await later.until(lambda: later.frames[-1] == {"type": "resync", "channel": "me"})
    await later.leave()


async def test_the_personal_channel_tells_what_changed_since_a_client_began_to_read(site: Site) -> None:
    started = clock.milliseconds()
    made = await site.browser.ask("POST", "/api/v1/projects", {"name": "Rome"})
    # Longer than that ago: whatever was there before, the project came after it.
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": "me", "after": None, "since": clock.milliseconds() - started + 1})
    await visit.until(lambda: any(frame["type"] == "project.created" for frame in visit.frames))
    told = next(frame for frame in visit.frames if frame["type"] == "project.created")
    assert told["project_id"] == made.json["id"]
    assert told["seq"] <= visit.frames[0]["seq"]
    await visit.leave()


async def test_the_personal_channel_repeats_nothing_that_was_before_a_client_began_to_read(site: Site) -> None:
    await site.browser.ask("POST", "/api/v1/projects", {"name": "Rome"})
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": "me", "after": None, "since": 0})
    visit.say({"type": "ping"})
    await visit.until(lambda: {"type": "pong"} in visit.frames)
    assert not any(frame["type"].startswith("project.") for frame in visit.frames)
    await visit.leave()


async def test_a_slow_client_catches_up_with_every_word(site: Site) -> None:
    words = [f"word{number} " for number in range(25)]
    site.house.upstream.script("test", [step for word in words for step in (Say(word), Wait(0.02))])
    run_id = await site.house.start("Hi")
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": f"run:{run_id}"})
    await visit.until(lambda: bool(of_run(visit, run_id)))
    visit.reading.clear()
    await visit.until(lambda: visit.waiting == 1)
    visit.say({"type": "ping"})
    await site.house.settled(run_id)
    assert visit.waiting == 1, "nothing is queued for it"
    visit.reading.set()
    await visit.until(lambda: any(event["type"] == "run.completed" for event in of_run(visit, run_id)))
    assert text_of(of_run(visit, run_id)) == "".join(words)
    assert {"type": "pong"} in visit.frames
    await visit.leave()


@pytest.mark.parametrize(
    "said",
    [
        "no json",
        "[]",
        "{}",
        '{"type":"shout"}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","channel":5}',
        '{"type":"subscribe","channel":"nowhere"}',
        '{"type":"unsubscribe"}',
        '"' + "x" * 70_000 + '"',
    ],
)
async def test_nonsense_is_answered_and_the_socket_stays(site: Site, said: str) -> None:
    visit = site.socket()
    visit.say(said)
    visit.say_bytes(b'{"type":"ping"}')
    await visit.until(lambda: len(visit.frames) == 2)
    assert (visit.frames[0]["type"], visit.frames[0]["code"]) == ("error", "socket.bad_message")
    assert visit.frames[1] == {"type": "pong"}
    await visit.leave()


async def test_a_strangers_run_is_not_there(site: Site) -> None:
    run_id = await begun(site, "mine")
    site.admit("mk_local_stranger", Subject(site.house.parts.owner.organisation_id, "per_0000000000eve"))
    visit = site.socket({"authorization": "Bearer mk_local_stranger"})
    visit.say({"type": "subscribe", "channel": f"run:{run_id}"})
    await visit.until(lambda: bool(visit.frames))
    assert visit.frames[0]["code"] == "run.not_found"
    await end(site, run_id)
    await visit.leave()


@pytest.mark.parametrize(("said", "reason"), [("", "auth.required"), ("Bearer mk_wrong", "auth.failed")])
async def test_nobody_without_a_key(site: Site, said: str, reason: str) -> None:
    visit = site.socket({"authorization": said})
    await visit.until(lambda: len(visit.sent) == 2)
    assert visit.sent[1] == {"type": "websocket.close", "code": 4401, "reason": reason}


async def test_not_from_another_sites_page(site: Site) -> None:
    visit = site.socket({"origin": "https://evil.example.org"})
    await visit.until(lambda: bool(visit.sent))
    assert visit.sent[0]["type"] == "websocket.close"


async def test_no_more_sockets_than_allowed(site: Site) -> None:
    parts = site.house.parts
    sockets = Sockets(parts.database, parts.reader, parts.channel, most=1)
    scope = {"type": "websocket", "mecum.subject": parts.owner}
    first, second = Visit(sockets, dict(scope)), None  # pyright: ignore[reportArgumentType]
    await first.until(lambda: sockets.open == 1)
    second = Visit(sockets, dict(scope))  # pyright: ignore[reportArgumentType]
    await second.until(lambda: len(second.sent) == 2)
    assert second.sent[1] == {"type": "websocket.close", "code": 4429, "reason": "socket.too_many"}
    await first.leave()
    assert sockets.open == 0


async def test_leaving_leaves_nothing_behind(site: Site) -> None:
    run_id = await begun(site, "Hello")
    turn = site.house.parts.chat.find(run_id)
    assert turn is not None
    before = len(turn.stream.followers)
    visit = site.socket()
    visit.say({"type": "subscribe", "channel": f"run:{run_id}"})
    visit.say({"type": "subscribe", "channel": "me"})
    await visit.until(lambda: len(turn.stream.followers) == before + 1)
    await visit.leave()
    assert len(turn.stream.followers) == before
    await end(site, run_id)
