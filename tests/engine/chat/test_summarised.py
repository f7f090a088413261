"""Which summary goes in place of what does not fit, and up to where the next one should go."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from mecum.engine.chat.context import Fitted, Summary, report_of, word_for
from mecum.engine.chat.summarised import Branch, Room, due_through, is_due, shortened
from mecum.inference.exchange import ModelMessage, Role, TextContent
from mecum.inference.windows import UNKNOWN, Counts

REF = "up/m"


def said(*sizes: int, offset: int = 0) -> Branch:
    """Return a conversation in turns; a message has about so many tokens."""
    roles: tuple[Role, Role] = ("user", "assistant")
    head = [ModelMessage("system", (TextContent("Be brief."),))] * offset
    told = [
        ModelMessage(roles[place % 2], (TextContent(f"{place} " + "x" * (size * 2 - 20)),))
        for place, size in enumerate(sizes)
    ]
    return Branch((*head, *told), [f"m{place}" for place in range(len(sizes))], offset)


def summary(through: int, text: str = "Short.") -> Summary:
    """Return a summary of everything up to a place."""
    return Summary(f"sum{through}", f"m{through}", through + 1, text, "up/s")


def room(window: int | None) -> Room:
    """Return the room of a model that has not counted yet."""
    return Room(window, REF, Counts())


def texts(found: Fitted) -> list[str]:
    """Return the beginnings of what is sent."""
    return [one.text.split(" ")[0] for one in found.messages]


def test_the_one_that_covers_least_is_sent_where_the_rest_fits() -> None:
    branch = said(*[100] * 9)
    given = [summary(5), summary(3), summary(1)]
    found = shortened(branch, given, room(1000))
    assert found is not None
    # A hundred for the summary, six hundred of seven and a half: what is after the second message is too much.
    assert (found.summary, found.dropped, found.included) == (given[1], 0, 5)
    assert found.messages[0].text.startswith("[Summary of the 4 messages before this one, which are not shown. up/s")
    assert found.messages[0].text.endswith("[End of the summary.]\n\n" + branch.history[4].text)


def test_where_none_leaves_enough_room_the_rest_is_dropped() -> None:
    found = shortened(said(*[100] * 9), [summary(1), summary(0)], room(400))
    assert found is not None
    assert (found.summary, found.included) == (summary(1), 2)
    assert found.dropped == 5
    # What it is followed by is an answer: it stands by itself.
    assert (found.apart, [one.role for one in found.messages]) == (True, ["user", "assistant", "user"])
    report = report_of(found, UNKNOWN)
    assert (report["included"], report["summarised"][0]["messages"], report["dropped"][0]["messages"]) == (2, 2, 5)
    assert word_for(report) == "dropped"


def test_a_prompt_goes_first() -> None:
    found = shortened(said(*[100] * 5, offset=1), [summary(1)], room(1000))
    assert found is not None
    assert texts(found) == ["Be", "[Summary", "3", "4"]


def test_one_of_another_branch_or_without_room_is_not_sent() -> None:
    branch = said(*[100] * 5)
    assert shortened(branch, [], room(1000)) is None
    assert shortened(branch, [Summary("s", "elsewhere", 2, "Short.", "up/s")], room(1000)) is None
    assert shortened(branch, [summary(1, "x" * 4000)], room(1000)) is None
    # It covers what is to be answered.
    assert shortened(branch, [summary(4)], room(1000)) is None


def test_another_one_is_due_where_something_is_left_out_or_soon_will_be() -> None:
    full, empty = Fitted((), 700), Fitted((), 100)
    assert not is_due(full, room(1000), unread=False)
    assert is_due(empty, room(1000), unread=True)
    assert is_due(Fitted((), 100, dropped=1), room(1000), unread=False)
    assert is_due(Fitted((), 700, summary=summary(1)), room(1000), unread=False)
    assert not is_due(Fitted((), 100, summary=summary(1)), room(1000), unread=True)


def test_it_goes_so_far_that_a_persons_turn_and_much_room_is_left() -> None:
    branch = said(*[100] * 9)
    none = Fitted((), 0)
    # Two messages have room, of which the first is an answer; then four.
    assert due_through(branch, none, room(800), None) == "m7"
    assert due_through(branch, none, room(1400), None) == "m5"
    assert due_through(branch, none, room(None), 5) == "m3"
    # What is covered already is not asked for again.
    assert due_through(branch, Fitted((), 0, summary=summary(7)), room(800), None) is None
    assert due_through(said(100), none, room(1000), None) is None
    # A message that is asked to go on is not covered: what is asked last is of nobody.
    wish = Branch((*branch.history[:8], ModelMessage("user", (TextContent("Go on."),))), branch.places[:8], 0)
    assert due_through(wish, none, room(500), None) is None


@given(
    st.lists(st.integers(20, 200), min_size=3, max_size=30),
    st.sets(st.integers(0, 28), max_size=4),
    st.integers(300, 3000),
    st.integers(0, 1),
)
def test_nothing_is_lost_and_nothing_is_said_twice(
    sizes: Sequence[int], ends: set[int], window: int, offset: int
) -> None:
    branch = said(*sizes, offset=offset)
    found = shortened(branch, [summary(end) for end in sorted(ends, reverse=True)], room(window))
    if found is None or found.summary is None:
        return
    assert found.included - offset + found.dropped + found.summary.messages == len(sizes)
    assert found.messages[-1].text.endswith(branch.history[-1].text)
    own = found.messages[offset + found.apart :]
    kept = branch.history[len(branch.history) - len(own) :]
    assert all(one.text.endswith(whole.text) for one, whole in zip(own, kept, strict=True))
    most = room(window).most
    assert most is not None
    assert room(window).takes(*found.messages) <= found.tokens <= most


@given(st.lists(st.integers(20, 200), min_size=3, max_size=40), st.integers(300, 3000))
def test_a_step_leaves_room_for_the_next_turns(sizes: Sequence[int], window: int) -> None:
    branch, has = said(*sizes), room(window)
    through = due_through(branch, Fitted((), 0), has, None)
    if through is None:
        return
    end = int(through[1:])
    assert branch.history[end + 1].role == "user"
    rest = branch.history[end + 1 :]
    assert len(rest) <= 2 or has.holds(has.takes(*rest), 0.4)
