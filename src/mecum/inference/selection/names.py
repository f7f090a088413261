"""What a model's name lets be guessed: how many parameters it has, how its weights are kept, what that takes."""

import re
from math import log2
from typing import Final

from mecum.inference.capabilities import ModelCapabilities

# `7b`, `1.5B`, `8x7b`, `270m`; not the `a3b` of `30b-a3b` (those in use at a time), nor the `e4b` of gemma3n.
_SIZE: Final = re.compile(r"(?<![a-z0-9.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d+)?)([bm])(?![a-z0-9])")
_QUANTIZATION: Final = re.compile(
    r"(?<![a-z0-9])("
    r"i?q[1-8](?:[_-](?:k|0|1|nl|s|m|l|xl|xs|xxs)(?![a-z0-9]))*|tq[12]_0|(?:b|f|fp)(?:16|32)|fp8|fp4|mxfp4|nvfp4|"
    r"int[48]|[48]-?bit|awq|gptq)(?![a-z0-9])"
)
_UNITS: Final = {"b": 10**9, "m": 10**6}
# Bits a weight takes on average over a model, scales and unquantised tensors included (llama.cpp's quantize, table of
# an 8 B model); the others follow from their definition.
_BITS: Final = {
    "Q1": 2.0, "Q2": 3.2, "Q3": 4.0, "Q4": 4.9, "Q5": 5.7, "Q6": 6.6, "Q8": 8.5, "IQ1": 2.0, "IQ2": 2.8, "IQ3": 3.8,
    "IQ4": 4.5, "TQ1": 2.0, "TQ2": 2.4, "F16": 16.0, "BF16": 16.0, "F32": 32.0, "FP8": 8.5, "FP4": 4.9, "MXFP4": 4.6,
    "NVFP4": 4.9, "INT4": 4.9, "INT8": 8.5, "4BIT": 4.9, "8BIT": 8.5, "AWQ": 4.9, "GPTQ": 4.9,
}  # fmt: skip
_OVERHEAD_GB: Final = 0.8
"""For the context and the process, where nothing tells more."""


def read(name: str) -> ModelCapabilities:
    """Return what a name such as `qwen2.5:7b-instruct-q4_K_M` says."""
    return ModelCapabilities(model_size=parameters(name), quantization_level=quantized(name))


def parameters(name: str) -> int | None:
    """Return the number of parameters a name says; of a mixture `8x7b` at most so many, as experts share some."""
    match = _SIZE.search(name.lower())
    if match is None:
        return None
    count = round(float(match[2]) * _UNITS[match[3]]) * int(match[1] or 1)
    return count or None


def quantized(name: str) -> str | None:
    """Return how a name says that the weights are kept, as llama.cpp writes it (`Q4_K_M`)."""
    match = _QUANTIZATION.search(name.lower())
    if match is None:
        return None
    said = match[1].upper()
    return re.sub(r"^FP(16|32)", r"F\1", said).replace("-BIT", "BIT").replace("-", "_")


def memory_gb(size: int, quantization: str | None) -> float | None:
    """Return the GB (of 10^9 bytes) that so many weights take, kept so, with a little to work in; None if unknown."""
    bits = None if quantization is None else _BITS.get(quantization.partition("_")[0].upper())
    return None if bits is None else round(size * bits / 8 / 1e9 + _OVERHEAD_GB, 1)


def sensitivity(size: int) -> float:
    """Return how much computing with a model heats, from 0 to 1, guessed from how many parameters it has.

    A fit through what the configuration of requirement document 003 says of 7 to 15 B models: 0.5 at 8 B, 0.1 more for
    twice as many.
    """
    return round(min(max(0.5 + 0.1 * log2(size / 8e9), 0.05), 1.0), 2)


def without_size(name: str) -> str:
    """Return a name in small letters without the words that say its size or how its weights are kept."""
    return _QUANTIZATION.sub("", _SIZE.sub("", name.lower()))
