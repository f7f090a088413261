"""What Ollama's description of a model says of its size, and what loading it takes of memory.

Source of the names: the GGUF specification, as `/api/show` repeats it in `model_info`.
"""

from typing import Any, Final

from mecum.inference.windows import SENT_AT_LEAST

_CACHE_BYTES: Final = 2
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


def estimate(size: object, shown: dict[str, Any]) -> int | None:
    """Return the bytes that loading takes with the smallest window that is asked for; None when the size is unknown.

    The weights, a cache of 16 bits for each key and value of every layer (an upper bound where layers share or slide),
    and the process.
    """
    if not isinstance(size, int) or size <= 0:
        return None
    info: dict[str, Any] = shown.get("model_info") or {}
    return size + _cache(info, str(info.get("general.architecture"))) + _PROCESS


def _cache(info: dict[str, Any], architecture: str) -> int:
    def own(name: str) -> int | None:
        return _number(info, f"{architecture}.{name}")

    layers, width = own("block_count"), own("embedding_length")
    heads = own("attention.head_count")
    if layers is None or width is None or heads is None:
        return 0
    usual = width // heads
    keys, values = own("attention.key_length") or usual, own("attention.value_length") or usual
    shared = own("attention.head_count_kv") or heads
    window = min(SENT_AT_LEAST, own("context_length") or SENT_AT_LEAST)
    return layers * shared * (keys + values) * window * _CACHE_BYTES


def _number(info: dict[str, Any], name: str) -> int | None:
    value = info.get(name)
    return value if isinstance(value, int) and value > 0 else None
