"""What of the history fits: the system prompt and the last message always, of the rest the newest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.engine.chat.context import BYTES_PER_TOKEN, estimated_tokens, fitted
from mecum.inference.errors import ContextTooLong
from mecum.inference.ports import CallContent, ImageContent, ModelInfo, ModelMessage, Role, TextContent


def info(window: int | None) -> ModelInfo:
    """Return a model with this window."""
    return ModelInfo("up/m", "m", "openai", "up", local=True, context_length=window)


def message(role: Role, tokens: int) -> ModelMessage:
    """Return a message of about so many tokens, at least 4."""
    return ModelMessage(role, (TextContent("x" * (tokens - 4) * BYTES_PER_TOKEN),))


def test_the_estimate() -> None:
    assert estimated_tokens(ModelMessage("user", ())) == 4
    assert estimated_tokens(ModelMessage("user", (TextContent("abcde"),))) == 6
    assert estimated_tokens(ModelMessage("user", (TextContent("🙂"),))) == 5
    assert estimated_tokens(ModelMessage("user", (ImageContent("image/png", b"x" * 10_000),))) == 804
    assert estimated_tokens(ModelMessage("assistant", (CallContent("c", "look", "{}"),))) > 4
    assert estimated_tokens(message("user", 10)) == 10


@pytest.mark.parametrize(("window", "mode"), [(None, "chat"), (10, "raw")])
def test_nothing_is_dropped_where_nothing_is_known(window: int | None, mode: str) -> None:
    history = (message("user", 500), message("user", 500))
    kept, report = fitted(history, info(window), mode)  # pyright: ignore[reportArgumentType]
    assert kept == history
    assert (report["included"], report["dropped"], report["window"]) == (2, [], window)


def test_an_empty_history_fits() -> None:
    assert fitted((), info(10), "chat")[0] == ()


def test_a_message_that_cannot_fit_is_refused_with_numbers() -> None:
    with pytest.raises(ContextTooLong, match="about 110 tokens; m takes 100") as caught:
        fitted((message("system", 10), message("user", 100)), info(100), "chat")
    assert caught.value.details == {"tokens": 110, "window": 100}


def test_the_oldest_go_first_and_a_quarter_stays_free() -> None:
    history = tuple(message("user" if n % 2 else "assistant", 20) for n in range(10))
    system = message("system", 5)
    kept, report = fitted((system, *history), info(100), "chat")
    assert kept == (system, *history[-3:])
    assert report["included"] == 4
    assert report["dropped"] == [{"messages": 7, "reason": "older than what fits the model's context window"}]
    assert sum(map(estimated_tokens, kept)) <= 75


@given(st.lists(st.integers(4, 40), min_size=1, max_size=12), st.integers(50, 300), st.booleans())
def test_what_is_kept_is_the_end_of_what_was_there(sizes: list[int], window: int, system: bool) -> None:
    # Of different lengths, so that no message equals another.
    rest = [
        ModelMessage("user", (TextContent(str(place)), *message("user", size).content))
        for place, size in enumerate(sizes)
    ]
    head = [message("system", 5)] if system else []
    kept, report = fitted((*head, *rest), info(window), "chat")
    assert list(kept[: len(head)]) == head
    tail = list(kept[len(head) :])
    assert tail
    assert tail == rest[-len(tail) :]
    dropped = report["dropped"][0]["messages"] if report["dropped"] else 0
    assert dropped + len(tail) == len(rest)
    assert sum(map(estimated_tokens, kept)) <= max(window * 0.75 + 1, sum(map(estimated_tokens, [*head, tail[-1]])))
