"""A summary holds for the branch it was made of, and is gone with what it was made of; a job goes on where it was."""

import threading
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from factories.records import chat
from factories.stores import Store
from factories.talks import LONG, SMALL, SUMMARY, Talk, scripted, talking, working
from fakes.steps import Hang, Hold, says
from fakes.upstream import Upstream
from mecum.domains.conversations.errors import SummaryNotFound
from mecum.domains.conversations.model import Message, Summary
from mecum.domains.runs.model import Run

pytestmark = pytest.mark.slow

CANARY = "canary7zq4"


async def path(talk: Talk, message_id: str | None) -> list[str]:
    """Return the ids of the branch to a message, oldest first."""
    async with talk.house.parts.database.reading(talk.house.parts.owner) as scope:
        rows = await scope.session.execute(
            select(Message.id, Message.parent_id).where(Message.conversation_id == talk.conversation_id)
        )
        parents = {row[0]: row[1] for row in rows}
    found = list[str]()
    while message_id is not None:
        found.insert(0, message_id)
        message_id = parents[message_id]
    return found


async def test_an_edit_of_what_is_covered_leaves_the_summary_behind(talk: Talk) -> None:
    await talk.summarised()
    used = (await talk.say())["context_report"]["summarised"][0]
    branch = await path(talk, talk.ran[-1]["parent_id"])
    at = branch.index(used["message_id"])
    # What a person said after its end is another branch below it.
    later = await talk.say(edit=branch[at + 3], text=LONG * 3)
    assert later["context_report"]["summarised"] in ([], [used])
    # What it covers being another, it covers that branch no more.
    early = await talk.say(edit=branch[at - 1], text="No, otherwise. " + LONG * 8)
    assert early["context_report"]["summarised"] == []
    assert SUMMARY not in " ".join(talk.sent()[-1])
    # There another one is made, and the old branch has its own still.
    async with working(talk.house):
        for _ in range(8):
            await talk.say()
            await talk.over()
    assert talk.ran[-1]["context_report"]["summarised"][0]["summary_id"] != used["summary_id"]
    back = await talk.say(parent_id=branch[-1], model=SMALL)
    assert back["context_report"]["summarised"][0]["message_id"] in branch


async def test_an_answer_made_again_has_the_same_summary(talk: Talk) -> None:
    await talk.summarised()
    run = await talk.say()
    again = await talk.say(None, regenerate=run["message_id"])
    assert again["context_report"] == run["context_report"] | {
        "counted_tokens": again["context_report"]["counted_tokens"]
    }


async def test_a_deleted_conversation_shows_no_summary_until_it_is_back(talk: Talk) -> None:
    parts = talk.house.parts
    summary_id = await talk.summarised()
    await parts.record.removal.trash(parts.owner, talk.conversation_id)
    async with parts.database.reading(parts.owner) as scope:
        try:
            await parts.record.summaries.get(scope, summary_id)
        except SummaryNotFound:
            pass
        else:
            raise AssertionError("it is shown")
    await parts.record.removal.restore(parts.owner, talk.conversation_id)
    assert (await talk.say())["context_report"]["summarised"][0]["summary_id"] == summary_id


async def test_a_purge_leaves_nothing_of_it(plain_store: Store, upstream: Upstream) -> None:
    scripted(upstream, f"They talked of {CANARY}.")
    async with talking(plain_store, upstream) as house:
        talk = Talk(house)
        await talk.summarised()
        await talk.say()
        assert CANARY in talk.sent()[-1][0]
        await house.parts.database.vacuum_log()
        assert traces(plain_store.folder)
        await house.parts.record.removal.purge(house.parts.owner, talk.conversation_id)
        assert traces(plain_store.folder) == []
        async with house.parts.database.reading(None) as scope:
            for table in (Summary, Run):
                assert (await scope.session.execute(select(func.count()).select_from(table))).scalar() == 0


def traces(folder: Path) -> list[str]:
    """Return the files in which the canary can be read."""
    return [one.name for one in folder.rglob("*") if one.is_file() and CANARY.encode() in one.read_bytes()]


async def test_what_is_purged_while_it_is_summarised_gets_no_summary(talk: Talk) -> None:
    house, purged = talk.house, threading.Event()
    house.upstream.script("sums", [Hold(purged), *says(f"They talked of {CANARY}.")])
    await talk.until("dropped")
    async with working(house):
        await house.until(lambda: talk.sent("sums"))
        await house.parts.record.removal.purge(house.parts.owner, talk.conversation_id)
        purged.set()
        while await talk.waiting():
            await house.pause(0.01)
    assert [job.state for job in await talk.jobs()] == ["done"]
    assert (await talk.summaries(), await talk.job_runs()) == ([], [])
    # After the piece that was under way nothing more was asked.
    assert len(talk.sent("sums")) == 1


async def test_what_is_deleted_before_it_is_summarised_is_sent_nowhere(talk: Talk) -> None:
    await talk.until("dropped")
    await talk.house.parts.record.removal.trash(talk.house.parts.owner, talk.conversation_id)
    await talk.done()
    assert (talk.sent("sums"), await talk.summaries()) == ([], [])


async def test_a_job_goes_on_where_the_last_process_was(store: Store, upstream: Upstream) -> None:
    scripted(upstream)
    upstream.script("sums", [Hang()])
    upstream.script("sums", says("The first piece."), times=1)
    async with talking(store, upstream) as house:
        texts = [f"{number}: {LONG}" for number in range(40)]
        conversation_id, _ = await chat(house.parts.database, house.parts.owner, *texts)
        talk = Talk(house, conversation_id)
        await talk.say()
        async with working(house):
            await house.until(lambda: len(talk.sent("sums")) >= 2)
        kept = await talk.summaries()
        assert [(one.text, one.complete) for one in kept] == [("The first piece.", False)]
        assert [job.state for job in await talk.jobs()] == ["queued"]
        # It is of this job only: nobody is told it yet.
        assert (await talk.say())["context_report"]["summarised"] == []
    upstream.script("sums", says(SUMMARY))
    async with talking(store, upstream) as house:
        talk = Talk(house, conversation_id)
        await talk.done()
        asked = [question for _, question in talk.sent("sums")]
        # The first piece once, what was broken off again, and then the rest.
        assert sum("Person: 0: " in question for question in asked) == 1
        assert all(one.startswith("The summary so far:\nThe first piece.\n\nAfter that:\n\n") for one in asked[1:3])
        assert asked[1][:1000] == asked[2][:1000]
        assert [one.complete for one in await talk.summaries()] == [True] * len(await talk.summaries())
        report = (await talk.say())["context_report"]
        assert (report["dropped"], len(report["summarised"])) == ([], 1)


async def test_what_was_asked_for_is_asked_once(talk: Talk) -> None:
    await talk.until("dropped")
    for _ in range(3):
        await talk.say()
    assert len(await talk.jobs()) == 1
    payload = (await talk.jobs())[0].payload
    assert set(payload) == {"conversation_id", "message_id", "run_id", "endpoint", "tokens"}
    assert "so it went on" not in orjson.dumps(payload).decode()
