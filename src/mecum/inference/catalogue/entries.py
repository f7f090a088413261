"""The models of the catalogue: facts with their sources, and what follows from them."""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from mecum.inference.catalogue.footprint import Estimate, footprint
from mecum.inference.catalogue.shape import Shape, shape

Quantization = Literal["Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16"]
_FILE: Final = Path(__file__).parent / "models.json"
# Bits a weight takes on average: in the layers, and in the layer that turns states into words. Blocks of llama.cpp's
# formats; the mixed ones (_M) as it mixes them in a dense model.
_BITS: Final[dict[Quantization, tuple[float, float]]] = {
    "Q4_0": (4.5, 6.5625),
    "Q4_K_M": (4.85, 6.5625),
    "Q5_K_M": (5.69, 6.5625),
    "Q6_K": (6.5625, 6.5625),
    "Q8_0": (8.5, 8.5),
    "F16": (16, 16),
}
_MIXED: Final = ("Q4_K_M", "Q5_K_M", "Q6_K")
_BLOCK: Final = 256
_ODD_BITS: Final[dict[Quantization, tuple[float, float]]] = {
    "Q4_K_M": (5.5, 8.5),
    "Q5_K_M": (6.0, 8.5),
    "Q6_K": (8.5, 8.5),
}
"""Where rows are no whole number of blocks of 256 they are kept in blocks of 32, which take more."""
_VISION_BITS: Final = 16
_MARGIN: Final = 1.05
"""As far as a file may differ from what is counted here."""


@dataclass(frozen=True)
class Entry:
    """One model: the name Ollama fetches it by, its architecture, and where each fact is from.

    `quantization` is that of the file under this name; `tied` whether the embedding is the output layer too, and
    `doubled` whether the file keeps that twice all the same; `window` how many tokens its local layers see.
    """

    name: str
    model: str
    architecture: str
    quantization: Quantization
    context_length: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    width: int
    feed_forward: int
    vocabulary: int
    tied: bool
    sources: tuple[str, ...]
    doubled: bool = False
    window: int = 0
    experts: int = 0
    experts_used: int = 0
    expert_feed_forward: int = 0
    vision_parameters: int = 0

    @cached_property
    def shape(self) -> Shape:
        """Its shape, as a file of it would describe it."""
        values = {
            "block_count": self.layers,
            "embedding_length": self.width,
            "feed_forward_length": self.feed_forward,
            "attention.head_count": self.heads,
            "attention.head_count_kv": self.kv_heads,
            "attention.key_length": self.head_size,
            "attention.value_length": self.head_size,
            "attention.sliding_window": self.window,
            "expert_count": self.experts,
            "expert_used_count": self.experts_used,
            "expert_feed_forward_length": self.expert_feed_forward,
        }
        said = {f"{self.architecture}.{name}": value for name, value in values.items() if value}
        return shape(said, self.architecture)

    @property
    def parameters(self) -> int:
        """How many parameters it has, counted from its matrices (norms and biases are too few to matter)."""
        return (
            self._layers(self.experts or 1)
            + self._words * (1 if self.tied and not self.doubled else 2)
            + self.vision_parameters
        )

    def weights(self, quantization: Quantization | None = None) -> int:
        """Return the bytes of its weights, about: to a few percent, as a file of it is."""
        kind = quantization or self.quantization
        inner, outer = _ODD_BITS[kind] if self.width % _BLOCK and kind in _MIXED else _BITS[kind]
        beside = 0.0 if self.tied else inner
        bits = self._layers(self.experts or 1) * inner + self._words * (outer + (outer if self.doubled else beside))
        return round(bits / 8) + self.vision_parameters * _VISION_BITS // 8

    def read_per_token(self, quantization: Quantization | None, context_length: int) -> int:
        """Return the bytes that are read to make one token, in the middle of a context of this length."""
        kind = quantization or self.quantization
        inner, outer = _ODD_BITS[kind] if self.width % _BLOCK and kind in _MIXED else _BITS[kind]
        used = self._layers(self.experts_used or 1) * inner + self._words * outer
        return round(used / 8) + footprint(self.shape, 0, context_length).cache // 2

    def memory(self, quantization: Quantization | None, context_length: int) -> Estimate:
        """Return what loading it takes with a context of this length; its weights are counted rather too high."""
        return footprint(self.shape, round(self.weights(quantization) * _MARGIN), context_length)

    @property
    def _words(self) -> int:
        return self.vocabulary * self.width

    def _layers(self, experts: int) -> int:
        attention = 2 * self.width * self.head_size * (self.heads + self.kv_heads)
        return self.layers * (attention + 3 * self.width * (self.expert_feed_forward or self.feed_forward) * experts)


def _entry(said: dict[str, Any]) -> Entry:
    values: dict[str, Any] = {**said, "sources": tuple(said["sources"])}
    return Entry(**values)


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Return the catalogue, the smallest model first; read when it is asked for."""
    found = [_entry(one) for one in json.loads(_FILE.read_bytes())["models"]]
    return tuple(sorted(found, key=lambda entry: entry.parameters))
