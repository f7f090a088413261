"""Arithmetic against Python's own exact numbers, and against bombs."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mecum.integrations.builtin.arithmetic import NoResult, NotArithmetic, evaluate, shown_number

Tree = tuple[str, Fraction]
NUMBERS = st.integers(0, 9999).map(lambda n: (str(n), Fraction(n))) | st.decimals(
    0, 999, allow_nan=False, places=2
).map(lambda d: (str(d), Fraction(d)))


def combined(children: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def join(left: Tree, sign: str, right: Tree) -> Tree:
        value = {
            "+": left[1] + right[1],
            "-": left[1] - right[1],
            "*": left[1] * right[1],
            "/": left[1] / right[1] if right[1] else Fraction(0),
        }[sign]
        text = f"({left[0]}) {sign} ({right[0]})" if right[1] or sign != "/" else "(0 + 0)"
        return text, value

    return st.builds(join, children, st.sampled_from("+-*/"), children)


@settings(max_examples=200)
@given(combined(st.recursive(NUMBERS, combined, max_leaves=6)))
def test_the_four_operations_are_exact(tree: Tree) -> None:
    text, value = tree
    if len(text) <= 200:
        assert evaluate(text) == value


@settings(max_examples=300)
@given(st.text(max_size=60) | st.text("0123456789+-*/%().!^e ,sqrtfacoil", max_size=60))
def test_any_text_ends_quickly_in_a_number_or_a_clear_error(text: str) -> None:
    try:
        value = evaluate(text)
    except (NotArithmetic, NoResult):
        return
    assert shown_number(value)[0]


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_are_shown_whole(number: int) -> None:
    shown, exact = shown_number(Fraction(number))
    assert exact
    assert int(shown.replace(",", "")) == number


@pytest.mark.parametrize(
    "bomb",
    ["9**9**9", "2**-100000", "400!", "10**4000", "((((9**99)**99)**99)**99)", "exp(1000)", "1/0", "5 % 0", "0**-1"],
)
def test_bombs(bomb: str) -> None:
    with pytest.raises(NoResult):
        evaluate(bomb)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "a+b",
        "__import__('os')",
        "1 if 1 else 2",
        "(1).__class__",
        "1+" * 150 + "1",
        "[1+1]",
        "lambda: 1",
        "2 2",
        "1e+999999999*2",
    ],
)
def test_what_is_no_arithmetic(text: str) -> None:
    with pytest.raises(NotArithmetic):
        evaluate(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1+0.2", "0.3"),
        ("2**0.5", "1.41421356237"),
        ("cbrt(-27)", "-3"),
        ("abs(-3)", "3"),
        ("round(2.6)", "3"),
        ("floor(-2.5)", "-3"),
        ("ln(e)", "1"),
        ("sin(pi)", "0"),
        ("7 // 2", "3"),
        ("3 squared", "9"),
        ("2 to the power of 8", "256"),
        ("50%*2", "1"),
        ("12345678/10", "1,234,567.8"),
        ("7**60", "508,021,860,739,623,365,322,188,197,652,216,501,772,434,524,836,001"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    shown = shown_number(evaluate(text))[0]
    assert shown == expected if len(expected) < 50 else "× 10^" in shown
