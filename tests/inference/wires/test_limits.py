"""Limits of numbers, which grammars do not hold."""

from typing import Any

import pytest

from mecum.inference.wires.limits import broken_limit, limits_numbers

AGE: Any = {"type": "integer", "minimum": 0, "exclusiveMaximum": 150}
PERSON: Any = {
    "properties": {"age": {"$ref": "#/$defs/age"}, "scores": {"items": {"multipleOf": 0.5}}},
    "additionalProperties": {"maximum": 9},
    "$defs": {"age": AGE},
}


@pytest.mark.parametrize(
    ("schema", "value", "broken"),
    [
        (AGE, 5, None),
        (AGE, -1, "the answer is -1, against its minimum of 0"),
        (AGE, 150, "the answer is 150, against its exclusiveMaximum of 150"),
        ({"exclusiveMinimum": 0}, 0, "the answer is 0, against its exclusiveMinimum of 0"),
        (AGE, True, None),
        (AGE, "old", None),
        (PERSON, {"age": 5, "scores": [1, 1.5], "more": 9}, None),
        (PERSON, {"age": 200}, "the answer.age is 200, against its exclusiveMaximum of 150"),
        (PERSON, {"scores": [1, 0.3]}, "the answer.scores[1] is 0.3, against its multipleOf of 0.5"),
        (PERSON, {"more": 10}, "the answer.more is 10, against its maximum of 9"),
        ({"prefixItems": [AGE], "items": {"maximum": 1}}, [7, 2], "the answer[1] is 2, against its maximum of 1"),
        ({"allOf": [AGE, {"maximum": 3}]}, 4, "the answer is 4, against its maximum of 3"),
        ({"anyOf": [{"maximum": 3}, {"minimum": 9}]}, 10, None),
        ({"anyOf": [{"maximum": 3}, {"minimum": 9}]}, 5, "the answer is 5, against its maximum of 3"),
        ({"$ref": "#"}, 5, None),
        ({"anyOf": [{"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}], "allOf": [{"$ref": "#"}] * 9}, 5, None),
        ({"$ref": "#/nowhere/at/all"}, 5, None),
        ({"multipleOf": 0.1}, 0.3, None),
    ],
)
def test_limits(schema: Any, value: Any, broken: str | None) -> None:
    assert broken_limit(schema, value) == broken


def test_where_there_are_limits() -> None:
    assert limits_numbers(PERSON)
    assert limits_numbers({"anyOf": [{"type": "string"}, AGE]})
    assert not limits_numbers({"properties": {"a": {"type": "integer"}}})
    assert not limits_numbers(None)
