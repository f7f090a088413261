"""How much memory a model of a known shape takes with a context length: weights, cache, computing, the process.

The formula follows llama.cpp's own accounting with flash attention and a batch of 512 tokens, as the child runs it. For
dense attention it is its figure; for sliding windows, latent attention and recurrent states it is an upper bound.
"""

from dataclasses import dataclass
from typing import Final, Literal

from mecum.inference.catalogue.shape import Layer, Shape

CacheKind = Literal["f16", "q8_0", "q4_0"]
STEP: Final = 256
BATCH: Final = 512
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


def footprint(shape: Shape, weights: int, context_length: int, kind: CacheKind = "f16", batch: int = BATCH) -> Estimate:
    """Return what a model with so many bytes of weights takes with a context whose cache is kept as `kind`.

    `batch` is how many tokens are computed at once.
    """
    cells = _padded(context_length)
    batch = min(batch, cells)
    cache = sum(_cells(layer, cells, batch) * _kept(layer, kind) + layer.state for layer in shape.layers)
    masks = {layer.window: _cells(layer, cells, batch) for layer in shape.layers if layer.keys}
    states = 2 * max((layer.state for layer in shape.layers), default=0)
    compute = batch * (4 * (5 * shape.width + shape.step) + 2 * sum(masks.values())) + states
    return Estimate(weights, cache, compute)


def _padded(tokens: int) -> int:
    return -(-tokens // STEP) * STEP


def _cells(layer: Layer, cells: int, batch: int) -> int:
    """Return for how many tokens a layer keeps keys and values."""
    return min(cells, _padded(layer.window + batch)) if layer.window else cells


def _kept(layer: Layer, kind: CacheKind) -> int:
    numbers, width = _BLOCKS[kind]
    return sum(-(-count // numbers) * width for count in (layer.keys, layer.values))
