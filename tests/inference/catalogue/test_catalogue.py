"""The catalogue: facts with sources that agree with the files they are of, and what fits a machine."""

import re
from typing import Any

import pytest

from factories.sites import Site
from mecum.inference.catalogue.entries import Entry, Quantization, entries
from mecum.inference.catalogue.service import Offer, bandwidth, offers
from mecum.infra.hardware.machine import Machine, Memory, Processor

GB = 10**9
BY_NAME = {entry.name: entry for entry in entries()}
# The sizes in GB that the library of Ollama lists under these names (github:Jeffser/Alpaca src/ollama_models.py).
LISTED = {
    "smollm2:135m": 0.271,
    "smollm2:360m": 0.726,
    "qwen2.5:0.5b": 0.398,
    "qwen3:0.6b": 0.523,
    "gemma3:1b": 0.815,
    "llama3.2:1b": 1.3,
    "smollm2:1.7b": 1.8,
    "qwen3:1.7b": 1.4,
    "gemma2:2b": 1.6,
    "llama3.2:3b": 2.0,
    "phi4-mini:3.8b": 2.5,
    "qwen3:4b": 2.5,
    "gemma3:4b": 3.3,
    "mistral:7b": 4.4,
    "qwen2.5-coder:7b": 4.7,
    "llama3.1:8b": 4.9,
    "qwen3:8b": 5.2,
    "gemma3:12b": 8.1,
    "phi4:14b": 9.1,
    "qwen3:14b": 9.3,
    "gemma3:27b": 17,
    "qwen3:30b": 19,
    "qwen2.5-coder:32b": 20,
    "qwen3:32b": 20,
    "llama3.3:70b": 43,
}


def machine(total: int, available: int, *, name: str = "Some CPU", usable: float = 8) -> Machine:
    """Return a machine with so many GB."""
    processor = Processor(name, 8, 4, usable)
    return Machine("Linux", processor, Memory(total * GB, available * GB), None, None, None, None)


def by_name(found: list[Offer]) -> dict[str, Offer]:
    """Return offers by their names."""
    return {offer.entry.name: offer for offer in found}


def test_there_is_one_for_every_machine() -> None:
    assert 15 <= len(entries()) <= 25
    sizes = [entry.parameters for entry in entries()]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.3 * GB
    assert sizes[-1] > 70 * GB


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_an_entry_agrees_with_its_name_and_its_file(name: str) -> None:
    entry = BY_NAME[name]
    assert entry.sources
    assert all(re.match(r"github:[\w.-]+/[\w.-]+ \S+ at [0-9a-f]{12}", source) for source in entry.sources)
    assert entry.shape.known
    said = re.search(r":([\d.]+)([mb])$", name)
    assert said is not None
    # What a name says is rounded down by some: the 30b has 30.5, the 0.6b 0.75 with its output layer.
    assert entry.parameters == pytest.approx(float(said[1]) * (GB if said[2] == "b" else GB / 1000), rel=0.32)
    assert entry.weights() == pytest.approx(LISTED[name] * GB, rel=0.05)
    assert entry.memory(None, 2048).weights >= LISTED[name] * GB * 0.99


@pytest.mark.parametrize("name", ["gemma3:1b", "llama3.1:8b", "qwen3:30b"])
def test_more_bits_and_more_context_take_more(name: str) -> None:
    entry = BY_NAME[name]
    kinds: tuple[Quantization, ...] = ("Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16")
    sizes = [entry.weights(kind) for kind in kinds]
    assert sizes == sorted(sizes)
    assert sizes[-1] == entry.parameters * 2
    totals = [entry.memory(None, length).total for length in (2048, 8192, 32768)]
    assert totals == sorted(set(totals))


def test_the_cache_is_of_the_heads_that_are_shared() -> None:
    def cache(entry: Entry) -> int:
        return entry.memory(None, 8192).cache

    # 32 layers × 8 heads × 128 numbers × keys and values × 2 bytes × 8192 tokens.
    assert cache(BY_NAME["llama3.1:8b"]) == 32 * 8 * 128 * 2 * 2 * 8192
    # 5 of 6 layers see 1024 tokens and the batch alone.
    assert cache(BY_NAME["gemma3:4b"]) < 34 * 4 * 256 * 2 * 2 * 8192 / 2


def test_what_fits() -> None:
    found = by_name(offers(machine(16, 6), 8192))
    assert (found["qwen3:4b"].fits, found["phi4:14b"].fits, found["llama3.3:70b"].fits) == ("now", "machine", "no")
    assert found["llama3.3:70b"].tokens_per_second is None
    assert found["phi4:14b"].why.endswith("this machine has 16.0 GB, 6.0 free.")
    assert found["gemma2:2b"].context_length == 8192
    assert by_name(offers(machine(16, 6), 100_000))["gemma2:2b"].context_length == 8192


def test_a_container_is_as_large_as_its_limit() -> None:
    limited = Machine("Linux", Processor(None, 8, 4, None), Memory(64 * GB, 60 * GB, 4 * GB), None, None, None, None)
    assert by_name(offers(limited, 4096))["llama3.1:8b"].fits == "now", "available is within the limit already"
    tight = Machine("Linux", Processor(None, 8, 4, None), Memory(64 * GB, 3 * GB, 4 * GB), None, None, None, None)
    assert by_name(offers(tight, 4096))["llama3.1:8b"].fits == "no"


def test_the_speed_is_what_memory_gives() -> None:
    usual, apple, few = (
        bandwidth(one).bytes_per_second
        for one in (machine(64, 60), machine(64, 60, name="Apple M4"), machine(64, 60, usable=2))
    )
    assert few < usual < apple
    found = by_name(offers(machine(64, 60), 2048))
    dense, mixture = found["qwen3:32b"], found["qwen3:30b"]
    assert dense.tokens_per_second is not None
    assert mixture.tokens_per_second is not None
    assert dense.tokens_per_second == pytest.approx(30 / 20.5, rel=0.1)
    assert mixture.tokens_per_second > 5 * dense.tokens_per_second, "few of its experts are read"
    assert dense.method.startswith("Estimate: 30 GB/s (main memory), ")


async def test_it_is_told(site: Site) -> None:
    async def get(query: str) -> Any:
        return (await site.browser.ask("GET", f"/api/v1/models/catalogue{query}")).json

    items = (await get(""))["items"]
    assert len(items) == len(entries())
    assert {item["fits"] for item in items} <= {"now", "machine", "no"}
    assert all(item["source"] == f"ollama:{item['name']}" for item in items)
    larger = (await get("?context=32768&quantization=Q8_0"))["items"]
    assert {item["quantization"] for item in larger} == {"Q8_0"}
    before = {item["name"]: item for item in items}
    for item in larger:
        if before[item["name"]]["quantization"] != "F16":
            assert item["weights_bytes"] >= before[item["name"]]["weights_bytes"]
    for query in ("?context=1", "?quantization=Q9"):
        assert (await get(query))["code"] == "request.invalid"
