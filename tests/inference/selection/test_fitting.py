"""Whether models could be loaded now, as the list of models says it."""

from dataclasses import replace

import pytest

from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.ports import ModelInfo
from mecum.inference.selection.fitting import Fitting, fittings
from mecum.inference.selection.known import known
from mecum.inference.selection.resources import Resources
from mecum.inference.selection.rules import Candidate

GB = 10**9
PLAIN = ModelInfo(
    "ollama/m",
    "m",
    "ollama",
    "ollama",
    local=True,
    context_length=131_072,
    memory_bytes=6 * GB,
    window_from="sent",
    loaded=False,
)
FREE = Resources(memory_free=8 * GB, memory_capacity=16 * GB)


def fitting(info: ModelInfo, resources: Resources = FREE, *others: ModelInfo, said: float | None = None) -> Fitting:
    """Return what is said of a model beside others, of which a person may say how many GB it takes."""
    sources = {} if said is None else {"memory_gb_estimate": "explicit"}
    explicit = ModelCapabilities(memory_gb_estimate=said, sources=sources)  # pyright: ignore[reportArgumentType]
    candidates = [
        Candidate(one, known(one, explicit if one is info else ModelCapabilities())) for one in (info, *others)
    ]
    return fittings(candidates, resources)[info.ref]


def test_it_fits_or_does_not_with_the_numbers() -> None:
    assert fitting(PLAIN) == Fitting(
        True, "Takes 6.0 GB with 8,192 tokens of context; 8.0 GB are free or can be freed."
    )
    small = replace(PLAIN, context_length=2048, memory_bytes=12 * GB)
    assert fitting(small) == Fitting(False, "Takes 12.0 GB with 2,048 tokens of context, and 8.0 GB are free.")


def test_what_a_person_says_it_takes_is_told_as_theirs() -> None:
    assert fitting(PLAIN, said=5.0) == Fitting(True, "Takes 5.0 GB, as you say; 8.0 GB are free or can be freed.")
    assert fitting(PLAIN, said=9.0) == Fitting(False, "Takes 9.0 GB, as you say, and 8.0 GB are free.")


def test_graphics_memory_and_what_can_be_unloaded_count() -> None:
    large = replace(PLAIN, memory_bytes=12 * GB)
    assert fitting(large, replace(FREE, graphics_free=6 * GB)).fits
    other = replace(PLAIN, ref="ollama/other", name="other", loaded=True, memory_bytes=5 * GB)
    assert fitting(large, FREE, other).fits
    elsewhere = replace(other, ref="box/other", endpoint="box")
    assert fitting(large, FREE, elsewhere).fits is False


@pytest.mark.parametrize(
    "info",
    [replace(PLAIN, memory_bytes=None, size_bytes=4 * GB), replace(PLAIN, name="llama3:8b", memory_bytes=None)],
)
def test_a_guess_by_the_name_is_no_answer(info: ModelInfo) -> None:
    assert fitting(info) == Fitting()


def test_what_is_not_known_stays_so() -> None:
    assert fitting(PLAIN, Resources()) == Fitting()
    assert fitting(replace(PLAIN, local=False)) == Fitting()
    assert fitting(replace(PLAIN, loaded=True), Resources(memory_free=0)) == Fitting(True, "It is loaded.")


def test_a_person_knows_better_than_the_server() -> None:
    assert fitting(replace(PLAIN, memory_bytes=12 * GB), said=3.0).fits
    assert fitting(replace(PLAIN, memory_bytes=None), said=30.0).fits is False


def test_what_a_provider_says_holds() -> None:
    own = replace(PLAIN, fits=False, fit_reason="Takes more.")
    assert fitting(own) == Fitting(False, "Takes more.")
