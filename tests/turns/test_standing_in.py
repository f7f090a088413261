"""Another model answers when the chosen one does not begin to: seen in the record, also after a restart."""

from collections.abc import Sequence
from contextlib import ExitStack

import pytest

from factories.houses import opened, settings_for
from factories.stores import Store
from fakes.ollama_wire import OllamaModel
from fakes.steps import Drop, Fail, Hang, Say, Step, Think, Wait, says
from fakes.upstream import Upstream
from mecum.engine.chat.sink import TurnSink
from mecum.inference.service import Configured
from mecum.inference.settings import EndpointSettings
from mecum.kernel import clock
from mecum.settings import Settings

pytestmark = pytest.mark.slow

CHAIN = {"fallbacks": {"up/test": ["up/second"], "up/second": ["up/third"]}}


@pytest.mark.parametrize(
    ("first", "code", "word"),
    [
        ([Fail(429, "slow down")], "model.limited", "limited"),
        ([Fail(401, "no")], "model.auth_failed", "key refused"),
        ([Fail(503, "away")], "model.unavailable", "unavailable"),
        ([Fail(404, "gone")], "model.not_found", "not found"),
        ([Drop()], "model.cut_short", "unavailable"),
    ],
)
async def test_the_next_of_the_chain_answers_and_says_why(
    plain_store: Store, upstream: Upstream, first: Sequence[Step], code: str, word: str
) -> None:
    upstream.script("test", first)
    upstream.script("second", [Wait(0.1), *says("I stand in.")])
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        began = clock.monotonic()
        run_id = await house.start("Hi")
        heard = house.follow(run_id)
        run = await house.settled(run_id)
        assert clock.monotonic() - began < 2
        changed = next(frame for frame in heard.frames if frame["type"] == "run.model_changed")
        reason = f"up/test did not answer ({word}); up/second stood in."
        assert {name: changed[name] for name in ("model", "model_reason", "failed", "error")} == {
            "model": "up/second",
            "model_reason": reason,
            "failed": "up/test",
            "error": code,
        }
        assert heard.types[:2] == ["run.started", "run.model_changed"]
        assert (run["status"], run["text"]) == ("completed", "I stand in.")
        assert (run["model"], run["model_reason"]) == ("up/second", reason)
        assert heard.frames[-1]["message"]["metadata"] == {"stood_in_for": "up/test"}
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        again = await house.parts.reader.get(house.parts.owner, run_id)
        assert (again["model"], again["model_reason"], again["text"]) == ("up/second", reason, "I stand in.")


async def test_a_chain_goes_on_and_ends(plain_store: Store, upstream: Upstream) -> None:
    for name in ("test", "second"):
        upstream.script(name, [Fail(500, "no")])
    upstream.script("third", [Fail(429, "no")])
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        run = await house.settled(await house.start("Hi"))
        assert (run["status"], run["error"]["code"], run["model"]) == ("failed", "model.limited", "up/third")
        assert [one.model for one in upstream.answers()] == ["test", "second", "third"]
        assert "up/second neither (unavailable)" in run["model_reason"]


@pytest.mark.parametrize("said", [Say("half"), Think("hm")])
async def test_what_has_begun_is_never_asked_again(plain_store: Store, upstream: Upstream, said: Step) -> None:
    upstream.script("test", [said, Wait(0.05), Drop()])
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        run = await house.settled(await house.start("Hi"))
    assert (run["status"], run["model"]) == ("failed", "up/test")
    assert [one.model for one in upstream.answers()] == ["test"]


async def test_the_snapshot_says_so_while_it_answers_and_when_it_has(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Fail(429, "slow down")])
    upstream.script("second", [Say("half "), Wait(0.3), Say("whole")])
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        run_id = await house.start("Hi")
        heard = house.follow(run_id)
        await house.until(lambda: heard.text == "half ")
        now = await house.parts.reader.get(house.parts.owner, run_id)
        assert (now["status"], now["model"], now["stood_in_for"]) == ("running", "up/second", "up/test")
        assert (await house.settled(run_id))["stood_in_for"] == "up/test"
        plain = await house.settled(await house.start("Hi", model="up/second"))
        assert plain["stood_in_for"] is None


async def test_a_wrong_request_is_not_tried_elsewhere(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Fail(400, "no such parameter")])
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        run = await house.settled(await house.start("Hi"))
    assert (run["error"]["code"], len(upstream.answers())) == ("model.refused", 1)


async def test_a_crash_after_the_change_still_says_who_answered(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Fail(503, "away")])
    upstream.script("second", [Say("half"), Hang()])
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        run_id = await house.start("Hi")
        heard = house.follow(run_id)
        await house.until(lambda: heard.text == "half")
        turn = house.parts.chat.find(run_id)
        assert turn is not None
        # The process ends here without a word: what it leaves is what is on disk.
        house.parts.log.drop(turn.stream)
        await house.parts.chat.cancel(run_id)
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        run = await house.parts.reader.get(house.parts.owner, run_id)
        assert (run["status"], run["text"], run["model"]) == ("interrupted", "half", "up/second")
        assert run["model_reason"].endswith("up/second stood in.")
        assert run["stood_in_for"] == "up/test"


