"""What a model can do and what it takes, each fact with where it is from; unknown is unknown, never false or zero."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

from mecum.kernel.errors import Invalid

Source = Literal["explicit", "measured", "reported", "table", "name"]
"""Where a fact is from, the strongest first: a person wrote it, we measured it, its server or file said it, a table of
known models has it, its name or its size lets it be guessed."""
SOURCES: Final[tuple[Source, ...]] = get_args(Source)


@dataclass(frozen=True, slots=True)
class ModelCapabilities:
    """The fields of requirement document 003 under its names. Strengths and sensitivity go from 0 to 1, memory is in GB
    of 10^9 bytes, `model_size` counts parameters, `context_length` tokens."""

    context_length: int | None = None
    quantization_level: str | None = None
    model_size: int | None = None
    memory_gb_estimate: float | None = None
    reasoning_strength: float | None = None
    coding_strength: float | None = None
    creativity: float | None = None
    multilingual_score: float | None = None
    supports_function_calling: bool | None = None
    supports_vision: bool | None = None
    supports_tools: bool | None = None
    min_memory_gb: float | None = None
    recommended_memory_gb: float | None = None
    thermal_sensitivity: float | None = None
    model_source: str | None = None
    requires_api_key: bool | None = None
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    """The source of every field that is known."""


class CapabilityInvalid(Invalid):
    """This is no capability of a model, or not a value it can have."""

    code = "model.capability_invalid"


FIELDS: Final = tuple(one.name for one in fields(ModelCapabilities) if one.name != "sources")
TEXTS: Final = ("quantization_level", "model_source")
FLAGS: Final = ("supports_function_calling", "supports_vision", "supports_tools", "requires_api_key")
SHARES: Final = ("reasoning_strength", "coding_strength", "creativity", "multilingual_score", "thermal_sensitivity")
# Field → the least and the most it can be, with its unit.
RANGES: Final[Mapping[str, tuple[float, float, str]]] = {
    "context_length": (1, 1_000_000_000, "tokens"),
    "model_size": (1, 1e15, "parameters"),
    **dict.fromkeys(("memory_gb_estimate", "min_memory_gb", "recommended_memory_gb"), (0, 100_000, "GB")),
    **dict.fromkeys(SHARES, (0, 1, "")),
}
WHOLE: Final = frozenset({"context_length", "model_size"})


def merged(layers: Mapping[Source, ModelCapabilities]) -> ModelCapabilities:
    """Return one description of a model: of each field the strongest source that knows it, and which one that was."""
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for source in SOURCES:
        layer = layers.get(source)
        if layer is None:
            continue
        for name in FIELDS:
            if name not in values and (value := getattr(layer, name)) is not None:
                values[name], sources[name] = value, source
    return ModelCapabilities(**values, sources=sources)


def problems(values: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong with capabilities as somebody wrote them: by field, a sentence; empty when all are right."""
    return problems_of(values, FIELDS, "capability")


def validated(values: Mapping[str, object], source: Source = "explicit") -> ModelCapabilities:
    """Return capabilities as somebody wrote them; null is unknown. Raises CapabilityInvalid with every problem."""
    if found := problems(values):
        raise CapabilityInvalid(" ".join(found.values()), problems=found)
    known: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    return ModelCapabilities(**known, sources=dict.fromkeys(known, source))


def problems_of(values: Mapping[str, object], names: tuple[str, ...], what: str) -> dict[str, str]:
    """Return what is wrong with `values`, whose names must be of `names`; `what` is the word for one of them."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if name not in names:
            found[name] = unknown(name, names, what)
        elif value is not None and (wrong := _wrong(name, value)):
            found[name] = wrong
    return found


def unknown(word: str, names: tuple[str, ...], what: str) -> str:
    """Return the sentence that there is no such word, with the nearest right one."""
    near = get_close_matches(word, names, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(names)}."
    return f"There is no {what} {word!r}{hint}"


def _wrong(name: str, value: object) -> str | None:
    if name in FLAGS:
        return None if isinstance(value, bool) else f"{name} is true or false, not {value!r}."
    if name in TEXTS:
        return None if isinstance(value, str) and value else f"{name} is a word, not {value!r}."
    stem = name.removesuffix("_min").removesuffix("_max")
    least, most, unit = RANGES[_RANGED.get(stem, stem)]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{name} is a number, not {value!r}."
    if not least <= value <= most:
        return f"{name} is {value!r}; it goes from {least:g} to {most:,.0f}{' ' + unit if unit else ''}."
    if stem in WHOLE and value != int(value):
        return f"{name} is a whole number, not {value!r}."
    return None


_RANGED: Final = {"memory_gb": "memory_gb_estimate"}
