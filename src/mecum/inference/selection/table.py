"""A table of well-known models: what their makers and others say of them, for what no server reports.

Which source says what is in the file itself; it is read when the first model is looked up.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson

from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.selection import names

_FILE: Final = Path(__file__).with_name("data") / "known_models.json"
_SIZES_AGREE: Final = 0.2
# What may follow a family's name without making another model of it.
_SAME: Final = re.compile(
    r"(?:instruct|chat|it|latest|text|gguf|hf|preview|v-?\d+(?:\.\d+)?|\d{4,8}|\d{4}-\d{2}-\d{2})"
)
_PARTS: Final = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True, slots=True)
class _Strengths:
    family: str
    size: int | None
    source: str
    values: ModelCapabilities


@dataclass(frozen=True, slots=True)
class _Table:
    strengths: tuple[_Strengths, ...]
    models: dict[str, tuple[int | None, str]]


@lru_cache(maxsize=4096)
def look_up(name: str, size: int | None = None, *, local: bool = True) -> ModelCapabilities:
    """Return what the table has about a model; `size` is its number of parameters where that is known.

    A window or a feature is looked up by the whole name, strengths by family and size. What a model takes of memory and
    heat counts on this machine alone (`local`).
    """
    table, plain = _table(), _plain(name)
    window, can = table.models.get(plain) or table.models.get(_dateless(plain)) or (None, "")
    features = ModelCapabilities(
        context_length=window,
        supports_function_calling=True if "f" in can else None,
        supports_tools=True if "f" in can else None,
        supports_vision=True if "v" in can else None,
    )
    found = next((entry.values for entry in table.strengths if _is(entry, plain, size)), None)
    return features if found is None else _strengthened(features, found, local=local)


def _strengthened(features: ModelCapabilities, found: ModelCapabilities, *, local: bool) -> ModelCapabilities:
    return replace(
        features,
        reasoning_strength=found.reasoning_strength,
        coding_strength=found.coding_strength,
        creativity=found.creativity,
        multilingual_score=found.multilingual_score,
        thermal_sensitivity=found.thermal_sensitivity if local else None,
        min_memory_gb=found.min_memory_gb if local else None,
        recommended_memory_gb=found.recommended_memory_gb if local else None,
    )


def _is(entry: _Strengths, plain: str, size: int | None) -> bool:
    if not plain.startswith(entry.family):
        return False
    rest = names.without_size(plain.removeprefix(entry.family))
    if any(part and not _SAME.fullmatch(part) for part in rest.split("-")):
        return False
    if entry.size is None:
        return True
    return size is not None and abs(size - entry.size) <= _SIZES_AGREE * entry.size


def _plain(name: str) -> str:
    """Return a name in small letters, its parts joined by `-`, without its maker."""
    plain = _PARTS.sub("-", name.lower().rpartition("/")[2]).strip("-")
    return re.sub(r"^(llama|qwen|mistral|gemma|phi)-(?=\d)", r"\1", plain.removeprefix("meta-"))


def _dateless(plain: str) -> str:
    return re.sub(r"-(?:latest|\d{8}|\d{4}-\d{2}-\d{2})$", "", plain)


@lru_cache(maxsize=1)
def _table() -> _Table:
    told: dict[str, Any] = orjson.loads(_FILE.read_bytes())
    strengths = tuple(
        _Strengths(entry["family"], entry["size"], entry["source"], ModelCapabilities(**entry["values"]))
        for entry in told["strengths"]
    )
    return _Table(strengths, {_plain(name): (window, can) for name, (window, can) in told["models"].items()})
