"""The configuration of models: read, checked and merged, small and with a table of thousands of models."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench import places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, Value
from mecum.inference.configuration.files import DocumentFile
from mecum.inference.configuration.service import Configuration

_MODELS, _PROFILES, _TABLE = 50, 10, 4553
_ROLES = ("chat", "planner", "critic", "executor")

GOALS = (
    Goal("configuration_load", "ms", most=50),
    Goal("configuration_load_table", "ms", most=250),
    Goal("configuration_again", "µs", most=5),
    Goal("configuration_idle_look", "µs", most=100),
)


def _measure(bench: Bench) -> Values:
    folder = places.fresh("configuration") / "config"
    times = bench.size(5, 20)
    _write(folder / "models.json", _configuration(_MODELS))
    for number in range(_PROFILES):
        _write(folder / "user_profiles" / f"p{number}.json", {"name": f"p{number}", **_configuration(5)})
    small = _milliseconds(times, lambda: _load(folder, _PROFILES))
    loaded = _load(folder, _PROFILES)
    again = _milliseconds(times, lambda: [loaded.preferences() for _ in range(1000)])
    files = [DocumentFile("models.json", (folder / "models.json",)) for _ in range(4)]
    look = _milliseconds(times, lambda: [[file.changed for file in files] for _ in range(100)])
    _write(folder / "models.json", _configuration(_TABLE))
    table = _milliseconds(times, lambda: _load(folder, 0))
    size = (folder / "models.json").stat().st_size
    return {
        "configuration_load": _value(small, 1, f"{_MODELS} models, {_PROFILES} profiles"),
        "configuration_load_table": _value(table, 1, f"{_TABLE:,} models, {size / 1e6:.1f} MB"),
        "configuration_again": _value(again, 1, "what is in force, asked again"),
        "configuration_idle_look": _value(look, 10, "four files that did not change"),
    }


def _load(folder: Path, profiles: int) -> Configuration:
    """Read everything as a fresh process would, every profile counting once."""
    configuration = Configuration(folder)
    configuration.preferences()
    for number in range(profiles):
        name = f"p{number}.json"
        configuration.activate("instance", "", DocumentFile(name, (folder / "user_profiles" / name,), profile=True))
        configuration.preferences()
    return configuration


def _configuration(models: int) -> dict[str, Any]:
    names = [f"maker{number % 40}/model-{number}:8b" for number in range(models)]
    capabilities = {
        "context_length": 32768,
        "quantization_level": "Q4_K_M",
        "model_size": 14_600_000_000,
        "reasoning_strength": 0.75,
        "coding_strength": 0.85,
        "creativity": 0.6,
        "multilingual_score": 0.9,
        "supports_function_calling": True,
        "supports_vision": False,
        "supports_tools": True,
        "min_memory_gb": 8.0,
        "recommended_memory_gb": 10.0,
        "thermal_sensitivity": 0.6,
        "model_source": "ollama",
        "requires_api_key": False,
    }
    model = {"capabilities": capabilities, "temperature_defaults": dict.fromkeys(_ROLES, 0.25)}
    role = {"preferred": names[:5], "requirements": {"reasoning_strength": 0.7, "context_length_min": 8000}}
    return {
        "version": 1,
        "role_mappings": dict.fromkeys(_ROLES, role),
        "model_profiles": dict.fromkeys(names, model),
        "fallbacks": dict(zip(names, ([name] for name in names[1:]), strict=False)),
    }


def _write(file: Path, document: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2))


def _milliseconds(times: int, call: Callable[[], object]) -> Sequence[float]:
    taken: list[float] = []
    for _ in range(times):
        began = perf_counter()
        call()
        taken.append((perf_counter() - began) * 1e3)
    return taken


def _value(taken: Sequence[float], factor: float, note: str) -> Value:
    return Value(median(taken) * factor, f"{note}; worst {max(taken) * factor:.3g}")


FIGURES = (Figure("configuration", GOALS, _measure, alone=False),)
