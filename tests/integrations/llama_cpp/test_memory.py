"""How much memory a model takes: our figure beside llama.cpp's own, and what follows from it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from fakes import gguf_models
from fakes.gguf_files import llama, write_gguf
from fakes.llama_figure import figure
from mecum.inference.catalogue.footprint import CacheKind
from mecum.infra.hardware.machine import Memory
from mecum.integrations.llama_cpp.gguf import read
from mecum.integrations.llama_cpp.memory import estimate, fit, fitting_context, granted, kept

GIB = 1 << 30
OWN = pytest.mark.slow  # each loads a model
Make = Callable[[Path], Path]
LARGE = partial(gguf_models.dense, layers=16, width=1024, heads=16, shared=4, hidden=2816, length=64, tokens=4096)
DENSE: list[tuple[str, Make, int, CacheKind]] = [
    ("heads", gguf_models.dense, 2048, "f16"),
    ("grouped", partial(gguf_models.dense, heads=16, shared=2), 4096, "f16"),
    ("one", partial(gguf_models.dense, heads=16, shared=1, length=64), 1000, "f16"),
    ("large", LARGE, 4096, "f16"),
    ("large-q8_0", LARGE, 4096, "q8_0"),
    ("large-q4_0", LARGE, 4096, "q4_0"),
]
WIDE = partial(gguf_models.sliding, window=1024, layers=26, width=512, hidden=1024)
DEEP = partial(gguf_models.latent, rank=512, rope=64, plain=128, heads=16, width=1024, hidden=2048, layers=8)
BOUNDED: list[tuple[str, Make, int, CacheKind]] = [
    ("sliding", gguf_models.sliding, 8192, "f16"),
    ("sliding-short", gguf_models.sliding, 512, "f16"),
    ("sliding-wide", WIDE, 16_384, "q8_0"),
    ("latent", gguf_models.latent, 4096, "f16"),
    ("latent-q8_0", gguf_models.latent, 4096, "q8_0"),
    ("latent-deep", DEEP, 4096, "f16"),
    ("recurrent", gguf_models.recurrent, 2048, "f16"),
    ("recurrent-deep", partial(gguf_models.recurrent, width=512, inner=1024, layers=24, states=64), 2048, "f16"),
]


@OWN
def test_of_the_given_model(stories: Path) -> None:
    assert estimate(read(stories), 512).buffers == pytest.approx(figure(stories, 512), rel=0.05)


@OWN
@pytest.mark.parametrize(("name", "make", "context", "kind"), DENSE, ids=[case[0] for case in DENSE])
def test_dense_attention_is_as_llama_cpp_says(
    tmp_path: Path, name: str, make: Make, context: int, kind: CacheKind
) -> None:
    path = make(tmp_path / f"{name}.gguf")
    assert estimate(read(path), context, kind).buffers == pytest.approx(figure(path, context, kind), rel=0.05)


@OWN
@pytest.mark.parametrize(("name", "make", "context", "kind"), BOUNDED, ids=[case[0] for case in BOUNDED])
def test_what_is_not_dense_is_never_below_the_truth(
    tmp_path: Path, name: str, make: Make, context: int, kind: CacheKind
) -> None:
    path = make(tmp_path / f"{name}.gguf")
    ratio = estimate(read(path), context, kind).buffers / figure(path, context, kind)
    # Its own figure is rounded to a hundredth of a MiB in each of up to five lines.
    assert 0.999 <= ratio <= 1.3


def test_the_context_fits_the_memory(tmp_path: Path) -> None:
    small = read(write_gguf(tmp_path / "a.gguf", llama()))
    assert fitting_context(small, 8 * GIB) == 4096
    large = read(write_gguf(tmp_path / "b.gguf", llama(llama__context_length=131_072, llama__block_count=64)))
    assert fitting_context(large, 512 * GIB) == 32_768
    length = fitting_context(large, GIB // 2)
    assert 2048 < length < 32_768
    assert length % 256 == 0
    assert estimate(large, length).total <= GIB // 2 < estimate(large, length + 256).total
    assert fitting_context(large, GIB // 1000) == 2048
    assert (granted(small, None), granted(small, 1000), granted(small, 10_000)) == (None, 1000, 4096)


def test_what_fits_and_why(tmp_path: Path) -> None:
    facts = read(write_gguf(tmp_path / "a.gguf", llama(llama__context_length=131_072, llama__block_count=64)))
    found = fit(facts, Memory(16 * GIB, 8 * GIB))
    assert (found.context_length, found.fits) == (32_768, True)
    assert found.memory == estimate(facts, 32_768).total
    assert found.why == "Takes 0.6 GB with 32,768 tokens of context; 8.6 GB are free."
    tight = fit(facts, Memory(16 * GIB, 500_000_000))
    assert (tight.context_length, tight.fits) == (32_768, False)
    assert tight.why.startswith("Takes 0.6 GB with 32,768 tokens of context, and of 17.2 GB here 0.5 GB are free; ")
    shorter = int(tight.why.split("; ")[1].split(" tokens")[0].replace(",", ""))
    assert fit(facts, Memory(16 * GIB, 500_000_000), shorter).fits is True
    assert fit(facts, Memory(16 * GIB, 1_000_000)).why.endswith("of 17.2 GB here 1 MB are free.")
    contained = fit(facts, Memory(64 * GIB, 300_000_000, limit=GIB // 2))
    assert (contained.fits, contained.context_length) == (True, 2048)


def test_what_is_not_told_is_not_known(tmp_path: Path) -> None:
    facts = read(write_gguf(tmp_path / "a.gguf", {"general.architecture": "new"}))
    found = fit(facts, Memory(GIB, GIB))
    assert (found.memory, found.fits, found.why) == (None, None, "Its file does not say how much memory it takes.")


def test_a_smaller_cache_takes_less(tmp_path: Path) -> None:
    facts = read(gguf_models.dense(tmp_path / "a.gguf"))
    whole, half, quarter = (estimate(facts, 8192, kind).cache for kind in ("f16", "q8_0", "q4_0"))
    assert (half * 32, quarter * 32) == (whole * 17, whole * 9)


def test_a_cache_is_quantised_only_where_its_heads_allow(tmp_path: Path, stories: Path) -> None:
    even = read(gguf_models.dense(tmp_path / "a.gguf"))
    assert (kept(even, "q8_0"), kept(read(stories), "q8_0")) == ("q8_0", "f16")


def test_layers_that_keep_nothing_take_nothing(tmp_path: Path) -> None:
    shared = [0, 0, 0, 4, 0, 0, 0, 4]
    mixed = llama(llama__block_count=8, llama__attention__head_count_kv=shared)
    even = llama(llama__block_count=8, llama__full_attention_interval=4)
    first, second = (read(write_gguf(tmp_path / f"{n}.gguf", said)) for n, said in enumerate((mixed, even)))
    assert estimate(first, 4096).cache == estimate(second, 4096).cache == 2 * 4 * (8 + 8) * 2 * 4096
