"""Ids are opaque, unique and in the order they were made."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from mecum.kernel import clock, ids


def test_an_id_has_its_prefix_and_thirteen_digits() -> None:
    made = ids.new("cnv")
    assert len(made) == len("cnv_") + 13
    assert ids.is_id(made, "cnv")


def test_text_order_is_creation_order() -> None:
    made = [ids.new("run") for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_several_threads_are_distinct() -> None:
    made: list[list[str]] = [[] for _ in range(4)]

    def work(own: list[str]) -> None:
        own.extend(ids.new("msg") for _ in range(2000))

    threads = [threading.Thread(target=work, args=(own,)) for own in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len({one for own in made for one in own}) == 8000
    assert all(own == sorted(own) for own in made)


def test_the_time_is_in_the_front() -> None:
    before = clock.milliseconds()
    digits = ids.new("fil").removeprefix("fil_")
    value = 0
    for digit in digits:
        value = value * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(digit)
    assert before - 1000 <= value >> 21 <= clock.milliseconds() + 1000


def test_what_is_not_an_id() -> None:
    good = ids.new("run")
    assert not ids.is_id(good, "cnv")
    assert not ids.is_id(good.upper(), "RUN")
    assert not ids.is_id(good[:-1], "run")
    assert not ids.is_id(good + "0", "run")
    assert not ids.is_id(good + "\n", "run")
    assert not ids.is_id(good[:-1] + "i", "run")


@given(st.integers(0, 2**63 - 1))
def test_an_id_and_its_number_are_the_same(number: int) -> None:
    text = ids.text("run", number)
    assert ids.is_id(text, "run")
    assert ids.number("run", text) == number


def test_order_of_numbers_is_order_of_text() -> None:
    numbers = [0, 1, 31, 32, 2**21, 2**42, 2**63 - 1]
    assert [ids.number("msg", text) for text in sorted(ids.text("msg", number) for number in numbers)] == numbers


@given(st.text(max_size=30))
def test_what_is_no_id_has_no_number(text: str) -> None:
    assert (ids.number("run", text) is not None) is ids.is_id(text, "run")
    assert (ids.number("run", "run_" + text) is not None) is ids.is_id("run_" + text, "run")


def test_an_id_of_something_else_has_no_number() -> None:
    good = ids.new("run")
    for bad in ("", "run", "run_", good[:-1], good + "0", "msg_" + good[4:], good[:-1] + "i", "run_8000000000000"):
        assert ids.number("run", bad) is None
    assert ids.number("run", "run_" + "0_0_0_0_0_0_0") is None
    assert ids.number("run", "run_" + " 00000000000 ") is None


@given(st.text(max_size=30))
def test_foreign_text_is_hardly_an_id(text: str) -> None:
    assert ids.is_id(text, "run") is (text.startswith("run_") and len(text) == 17 and text[4:].isalnum())
