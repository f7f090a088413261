"""Words, terms and snippets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.domains.retrieval.rules import folded, snippet, terms_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's a-b, C3PO!", ["it", "s", "a", "b", "c3po"]),
        ("Café STRASSE straße", ["cafe", "strasse", "strasse"]),
        ("cafe\u0301", ["cafe"]),
        ("数据 база", ["数", "据", "база"]),
        ("snake_case", ["snake", "case"]),
        ("x" * 300, ["x" * 200]),
        ("?!", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_terms() -> None:
    assert terms_of('ferry "leaves at" ?! "" nine') == ["ferry", "leaves at", "nine"]
    assert terms_of('an "open quote') == ["an", '"open', "quote"]
    assert len(terms_of("a " * 100)) == 32


def marked(text: str, *terms: str, prefix: bool = False) -> str:
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in snippet(text, terms, prefix=prefix))


def test_snippets() -> None:
    assert marked("The Ferry leaves", "ferry") == "The [Ferry] leaves"
    assert marked("The Ferry leaves", "ferry leaves") == "The [Ferry leaves]"
    assert marked("The Ferry leaves", "ferr") == "The Ferry leaves"
    assert marked("The Ferry leaves", "the", "ferr", prefix=True) == "[The] [Ferry] leaves"
    assert marked("数据库", "据库") == "数[据库]"
    long = marked("word " * 200 + "needle " + "word " * 200, "needle")
    assert "[needle]" in long
    assert (long[0], long[-1]) == ("…", "…")
    assert len(long) < 260


@given(st.text(), st.text(min_size=1))
def test_a_snippet_is_a_piece_of_the_text(text: str, query: str) -> None:
    said = "".join(piece.text for piece in snippet(text, terms_of(query), prefix=True))
    assert said.strip("…") in text or said in text
    assert folded(folded(text)) == folded(text)
