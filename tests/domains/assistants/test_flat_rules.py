"""Values of the flat table: what a text writes is read, never run, and bounded; every name has its place."""

from typing import Any

import orjson
import pytest

from factories import flat
from factories.imports import data
from mecum.domains.assistants.model import FIELDS
from mecum.domains.assistants.rules.flat import literals, values
from mecum.domains.assistants.rules.flat.names import FIELD_OF, NAMES, place_of
from mecum.domains.assistants.rules.flat.rows import brought
from mecum.domains.assistants.rules.flat.table import canonical, is_flat
from mecum.domains.assistants.rules.values import to_column

READ: dict[str, Any] = {
    '{"a": [1, null]}': {"a": [1, None]},
    "{'a': True, 'b': None, 3: (1, -2.5e3)}": {"a": True, "b": None, "3": [1, -2500.0]},
    "['it\\'s', \"\\u00fc\\x41\", r'\\n', '\\n']": ["it's", "üA", "\\n", "\n"],
    "('one',)": ["one"],
    "{'a', 'b'}": ["a", "b"],
    "{}": {},
    "()": [],
    '{a,"b c",NULL,1}': ["a", "b c", None, "1"],
    "{'nested': {'deep': [{'x': 1}]}}": {"nested": {"deep": [{"x": 1}]}},
}
UNREAD = (
    "",
    "words",
    "[1, 2",
    "{'a': }",
    "__import__('os').system('true')",
    "[].__class__",
    "['a'] + ['b']",
    "{'a': datetime.datetime(2024, 1, 1)}",
    "[" * 10_000,
    "(" * 60 + "1" + ")" * 60,
    "['" + "a" * (1 << 20) + "']",
    "{a,,b}",
)


@pytest.mark.parametrize("text", READ)
def test_what_a_text_writes(text: str) -> None:
    assert literals.read(text) == READ[text]


@pytest.mark.parametrize("text", UNREAD, ids=range(len(UNREAD)))
def test_what_writes_nothing(text: str) -> None:
    with pytest.raises(literals.Illiterate):
        literals.read(text)


def test_ids_are_compared_as_one_thing() -> None:
    text = "0A551570-0000-4000-8000-00000000000A"
    assert values.original(text) == values.original(text.replace("-", "").lower()) == text.lower()
    assert (values.original(7), values.original(" 7 "), values.original(""), values.shown("7")) == ("7", "7", None, 7)
    assert values.original("1" * 32) == "1" * 32


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2024-05-01 10:00:00.123456+02", "2024-05-01T08:00:00.123456Z"),
        ("2024-05-01", "2024-05-01T00:00:00.000Z"),
        (1_714_557_600, "2024-05-01T10:00:00.000Z"),
        (1_714_557_600_123, "2024-05-01T10:00:00.123Z"),
        ("soon", None),
        (-1, None),
        (1e300, None),
    ],
)
def test_moments(given: Any, said: str | None) -> None:
    assert values.moment(given) == said


def test_vectors_of_any_length() -> None:
    assert values.vector("[1, 2.5]") == [1.0, 2.5]
    assert values.vector(b"\x00\x00\x80\x3f\x00\x00\x00\x40") == [1.0, 2.0]
    assert len(values.vector([0.1] * 1536) or ()) == 1536
    no_vectors: list[Any] = ["[1, x]", "[]", {}, b"abc", [True], [0.5] * 70_000]
    assert [values.vector(wrong) for wrong in no_vectors] == [None] * 6


def test_what_is_stored_fits_its_column() -> None:
    """What a row becomes is what a column takes: the quick way of an import checks nothing again."""
    columns = {facet: {field.name: field for field in fields} for facet, fields in FIELDS.items()}
    for row in flat.rows(300, vectors=0):
        made = brought({**row, "growth_points": str(row["growth_points"]), "personality": 42})
        for facet, state in made.states.items():
            for name, value in state.items():
                to_column(columns[facet][name], value)


def test_every_name_of_the_facts_is_known() -> None:
    facts = orjson.loads(data("legacy/assistant_fields_108.json").read_bytes())
    assert {field["name"] for field in facts} == set(flat.VERSIONS[108])
    for field in facts:
        assert canonical(field["column"]) == field["name"]
        if field["choices"] and field["name"] in FIELD_OF:
            assert set(field["choices"]) <= set(FIELD_OF[field["name"]][1].choices)


@pytest.mark.parametrize("version", [92, 105, 108])
def test_each_version_is_known_by_its_columns(version: int) -> None:
    names = flat.VERSIONS[version]
    assert len(names) == version
    assert is_flat([flat.column(name) for name in names])
    assert not is_flat(["id", "name", "title", "content"])
    assert all(place_of(name) for name in NAMES)
