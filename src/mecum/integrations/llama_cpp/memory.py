"""How much memory a GGUF file takes with a context length, and what fits where, by `inference.footprint`."""

from dataclasses import dataclass
from typing import Final

from mecum.inference.catalogue.footprint import BATCH, STEP, CacheKind, Estimate, footprint
from mecum.inference.memory import MemoryParts
from mecum.infra.hardware.machine import Memory
from mecum.integrations.llama_cpp.gguf import Gguf

LARGEST_CONTEXT: Final = 32_768
SMALLEST_CONTEXT: Final = 2048


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a model can be loaded with `context_length` tokens (None: not known), the bytes that takes, and why."""

    context_length: int
    memory: int | None
    fits: bool | None
    why: str
    parts: MemoryParts | None = None
    """What those bytes are for."""


def estimate(facts: Gguf, context_length: int, kind: CacheKind = "f16", batch: int = BATCH) -> Estimate:
    """Return what the model takes with a context of `context_length` tokens whose cache is kept as `kind`.

    `batch` is how many tokens are computed at once.
    """
    return footprint(facts.shape, facts.size + facts.doubled, context_length, kind, batch)


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
    counted = estimate(facts, length, kind)
    parts = MemoryParts(counted.weights, counted.cache, counted.compute, counted.process, length)
    need = counted.total
    says = f"Takes {_bytes(need)} with {length:,} tokens of context"
    if need <= memory.available:
        return Fit(length, need, True, f"{says}; {_bytes(memory.available)} are free.", parts)
    whole = f"of {_bytes(memory.capacity)} here {_bytes(memory.available)} are free"
    shorter = _largest(facts, length, memory.available, kind)
    hint = f"; {shorter:,} tokens would fit" if shorter else ""
    return Fit(length, need, False, f"{says}, and {whole}{hint}.", parts)


def _largest(facts: Gguf, most: int, room: int, kind: CacheKind) -> int:
    """Return the longest context up to `most` that takes no more than `room`, in whole steps; 0 when none does."""
    if estimate(facts, most, kind).total <= room:
        return most
    low, high = 0, most // STEP
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if estimate(facts, middle * STEP, kind).total <= room else (low, middle - 1)
    return low * STEP if low * STEP >= SMALLEST_CONTEXT else 0


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 10**8 else f"{count / 1e6:.0f} MB"
