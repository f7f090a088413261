"""A run as server-sent events: from any position, to clients fast, slow and gone."""

from typing import Any

from factories.sites import Site
from fakes.steps import Hang, Say, Wait, says
from fakes.visits import Visit


async def begun(site: Site, *words: str) -> str:
    """Begin an answer that says these words and then nothing; return the run's id once they are there."""
    site.house.upstream.script("test", [*says(*words), Hang()])
    run_id = await site.house.start("Hi")
    heard = site.house.follow(run_id)
    await site.house.until(lambda: heard.text == "".join(words))
    return run_id


def follow(site: Site, run_id: str, after: int | None = None, headers: dict[str, str] | None = None) -> Visit:
    """Follow a run."""
    return site.visit(f"/api/v1/runs/{run_id}/events" + ("" if after is None else f"?after={after}"), headers)


def text_of(events: list[dict[str, Any]]) -> str:
    """Return the text of all deltas."""
    return "".join(event["text"] for event in events if event["type"] == "part.delta")


async def end(site: Site, run_id: str) -> None:
    """Stop a run."""
    await site.house.parts.chat.cancel(run_id)
    await site.house.settled(run_id)


async def test_what_was_then_what_comes_then_the_end(site: Site) -> None:
    run_id = await begun(site, "Hel", "lo")
    visit = follow(site, run_id)
    await visit.until(lambda: text_of(visit.events) == "Hello")
    start = visit.sent[0]
    assert start["status"] == 200
    assert dict(start["headers"])[b"content-type"] == b"text/event-stream; charset=utf-8"
    await end(site, run_id)
    await visit.over()
    assert visit.events[-1]["type"] == "run.cancelled"
    assert [event["seq"] for event in visit.events] == sorted(event["seq"] for event in visit.events)


async def test_a_client_goes_on_where_it_was(site: Site) -> None:
    run_id = await begun(site, "Hello")
    visit = follow(site, run_id, 3)
    by_header = follow(site, run_id, headers={"last-event-id": "3"})
    neither = follow(site, run_id, 1, {"last-event-id": "nonsense"})
    await end(site, run_id)
    for one in (visit, by_header, neither):
        await one.over()
    assert min(event["seq"] for event in visit.events) > 3
    assert [e["type"] for e in by_header.events] == [e["type"] for e in visit.events]
    assert text_of(neither.events) == "Hello"


async def test_a_settled_run_is_told_from_what_is_stored(site: Site) -> None:
    run_id = await begun(site, "Hello")
    await end(site, run_id)
    for after, types in (
        (0, ["part.started", "part.delta", "part.completed", "run.cancelled"]),
        (10_000, []),
    ):
        visit = follow(site, run_id, after)
        await visit.over()
        assert [event["type"] for event in visit.events] == types


async def test_a_client_that_does_not_read_gets_wider_frames_not_a_queue(site: Site) -> None:
    words = [f"word{number} " for number in range(30)]
    site.house.upstream.script("test", [step for word in words for step in (Say(word), Wait(0.02))])
    run_id = await site.house.start("Hi")
    visit = follow(site, run_id)
    await visit.until(lambda: len(visit.events) >= 2)
    visit.reading.clear()
    await visit.until(lambda: visit.waiting == 1)
    fast = follow(site, run_id)
    await site.house.settled(run_id)
    assert visit.waiting == 1, "nothing is queued for it"
    visit.reading.set()
    await visit.over()
    await fast.over()
    assert text_of(fast.events) == "".join(words)
    had = b""
    for event in visit.events:
        if event["type"] == "part.delta":
            had += event["text"].encode()[len(had) - event["offset"] :]
    # Whoever was not told the end asks again from where it was.
    if visit.events[-1]["type"] != "run.completed":
        rest = follow(site, run_id, visit.events[-1]["seq"])
        await rest.over()
        for event in rest.events:
            if event["type"] == "part.delta":
                had += event["text"].encode()[len(had) - event["offset"] :]
        assert rest.events[-1]["type"] == "run.completed"
    assert had.decode() == "".join(words)


async def test_leaving_stops_the_following_and_not_the_run(site: Site) -> None:
    run_id = await begun(site, "Hello")
    turn = site.house.parts.chat.find(run_id)
    assert turn is not None
    before = len(turn.stream.followers)
    visit = follow(site, run_id)
    await visit.until(lambda: len(turn.stream.followers) == before + 1)
    await visit.leave()
    assert len(turn.stream.followers) == before
    assert turn.status == "running"
    await end(site, run_id)


async def test_a_client_that_broke_off_is_no_error(site: Site) -> None:
    run_id = await begun(site, "Hello")
    visit = follow(site, run_id)
    await visit.until(lambda: text_of(visit.events) == "Hello")
    visit.broken = True
    await end(site, run_id)
    await visit.leave()
