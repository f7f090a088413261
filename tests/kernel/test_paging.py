"""Cursors come back as they went out, or not at all."""

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.kernel import paging
from mecum.kernel.paging import BadCursor

WORDS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1), WORDS)
def test_a_position_survives(number: int, text: str) -> None:
    cursor = paging.encode(number, text)
    assert paging.decode(cursor, int, str) == [number, text]
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=40))
def test_what_no_list_gave_out_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        paging.decode(cursor, int, int, str, int)


@pytest.mark.parametrize(
    "position",
    [[1], [1, 2], ["a", 1], [True, "a"], [1, "a", 2], {"a": 1}, 5, [1.0, "a"], [None, "a"]],
)
def test_another_lists_cursor_is_refused(position: object) -> None:
    cursor = base64.urlsafe_b64encode(orjson.dumps(position)).decode()
    with pytest.raises(BadCursor):
        paging.decode(cursor, int, str)


def test_a_page_is_a_value() -> None:
    assert paging.Page([1, 2], None) == paging.Page([1, 2], None)
