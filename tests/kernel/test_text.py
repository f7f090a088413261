"""Text is kept exactly, whatever is in it."""

import base64
import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.kernel import text

ANY = st.text(st.characters())
STORABLE = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@pytest.mark.parametrize(("value", "storable"), [("", True), ("ä🙂\n", True), ("a\x00b", False), ("\ud800", False)])
def test_what_can_be_stored(value: str, storable: bool) -> None:
    assert text.is_storable(value) is storable


@given(ANY)
def test_what_is_shown_is_storable_and_as_long(value: str) -> None:
    assert text.is_storable(text.shown(value))
    assert len(text.shown(value)) == len(value)
    if text.is_storable(value):
        assert text.shown(value) == value


@given(ANY)
def test_exact_bytes_give_the_text_back(value: str) -> None:
    assert base64.b64decode(text.exact_base64(value)).decode("utf-8", "surrogatepass") == value


@given(STORABLE)
def test_escaped_text_comes_back(value: str) -> None:
    piece = text.slice_of(value)
    assert piece.size == len(value.encode())
    assert piece.escaped == text.escape(value)
    assert text.unescape(piece.escaped) == value
    assert orjson.loads(b'{"text":"' + piece.escaped + b'"}') == {"text": value}


@given(ANY)
def test_lone_surrogates_survive_as_escapes(value: str) -> None:
    # Two halves side by side are one character once they have been JSON.
    whole = json.loads(json.dumps(value))
    assert text.unescape(json.dumps(value)[1:-1].encode()) == whole


def test_broken_utf8_does_not_stop_the_reading() -> None:
    assert text.unescape(b"a\xffb\\ud800") == "a\ufffdb\ud800"
