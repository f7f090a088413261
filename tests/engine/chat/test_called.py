"""Runs that programs called for: kept over a restart, found again only by whoever made them."""

from typing import Any

import pytest

from factories.houses import House, opened
from factories.stores import Store
from fakes.steps import Finish, Hang, Say, says
from fakes.upstream import Upstream
from mecum.domains.runs import api as runs
from mecum.engine.chat.called import CalledRuns, usage_in
from mecum.engine.chat.turn import Posted
from mecum.kernel.subject import Subject

ASKED = (Posted("user", ({"type": "text", "text": "And then?"},)),)


@pytest.mark.slow
async def test_a_queued_call_is_answered_after_a_restart(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Say("begun"), Hang()])
    async with opened(plain_store, upstream) as house:
        first = house.parts.chat.find(await house.start("Hi"))
        assert first is not None
        await house.until(lambda: first.stream.started_text)
        queued = await house.start(None, kind="api", listed=False, conversation_id=first.conversation_id, posted=ASKED)
        turn = house.parts.chat.find(queued)
        assert turn is not None
        assert (turn.status, turn.listed) == ("queued", True)
    upstream.script("test", says("The end."))
    async with opened(plain_store, upstream) as house:
        assert (await house.settled(queued))["text"] == "The end."
    said = [message["content"] for message in upstream.answers()[-1].json["messages"]]
    assert said == ["Hi", "begun", "And then?"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 0}}, (9, 4, 0, None)),
        (
            {
                "input_tokens": 20,
                "cache_read_input_tokens": 70,
                "cache_creation_input_tokens": 10,
                "output_tokens": 7,
                "output_tokens_details": {"thinking_tokens": 3},
            },
            (100, 7, 70, 3),
        ),
        ({"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 2}, (9, 6, None, 2)),
        ({"prompt_eval_count": 9, "eval_count": 4}, (9, 4, None, None)),
        ({"total_tokens": 5}, (None, None, None, None)),
    ],
)
def test_counts_are_read_in_the_names_of_every_wire(raw: dict[str, Any], expected: tuple[int | None, ...]) -> None:
    usage = usage_in(raw)
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.reasoning_tokens) == expected


@pytest.mark.slow
async def test_a_call_that_brought_its_own_messages_is_interrupted(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Hang()])
    async with opened(plain_store, upstream) as house:
        run_id = await house.start(None, kind="api", listed=False, posted=ASKED)
        await upstream.seen(requests=1)
    async with opened(plain_store, upstream) as house:
        assert (await house.settled(run_id))["status"] == "interrupted"


async def test_a_run_is_told_again_as_it_was(house: House) -> None:
    house.upstream.script("test", [*says("cut"), Finish("length", 7, 1)])
    caller = {"metadata": {"a": "b"}}
    run_id = await house.start(None, kind="api", listed=False, posted=ASKED, caller=caller, temperature=0.0)
    await house.settled(run_id)
    called = CalledRuns(house.parts.database, house.parts.chat)
    found = await called.get(house.parts.owner, run_id)
    assert (found.ending.stop_reason, found.ending.status) == ("length", "completed")
    assert found.ending.usage is not None
    assert (found.ending.usage.input_tokens, found.ending.usage.output_tokens) == (7, 1)
    assert (found.wants.caller, found.wants.temperature) == (caller, 0.0)
    stranger = Subject(house.parts.owner.organisation_id, "per_0000000000000")
    for attempt in (called.get, called.forget):
        with pytest.raises(runs.RunNotFound):
            await attempt(stranger, run_id)
    assert await called.forget(house.parts.owner, run_id)
    with pytest.raises(runs.RunNotFound):
        await called.get(house.parts.owner, run_id)
