"""How much memory a model takes with a context length, and what fits where: weights, cache, computing, the process.

The formula follows llama.cpp's own accounting with flash attention and a batch of 512 tokens, as the child runs it. For
dense attention it is its figure; for sliding windows, latent attention and recurrent states it is an upper bound.
"""

from dataclasses import dataclass
from typing import Final, Literal

from mecum.infra.hardware.machine import Memory
from mecum.integrations.llama_cpp.gguf import Gguf
from mecum.integrations.llama_cpp.shape import Layer

CacheKind = Literal["f16", "q8_0", "q4_0"]
LARGEST_CONTEXT: Final = 32_768
SMALLEST_CONTEXT: Final = 2048
_STEP: Final = 256
_BATCH: Final = 512
_PROCESS: Final = 256 << 20
# Kind → (numbers of a block, bytes of a block).
_BLOCKS: Final[dict[CacheKind, tuple[int, int]]] = {"f16": (1, 2), "q8_0": (32, 34), "q4_0": (32, 18)}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes by what takes them; `cache` holds the states of recurrent layers too."""

    weights: int
    cache: int
    compute: int
    process: int = _PROCESS

    @property
    def buffers(self) -> int:
        """What llama.cpp itself counts."""
        return self.weights + self.cache + self.compute

    @property
    def total(self) -> int:
        """What loading takes from the machine: the process that runs llama.cpp included."""
        return self.buffers + self.process


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a model can be loaded with `context_length` tokens (None: not known), the bytes that takes, and why."""

    context_length: int
    memory: int | None
    fits: bool | None
    why: str


def estimate(facts: Gguf, context_length: int, kind: CacheKind = "f16", batch: int = _BATCH) -> Estimate:
    """Return what the model takes with a context of `context_length` tokens whose cache is kept as `kind`.

    `batch` is how many tokens are computed at once.
    """
    cells = _padded(context_length)
    batch = min(batch, cells)
    shape = facts.shape
    cache = sum(_cells(layer, cells, batch) * _kept(layer, kind) + layer.state for layer in shape.layers)
    masks = {layer.window: _cells(layer, cells, batch) for layer in shape.layers if layer.keys}
    states = 2 * max((layer.state for layer in shape.layers), default=0)
    compute = batch * (4 * (5 * shape.width + shape.step) + 2 * sum(masks.values())) + states
    return Estimate(facts.size + facts.doubled, cache, compute)


def fitting_context(facts: Gguf, room: int, kind: CacheKind = "f16") -> int:
    """Return the context length to load with, in tokens: the model's own, unless it takes more than `room` bytes.

    Never less than 2048 or its own, whatever fits.
    """
    own = min(facts.context_length or LARGEST_CONTEXT, LARGEST_CONTEXT)
    return _largest(facts, own, room, kind) or min(own, SMALLEST_CONTEXT)


def kept(facts: Gguf, wanted: CacheKind) -> CacheKind:
    """Return how the cache of this model is kept: as wanted, or as it is where that cannot be."""
    return wanted if facts.shape.blocks else "f16"


def granted(facts: Gguf, wanted: int | None) -> int | None:
    """Return the context length somebody asked for, as far as the model was made for it."""
    return None if wanted is None else min(wanted, facts.context_length or wanted)


def fit(facts: Gguf, memory: Memory, context_length: int | None = None, kind: CacheKind = "f16") -> Fit:
    """Return whether the model can be loaded now, with `context_length` or the one it would be given here."""
    length = granted(facts, context_length) or fitting_context(facts, memory.capacity // 2, kind)
    if not facts.shape.known:
        return Fit(length, None, None, "Its file does not say how much memory it takes.")
    need = estimate(facts, length, kind).total
    says = f"Takes {_bytes(need)} with {length:,} tokens of context"
    if need <= memory.available:
        return Fit(length, need, True, f"{says}; {_bytes(memory.available)} are free.")
    whole = f"of {_bytes(memory.capacity)} here {_bytes(memory.available)} are free"
    shorter = _largest(facts, length, memory.available, kind)
    hint = f"; {shorter:,} tokens would fit" if shorter else ""
    return Fit(length, need, False, f"{says}, and {whole}{hint}.")


def _largest(facts: Gguf, most: int, room: int, kind: CacheKind) -> int:
    """Return the longest context up to `most` that takes no more than `room`, in whole steps; 0 when none does."""
    if estimate(facts, most, kind).total <= room:
        return most
    low, high = 0, most // _STEP
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if estimate(facts, middle * _STEP, kind).total <= room else (low, middle - 1)
    return low * _STEP if low * _STEP >= SMALLEST_CONTEXT else 0


def _padded(tokens: int) -> int:
    return -(-tokens // _STEP) * _STEP


def _cells(layer: Layer, cells: int, batch: int) -> int:
    """Return for how many tokens a layer keeps keys and values."""
    return min(cells, _padded(layer.window + batch)) if layer.window else cells


def _kept(layer: Layer, kind: CacheKind) -> int:
    numbers, width = _BLOCKS[kind]
    return sum(-(-count // numbers) * width for count in (layer.keys, layer.values))


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 10**8 else f"{count / 1e6:.0f} MB"
