"""What of the history fits, and what the count of a server says against it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.engine.chat.context import besides, fitted, is_told, judged, report_of, word_for
from mecum.inference.errors import ContextTooLong
from mecum.inference.exchange import ModelMessage, Passage, Role, TextContent, ToolSpec, Usage
from mecum.inference.windows import MESSAGE_TOKENS, UNKNOWN, Counts, Window, most_tokens

REF = "up/m"


def message(role: Role, size: int) -> ModelMessage:
    """Return a message of so many bytes."""
    return ModelMessage(role, (TextContent("x" * size),))


def window(tokens: int | None, *, refuses: bool = False) -> Window:
    """Return a window as a server's list says it."""
    return Window(tokens, None if tokens is None else "reported", refuses)


@pytest.mark.parametrize(("tokens", "whole"), [(None, False), (10, True)])
def test_nothing_is_dropped_where_nothing_is_known(tokens: int | None, whole: bool) -> None:
    history = (message("user", 500), message("user", 500))
    found = fitted(history, window(tokens), REF, Counts(), whole=whole)
    assert (found.messages, found.dropped) == (history, 0)


def test_an_empty_history_fits() -> None:
    assert fitted((), window(10), REF, Counts()).messages == ()


def test_a_message_that_surely_cannot_fit_is_refused_with_numbers() -> None:
    with pytest.raises(ContextTooLong, match="about 116 tokens; up/m takes 100") as caught:
        fitted((message("user", 4 * 108),), window(100), REF, Counts())
    assert caught.value.details == {"tokens": 116, "window": 100}


def test_the_oldest_go_first_and_a_quarter_stays_free() -> None:
    history = tuple(message("user" if n % 2 else "assistant", 24) for n in range(10))
    system = message("system", 4)
    found = fitted((system, *history), window(100), REF, Counts())
    # Twelve tokens and the frame of each: twice what prose takes.
    assert found.messages == (system, *history[-3:])
    assert (found.dropped, found.tokens, found.exact) == (7, 70, False)
    report = report_of(found, window(100))
    assert (report["included"], report["estimated_tokens"], report["window"]) == (4, 70, 100)
    assert report["dropped"] == [{"messages": 7, "reason": "older than what fits the model's context window"}]
    assert (is_told(report, ()), word_for(report)) == (True, "dropped")


def test_tools_and_passages_take_room_too() -> None:
    tool, passage = ToolSpec("look", "Looks.", {"type": "object"}), Passage("A note", "Blue.", 0, 5)
    assert besides((), ()) == 0
    beyond = besides((tool,), (passage,))
    assert beyond == len('["look","Looks.",{"type":"object"}]') + len("A noteBlue.")
    history = (message("user", 40), message("user", 12))
    assert fitted(history, window(100), REF, Counts()).dropped == 0
    assert fitted(history, window(100), REF, Counts(), besides=beyond).dropped == 1


@given(st.lists(st.integers(4, 40), min_size=1, max_size=12), st.integers(50, 300), st.booleans())
def test_what_is_kept_is_the_end_of_what_was_there(sizes: list[int], tokens: int, system: bool) -> None:
    # Of different lengths, so that no message equals another.
    rest = [
        ModelMessage("user", (TextContent(str(place)), *message("user", size).content))
        for place, size in enumerate(sizes)
    ]
    head = [message("system", 5)] if system else []
    found = fitted((*head, *rest), window(tokens), REF, Counts())
    assert list(found.messages[: len(head)]) == head
    tail = list(found.messages[len(head) :])
    assert tail == rest[-len(tail) :]
    assert tail
    assert found.dropped + len(tail) == len(rest)
    assert found.tokens >= sum(most_tokens(one) for one in found.messages) // 2


def judge(size: int, has: Window, counted: int | None, counts: Counts | None = None, output: int = 0) -> str | None:
    """Return the flag of a turn with one message of letters."""
    found = fitted(
        (message("user", 2), ModelMessage("user", (TextContent("word " * (size // 5)),))), UNKNOWN, REF, Counts()
    )
    flag = judged(found, 0, has, REF, counts or Counts(), Usage(counted, output))
    return None if flag is None else flag["code"]


@pytest.mark.parametrize(
    ("size", "has", "counted", "output", "flag"),
    [
        (1000, UNKNOWN, None, 0, None),
        (1000, window(2048), 3, 0, None),
        (3000, window(4096), 700, 0, None),
        (3000, window(4096), None, 0, None),
        (3000, window(4096), 100, 0, "cut"),
        (3000, window(4096, refuses=True), 100, 0, "cut"),
        (3000, window(4096), 700, 4000, "outgrown"),
        (6000, window(4096), 4096, 0, "cut"),
        (6000, window(4096), 3700, 0, "cut"),
        (6000, window(4096), 1500, 0, None),
        (6000, window(4096), None, 0, "unverified"),
        (6000, window(4096, refuses=True), 1500, 0, None),
        (6000, UNKNOWN, 1500, 0, "window_unknown"),
        (6000, Window(131_072, "model"), 1500, 0, "window_unknown"),
        (6000, Window(None, None, refuses=True), 1500, 0, None),
    ],
)
def test_the_servers_count_is_held_against_what_was_sent(
    size: int, has: Window, counted: int | None, output: int, flag: str | None
) -> None:
    assert judge(size, has, counted, output=output) == flag


def test_what_a_server_counted_of_short_texts_proves_long_ones() -> None:
    counts = Counts()
    assert judge(6000, window(4096), None, counts) == "unverified"
    assert judge(3000, window(4096), 750, counts) is None
    assert judge(6000, window(4096), None, counts) is None
    assert judge(6000, window(4096), 4000, counts) == "cut"


def test_room_for_the_largest_message_shows_that_none_was_left_out() -> None:
    texts = [TextContent("word " * count) for count in (600, 300, 300)]
    found = fitted(tuple(ModelMessage("user", (text,)) for text in texts), UNKNOWN, REF, Counts())
    for counted, flag in ((1000, None), (1200, "unverified"), (3900, "cut")):
        wrong = judged(found, 0, window(4096), REF, Counts(), Usage(counted))
        assert (wrong["code"] if wrong else None) == flag


def test_a_window_nobody_knows_is_as_large_as_it_was_seen_to_be() -> None:
    counts = Counts()
    assert judge(1700, UNKNOWN, 425, counts) is None
    assert judge(6000, UNKNOWN, 1500, counts) is None
    # It may be that only so much of it was read.
    assert judge(9000, UNKNOWN, 2250, counts) == "window_unknown"
    assert judge(6500, UNKNOWN, 1625, counts) is None


def test_a_long_conversation_and_images_are_in_the_report() -> None:
    found = fitted((message("user", 10),), UNKNOWN, REF, Counts())
    report: dict[str, Any] = report_of(found, UNKNOWN, unread=True, unseen=2)
    assert [one.get("messages", one.get("images")) for one in report["dropped"]] == [None, 2]
    assert report["estimated_tokens"] == 10 + MESSAGE_TOKENS
    plain = report_of(found, UNKNOWN)
    assert (is_told(plain, ()), word_for(plain), word_for(None)) == (False, None, None)
