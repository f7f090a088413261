"""What a text takes of a window: never less than any vocabulary can make of it, before a model counted and after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mecum.inference.capabilities import validated
from mecum.inference.exchange import (
    CallContent,
    Content,
    ImageContent,
    ModelMessage,
    ReasoningContent,
    ResultContent,
    TextContent,
)
from mecum.inference.ports import ModelInfo, WindowSource
from mecum.inference.selection.known import known
from mecum.inference.windows import (
    IMAGE_TOKENS,
    MESSAGE_TOKENS,
    Counts,
    Size,
    Window,
    most_tokens,
    size_of,
    text_size,
    window_of,
)

ENGLISH = "The quick brown fox jumps over the lazy dog and the cat sat on the mat "
CHINESE = "天地玄黄宇宙洪荒日月盈昃辰宿列张"


@pytest.mark.parametrize(
    ("item", "tokens"),
    [
        (TextContent("abcde"), 5),
        (TextContent("🙂"), 4),
        (TextContent("\ud800"), 3),
        (ImageContent("image/png", b"x" * 10_000), IMAGE_TOKENS),
        (CallContent("c", "look", "{}"), 6),
        (ResultContent("c", "look", "blue"), 4),
        (ReasoningContent("long ago"), 0),
    ],
)
def test_a_message_is_at_most_a_token_a_byte(item: Content, tokens: int) -> None:
    assert most_tokens(ModelMessage("user", (item,))) == MESSAGE_TOKENS + tokens


@given(st.text(max_size=200))
def test_before_a_model_has_counted_a_byte_is_a_token(text: str) -> None:
    message = ModelMessage("user", (TextContent(text),))
    size = size_of([message])
    assert size.most == most_tokens(message)
    assert Counts().estimate("m", size) == size.most


def test_bytes_are_told_apart() -> None:
    assert text_size("Hi 42!é天") == Size(3, 3, 5, 0, frozenset({0xC3, 0xE5}))


@given(st.integers(20, 400), st.floats(0.2, 1.0), st.floats(0.2, 1.0))
def test_what_a_model_counted_holds_for_its_scripts(words: int, letters: float, wide: float) -> None:
    counts = Counts()
    for text, rate in ((ENGLISH * 20, letters), (CHINESE * 40, wide)):
        size = text_size(text)
        counts.learn("m", size, round(size.most * rate))
    for text, rate in ((ENGLISH * words, letters), (CHINESE * words, wide)):
        size = text_size(text)
        assert size.most * rate - 1 <= counts.estimate("m", size) <= max(size.most * max(rate, 0.25) * 1.2 + 1, 1)


def test_another_script_is_a_token_a_byte_until_it_was_counted() -> None:
    counts = Counts()
    counts.learn("m", text_size(CHINESE * 40), 400)
    assert counts.estimate("m", text_size(CHINESE * 80)) < 1300
    thai = text_size("สวัสดีชาวโลก" * 80)
    assert counts.estimate("m", thai) == thai.most
    assert counts.estimate("other", text_size(CHINESE)) == len(CHINESE.encode())


@pytest.mark.parametrize(
    ("own", "by", "said", "expected"),
    [
        (None, "reported", {}, Window()),
        (4096, "reported", {}, Window(4096, "reported")),
        (4096, "model", {}, Window(4096, "model")),
        (4096, "reported", {"context_length": 8192}, Window(8192, "configured")),
        (4096, "sent", {"context_length": 8192}, Window(4096, "configured")),
        (4096, "started", {"context_length": 1024}, Window(1024, "configured")),
        (None, "sent", {"context_length": 1024}, Window(1024, "configured")),
    ],
)
def test_who_says_what_a_window_is(own: int | None, by: WindowSource, said: dict[str, int], expected: Window) -> None:
    info = ModelInfo("up/x", "x", "openai", "up", local=True, context_length=own, window_from=by)
    assert window_of(info, known(info, validated(said))) == expected


def test_a_well_known_model_of_a_silent_server_has_the_window_of_the_table() -> None:
    info = ModelInfo("up/gpt-4o", "gpt-4o", "openai", "up", local=False, refuses=True)
    found = window_of(info, known(info))
    assert (found.source, found.served, found.refuses) == ("table", None, True)
    assert found.tokens


def test_little_text_teaches_nothing() -> None:
    counts = Counts()
    counts.learn("m", text_size("word " * 20), 25)
    counts.learn("m", text_size("word " * 400), 0)
    assert (counts.estimate("m", text_size("word " * 20)), counts.proved("m")) == (100, 0)


def test_a_count_is_too_small_when_no_vocabulary_explains_it() -> None:
    counts = Counts()
    prose = [ModelMessage("user", (TextContent(ENGLISH * 40),))]
    assert counts.too_few("m", size_of(prose), prose, 300)
    assert not counts.too_few("m", size_of(prose), prose, 700)
    # A line of a thousand dashes may be a handful of tokens.
    ruled = [ModelMessage("user", (TextContent("-" * 4000),))]
    assert not counts.too_few("m", size_of(ruled), ruled, 60)
