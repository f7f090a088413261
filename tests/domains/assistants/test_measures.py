"""Figures by their methods: the numbers are those of a calculation by hand; where there is too little there is none."""

from typing import Any

import orjson
import pytest

from factories.contexts import Context
from mecum.domains.assistants.rules.measures.listed import kept, measures, reflection_in
from mecum.domains.assistants.rules.measures.reflection import reflected
from mecum.domains.assistants.rules.measures.values import Answer, Evidence, Measure, wilson, z_of
from mecum.domains.runs import api as runs
from mecum.infra.storage import Op
from mecum.kernel import ids
from mecum.kernel.subject import Subject

NOW = 1_800_000_000_000


def answer(place: int, status: str = "completed", **said: Any) -> Answer:
    """Return an answer; the higher its place, the older it is."""
    given: dict[str, Any] = {"seconds": 2.0, "revision": 1, **said}
    return Answer(NOW - 1000 * place, status, **given)


def of(answers: list[Answer], **said: Any) -> dict[str, Measure]:
    """Return the figures of these answers, by name."""
    found = measures(Evidence(at=NOW, answers=answers, total=len(answers), **said))
    return {one.name: one for one in found}


def test_nothing_is_invented() -> None:
    for measure in of([]).values():
        assert measure.value is None, measure
        assert measure.missing, measure
        assert measure.method, measure
        assert measure.explanation, measure


@pytest.mark.parametrize(
    ("good", "among", "least"), [(8, 10, 0.490), (10, 10, 0.722), (0, 10, 0.0), (98, 100, 0.930), (1, 1, 0.207)]
)
def test_the_lower_bound_of_wilson(good: int, among: int, least: float) -> None:
    assert wilson(good, among) == pytest.approx(least, abs=0.0005)


def test_the_two_proportion_test() -> None:
    assert z_of((90, 100), (12, 20)) == pytest.approx(-3.430, abs=0.001)
    assert z_of((12, 20), (90, 100)) > 0
    assert z_of((20, 20), (20, 20)) == 0


def test_answers_are_counted_and_what_a_person_stopped_is_not_held_against_it() -> None:
    answers = [answer(0, seconds=4.0), *(answer(n) for n in range(1, 4)), answer(4, "failed"), answer(5, "cancelled")]
    found = of(answers)
    assert found["total_interactions"].value == 6
    assert found["success_rate"].value == 0.8
    assert "4 / 5 = 0.8" in found["success_rate"].explanation
    assert found["success_rate"].inputs == {"ended": 4, "answers": 5, "stopped_by_a_person": 1}
    assert found["avg_response_time"].value is None
    assert found["avg_response_time"].missing == "1 answer more is needed."
    mean = of([*answers, answer(6)])["avg_response_time"]
    assert (mean.value, mean.unit) == (2.4, "seconds")
    assert "12.0 s / 5 = 2.4 s" in mean.explanation


def test_trust_is_the_lower_of_its_parts() -> None:
    answers = [answer(n, thumb=1 if n < 8 else -1 if n < 10 else None) for n in range(20)]
    found = of(answers)
    assert found["last_trust_components"].value == {"liked": 0.49, "ended": 0.839}
    assert found["last_trust_score"].value == 0.49
    assert "8 of 10 thumbs: 0.49; 20 of 20 answers: 0.839" in found["last_trust_score"].explanation
    few = of([answer(n, thumb=1) for n in range(3)])["last_trust_score"]
    assert (few.value, few.missing) == (None, "2 thumbs and 2 answers more are needed.")


def test_drift_is_what_chance_does_not_explain() -> None:
    steady = of([answer(n) for n in range(40)])
    assert steady["needs_recovery"].value is False
    assert steady["last_drift_check"].value == "2027-01-15T08:00:00.000Z"
    worse = of([answer(n, "failed" if n < 8 else "completed") for n in range(60)])["needs_recovery"]
    assert worse.value is True
    assert (worse.inputs["ended_before"], worse.inputs["ended_newest"]) == ([40, 40], [12, 20])
    disliked = of([answer(n, thumb=-1 if n < 6 else 1) for n in range(40)])["needs_recovery"]
    assert disliked.value is True
    soon = of([answer(n) for n in range(39)])["needs_recovery"]
    assert (soon.value, soon.missing) == (None, "1 answer more is needed.")


def test_what_a_prompt_changed() -> None:
    answers = [answer(n, revision=3) for n in range(5)]
    answers += [answer(n, "failed" if n < 9 else "completed", revision=2) for n in range(5, 15)]
    found = of(answers, prompt_changed=(3, NOW))["prompt_change"]
    assert found.value == 0.4
    assert "5 / 5 - 6 / 10 = 0.4" in found.explanation
    assert of(answers)["prompt_change"].missing == "The prompt was not changed yet."
    assert of(answers[1:], prompt_changed=(3, NOW))["prompt_change"].missing == "1 answer more is needed."
    assert "there are only 0 answers" in str(of(answers[:5], prompt_changed=(3, NOW))["prompt_change"].missing)


