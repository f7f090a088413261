"""Whether a model meets what a role asks for, what it lacks in a sentence with the numbers, and how well it does."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from math import log2
from typing import Any, Final, Literal

from mecum.inference.capabilities import ModelCapabilities, problems_of
from mecum.inference.roles import Requirements

_Kind = Literal["flag", "least", "most"]
_FLAGS: Final = {
    "supports_function_calling": "calls functions",
    "supports_vision": "sees images",
    "supports_tools": "calls tools",
}
_LACKS: Final = {
    "supports_function_calling": "does not call functions",
    "supports_vision": "does not see images",
    "supports_tools": "does not call tools",
}
# Requirement → the capability it is about, its words, how its numbers are written.
_LEAST: Final[dict[str, tuple[str, str, Callable[[Any], str]]]] = {
    "context_length_min": ("context_length", "context window", "{:,} tokens".format),
    "reasoning_strength": ("reasoning_strength", "reasoning strength", "{:.2f}".format),
    "coding_strength": ("coding_strength", "coding strength", "{:.2f}".format),
    "creativity": ("creativity", "creativity", "{:.2f}".format),
    "multilingual_score": ("multilingual_score", "multilingual score", "{:.2f}".format),
}
_MOST: Final[dict[str, tuple[str, str, Callable[[Any], str]]]] = {
    "memory_gb_max": ("memory_gb_estimate", "memory", "{:.1f} GB".format),
    "thermal_sensitivity_max": ("thermal_sensitivity", "heat sensitivity", "{:.2f}".format),
}
NAMES: Final = tuple(one.name for one in fields(Requirements))
_DOUBLINGS: Final = 4
"""A context window sixteen times as long as asked for is as good as any."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A requirement that a model does not meet, or (`unknown`) of which nobody knows; `why` is half a sentence."""

    requirement: str
    unknown: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Asked:
    requirement: str
    kind: _Kind
    capability: str
    value: Any


def problems(values: dict[str, object]) -> dict[str, str]:
    """Return what is wrong with requirements as somebody wrote them: by name, a sentence; empty when all are right."""
    return problems_of(values, NAMES, "requirement")


def shortfalls(capabilities: ModelCapabilities, requirements: Requirements) -> tuple[Shortfall, ...]:
    """Return what the model lacks, in the order of the requirements; empty when it meets all."""
    return tuple(
        found for asked in _asked(requirements) if (found := _short(asked, getattr(capabilities, asked.capability)))
    )


def score(capabilities: ModelCapabilities, requirements: Requirements) -> float:
    """Return from 0 to 1 how well the model does what is asked: the mean over all that is.

    What is just met counts a half, more for what is beyond, less for what falls short, nothing for what is unknown; a
    yes counts one. Where nothing is asked, every model is as good: 1.
    """
    asked = _asked(requirements)
    if not asked:
        return 1.0
    total = 0.0
    for one in asked:
        total += _degree(one, getattr(capabilities, one.capability))
    return round(total / len(asked), 4)


@lru_cache(maxsize=256)
def _asked(requirements: Requirements) -> tuple[_Asked, ...]:
    found: list[_Asked] = []
    for name in NAMES:
        value = getattr(requirements, name)
        if value is None or value is False:
            continue
        if name in _FLAGS:
            found.append(_Asked(name, "flag", name, value))
        elif name in _LEAST:
            found.append(_Asked(name, "least", _LEAST[name][0], value))
        else:
            found.append(_Asked(name, "most", _MOST[name][0], value))
    return tuple(found)


def _short(asked: _Asked, value: Any) -> Shortfall | None:
    if value is None:
        return Shortfall(asked.requirement, True, _unknown(asked))
    if asked.kind == "flag":
        return None if value else Shortfall(asked.requirement, False, f"it {_LACKS[asked.requirement]}")
    _, words, shown = (_LEAST if asked.kind == "least" else _MOST)[asked.requirement]
    if asked.kind == "least":
        if value >= asked.value:
            return None
        return Shortfall(asked.requirement, False, f"its {words} is {shown(value)}, {shown(asked.value)} are asked for")
    if value <= asked.value:
        return None
    return Shortfall(
        asked.requirement, False, f"its {words} is {shown(value)}, at most {shown(asked.value)} are allowed"
    )


def _unknown(asked: _Asked) -> str:
    if asked.kind == "flag":
        return f"whether it {_FLAGS[asked.requirement]} is unknown"
    _, words, shown = (_LEAST if asked.kind == "least" else _MOST)[asked.requirement]
    bound = (
        f"{shown(asked.value)} are asked for" if asked.kind == "least" else f"at most {shown(asked.value)} are allowed"
    )
    return f"its {words} is unknown, {bound}"


def _degree(asked: _Asked, value: Any) -> float:
    if value is None:
        return 0.0
    if asked.kind == "flag":
        return 1.0 if value else 0.0
    has, wanted = float(value), float(asked.value)
    if asked.kind == "most":
        return _below(has, wanted)
    if has < wanted:
        return 0.5 * has / wanted
    if asked.requirement == "context_length_min":
        return 0.5 + 0.5 * min(1.0, log2(has / max(wanted, 1.0)) / _DOUBLINGS)
    return 0.5 + (0.5 * (has - wanted) / (1 - wanted) if wanted < 1 else 0.5)


def _below(has: float, most: float) -> float:
    if has > most:
        return 0.5 * most / has
    return 1 - 0.5 * has / most if most else 1.0