def _two(store: Store, upstream: Upstream) -> Settings:
    """Return settings with a second endpoint `gone`, where nobody listens."""
    plain = settings_for(store, upstream)
    gone = EndpointSettings(name="gone", base_url="http://127.0.0.1:1")
    endpoints = (*plain.models.endpoints, gone)
    return plain.model_copy(update={"models": plain.models.model_copy(update={"endpoints": endpoints})})


async def test_an_endpoint_that_is_lost_has_a_stand_in_at_once(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", says("here"))
    wanted = {"fallbacks": {"gone/m": ["up/test"]}}
    async with opened(plain_store, upstream, _two(plain_store, upstream), wanted) as house:
        run_id = await house.start("Hi", model="gone/m")
        heard = house.follow(run_id)
        run = await house.settled(run_id)
    reason = "gone/m did not answer (unavailable); up/test stood in."
    assert (run["status"], run["text"], run["model"]) == ("completed", "here", "up/test")
    assert (run["model_reason"], run["stood_in_for"]) == (reason, "gone/m")
    told = {name: heard.frames[0][name] for name in ("type", "model", "model_reason", "stood_in_for")}
    assert told == {"type": "run.started", "model": "up/test", "model_reason": reason, "stood_in_for": "gone/m"}


async def test_no_chain_leaves_this_machine_without_consent(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Fail(503, "away")])
    upstream.add(OllamaModel("big:cloud", remote_host="https://ollama.com"))
    upstream.script("big:cloud", says("from afar"))
    plain = settings_for(plain_store, upstream)
    found = plain.model_copy(update={"models": plain.models.model_copy(update={"ollama_url": upstream.url})})
    wanted = {"fallbacks": {"up/test": ["ollama/big:cloud"]}}
    async with opened(plain_store, upstream, found, wanted) as house:
        far = house.parts.broker.registry.find("ollama/big:cloud")
        assert far is not None
        assert not far.local
        run = await house.settled(await house.start("Hi"))
        assert (run["status"], run["model"]) == ("failed", "up/test")
        house.parts.broker.models.add_fixed(Configured("ollama", "ollama", upstream.url), consented=True)
        await house.parts.broker.registry.refresh()
        run = await house.settled(await house.start("Hi"))
        assert (run["status"], run["model"], run["text"]) == ("completed", "ollama/big:cloud", "from afar")


async def test_what_failed_and_what_answered_is_measured_and_kept(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Fail(429, "slow down")])
    upstream.script("second", [Wait(0.05), *[step for _ in range(10) for step in (Say("w "), Wait(0.02))]])
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        await house.settled(await house.start("Hi"))
    async with opened(plain_store, upstream, configured=CHAIN) as house:
        find = house.parts.broker.measurements.find
        failed, answered = find("up/test"), find("up/second")
        assert failed is not None
        assert answered is not None
        assert (failed.failure_rate, round(failed.failures["model.limited"], 2)) == (1.0, 1.0)
        assert (answered.failure_rate, round(answered.answers, 2)) == (0.0, 1.0)
        assert answered.first_token_seconds is not None
        assert 0.04 < answered.first_token_seconds < 1
        assert answered.tokens_per_second is not None
        assert 5 < answered.tokens_per_second < 60


async def test_a_server_that_is_lost_costs_one_answer_where_the_role_has_another_choice(
    plain_store: Store, upstream: Upstream
) -> None:
    wanted = {"role_mappings": {"chat": {"preferred": ["box/fake-echo", "up/fake-echo"]}}}
    plain = settings_for(plain_store, upstream)
    with ExitStack() as there:
        box = there.enter_context(Upstream())
        both = (*plain.models.endpoints, EndpointSettings(name="box", base_url=f"{box.url}/v1"))
        settings = plain.model_copy(update={"models": plain.models.model_copy(update={"endpoints": both})})
        async with opened(plain_store, upstream, settings, wanted) as house:
            first = await house.settled(await house.start("Hi", model=None))
            assert (first["status"], first["model"]) == ("completed", "box/fake-echo")
            there.close()
            lost = await house.settled(await house.start("Hi", model=None))
            assert (lost["status"], lost["model"]) == ("failed", "box/fake-echo")
            await house.until(lambda: not house.parts.broker.registry.get("box/fake-echo").available)
            next_ = await house.settled(await house.start("Hi", model=None))
            assert (next_["status"], next_["model"]) == ("completed", "up/fake-echo")
            assert "box/fake-echo: its server box does not answer since" in next_["model_reason"]


