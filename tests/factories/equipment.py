"""Models and machines to choose between, as values."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from fakes.machines import GIB, Simulated
from mecum.inference.capabilities import ModelCapabilities
from mecum.inference.ports import ModelInfo
from mecum.inference.selection.known import known
from mecum.inference.selection.resources import Resources, of_machine
from mecum.inference.selection.rules import Candidate
from mecum.infra.hardware.reading import read


def model(ref: str, **more: Any) -> ModelInfo:
    """Return a model of an Ollama server of this machine, unless `more` says otherwise."""
    endpoint, _, name = ref.partition("/")
    return replace(ModelInfo(ref, name, "ollama", endpoint, local=True, rank=30), **more)


def cloud(ref: str, **more: Any) -> ModelInfo:
    """Return a model elsewhere; its endpoint is called as its provider."""
    return model(ref, **{"provider": ref.partition("/")[0], "local": False, "rank": 20, **more})


BUILTIN: Final = model("builtin/search", provider="builtin", recalls=True, rank=0, tools=True, vision=False)


def candidates(*models: ModelInfo, **explicit: ModelCapabilities) -> list[Candidate]:
    """Return the models with what is known of them; `explicit` is what a person says, by name."""
    nothing = ModelCapabilities()
    return [Candidate(info, known(info, explicit.get(info.name, nothing))) for info in models]


def local(name: str, gigabytes: float, parameters: float, **more: Any) -> ModelInfo:
    """Return a model of Ollama with its size in GB, and its parameters in thousands of millions."""
    size = round(gigabytes * 1e9)
    details = {"size_bytes": size, "memory_bytes": size + (1 << 30), "parameters": round(parameters * 1e9)}
    return model(f"ollama/{name}", **{**details, "quantization": "Q4_K_M", "loaded": False, "tools": True, **more})


MODELS: Final = (
    *(local(f"qwen2.5:{size}b", size * 0.62, size) for size in (0.5, 1.5, 3, 7, 14, 32, 72)),
    *(local(f"llama3.1:{size}b", size * 0.6, size) for size in (8, 70, 405)),
    *(local(f"gemma3:{size}b", size * 0.7, size, vision=True) for size in (1, 4, 12, 27)),
    *(local(f"phi4:{size}b-q8_0", size * 1.07, size, quantization="Q8_0") for size in (3.8, 14)),
    *(local(f"old:{size}b", size * 0.6, size, tools=False) for size in (2, 13)),
    model("llama_cpp/small", provider="llama_cpp", rank=10, size_bytes=900_000_000, memory_bytes=1_400_000_000),
    model("llama_cpp/large", provider="llama_cpp", rank=10, size_bytes=30_000_000_000, memory_bytes=33_000_000_000),
    model("studio/mystery", provider="openai", rank=25),
    model("studio/qwen2.5-32b-instruct-q4_k_m", provider="openai", rank=25),
    local("text-only", 4.1, 7, raw_only=True),
    local("named", 1.0, 1, on_request=True),
    local("gone:8b", 4.7, 8, available=False),
    cloud("openai/gpt-4o-mini"),
    cloud("openai/gpt-4o"),
    cloud("anthropic/claude-3-haiku-20240307", vision=True),
    cloud("ollama/kimi:cloud", provider="ollama", rank=15),
    BUILTIN,
)
"""Thirty models, of every kind there is."""


def machines(root: Path) -> list[tuple[str, Resources]]:
    """Return forty machines, read from the files a Linux machine is known by."""
    found: list[tuple[str, Resources]] = []
    for gigabytes in (1, 2, 4, 8, 16, 32, 64, 512):
        for share in (0.15, 0.5, 0.9):
            one = Simulated(root / f"plain-{gigabytes}-{share}").processor(4)
            found.append(_read(one.memory(gigabytes * GIB, round(gigabytes * GIB * share))))
    for celsius in (50, 70, 88, 92, 96):
        hot = Simulated(root / f"hot-{celsius}").memory(32 * GIB, 24 * GIB)
        hot.file("sys/class/hwmon/hwmon0/name", "k10temp").file("sys/class/hwmon/hwmon0/temp1_input", celsius * 1000)
        found.append(_read(hot))
    for percent in (3, 9, 15, 60):
        flat = Simulated(root / f"battery-{percent}").memory(16 * GIB, 12 * GIB)
        folder = "sys/class/power_supply/BAT0"
        flat.file(f"{folder}/type", "Battery").file(f"{folder}/capacity", percent).file(
            f"{folder}/status", "Discharging"
        )
        found.append(_read(flat))
    boxes = [Simulated(root / f"box-{limit}").group(limit * GIB, GIB // 2) for limit in (1, 3, 6, 12)]
    cards = [Simulated(root / f"card-{size}").card(0, "0x1002", size * GIB) for size in (8, 24, 48)]
    return [*found, *(_read(one.memory(64 * GIB, 8 * GIB)) for one in (*boxes, *cards))]


def _read(one: Simulated) -> tuple[str, Resources]:
    return one.root.name, of_machine(read(one.place, one.root))
