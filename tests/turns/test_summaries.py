"""Summaries of what no longer fits: made when nobody waits, sent in place of the messages, and said."""

from itertools import pairwise

import pytest

from factories.houses import opened, settings_for
from factories.records import chat
from factories.stores import Store
from factories.talks import LONG, SUMMARY, Talk, scripted, talking, working
from fakes.beyond import BEYOND, beyond
from fakes.steps import Finish, Step, says
from fakes.upstream import Upstream
from mecum.engine.chat.context import MOST_MESSAGES
from mecum.inference.service import Configured

pytestmark = pytest.mark.slow

__all__ = ["beyond"]

NOT_YET = "older than what fits the model's context window; not summarised yet"


async def test_what_does_not_fit_is_summarised_and_said(talk: Talk) -> None:
    run = await talk.until("dropped")
    assert run["context_report"]["dropped"] == [{"messages": 1, "reason": NOT_YET}]
    assert run["context_report"]["summarised"] == []
    await talk.done()
    run = await talk.say()
    report = run["context_report"]
    last = (await talk.summaries())[-1]
    assert report["dropped"] == []
    assert report["summarised"] == [
        {
            "messages": last.messages,
            "summary_id": last.id,
            "message_id": last.message_id,
            "model": "ollama/sums",
            "reason": "older than what fits the model's context window; a summary of them was sent in their place",
        }
    ]
    first, *others = talk.sent()[-1]
    head = f"[Summary of the {last.messages} messages before this one, which are not shown. ollama/sums wrote it.]"
    assert first == f"{head}\n{SUMMARY}\n[End of the summary.]\n\n{LONG}"
    # All that was said is either sent or covered: an answer follows each question, and the last one is being made.
    assert report["included"] == 1 + len(others)
    assert report["included"] + last.messages == 2 * len(talk.ran) - 1
    stored = await talk.house.parts.reader.get(talk.house.parts.owner, run["id"])
    assert (stored["context_report"], run["text"]) == (report, "Yes. " * 8)
    async with talk.house.parts.database.reading(talk.house.parts.owner) as scope:
        view = await talk.house.parts.record.threads.get(scope, run["message_id"])
        shown = await talk.house.parts.record.summaries.get(scope, last.id)
    assert view["metadata"]["context"] == "summarised"
    assert (shown["text"], shown["messages"]) == (SUMMARY, last.messages)


async def test_what_a_summary_takes_is_a_run_of_its_own(talk: Talk) -> None:
    run = await talk.until("dropped")
    await talk.done()
    ran, summaries = await talk.job_runs(), await talk.summaries()
    # It was too much to be read at once; what was kept on the way is gone, what it took is not.
    assert len(ran) > 1
    assert [(one.run_id, one.complete) for one in summaries] == [(ran[-1].id, True)]
    for one in ran:
        assert (one.status, one.model, one.conversation_id) == ("completed", "ollama/sums", talk.conversation_id)
        assert one.parent_run_id == run["id"]
        assert one.usage is not None
        assert one.usage["prompt_eval_count"] > 0
        assert one.finished_at is not None
    view = await talk.house.parts.reader.get(talk.house.parts.owner, ran[0].id)
    assert (view["kind"], view["context_report"]["included"]) == ("job", 2)


async def test_what_is_sent_keeps_its_beginning_until_the_next_step(plain_talk: Talk) -> None:
    talk = plain_talk
    await talk.summarised()
    async with working(talk.house):
        for _ in range(40):
            await talk.say()
            await talk.over()
    requests = talk.sent()[-40:]
    steps = sum(after[: len(before)] != before for before, after in pairwise(requests))
    reports = [run["context_report"] for run in talk.ran[-40:]]
    # The next summary is made before the room is used up: nothing is left out in between.
    assert not [one for report in reports for one in report["dropped"]]
    used = [report["summarised"][0]["summary_id"] for report in reports]
    assert len(set(used)) - 1 == steps
    assert 4 <= steps <= 13


async def test_the_next_summary_goes_on_from_the_last_one(plain_talk: Talk) -> None:
    talk = plain_talk
    await talk.summarised()
    before = (await talk.summaries())[-1]
    async with working(talk.house):
        while (await talk.summaries())[-1].id == before.id:
            await talk.say("And another thing. " * 20)
            await talk.over()
    after = (await talk.summaries())[-1]
    assert after.messages > before.messages
    _, asked = talk.sent("sums")[-1]
    assert asked.startswith(f"The summary so far:\n{SUMMARY}\n\nAfter that:\n\nPerson: ")
    assert asked.count("Person: ") + asked.count("Assistant: ") <= after.messages - before.messages


async def test_nothing_is_asked_of_the_store_where_all_of_it_fits(plain_talk: Talk) -> None:
    statements: list[str] = []
    reader = plain_talk.house.parts.database._reader  # pyright: ignore[reportPrivateUsage]
    reader.set_trace_callback(statements.append)
    for _ in range(2):
        await plain_talk.say("Short.")
    assert statements
    assert not [statement for statement in statements if "summaries" in statement]
    assert await plain_talk.jobs() == []
    await plain_talk.until("dropped")
    assert len([statement for statement in statements if "summaries" in statement]) == 1


