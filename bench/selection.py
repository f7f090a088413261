"""Choosing a model: one role among 500 models, with everything read before, and with nothing."""

import asyncio
import gc
import time
from collections.abc import Callable
from statistics import median
from typing import Final

from bench.figure import Bench, Figure, Values
from bench.rows import Goal, Value
from mecum.inference.ports import ChatModel, ModelInfo
from mecum.inference.preferences import Preferences, SelectionPreferences
from mecum.inference.registry import Registry
from mecum.inference.roles import Requirements, RoleMapping
from mecum.inference.selection.mapper import Surroundings, Wanted, select
from mecum.inference.selection.resources import Resources
from mecum.inference.selection.rules import Policy
from mecum.inference.selection.selecting import Selector
from mecum.integrations.builtin.chat import BuiltinChat

_MODELS: Final = 500
_GB: Final = 1_000_000_000
_ROLE: Final = RoleMapping(
    ("missing:70b", "family7:34b", "family3:8b"),
    Requirements(context_length_min=16_000, memory_gb_max=24, reasoning_strength=0.6, supports_tools=True),
    cloud_fallback="far:gpt-4o",
)

GOALS = (
    Goal("select_role_p99", "ms", most=1),
    Goal("select_role_cold_cpu_p99", "ms", most=5),
    Goal("select_role_first", "ms"),
)


class _Shelf:
    """An endpoint with a great many models."""

    endpoint = "near"
    local = True

    def __init__(self) -> None:
        self.found = [_model(number) for number in range(_MODELS)]

    async def models(self) -> list[ModelInfo]:
        return list(self.found)

    def open(self, model: ModelInfo) -> ChatModel:
        return BuiltinChat()

    async def close(self) -> None:
        """Nothing was started."""


def _measure(bench: Bench) -> Values:
    return asyncio.run(_measured(bench.size(20_000, 200_000), bench.size(200, 2_000)))


async def _measured(warm: int, cold: int) -> Values:
    preferences = Preferences(
        roles={"planner": _ROLE}, selection=SelectionPreferences(enable_cloud_fallbacks=True, max_memory_usage_gb=40)
    )
    policy = Policy()
    selector = Selector(lambda: preferences, lambda: policy)
    registry = Registry([_Shelf()], selector)
    await registry.refresh()
    selector.consider(Resources(memory_free=12 * _GB, memory_capacity=32 * _GB, heat=0.3))
    _settle()
    began = time.perf_counter()
    fresh = Selector(lambda: preferences, lambda: policy)
    fresh.select("planner", registry.models())
    first = (time.perf_counter() - began) * 1e3
    asked = _times(lambda: registry.choose("role:planner"), warm)
    candidates = selector.candidates(registry.models())
    around = Surroundings(preferences.selection, selector.resources, policy)
    anew = _times(lambda: select(Wanted("planner", _ROLE), candidates, around), cold, time.thread_time)
    return {
        "select_role_p99": Value(_p99(asked), f"p50 {median(asked) * 1e3:.2f} µs, {warm:,} choices, {_MODELS} models"),
        "select_role_cold_cpu_p99": Value(_p99(anew), f"p50 {median(anew):.2f}; the mapper anew, {cold:,} times"),
        "select_role_first": Value(first, "with the capabilities of all models merged anew"),
    }


def _settle() -> None:
    """Let the collector do as in the server, which sets it so when it has started."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _times(act: Callable[[], object], count: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Return the milliseconds of each, after a few that do not count."""
    for _ in range(10):
        act()
    found: list[float] = []
    for _ in range(count):
        began = clock()
        act()
        found.append((clock() - began) * 1e3)
    return found


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _model(number: int) -> ModelInfo:
    size = (1, 3, 8, 14, 34, 70)[number % 6]
    name = f"{('llama3.1', 'qwen2.5', 'mistral', 'family')[number % 4]}{number // 6}:{size}b-instruct-q4_K_M"
    elsewhere = number % 10 == 0
    return ModelInfo(
        f"near/{name}", name, "ollama", "near", local=not elsewhere, rank=30 - 15 * elsewhere,
        context_length=(8192, 32_768, 131_072, None)[number % 4], tools=(True, False, None)[number % 3],
        size_bytes=round(size * 0.6 * _GB), parameters=size * _GB, quantization="Q4_K_M",
    )  # fmt: skip


FIGURES = (Figure("selection", GOALS, _measure),)
