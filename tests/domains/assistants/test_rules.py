"""What holds of assistants without a database: the prompt, differences, vectors, slugs, the fields there are."""

import math
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.domains.assistants.model import FACETS, FIELDS, VECTORS, Assistant
from mecum.domains.assistants.rules.history import difference, folded
from mecum.domains.assistants.rules.slugs import free, slug_of
from mecum.domains.assistants.rules.template import composed
from mecum.domains.assistants.rules.values import effective
from mecum.domains.assistants.rules.vectors import packed, unpacked
from mecum.domains.assistants.service.starters import starters

LISTED = {
    "identity": "description specialty avatar personality tone traits values motto archetype archetype_path "
    "dream_symbol persona_mode persona_summary personality_description mood_stability_index last_mood_shift "
    "created_from_mood intro_text init_reflection",
    "configuration": "preferred_model thinking_style memory_mode system_prompt prompt_title prompt_notes "
    "boost_prompt_in_system delegation_threshold_tokens auto_delegate_on_feedback collaboration_style "
    "preferred_conflict_resolution live_relay_enabled memory_summon_enabled auto_reflect_on_message "
    "preferred_rag_vector min_score_threshold require_trusted_anchors suppress_unstable_anchors anchor_weight_profile",
    "capabilities": "capabilities capability_embedding skill_badges primary_badge badge_history glossary_score "
    "embedding_index embedding initial_embedding belief_vector ideology is_alignment_flexible avg_empathy_score "
    "empathy_tags preferred_scene_tags",
    "growth": "growth_stage growth_points nurture_started_at growth_unlocked_at growth_summary_memory memory_context "
    "default_memory_chain spawned_by spawn_reason spawned_traits inherited_tone mentor_assistant mentor_for_demo_clone",
    "quality": "last_trust_score last_trust_components certified_rag_ready rag_certification_date "
    "rag_certification_notes last_rag_certified_at last_drift_check needs_recovery last_reflection_attempted_at "
    "last_reflection_successful reflection_error birth_reflection_retry_count can_retry_birth_reflection "
    "avg_response_time total_interactions success_rate",
    "display": "is_featured featured_rank is_guide is_primary show_intro_splash show_trail_recap auto_start_chat "
    "avatar_style demo_slug is_demo_clone boosted_from_demo is_ephemeral expiration_event",
}
OURS = {"configuration": {"temperature", "prompt_version", "prompt_measures"}, "display": {"expires_at"}}


@pytest.mark.parametrize("facet", FACETS)
def test_each_facet_has_the_fields_that_were_asked_for(facet: str) -> None:
    found = {field.name for field in FIELDS[facet]} - OURS.get(facet, set())
    if facet == "capabilities":
        found |= {field.name for field in VECTORS}
    assert found == set(LISTED[facet].split())


def test_there_are_a_hundred_and_five_of_them() -> None:
    core = ("id slug name created_at updated_at person_id status is_demo parent_assistant current_project").split()
    assert set(core) <= set(Assistant.__table__.columns.keys())
    assert len(core) + sum(len(names.split()) for names in LISTED.values()) == 105


def test_choices_hold_those_of_the_flat_table(shared_data: Path) -> None:
    flat = shared_data / "legacy" / "assistant_fields_108.json"
    fields = {field.name: field for group in FIELDS.values() for field in group}
    chosen = {one["name"]: one["choices"] for one in orjson.loads(flat.read_bytes()) if one["choices"]}
    assert len(chosen) == 5
    for name, choices in chosen.items():
        assert set(choices) < set(fields[name].choices), name


def state(**said: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an identity and a configuration as they behave with these fields."""
    return effective("identity", said), effective("configuration", said)


def test_a_prompt_alone_is_introduced_by_its_name() -> None:
    assert composed("Tea", *state(), "Be brief.") == "You are Tea.\n\nBe brief."
    assert composed("Tea", *state(), None) == "You are Tea."


def test_the_whole_prompt_reads_as_a_text() -> None:
    said = state(
        description="You know tea.",
        specialty="oolong",
        tone="warm",
        traits={"curious": True, "patience": "endless"},
        values=["calm", "exactness"],
        persona_mode="planner",
        thinking_style="direct",
        prompt_notes="It rains.",
        boost_prompt_in_system=True,
    )
    assert composed("Tea", *said, "Be brief.\n") == (
        "You are Tea.\nYou know tea.\nYou are best at: oolong.\nYour tone is warm.\n"
        "Your traits: curious, patience (endless).\nYou hold to: calm, exactness.\n"
        "Plan: say in a few steps what you will do, then do it in that order.\n"
        "Answer directly: the result first, without a preamble.\n\nBe brief.\n\nIt rains."
    )


def test_what_a_person_writes_is_no_template() -> None:
    said = state(tone="{prompt}{__class__}", description="{name}")
    assert composed("{x}", *said, "{tone}") == "You are {x}.\n{name}\nYour tone is {prompt}{__class__}.\n\n{tone}"


def test_notes_stand_only_where_they_are_wanted() -> None:
    assert composed("Tea", *state(prompt_notes="It rains."), None) == "You are Tea."


def test_differences() -> None:
    first = {"core": {"name": "A"}, "identity": {"tone": "warm"}}
    changes = [first, {"identity": {"tone": "dry", "motto": "x"}}, {"identity": {"motto": "x"}}]
    assert folded(changes) == {"core": {"name": "A"}, "identity": {"motto": "x"}}
    assert difference(first, folded(changes)) == [
        {"facet": "identity", "field": "tone", "before": "warm", "after": None},
        {"facet": "identity", "field": "motto", "before": None, "after": "x"},
    ]
    assert difference(first, first) == []


@given(st.lists(st.floats(allow_nan=False), max_size=50))
def test_no_digit_of_a_vector_is_lost(values: list[float]) -> None:
    assert unpacked(packed(values), len(values)) == values


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=50))
def test_what_fits_four_bytes_takes_four(values: list[float]) -> None:
    assert len(packed(values)) == 4 * len(values)


def test_a_vector_is_of_numbers() -> None:
    assert math.isnan(unpacked(packed([math.nan]), 1)[0])
    wrong: Any = ["x"]
    with pytest.raises(ValueError, match="numbers"):
        packed(wrong)


@given(st.text(max_size=300))
def test_every_name_has_a_slug(name: str) -> None:
    slug = slug_of(name)
    assert 0 < len(slug) <= 255
    assert slug == slug_of(slug)


def test_a_free_slug() -> None:
    assert free("a", set()) == "a"
    assert free("a", {"a", "a-2", "a-4"}) == "a-3"


def test_starters_are_worth_using() -> None:
    found = starters()
    assert len({one["slug"] for one in found}) == len(found) >= 8
    for one in found:
        assert len(one["prompt"]) > 300, one["slug"]
        assert all(one["identity"].get(name) for name in ("avatar", "specialty", "description", "intro_text"))
        for facet in ("identity", "configuration", "display"):
            known = {field.name: field for field in FIELDS[facet] if field.editable}
            given_here: dict[str, object] = one.get(facet) or {}
            assert given_here.keys() <= known.keys()
            assert all(not known[n].choices or v in known[n].choices for n, v in given_here.items())