async def test_one_that_is_switched_off_is_not_made_and_not_sent(plain_store: Store, upstream: Upstream) -> None:
    scripted(upstream)
    async with talking(plain_store, upstream) as house:
        talk = Talk(house)
        await talk.summarised()
    settings = settings_for(plain_store, upstream)
    models = settings.models.model_copy(update={"summaries": False})
    async with talking(plain_store, upstream, settings.model_copy(update={"models": models})) as house:
        talk = Talk(house, talk.conversation_id)
        before = len(await talk.jobs())
        report = (await talk.until("dropped"))["context_report"]
        assert (report["summarised"], len(await talk.jobs())) == ([], before)
        assert report["dropped"][0]["reason"].endswith("; summaries are switched off")


async def test_who_wants_none_gets_none_also_of_those_that_are_asked_for(
    plain_store: Store, upstream: Upstream
) -> None:
    scripted(upstream)
    async with talking(plain_store, upstream) as house:
        parts, talk = house.parts, Talk(house)

        async def say(summaries: bool | None) -> None:
            async with parts.database.writing(parts.owner) as scope:
                await parts.broker.own.change(scope, summaries=summaries)

        await talk.until("dropped")
        assert len(await talk.jobs()) == 1
        await say(False)
        await talk.done()
        assert (await talk.summaries(), await talk.job_runs()) == ([], [])
        report = (await talk.until("dropped"))["context_report"]
        assert report["dropped"][0]["reason"].endswith("; summaries are switched off")
        await say(None)
        await talk.summarised()
        assert (await talk.until("summarised"))["context_report"]["summarised"]
        await say(False)
        assert (await talk.say())["context_report"]["summarised"] == []


async def test_a_conversation_of_this_machine_is_not_summarised_beyond_it(
    plain_store: Store, upstream: Upstream, beyond: list[str]
) -> None:
    scripted(upstream)
    roles = {"summariser": {"preferred": ["cloud/sums"], "requirements": {"context_length_min": 100_000}}}
    async with talking(plain_store, upstream, configured={"role_mappings": roles}) as house:
        cloud = Configured("cloud", "openai", f"http://{BEYOND}:{upstream.port}/v1")
        house.parts.broker.models.add_fixed(cloud, consented=True)
        await house.parts.broker.registry.refresh(everywhere=True)
        assert house.parts.broker.router.choose("role:summariser", real=True).info.ref == "cloud/sums"
        talk = Talk(house)
        await talk.summarised()
        # What the role would rather have is elsewhere; a model of this machine does what it can.
        assert {one.model for one in await talk.summaries()} <= {"ollama/sums", "ollama/small", "up/sums", "up/small"}
        there = [one for one in upstream.answers() if BEYOND in one.headers["host"]]
        assert there == []
        # What goes there anyway may be summarised there, as long as somebody agrees.
        before = len(await talk.summaries())
        choose = house.parts.summarisers.choose
        assert choose("cloud", house.parts.owner).info.ref == "cloud/sums"
        assert choose(None, house.parts.owner).info.local
        async with house.parts.database.writing(house.parts.owner) as scope:
            await house.parts.policy.set_mode(scope, "local_only")
        assert choose("cloud", house.parts.owner).info.local
        assert len(await talk.summaries()) == before


async def test_with_nobody_to_summarise_it_is_said(plain_store: Store, upstream: Upstream) -> None:
    upstream.models = []
    async with opened(plain_store, upstream) as house:
        texts = [f"{number} and a word" for number in range(MOST_MESSAGES + 1)]
        conversation_id, _ = await chat(house.parts.database, house.parts.owner, *texts)
        talk = Talk(house, conversation_id)
        run = await talk.say("2+2", model="builtin/search")
        assert run["context_report"]["dropped"] == [
            {
                "messages": None,
                "reason": "older than the newest messages of a long conversation, which are all that is read; "
                "there is no model that may summarise them",
            }
        ]
        assert await talk.jobs() == []


async def test_a_conversation_too_long_to_be_read_is_summarised(plain_talk: Talk) -> None:
    house = plain_talk.house
    texts = [f"{number} and a word" for number in range(MOST_MESSAGES + 10)]
    conversation_id, ids = await chat(house.parts.database, house.parts.owner, *texts)
    talk = Talk(house, conversation_id)
    await talk.say("And?")
    await talk.done()
    report = (await talk.say("And now?"))["context_report"]
    assert report["dropped"] == []
    assert report["summarised"][0]["messages"] + report["included"] == len(ids) + 3


@pytest.mark.parametrize(
    "steps",
    [
        says(" "),
        [*says("It goes on and on"), Finish("length", 5, 5)],
        says("This is no shorter. " * 500),
        [*says("I read nothing."), Finish("stop", 3, 4)],
    ],
    ids=["empty", "cut off", "too long", "unread"],
)
async def test_what_is_no_summary_is_not_sent_and_counts_all_the_same(
    plain_store: Store, upstream: Upstream, steps: list[Step]
) -> None:
    scripted(upstream)
    upstream.script("sums", steps)
    async with talking(plain_store, upstream) as house:
        talk = Talk(house)
        await talk.until("dropped")
        async with working(house):
            await talk.house.until(lambda: len(talk.sent("sums")) >= 1)
            await talk.house.pause(0.2)
        assert await talk.summaries() == []
        failed = (await talk.job_runs())[0]
        assert (failed.status, failed.error["code"] if failed.error else None) == ("failed", "model.unavailable")
        before = len(await talk.jobs())
        for _ in range(2):
            assert (await talk.say())["context_report"]["dropped"][0]["reason"] == NOT_YET
        # Nobody asks again at once for what just failed.
        assert len(await talk.jobs()) == before
