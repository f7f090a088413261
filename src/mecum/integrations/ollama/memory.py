"""What Ollama's description of a model says of its size, and what loading it takes of memory.

Source of the names: the GGUF specification, as `/api/show` repeats it in `model_info`.
"""

from typing import Any, Final

from mecum.inference.catalogue.footprint import footprint
from mecum.inference.catalogue.shape import shape
from mecum.inference.memory import MemoryParts
from mecum.inference.windows import SENT_AT_LEAST

_PROCESS: Final = 512 << 20
"""For the process, computing and what a description does not tell."""


def parameters(shown: dict[str, Any]) -> int | None:
    """Return how many parameters the model has."""
    return _number(shown.get("model_info") or {}, "general.parameter_count")


def quantization(entry: dict[str, Any], shown: dict[str, Any]) -> str | None:
    """Return how its weights are kept."""
    details: dict[str, Any] = shown.get("details") or entry.get("details") or {}
    level = details.get("quantization_level")
    return level if isinstance(level, str) and level not in ("", "unknown") else None


def estimate(size: object, shown: dict[str, Any]) -> MemoryParts | None:
    """Return what loading takes with the smallest window that is asked for; None when the size is unknown.

    By the same formula as for a GGUF file, with a cache of 16 bits; where the description says too little of the
    model's layers, the weights and the process alone.
    """
    if not isinstance(size, int) or size <= 0:
        return None
    info: dict[str, Any] = shown.get("model_info") or {}
    architecture = str(info.get("general.architecture"))
    found = shape(info, architecture)
    if not found.known:
        return MemoryParts(size, None, None, _PROCESS, None)
    window = min(SENT_AT_LEAST, _number(info, f"{architecture}.context_length") or SENT_AT_LEAST)
    counted = footprint(found, size, window)
    return MemoryParts(counted.weights, counted.cache, counted.compute, counted.process, window)


def _number(info: dict[str, Any], name: str) -> int | None:
    value = info.get(name)
    return value if isinstance(value, int) and value > 0 else None
