"""How long models stay in memory: the ways to say it, and whose word counts."""

from dataclasses import replace

import pytest

from mecum.inference.keeping import FOR_EVER, Keeping, Kept, seconds_of, written
from mecum.inference.ports import ModelInfo

HERE = ModelInfo("ollama/m:1b", "m:1b", "ollama", "ollama", local=True)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (300, 300.0),
        (0, 0.0),
        (1.5, 1.5),
        (-1, FOR_EVER),
        (-300, FOR_EVER),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("1.5h", 5400.0),
        ("300ms", 0.3),
        ("24h0m10s", 86410.0),
        ("0", 0.0),
        ("60", 60.0),
        ("-1", FOR_EVER),
        ("-1m", FOR_EVER),
        ("0s", 0.0),
    ],
)
def test_it_is_said_as_to_ollama(said: str | float, seconds: float) -> None:
    assert seconds_of(said) == seconds


@pytest.mark.parametrize("said", ["", "soon", "5 m", "5d", "m5", "--1", True, float("nan"), float("inf")])
def test_what_is_no_length_of_time_is_refused(said: str | float) -> None:
    with pytest.raises(ValueError, match="-1 for ever"):
        seconds_of(said)


def test_it_is_written_as_ollama_reads_it() -> None:
    assert [written(seconds) for seconds in (0.0, 300.0, 1.5, FOR_EVER)] == ["0s", "300s", "1500ms", -1]


def test_whose_word_counts() -> None:
    configured: dict[str, float] = {}
    keeping = Keeping(lambda: configured, 600.0)
    far = replace(HERE, ref="far/m:1b", endpoint="far", local=False)
    assert (keeping(HERE), keeping(far)) == (600.0, None)
    configured["ollama:m:1b"] = 60.0
    assert (keeping(HERE), keeping(far)) == (60.0, 60.0)
    configured["m:1b"] = 70.0
    configured["ollama/m:1b"] = 80.0
    assert (keeping(HERE), keeping(far)) == (80.0, 70.0)
    keeping.ask(HERE, 0.0)
    assert keeping(HERE) == 0.0
    keeping.ask(HERE, None)
    assert keeping(HERE) == 80.0


def test_who_says_it_is_told() -> None:
    configured: dict[str, float] = {}
    keeping = Keeping(lambda: configured, None, {"llama_cpp": 600.0})
    assert keeping.kept(HERE) == Kept(None, "server")
    assert keeping.kept(replace(HERE, provider="llama_cpp")) == Kept(600.0, "server")
    assert Keeping(usual=60.0).kept(HERE) == Kept(60.0, "settings")
    configured["m:1b"] = 70.0
    assert keeping.kept(HERE) == Kept(70.0, "configuration")
    keeping.ask(HERE, FOR_EVER)
    assert keeping.kept(HERE) == Kept(FOR_EVER, "asked")


@pytest.mark.parametrize("named", ["mistral", "mistral:latest", "ollama:mistral:latest", "box:mistral:latest"])
def test_every_name_a_model_is_configured_under_counts(named: str) -> None:
    model = replace(HERE, ref="box/mistral:latest", name="mistral:latest", endpoint="box")
    assert Keeping(lambda: {named: 60.0})(model) == 60.0