async def test_a_pool_answers_and_the_record_says_which_member(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Fail(503, "away")])
    upstream.script("second", says("from the second"))
    wanted = {"pools": {"both": ["up/test", "up/second"]}}
    async with opened(plain_store, upstream, configured=wanted) as house:
        run_id = await house.start("Hi", model="pool/both")
        heard = house.follow(run_id)
        run = await house.settled(run_id)
        assert (run["status"], run["text"], run["model"]) == ("completed", "from the second", "pool/both")
        message = heard.frames[-1]["message"]
        assert message["metadata"] == {"served_by": "up/second"}
        stored = await house.parts.reader.get(house.parts.owner, run_id)
        assert (run["served_by"], stored["served_by"]) == ("up/second", "up/second")
        for ref, failures in (("up/test", 1), ("up/second", 0), ("pool/both", 0)):
            measured = house.parts.broker.measurements.find(ref)
            assert measured is not None
            assert len(measured.failures) == failures, ref


async def test_a_pool_that_is_all_away_has_a_stand_in(plain_store: Store, upstream: Upstream) -> None:
    for name in ("test", "second"):
        upstream.script(name, [Fail(503, "away")])
    upstream.script("third", says("still here"))
    wanted = {"pools": {"both": ["up/test", "up/second"]}, "fallbacks": {"pool/both": ["up/third"]}}
    async with opened(plain_store, upstream, configured=wanted) as house:
        run = await house.settled(await house.start("Hi", model="pool/both"))
    assert (run["status"], run["text"], run["model"]) == ("completed", "still here", "up/third")
    assert run["model_reason"] == "pool/both did not answer (unavailable); up/third stood in."


async def test_background_work_waits_for_people(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Wait(0.1), Say("x")])
    plain = settings_for(plain_store, upstream)
    one = EndpointSettings(name="up", base_url=f"{upstream.url}/v1", most_at_once=1)
    limited = plain.model_copy(update={"models": plain.models.model_copy(update={"endpoints": (one,)})})
    async with opened(plain_store, upstream, limited) as house:
        first = await house.start("first")
        await upstream.seen(requests=2)
        others = [await house.start("job", kind="job"), await house.start("person")]
        for run_id in (first, *others):
            await house.settled(run_id)
        assert [one.json["messages"][-1]["content"] for one in upstream.answers()] == ["first", "person", "job"]


def hurried(store: Store, upstream: Upstream) -> Settings:
    """Return settings by which a first word may take a tenth of a second."""
    settings = settings_for(store, upstream)
    return settings.model_copy(update={"models": settings.models.model_copy(update={"first_word": 0.1})})


async def test_a_silent_model_loses_its_question_to_the_next_of_its_chain(
    plain_store: Store, upstream: Upstream
) -> None:
    upstream.script("test", [Hang()])
    upstream.script("second", [Say("I stand in.")])
    async with opened(plain_store, upstream, hurried(plain_store, upstream), configured=CHAIN) as house:
        run = await house.settled(await house.start("Hi"))
        assert (run["status"], run["text"]) == ("completed", "I stand in.")
        assert run["model_reason"] == "up/test did not answer (silent); up/second stood in."
        assert run["usage"] is not None or run["model"] == "up/second"
        failures = house.parts.broker.measurements.find("up/test")
        assert failures is not None
        assert set(failures.failures) == {"model.silent"}


async def test_who_has_begun_has_all_the_time(plain_store: Store, upstream: Upstream) -> None:
    upstream.script("test", [Say("slow"), Wait(0.4), Say("ly")])
    async with opened(plain_store, upstream, hurried(plain_store, upstream), configured=CHAIN) as house:
        run = await house.settled(await house.start("Hi"))
        assert (run["status"], run["model"], run["text"]) == ("completed", "up/test", "slowly")


async def test_nobody_to_stand_in_means_no_limit_and_cancelling_always_works(
    plain_store: Store, upstream: Upstream
) -> None:
    upstream.script("third", [Wait(0.4), Say("late")])
    upstream.script("alone", [Hang()])
    async with opened(plain_store, upstream, hurried(plain_store, upstream), configured=CHAIN) as house:
        assert (await house.settled(await house.start("Hi", model="up/third")))["text"] == "late"
        run_id = await house.start("Hi", model="up/alone")
        await house.until(lambda: any(one.model == "alone" for one in upstream.answers()))
        turn = house.parts.chat.find(run_id)
        assert turn is not None
        heard = house.follow(run_id)
        TurnSink(turn).still_waiting()
        await house.until(lambda: "run.status" in heard.types)
        assert next(frame["phase"] for frame in heard.frames if frame["type"] == "run.status") == "silent"
        await house.parts.chat.cancel(run_id)
        assert (await house.settled(run_id))["status"] == "cancelled"
