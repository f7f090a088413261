"""The table of effects is true: what it says is in effect does something, and what is not does nothing."""

from typing import Any, Final

import orjson
import pytest

from mecum.domains.assistants.model import EFFECTS, FIELDS, VECTORS, Field
from mecum.domains.assistants.rules.effects import NOT_YET, SENTENCES, table
from mecum.domains.assistants.rules.measures.listed import measures
from mecum.domains.assistants.rules.measures.values import Evidence
from mecum.domains.assistants.rules.values import effective
from mecum.domains.assistants.rules.wire import answering, chat_view, shown_view

CORE: Final = {
    "core.id": "ast_1",
    "core.slug": "letters",
    "core.name": "Letters",
    "core.status": "active",
    "core.is_demo": False,
    "core.parent_assistant": None,
    "core.current_project": None,
    "core.person_id": "per_1",
    "core.version": 1,
    "core.revision": 1,
    "core.created_at": 0,
    "core.updated_at": 0,
    "core.deleted_at": None,
    "prompt.text": None,
}
ELSEWHERE: Final = ("order", "life")
"""What acts in statements and services; `test_life` and `test_http` hold these."""
KEPT: Final = '{"fields": {"total_interactions": {"value": 7}}}'
SHOWN_IN_LISTS: Final = ("identity.avatar", "identity.specialty")


def row(**changed: Any) -> dict[str, Any]:
    """Return a row of an assistant as the view `chat` loads it, every field null but those that are given."""
    columns = {f"{facet}.{field.name}": None for facet, fields in FIELDS.items() for field in fields}
    facets = {f"{facet}.{name}": None for facet in FIELDS for name in ("version", "unknown")}
    return {**CORE, **columns, **facets, **changed}


def other(field: Field) -> Any:
    """Return a value of a field, as it is stored, that is not its default."""
    if field.choices and field.kind == "list":
        return f'["{field.choices[0]}"]'
    if field.choices:
        return next(one for one in reversed(field.choices) if one != field.default)
    stored: dict[str, Any] = {
        "flag": not field.default,
        "whole": 5,
        "number": 0.25,
        "moment": 1_000_000,
        "list": '["unlikely"]',
        "map": '{"unlikely": 1}',
        "list_or_map": '["unlikely"]',
    }
    return stored.get(field.kind, "unlikely")


def changed(facet: str, field: Field) -> dict[str, Any]:
    """Return a row with one field different, in surroundings in which it can act."""
    around: dict[str, Any] = {
        "boost_prompt_in_system": {"configuration.prompt_notes": "Notes."},
        "prompt_notes": {"configuration.boost_prompt_in_system": True},
        # The statement joins the text by these two.
        "system_prompt": {"prompt.text": "The text."},
        "prompt_version": {"prompt.text": "Another text."},
        "show_intro_splash": {"identity.intro_text": "Hello."},
        # The statement that reads these is only asked where some are named.
        "prompt_measures": {"measures.body": KEPT},
    }.get(field.name, {})
    return row(**{**around, f"{facet}.{field.name}": other(field)})


def before(field: Field) -> dict[str, Any]:
    """Return the row that `changed` is held against."""
    around: dict[str, Any] = {
        "boost_prompt_in_system": {"configuration.prompt_notes": "Notes."},
        "prompt_notes": {"configuration.boost_prompt_in_system": True},
        "show_intro_splash": {"identity.intro_text": "Hello."},
        # The statement that reads these is only asked where some are named.
        "prompt_measures": {"measures.body": KEPT},
    }.get(field.name, {})
    return row(**around)


COLUMNS: Final = [(facet, field) for facet, fields in FIELDS.items() for field in fields]
CASES: Final = [pytest.param(facet, field, id=f"{facet}.{field.name}") for facet, field in COLUMNS]


def test_the_table_has_every_field_once() -> None:
    listed = [(entry.facet, entry.field.name) for entry in table()]
    assert len(listed) == len(set(listed)) == len(COLUMNS) + len(VECTORS)
    assert SENTENCES.keys() == set(EFFECTS)
    assert all(entry.sentence == NOT_YET for entry in table() if entry.field.effect is None)