def test_a_certificate_is_for_citing_what_was_given() -> None:
    given = [answer(n, cites=n != 3) for n in range(10)]
    found = of([answer(20), *given])
    assert found["certified_rag_ready"].value is True
    assert found["rag_certification_notes"].value == "9 of 10 answers with passages cite one."
    assert found["rag_certification_date"].value == found["last_rag_certified_at"].value
    not_yet = of(given[1:])
    assert not_yet["certified_rag_ready"].missing == "1 answer with passages more is needed."
    refused = of([answer(n, cites=n > 1) for n in range(10)])
    assert refused["certified_rag_ready"].value is False
    assert refused["rag_certification_date"].missing == "It is not certified."


@pytest.mark.parametrize(("many", "stage"), [(1, "seed"), (9, "seed"), (10, "sprout"), (50, "sapling"), (250, "tree")])
def test_growth_has_stages(many: int, stage: str) -> None:
    assert of([answer(n) for n in range(many)])["growth_stage"].value == stage


def test_points_are_answers_and_thumbs() -> None:
    answers = [answer(0, thumb=-1), *(answer(n, thumb=1) for n in range(1, 6)), answer(6, "failed", thumb=1)]
    found = of(answers)
    assert (found["growth_points"].value, found["growth_stage"].value) == (10, "sprout")
    assert "6 + 5 - 1" in found["growth_points"].explanation
    assert found["nurture_started_at"].value == "2027-01-15T07:59:55.000Z"
    # With the fifth of its answers it had ten points, and the last one took none of them.
    assert found["growth_unlocked_at"].value == "2027-01-15T07:59:59.000Z"


def test_looking_back_is_tried_until_it_can_be_done() -> None:
    few = Evidence(at=NOW, answers=[answer(0)], total=1)
    first = reflected(few)
    again = reflected(Evidence(at=NOW + 1, answers=few.answers, total=1, reflection=first))
    assert (again.tries, again.succeeded_at, again.missing) == (2, None, "4 answers more are needed.")
    found = of([answer(0)], reflection=again)
    assert found["last_reflection_successful"].value is False
    assert found["reflection_error"].value == "4 answers more are needed."
    assert found["can_retry_birth_reflection"].value is True
    enough = [answer(n) for n in range(5)]
    done = reflected(Evidence(at=NOW + 2, answers=enough, total=5, reflection=again))
    found = of(enough, reflection=done)
    assert found["last_reflection_successful"].value is True
    assert (found["reflection_error"].value, found["reflection_error"].missing) == (None, "It could be done.")
    assert (found["birth_reflection_retry_count"].value, found["can_retry_birth_reflection"].value) == (2, False)
    later = reflected(Evidence(at=NOW + 3, answers=[], total=0, reflection=done))
    assert (later.tries, later.succeeded_at) == (2, done.succeeded_at)


def test_what_is_kept_is_what_there_is() -> None:
    evidence = Evidence(at=NOW, answers=[answer(0)], total=1)
    body = kept(measures(evidence), reflected(evidence))
    assert body["fields"].keys() == {
        "total_interactions", "growth_points", "growth_stage", "nurture_started_at", "growth_unlocked_at",
    }  # fmt: skip
    assert reflection_in(body) == reflected(evidence)
    assert reflection_in(None) is None


async def test_answers_are_read_page_by_page(plain_context: Context, ada: Subject) -> None:
    room = await plain_context.room.get()
    async with plain_context.database.writing(ada) as scope:
        mine, other = [await room.births.create(scope, {"name": name}) for name in ("Mine", "Other")]
    ops: list[Op] = []
    for number in range(1300):
        ops += answered(ada, other if number % 10 == 0 else mine, failed=number < 100)
    await plain_context.database.commit(ops)
    async with plain_context.database.reading(ada) as scope:
        found = {one["name"]: one for one in (await room.measures.all(scope, "mine"))["measures"]}
    assert found["total_interactions"]["value"] == 1170
    assert found["success_rate"]["inputs"] == {"ended": 1080, "answers": 1170, "stopped_by_a_person": 0}
    assert found["avg_response_time"]["value"] == 1.5


def answered(subject: Subject, assistant_id: str, *, failed: bool) -> list[Op]:
    """Return the writes of a run that an assistant answered."""
    owner = {"organisation_id": subject.organisation_id, "person_id": subject.person_id}
    empty = dict.fromkeys(("parent_run_id", "idempotency_key", "user_message_id", "parent_id"))
    run_id, wants = ids.new("run"), orjson.dumps({"assistant": {"id": assistant_id, "revision": 1}}).decode()
    row = {"id": run_id, **owner, **empty, "conversation_id": ids.new("cnv"), "message_id": ids.new("msg")}
    row |= {"kind": "chat", "status": "running", "priority": 0, "wants": wants, "data_class": "conversation"}
    end = {"status": "failed" if failed else "completed", "started_at": NOW, "finished_at": NOW + 1500, "last_seq": 1}
    return [runs.insert_run({**row, "restarts": 0, "last_seq": 0, "created_at": NOW}), runs.settle_run(run_id, end)]
