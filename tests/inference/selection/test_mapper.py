"""Which model fills a role: the order of 003, every rule with its numbers, the same answer for the same input."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.equipment import BUILTIN, MODELS, candidates, cloud, local, machines, model
from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.ports import ModelInfo
from mecum.inference.preferences import SelectionPreferences
from mecum.inference.roles import BUILT_IN, ByDifficulty, Requirements, RoleMapping
from mecum.inference.selection.mapper import Considered, Selection, Surroundings, Wanted, select
from mecum.inference.selection.resources import Resources
from mecum.inference.selection.rules import Candidate, Policy

GB = 1_000_000_000
SMALL = local("llama3.1:8b", 4.7, 8)
LARGE = local("qwen2.5:14b", 9.0, 14)


def chosen(
    mapping: RoleMapping | None, *models: ModelInfo, around: Surroundings | None = None, **more: object
) -> Selection:
    """Return the selection for a planner."""
    wanted = Wanted("planner", mapping, **more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return select(wanted, candidates(*models, BUILTIN), around or Surroundings())


def verdict(found: Selection, ref: str) -> Considered:
    """Return what was said of a model."""
    return next(one for one in found.considered if ref in (one.ref, one.named))


def free(gigabytes: float, **more: object) -> Surroundings:
    """Return a machine with so much free memory."""
    resources = Resources(memory_free=round(gigabytes * GB), memory_capacity=64 * GB)
    return Surroundings(resources=replace(resources, **more))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# the order of 003


def test_the_first_preferred_model_that_can_is_taken() -> None:
    mapping = RoleMapping(("missing:1b", "qwen2.5:14b", "llama3.1:8b"))
    found = chosen(mapping, SMALL, LARGE)
    assert found.chosen == "ollama/qwen2.5:14b"
    assert found.reason == "Your second choice for planner (missing:1b: there is no such model here)."
    assert verdict(found, "missing:1b") == Considered(None, "missing:1b", "not_here", "there is no such model here")
    assert verdict(found, "ollama/llama3.1:8b").why == "it is your third choice, after ollama/qwen2.5:14b"
    assert verdict(found, "builtin/search").why == "you prefer ollama/qwen2.5:14b"
    assert found.problem is None


def test_a_model_of_a_server_that_may_not_be_asked_is_not_said_to_be_missing() -> None:
    mapping = RoleMapping(("vendor:large", "far/small", "vendors:large", "llama3.1:8b"))
    around = Surroundings(policy=Policy(consented=frozenset(), unasked=frozenset({"vendor", "far"})))
    found = chosen(mapping, SMALL, around=around)
    why = "nobody has consented yet to sending anything to "
    assert verdict(found, "vendor:large") == Considered(None, "vendor:large", "consent", f"{why}vendor")
    assert verdict(found, "far/small").why == f"{why}far"
    assert verdict(found, "vendors:large").rule == "not_here"
    closed = replace(around, policy=replace(around.policy, egress="local_only"))
    assert verdict(chosen(mapping, SMALL, around=closed), "vendor:large").rule == "egress"


def test_a_model_of_a_server_that_does_not_answer_is_not_said_to_be_missing() -> None:
    mapping = RoleMapping(("box/large", "box:small", "boxes:small", "gone/seen", "llama3.1:8b"))
    why = "since 2026-11-28 21:40 UTC: box:1 does not answer"
    seen = model("gone/seen", available=False, detail="8.0B · 4.7 GB")
    around = Surroundings(silent={"box": why, "gone": "since 2026-11-28 21:41 UTC"})
    found = chosen(mapping, SMALL, seen, around=around)
    way_out = "start it, or mend its address, and look for models again"
    assert verdict(found, "box/large") == Considered(
        None, "box/large", "unavailable", f"its server box does not answer {why}; {way_out}"
    )
    assert verdict(found, "box:small").rule == "unavailable"
    assert verdict(found, "boxes:small").rule == "not_here"
    gone = f"its server gone does not answer since 2026-11-28 21:41 UTC; {way_out}"
    assert (verdict(found, seen.ref).rule, verdict(found, seen.ref).why) == ("unavailable", gone)
    assert found.reason.startswith(f"Your fifth choice for planner (box/large: its server box does not answer {why}; ")
    # What may not be asked does not answer either, and that is why.
    far = cloud("far/large", available=False)
    closed = Surroundings(policy=Policy(consented=frozenset()), silent={"far": "since 2026-11-28 21:41 UTC"})
    assert verdict(chosen(mapping, SMALL, far, around=closed), far.ref).rule == "consent"


def test_memory_moves_the_choice_and_says_so_with_numbers() -> None:
    mapping = RoleMapping(("qwen2.5:14b", "llama3.1:8b"))
    assert chosen(mapping, SMALL, LARGE, around=free(20)).chosen == "ollama/qwen2.5:14b"
    found = chosen(mapping, SMALL, LARGE, around=free(6.1))
    assert found.chosen == "ollama/llama3.1:8b"
    assert verdict(found, "ollama/qwen2.5:14b").why == "it needs 10.1 GB, 6.1 GB are free"
    assert "it needs 10.1 GB, 6.1 GB are free" in found.reason
    unmapped = chosen(None, SMALL, LARGE, around=free(6.1))
    assert unmapped.chosen == "ollama/llama3.1:8b"
    assert unmapped.reason.endswith("qwen2.5:14b is passed over: it needs 10.1 GB, 6.1 GB are free.")


def test_what_is_loaded_needs_nothing_more_and_makes_room_for_another_of_its_server() -> None:
    loaded = replace(LARGE, loaded=True)
    assert chosen(RoleMapping(("qwen2.5:14b",)), loaded, SMALL, around=free(1)).chosen == loaded.ref
    assert chosen(RoleMapping(("llama3.1:8b",)), loaded, SMALL, around=free(1)).chosen == SMALL.ref
    elsewhere = replace(loaded, ref="box/qwen2.5:14b", endpoint="box")
    found = chosen(RoleMapping(("llama3.1:8b",)), elsewhere, SMALL, around=free(1))
    assert verdict(found, SMALL.ref).rule == "memory"


def test_graphics_memory_counts_for_servers_that_use_it() -> None:
    assert chosen(None, LARGE, around=free(6, graphics_free=8 * GB)).chosen == LARGE.ref
    found = chosen(None, LARGE, around=free(1, graphics_free=8 * GB))
    assert verdict(found, LARGE.ref).why == "it needs 10.1 GB, 1.0 GB are free, 8.0 GB on graphics processors"


def test_a_person_may_limit_the_memory_of_models() -> None:
    around = replace(free(64), preferences=SelectionPreferences(max_memory_usage_gb=8))
    found = chosen(None, SMALL, LARGE, around=around)
    assert found.chosen == SMALL.ref
    assert verdict(found, LARGE.ref).why == "it needs 10.1 GB, models may take 8.0 GB (max_memory_usage_gb)"


def test_the_limit_is_for_all_models_together() -> None:
    around = replace(free(64), preferences=SelectionPreferences(max_memory_usage_gb=12))
    loaded = replace(local("mistral:7b", 4.1, 7), loaded=True)
    mapping = RoleMapping(("qwen2.5:14b", "llama3.1:8b"))
    found = chosen(mapping, SMALL, LARGE, loaded, around=around)
    assert found.chosen == SMALL.ref
    assert verdict(found, LARGE.ref).rule == "memory_limit"
    assert "it needs 10.1 GB beside the 5.2 GB of what is loaded, models may take 12.0 GB" in found.reason
    # What is loaded leaves when nobody asks for it: the model is taken where there is no other.
    assert chosen(RoleMapping(("qwen2.5:14b",)), LARGE, around=around).chosen == LARGE.ref
    there = chosen(RoleMapping(("mistral:7b",)), loaded, LARGE, around=around)
    assert there.chosen == loaded.ref


def test_the_question_says_which_of_two_models_comes_first() -> None:
    mapping = RoleMapping(by_difficulty=ByDifficulty("qwen2.5:14b", "llama3.1:8b"))
    for hard, ref in ((True, LARGE.ref), (False, SMALL.ref), (None, LARGE.ref)):
        assert chosen(mapping, SMALL, LARGE, around=free(64), hard=hard).chosen == ref
    assert chosen(mapping, SMALL, LARGE, around=free(7), hard=True).chosen == SMALL.ref


def test_heat_moves_the_choice_and_says_so() -> None:
    tiny = local("tiny:1b", 0.7, 1)
    cool, hot, hottest = (free(64, heat=heat) for heat in (0.5, 0.95, 1.0))
    assert chosen(None, LARGE, tiny, around=cool).chosen == LARGE.ref
    found = chosen(None, LARGE, tiny, around=hot)
    assert found.chosen == tiny.ref
    assert verdict(found, LARGE.ref).rule == "heat"
    assert "the machine is at 0.95 of the way to throttling (0.90): its heat sensitivity is 0.60, at most 0.25" in (
        found.reason
    )
    beside = chosen(None, local("vast:400b", 900, 400), LARGE, tiny, around=hot)
    assert beside.chosen == tiny.ref
    assert "vast:400b is passed over: it needs" in beside.reason
    assert "qwen2.5:14b is passed over: the machine is at 0.95 of the way to throttling" in beside.reason
    only = chosen(None, LARGE, around=hottest)
    assert only.chosen == LARGE.ref, "better hot than nothing"
    assert "There is no better one: the machine is at 1.00" in only.reason
    early = replace(free(64, heat=0.6), preferences=SelectionPreferences(thermal_threshold=0.5))
    assert chosen(None, LARGE, tiny, around=early).chosen == tiny.ref


def test_who_only_failed_lately_is_passed_over_where_another_will_do() -> None:
    why = "the last 3 questions to it failed, 75% of those of late (mostly model.unavailable)"
    failing = replace(free(64), failing={LARGE.ref: why})
    found = chosen(None, LARGE, SMALL, around=failing)
    assert found.chosen == SMALL.ref
    assert (verdict(found, LARGE.ref).rule, verdict(found, LARGE.ref).why) == ("failing", why)
    assert why in found.reason
    assert chosen(RoleMapping(preferred=(LARGE.ref,)), LARGE, SMALL, around=failing).chosen == SMALL.ref
    only = chosen(None, LARGE, around=failing)
    assert (only.chosen, "There is no better one: the last 3" in only.reason) == (LARGE.ref, True)


def test_a_low_battery_moves_the_choice() -> None:
    tiny = local("tiny:1b", 0.7, 1)
    low = free(64, battery_percent=15, charging=False)
    found = chosen(None, LARGE, tiny, around=low)
    assert found.chosen == tiny.ref
    assert verdict(found, LARGE.ref).why.startswith("the battery is at 15 % and not charging: its heat sensitivity")
    assert chosen(None, LARGE, tiny, around=free(64, battery_percent=15, charging=True)).chosen == LARGE.ref


# requirements


def test_what_a_model_lacks_is_said_with_numbers() -> None:
    mapping = RoleMapping(("mistral:7b", "llama3.1:8b"), Requirements(reasoning_strength=0.75, supports_tools=True))
    weak = local("mistral:7b", 4.1, 7.24, tools=False)
    found = chosen(mapping, weak, SMALL)
    assert found.chosen == SMALL.ref
    refused = verdict(found, weak.ref)
    assert refused.rule == "requirement"
    assert refused.why == "its reasoning strength is 0.70, 0.75 are asked for; it does not call tools"


def test_a_preferred_model_is_given_the_benefit_of_the_doubt_and_the_reason_says_so() -> None:
    stranger = local("stranger:8b", 4.7, 8)
    asks = Requirements(reasoning_strength=0.7)
    found = chosen(RoleMapping(("stranger:8b",), asks), stranger, SMALL)
    assert found.chosen == stranger.ref
    assert found.reason == (
        "Your first choice for planner. Of it, its reasoning strength is unknown, 0.70 are asked for."
    )
    assert found.problem is None
    unnamed = chosen(RoleMapping((), asks), stranger, SMALL)
    assert unnamed.chosen == SMALL.ref
    assert verdict(unnamed, stranger.ref).rule == "requirement"


def test_where_nothing_meets_a_role_the_nearest_fills_it_and_the_way_out_is_said() -> None:
    found = chosen(RoleMapping((), Requirements(reasoning_strength=0.95)), SMALL, LARGE)
    assert found.chosen == SMALL.ref
    assert "not known to have all that planner asks for: its reasoning strength is 0.80, 0.95 are asked" in found.reason
    assert found.problem is not None
    assert "ask less of the role" in found.problem
    assert "mecum" not in found.problem


def test_among_those_that_meet_a_role_the_best_comes_first() -> None:
    found = chosen(RoleMapping((), Requirements(coding_strength=0.6)), SMALL, LARGE)
    assert found.chosen == LARGE.ref
    assert verdict(found, SMALL.ref).why == "it meets what is asked less well (0.62) than ollama/qwen2.5:14b (0.81)"


def test_a_false_requirement_asks_nothing() -> None:
    assert chosen(RoleMapping((), Requirements(supports_tools=False)), SMALL).problem is None


# cloud


OPENAI = cloud("openai/gpt-4o-mini")
FALLBACK = RoleMapping(("missing",), cloud_fallback="openai:gpt-4o-mini")
ENABLED = SelectionPreferences(enable_cloud_fallbacks=True)


def test_a_cloud_model_stands_in_where_that_is_switched_on() -> None:
    off = chosen(FALLBACK, OPENAI)
    assert off.chosen == BUILTIN.ref
    assert verdict(off, OPENAI.ref).rule == "cloud_fallback"
    on = chosen(FALLBACK, OPENAI, around=Surroundings(ENABLED))
    assert on.chosen == OPENAI.ref
    assert on.reason == "Your cloud model for planner (missing: there is no such model here)."
    beside = chosen(replace(FALLBACK, preferred=("llama3.1:8b",)), OPENAI, SMALL, around=Surroundings(ENABLED))
    assert beside.chosen == SMALL.ref
    assert verdict(beside, OPENAI.ref).why.startswith("it stands in only when none of your choices")


@pytest.mark.parametrize(
    ("policy", "rule"),
    [
        (Policy("local_only"), "egress"),
        (Policy("ask", frozenset()), "consent"),
        (Policy("cloud", frozenset()), "consent"),
        (Policy("cloud", frozenset(), privacy="open"), None),
        (Policy("cloud", privacy="sensitive"), "privacy"),
        (Policy("ask", frozenset({"openai"}), privacy="sensitive"), "privacy"),
        (Policy("ask", frozenset({"openai"})), None),
        (Policy("ask", frozenset({"openai"}), budget_refused=True), "budget"),
        (Policy(), None),
    ],
)
def test_nothing_goes_out_without_leave(policy: Policy, rule: str | None) -> None:
    found = chosen(FALLBACK, OPENAI, around=Surroundings(ENABLED, policy=policy))
    assert verdict(found, OPENAI.ref).rule == rule
    assert found.chosen == (OPENAI.ref if rule is None else BUILTIN.ref)


def test_what_is_switched_off_is_not_chosen_and_says_so() -> None:
    far, near = cloud("claude/opus", provider="anthropic"), cloud("groq/llama", provider="openai")
    for names, rules in (
        ({"claude"}, ("switched_off", None)),
        ({"anthropic"}, ("switched_off", None)),
        ({"openai"}, (None, "order")),
        ({"groq"}, (None, "switched_off")),
    ):
        around = Surroundings(preferences=SelectionPreferences(switched_off=frozenset(names)))
        found = chosen(None, far, near, around=around)
        assert (verdict(found, far.ref).rule, verdict(found, near.ref).rule) == rules, names
    here = local("tiny:1b", 0.7, 1)
    around = Surroundings(preferences=SelectionPreferences(switched_off=frozenset({"ollama"})))
    assert chosen(None, here, around=around).chosen == here.ref, "it is of this machine, and of no cloud"


def test_a_fallback_is_found_by_provider_and_name_without_its_date() -> None:
    dated = [cloud(f"anthropic/claude-3-haiku-{day}") for day in ("20240307", "20230101")]
    mapping = RoleMapping(cloud_fallback="anthropic:claude-3-haiku")
    assert chosen(mapping, *dated, around=Surroundings(ENABLED)).chosen == "anthropic/claude-3-haiku-20240307"


# kinds, names, what never volunteers


@pytest.mark.parametrize(
    ("role", "what"), [("embedder", "makes vectors"), ("transcriber", "writes down speech"), ("speaker", "speaks")]
)
def test_a_role_of_another_kind_takes_only_its_kind(role: str, what: str) -> None:
    found = select(Wanted(role), candidates(SMALL, BUILTIN), Surroundings())
    assert found.chosen is None
    assert found.reason.startswith(f"No model here {what}, which the role {role} needs.")
    assert "Connect a model server that has one" in found.reason
    assert {one.rule for one in found.considered} == {"kind"}
    right = model("box/right", kind=role)
    assert select(Wanted(role), candidates(SMALL, right), Surroundings()).chosen == right.ref
    assert verdict(select(Wanted("chat"), candidates(SMALL, right), Surroundings()), right.ref).rule == "kind"


def test_a_name_that_two_have_must_be_told_apart() -> None:
    other = replace(SMALL, ref="box/llama3.1:8b", endpoint="box")
    found = chosen(RoleMapping(("llama3.1:8b",)), SMALL, other)
    assert verdict(found, "llama3.1:8b").why.startswith("2 models bear this name (box/llama3.1:8b, ollama/llama3.1:8b)")
    assert chosen(RoleMapping(("box/llama3.1:8b",)), SMALL, other).chosen == other.ref


def test_latest_need_not_be_said() -> None:
    latest = local("mistral:latest", 4.1, 7)
    for named in ("mistral", "mistral:latest", "ollama:mistral", "ollama/mistral:latest"):
        assert chosen(RoleMapping((named,)), SMALL, latest).chosen == latest.ref, named


def test_only_who_names_it_gets_what_answers_on_request() -> None:
    shy = local("shy:1b", 1, 1, on_request=True)
    assert chosen(None, shy).chosen == BUILTIN.ref
    assert chosen(RoleMapping(("shy:1b",)), shy).chosen == shy.ref


def test_an_image_goes_to_a_model_that_sees() -> None:
    blind, seeing = local("blind:14b", 9, 14, vision=False), local("gemma3:4b", 3, 4, vision=True)
    assert chosen(None, blind, seeing, vision=True).chosen == seeing.ref
    none = chosen(None, blind, vision=True)
    assert none.chosen == blind.ref
    assert none.reason.endswith("it does not see images.")
    preferring = chosen(RoleMapping(("blind:14b",)), blind, seeing, vision=True)
    assert preferring.chosen == seeing.ref


def test_a_role_keeps_its_model_while_no_rule_takes_it_out() -> None:
    found = chosen(None, SMALL, LARGE, kept=SMALL.ref)
    assert found.chosen == SMALL.ref
    assert found.reason.endswith("The role has kept it since the start; choose anew, and it is filled again.")
    assert (
        verdict(found, LARGE.ref).why
        == "the role keeps ollama/llama3.1:8b, which it was given at the start (hot_swap is off)"
    )
    gone = chosen(None, replace(SMALL, available=False), LARGE, kept=SMALL.ref)
    assert gone.chosen == LARGE.ref
    assert chosen(None, SMALL, LARGE, kept=BUILTIN.ref).chosen == LARGE.ref


def test_the_smaller_and_the_local_one_where_somebody_wants_them() -> None:
    assert (
        chosen(None, SMALL, LARGE, around=Surroundings(SelectionPreferences(prefer_smaller=True))).chosen == SMALL.ref
    )
    able = cloud("openai/gpt-4o")
    asks = RoleMapping((), Requirements(reasoning_strength=0.5))
    assert chosen(asks, SMALL, able).chosen == SMALL.ref
    found = chosen(asks, SMALL, able, around=Surroundings(SelectionPreferences(prefer_local=False)))
    assert found.chosen == able.ref


def test_without_any_model_that_can_it_is_said_why() -> None:
    found = select(Wanted("chat", real=True), candidates(replace(SMALL, available=False), BUILTIN), Surroundings())
    assert found.chosen is None
    assert found.reason == (
        "No model can answer now. ollama/llama3.1:8b: it is not available: its server does not answer."
    )
    assert select(Wanted("chat"), [], Surroundings()).reason == "No model can answer now."


# forty machines, thirty models

MAPPINGS = (
    None,
    RoleMapping(("qwen2.5:72b", "qwen2.5:14b", "llama_cpp/large", "studio/mystery"), cloud_fallback="openai:gpt-4o"),
    RoleMapping((), Requirements(reasoning_strength=0.7, memory_gb_max=8)),
    RoleMapping(("llama3.1:405b",), Requirements(context_length_min=16_000, supports_tools=True)),
)
SHARED_RULES = {"memory", "memory_limit"}


def cannot_load(candidate: Candidate, resources: Resources) -> bool:
    """Whether there is no room for a model, counted here anew."""
    need = candidate.info.memory_bytes or round((candidate.capabilities.memory_gb_estimate or 0) * GB)
    room = (resources.memory_free or 0) + (resources.graphics_free or 0)
    return candidate.info.local and need > room


def test_no_machine_gets_a_model_it_cannot_load(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert len(MODELS) == 30
    there = machines(tmp_path_factory.mktemp("machines"))
    assert len(there) == 40
    every = {one.info.ref: one for one in candidates(*MODELS)}
    moved: set[str | None] = set()
    for name, resources in there:
        for mapping in MAPPINGS:
            found = select(Wanted("planner", mapping), list(every.values()), Surroundings(resources=resources))
            moved.add(found.chosen)
            assert found.chosen is not None, name
            assert not cannot_load(every[found.chosen], resources), (name, found.chosen)
            assert every[found.chosen].info.available
            for one in found.considered:
                assert (one.rule is None) == (one.ref == found.chosen), (name, one)
                assert one.why, (name, one)
                if one.rule in SHARED_RULES:
                    assert len(re.findall(r"\d+\.\d GB", one.why)) >= 2, one
                    assert one.ref is not None
                    assert cannot_load(every[one.ref], resources), (name, one)
            refs = [one.ref for one in found.considered if one.ref]
            assert sorted(refs) == sorted(every), name
    assert len(moved) > 5, "different machines get different models"


# determinism

OPTIONAL = st.none() | st.floats(0, 1).map(lambda share: round(share, 2))
REQUIREMENTS = st.builds(
    Requirements,
    context_length_min=st.none() | st.integers(1, 200_000),
    memory_gb_max=st.none() | st.floats(0.5, 64),
    reasoning_strength=OPTIONAL,
    coding_strength=OPTIONAL,
    supports_tools=st.none() | st.booleans(),
    supports_vision=st.none() | st.booleans(),
)
NAMED = st.sampled_from(
    [*(one.ref for one in MODELS), *(one.name for one in MODELS), "nobody", "openai:gpt-4o", "", ":"]
)
MAPPED = st.none() | st.builds(
    RoleMapping, st.lists(NAMED, max_size=4).map(tuple), REQUIREMENTS, cloud_fallback=st.none() | NAMED
)
AROUND = st.builds(
    Surroundings,
    st.builds(
        SelectionPreferences,
        st.booleans(),
        st.none() | st.floats(0.1, 100),
        OPTIONAL,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(
        Resources,
        memory_free=st.none() | st.integers(0, 100 * GB),
        heat=OPTIONAL,
        battery_percent=st.none() | st.integers(0, 100),
        charging=st.none() | st.booleans(),
    ),
    st.builds(
        Policy,
        st.sampled_from(["local_only", "ask", "cloud"]),
        st.none() | st.frozensets(st.sampled_from(["openai", "anthropic", "ollama"])),
        st.booleans(),
        st.sampled_from([None, "open", "sensitive"]),
    ),
)
EVERY = candidates(*MODELS)


@settings(max_examples=300, deadline=None)
@given(
    st.permutations(range(len(EVERY))),
    MAPPED,
    AROUND,
    st.sampled_from(BUILT_IN),
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from([one.ref for one in MODELS]),
)
@pytest.mark.slow
def test_the_order_of_the_models_makes_no_difference(
    shuffled: list[int],
    mapping: RoleMapping | None,
    around: Surroundings,
    role: str,
    vision: bool,
    real: bool,
    kept: str | None,
) -> None:
    wanted = Wanted(role, mapping, vision, real, kept)
    found = select(wanted, EVERY, around)
    assert select(wanted, [EVERY[at] for at in shuffled], around) == found
    taken = [one for one in found.considered if one.rule is None]
    assert [one.ref for one in taken] == ([] if found.chosen is None else [found.chosen])
    away = next((one.info for one in EVERY if one.info.ref == found.chosen and not one.info.local), None)
    if away is not None:
        assert around.policy.egress != "local_only"
        assert around.policy.privacy != "sensitive"
        assert not around.policy.budget_refused


def test_what_a_person_says_counts_most() -> None:
    said = ModelCapabilities(reasoning_strength=0.1, sources={"reasoning_strength": "explicit"})
    asks = RoleMapping((), Requirements(reasoning_strength=0.7))
    found = select(Wanted("planner", asks), candidates(SMALL, **{"llama3.1:8b": said}), Surroundings())
    assert verdict(found, SMALL.ref).why == "its reasoning strength is 0.10, 0.70 are asked for"
