"""What is known of a model in sentences."""

from dataclasses import replace

import pytest

from factories.equipment import BUILTIN, cloud, local
from mecum.inference.facts import rules
from mecum.inference.keeping import FOR_EVER, Kept
from mecum.inference.ports import WindowSource
from mecum.inference.windows import UNKNOWN, Window

HERE = local("llama3.1:8b", 4.7, 8)
FAR = cloud("openai/gpt-5.1")


def test_where_a_model_is() -> None:
    assert rules.place(BUILTIN, None, None, ()) == "It is built in and needs no server."
    assert rules.place(HERE, "http://127.0.0.1:11434", None, ()) == "Ollama on this machine serves it."
    relayed = rules.place(replace(HERE, local=False), "http://127.0.0.1:11434", "https://ollama.com", ())
    assert relayed == "Ollama on this machine lists it, and passes on what is asked of it to ollama.com."
    assert rules.place(FAR, "https://api.openai.com/v1", None, ()) == "Api.openai.com serves it, by OpenAI's wire."
    pool = replace(HERE, provider="pool")
    assert "A pool of 2" in rules.place(pool, None, None, ("a/x", "b/x"))
    assert "llama.cpp" in rules.place(replace(HERE, provider="llama_cpp"), None, None, ())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("sent", "Asked for with each message"),
        ("started", "Its process is started"),
        ("configured", "You said so"),
        ("learned", "refused more"),
        ("table", "well-known"),
        ("model", "was made for"),
        ("reported", "Its server says so"),
    ],
)
def test_how_a_window_comes_about(source: WindowSource, said: str) -> None:
    assert said in rules.reads(Window(8192, source), HERE)


def test_a_window_that_nobody_knows_says_what_to_do() -> None:
    assert "`context_length`" in rules.reads(UNKNOWN, HERE)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (Kept(600, "server"), "10 minutes, as is usual"),
        (Kept(None, "server"), "As long as what loads it"),
        (Kept(0, "configuration"), "Not at all, as its configuration"),
        (Kept(FOR_EVER, "asked"), "For ever, as was asked"),
        (Kept(5400, "settings"), "1 hour 30 minutes, as the settings"),
        (Kept(0.25, "asked"), "0.25 seconds"),
        (Kept(90_061, "asked"), "1 day 1 hour,"),
    ],
)
def test_how_long_a_model_stays(kept: Kept, said: str) -> None:
    assert rules.stays(kept).startswith(said)


def test_an_unknown_price_is_not_nothing() -> None:
    assert "unknown, not nothing" in rules.costs(FAR, None)
    assert "nobody is paid" in rules.costs(HERE, None)
    assert "the member" in rules.costs(replace(HERE, provider="pool"), None)


def test_what_takes_no_memory_here_says_so() -> None:
    assert "runs elsewhere" in str(rules.takes(replace(FAR, memory_bytes=None), None))
    assert rules.takes(HERE, "It is loaded.") == "It is loaded."
    assert rules.takes(replace(HERE, memory_bytes=None), None) == "Nobody says what it takes."
    assert rules.takes(replace(BUILTIN, memory_bytes=None), None) == "It takes no memory of its own."
