"""A history as it happened, made fit for wires that check it."""

import pytest

from mecum.inference.exchange import (
    CallContent,
    Content,
    ImageContent,
    ModelMessage,
    ReasoningContent,
    ResultContent,
    Role,
    TextContent,
)
from mecum.inference.wires.calls import CallIds, plain_name
from mecum.inference.wires.turns import NO_RESULT, alternating, arguments_of, cycle_start, settled


def says(role: Role, *content: Content | str) -> ModelMessage:
    return ModelMessage(role, tuple(TextContent(item) if isinstance(item, str) else item for item in content))


def call(call_id: str = "c1", name: str = "look") -> CallContent:
    return CallContent(call_id, name, "{}")


def result(call_id: str = "c1", content: str = "blue") -> ResultContent:
    return ResultContent(call_id, "look", content)


def test_a_call_nobody_answered_gets_a_result_that_says_so() -> None:
    told = settled([says("user", "a"), says("assistant", call()), says("user", "b")])
    assert [message.role for message in told] == ["user", "assistant", "tool", "user"]
    assert told[2].content == (ResultContent("c1", "look", NO_RESULT, is_error=True),)


def test_results_stand_behind_their_calls_in_the_order_of_the_calls() -> None:
    told = settled([says("assistant", call("c1"), call("c2")), says("tool", result("c2", "2")), says("user", "wait"),
                    says("tool", result("c1", "1"))])  # fmt: skip
    assert [message.role for message in told] == ["assistant", "tool", "user"]
    assert [item.content for item in told[1].content if isinstance(item, ResultContent)] == ["1", "2"]


def test_a_result_without_a_call_is_told_by_the_user() -> None:
    (told,) = settled([says("tool", result())])
    assert (told.role, told.text) == ("user", "[A result of look]\nblue")


def test_two_calls_of_one_id_each_have_their_own_result() -> None:
    first = [says("assistant", call()), says("tool", result(content="1"))]
    told = settled([*first, says("assistant", call()), says("tool", result(content="2"))])
    results = [item.content for message in told for item in message.content if isinstance(item, ResultContent)]
    assert results == ["1", "2"]


def test_a_result_finds_the_name_of_its_call() -> None:
    told = settled([says("assistant", call()), says("tool", ResultContent("c1", "", "blue"))])
    assert told[1].content == (result(),)


def test_nothing_empty_is_told() -> None:
    assert settled([says("user", ""), says("assistant", " \n"), says("user", "a")]) == [says("user", "a")]


def test_what_a_role_cannot_say_is_left_out_or_named() -> None:
    image = ImageContent("image/png", b"\x89PNG")
    told = settled([says("user", call(), ReasoningContent("hm"), image), says("assistant", image)])
    assert told[0].content == (image,)
    assert "image" in told[1].text


def test_turns_alternate_begin_and_end_with_the_user() -> None:
    system, turns = alternating(
        [says("system", "Be brief."), says("system", "Be kind."), says("assistant", "Hello."), says("user", "a"),
         says("system", "It is noon."), says("user", "b"), says("assistant", "c"), says("assistant", "d")]
    )  # fmt: skip
    assert system == "Be brief.\n\nBe kind."
    assert [turn.role for turn in turns] == ["user", "assistant", "user", "assistant", "user"]
    assert [item.text for item in turns[2].content if isinstance(item, TextContent)] == ["a", "It is noon.", "b"]


def test_results_come_first_in_their_turn() -> None:
    _, turns = alternating([says("user", "a"), says("assistant", call()), says("user", "b"), says("tool", result())])
    assert turns[2].content == (result(), TextContent("b"))


def test_nothing_at_all_is_still_a_turn_of_the_user() -> None:
    assert [turn.role for turn in alternating([])[1]] == ["user"]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_the_question_that_tools_interrupted(steps: int) -> None:
    loop = [message for _ in range(steps) for message in (says("assistant", call()), says("tool", result()))]
    _, turns = alternating([says("user", "a"), says("assistant", "b"), says("user", "c"), *loop])
    assert cycle_start(turns) == 2


@pytest.mark.parametrize(("text", "expected"), [("", {}), ("[1]", {"value": [1]}), ("{oops", {"value": "{oops"})])
def test_arguments_become_an_object(text: str, expected: dict[str, object]) -> None:
    assert arguments_of(CallContent("c", "look", text)) == expected


def test_ids_are_plain_short_and_unique() -> None:
    ids = CallIds()
    given = ["functions.look:0", "functions_look_0", "é", "", "x" * 80, "x" * 80]
    made = [ids.call(one) for one in given]
    assert len(set(made)) == len(made)
    assert all(len(one) <= 40 and one.replace("_", "").replace("-", "").isascii() for one in made)
    assert [ids.result(one) for one in given] == made


def test_names_are_plain() -> None:
    assert [plain_name(name) for name in ("look", "ns:find.it", "")] == ["look", "ns_find_it", "tool"]