@pytest.mark.parametrize(("facet", "field"), CASES)
def test_the_prompt_consists_of_what_the_table_says(facet: str, field: Field) -> None:
    was, now = (answering(one)["prompt"] for one in (before(field), changed(facet, field)))
    assert (was != now) == (field.effect == "prompt")


@pytest.mark.parametrize(("facet", "field"), CASES)
def test_a_turn_depends_on_what_the_table_says(facet: str, field: Field) -> None:
    was, now = ({**answering(one), "prompt": ""} for one in (before(field), changed(facet, field)))
    assert (was != now) == (field.effect == "turn")


@pytest.mark.parametrize(("facet", "field"), CASES)
def test_what_is_shown_is_shown(facet: str, field: Field) -> None:
    was, now = (
        {**chat_view(one), **dict.fromkeys(("prompt", "model", "temperature", "recalls"))}
        for one in (before(field), changed(facet, field))
    )
    if field.effect == "shown":
        assert was != now
    elif field.effect is None:
        assert was == now


def test_a_list_shows_a_face() -> None:
    shown = {**CORE, "identity.avatar": "🖋️", "identity.specialty": "letters"}
    assert {shown_view(shown)[name.partition(".")[2]] for name in SHOWN_IN_LISTS} == {"🖋️", "letters"}


@pytest.mark.parametrize(("facet", "field"), [one for one in COLUMNS if one[1].effect in ELSEWHERE])
def test_what_acts_elsewhere_is_held_elsewhere(facet: str, field: Field) -> None:
    """So that a field cannot be said to act in lists or in its life without a test of that name."""
    held = {
        "is_featured", "featured_rank", "is_guide", "is_primary", "is_demo_clone", "is_ephemeral", "expires_at",
        "spawned_by", "spawn_reason", "spawned_traits", "inherited_tone", "mentor_assistant", "mentor_for_demo_clone",
    }  # fmt: skip
    assert field.name in held, facet


def test_nothing_measured_is_invented_or_said() -> None:
    for facet, fields in FIELDS.items():
        for field in fields:
            if field.writer == "measured":
                assert effective(facet, {})[field.name] is None, field.name
                assert field.effect in (None, "measured"), field.name
            else:
                assert field.effect != "measured", field.name


def test_every_field_that_is_said_to_be_measured_is_and_no_other() -> None:
    said = {field.name for fields in FIELDS.values() for field in fields if field.effect == "measured"}
    names = [one.name for one in measures(Evidence(at=0, answers=[], total=0))]
    assert len(names) == len(set(names))
    assert set(names) - said == {"prompt_change"}
    assert said <= set(names)


def test_every_figure_that_is_kept_may_stand_in_a_prompt() -> None:
    (field,) = (one for one in FIELDS["configuration"] if one.name == "prompt_measures")
    said = {one.name for fields in FIELDS.values() for one in fields if one.effect == "measured"}
    assert set(field.choices) == said
    assert field.default == []


def test_no_figure_is_in_a_prompt_unless_it_is_named() -> None:
    figures = {name: {"value": 1234.5} for fields in FIELDS.values() for name in (one.name for one in fields)}
    body = orjson.dumps({"fields": figures}).decode()
    plain = answering(row())["prompt"]
    assert answering(row(**{"measures.body": body}))["prompt"] == plain == "You are Letters."
    assert answering(row(**{"measures.body": body, "configuration.prompt_measures": "[]"}))["prompt"] == plain
    named = row(**{"measures.body": body, "configuration.prompt_measures": '["last_trust_score"]'})
    assert answering(named)["prompt"] == f"{plain}\n\nWhat was measured of Letters: Trust: 1234.5."


def test_a_figure_without_a_value_says_nothing() -> None:
    named = {"configuration.prompt_measures": '["success_rate", "growth_points", "needs_recovery", "never_heard_of"]'}
    assert answering(row(**named, **{"measures.body": None}))["prompt"] == "You are Letters."
    some = {"growth_points": {"value": 1}, "needs_recovery": {"value": False}, "never_heard_of": {"value": 3}}
    said = answering(row(**named, **{"measures.body": orjson.dumps({"fields": some}).decode()}))["prompt"]
    assert said.endswith("What was measured of Letters: What it grew by: 1 point; Drifted too far: no.")
