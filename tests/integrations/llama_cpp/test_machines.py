"""Forty machines and thirty models: what is said to fit can be loaded, and nothing else is chosen."""

import itertools
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from fakes import gguf_models
from fakes.machines import GIB, Simulated
from mecum.inference.ports import ModelInfo
from mecum.inference.registry import Registry
from mecum.infra.hardware import core
from mecum.infra.hardware.machine import Memory
from mecum.infra.net import Net
from mecum.integrations.llama_cpp.provider import LlamaCppProvider

TOTALS = (1, 2, 4, 8, 16, 24, 32, 64, 96, 192)
# A bare interpreter with llama.cpp loaded.
PROCESS = 60 << 20


class Known(NamedTuple):
    """What is true of a model, counted from how it was made: bytes of its tensors, of its cache per token, at least."""

    weights: int
    token: int
    fixed: int

    def least(self, context_length: int) -> int:
        """Return what loading it takes at least."""
        return self.weights + self.token * context_length + self.fixed + PROCESS


def machines(folder: Path) -> Iterator[Memory]:
    """Yield forty machines: idle, busy, and in a container of either version."""
    for number, (total, kind) in enumerate(itertools.product(TOTALS, ("idle", "busy", "v2", "v1"))):
        machine = Simulated(folder / str(number)).memory(total * GIB, total * GIB * (3 if kind == "busy" else 9) // 10)
        if kind == "v2":
            machine.group(total * GIB // 3, total * GIB // 9, dropped=total * GIB // 20)
        elif kind == "v1":
            machine.old_group(total * GIB // 2, total * GIB // 8)
        yield core.memory(machine.place)


def models(folder: Path) -> dict[str, Known]:
    """Write thirty models from 50 MB to 60 GB, of four kinds, and return what is true of them."""
    chance = random.Random(3)
    known: dict[str, Known] = {}
    for number in range(30):
        layers, width = chance.choice((8, 16, 32, 48)), chance.choice((512, 1024, 2048, 4096))
        kind = ("dense", "dense", "sliding", "latent", "recurrent")[number % 5]
        path = folder / f"{kind}-{number}.gguf"
        more = partial(getattr(gguf_models, kind), path, layers=layers, width=width, tokens=2048, trained=32_768)
        shared = chance.choice((2, 4, 8))
        known[path.stem] = _known(kind, more, path, layers, width, shared)
    return known


def _known(kind: str, make: "partial[Path]", path: Path, layers: int, width: int, shared: int) -> Known:
    token = fixed = 0
    if kind == "dense":
        make(heads=width // 128, shared=shared, length=128, hidden=3 * width)
        token = layers * 2 * shared * 128 * 2
    elif kind == "sliding":
        make(heads=width // 64, shared=shared, length=64, hidden=3 * width, window=1024)
        token, fixed = layers // 6 * 2 * shared * 64 * 2, (layers - layers // 6) * 2 * shared * 64 * 2 * 1024
    elif kind == "latent":
        make(heads=width // 128, rank=512, rope=64, plain=128, hidden=3 * width)
        token = layers * (512 + 64) * 2
    else:
        make(inner=2 * width)
        fixed = layers * 2 * width * (16 + 3) * 4
    return Known(path.stat().st_size - (1 << 20), token, fixed)


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Known]:
    """Return thirty models in the folder `models`."""
    (tmp_path / "models").mkdir()
    return models(tmp_path / "models")


@pytest.mark.slow
async def test_what_is_said_to_fit_can_be_loaded(tmp_path: Path, net: Net, known: dict[str, Known]) -> None:
    said = {True: 0, False: 0}
    for memory in machines(tmp_path / "machines"):
        provider = LlamaCppProvider(net, tmp_path / "models", has_runtime=True, memory=lambda now=memory: now)
        registry = Registry([provider])
        await registry.refresh()
        for model in registry.models():
            said[_judged(model, known[model.name], memory)] += 1
    assert sum(said.values()) == 40 * 30
    assert min(said.values()) > 200, "both happen"


def _judged(model: ModelInfo, known: Known, memory: Memory) -> bool:
    assert model.context_length is not None
    assert model.memory_bytes is not None
    assert model.fits is not None
    least = known.least(model.context_length)
    assert least <= model.memory_bytes <= 1.3 * least + (1 << 30), model
    if model.fits:
        assert least <= memory.available, model
    else:
        assert model.memory_bytes > memory.available, model
    return model.fits


@pytest.mark.slow
async def test_what_is_chosen_fits(tmp_path: Path, net: Net, known: dict[str, Known]) -> None:
    for path in (tmp_path / "models").iterdir():
        assert path.stem in known
    chosen: list[str] = []
    for memory in machines(tmp_path / "machines"):
        provider = LlamaCppProvider(net, tmp_path / "models", has_runtime=True, memory=lambda now=memory: now)
        registry = Registry([provider])
        await registry.refresh()
        fitting = [model for model in registry.models() if model.fits]
        if fitting:
            choice = registry.choose()
            assert choice.info.fits
            assert choice.info.size_bytes == max(model.size_bytes or 0 for model in fitting)
            chosen.append(choice.info.name)
    assert len(chosen) > 25
    assert len(set(chosen)) > 5
