"""What a machine has left for models, and what that lets be chosen: memory, heat, battery."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

from mecum.inference.capabilities import SOURCES, ModelCapabilities
from mecum.inference.ports import ModelInfo
from mecum.infra.hardware.machine import Machine, Temperature

_STEP_BYTES: Final = 100_000_000
_STEP_SHARE: Final = 0.05
_STEP_PERCENT: Final = 5
COOL: Final = 45.0
"""Degrees Celsius of a processor with little to do, and those at which common ones begin to slow themselves down."""
THROTTLING: Final = 95.0
THRESHOLD: Final = 0.9
"""The share of the way from cool to throttling from which heat counts, where nobody says another."""
SENSITIVE: Final = 0.5
_BATTERY_LOW: Final = 20
_BATTERY_EMPTY: Final = 10
_PROCESSORS: Final = ("coretemp", "k10temp", "zenpower", "cpu", "x86_pkg", "soc", "tctl", "package")
_NOT_OURS: Final = ("nvme", "drive", "iwlwifi", "wifi", "bat", "spd", "jc42", "pch")


@dataclass(frozen=True, slots=True)
class Resources:
    """What is free, in bytes, and how the machine fares; None is unknown and forbids nothing.

    `graphics_*` is memory of graphics processors that is not main memory. `heat` goes from 0 (cool) to 1 (throttling).
    """

    memory_free: int | None = None
    memory_capacity: int | None = None
    graphics_free: int | None = None
    heat: float | None = None
    battery_percent: int | None = None
    charging: bool | None = None


@dataclass(frozen=True, slots=True)
class Strain:
    """Why only models up to this heat sensitivity are chosen now; `why` is half a sentence."""

    rule: str
    allowed: float
    why: str


def of_machine(machine: Machine) -> Resources:
    """Return what a machine has left, in steps, never more than there is: two readings that differ little are equal."""
    memory, gpus = machine.memory, machine.gpus
    own = [gpu.memory_free for gpu in gpus or () if not gpu.shared and gpu.memory_free is not None]
    told = [one for one in machine.batteries or () if one.percent is not None]
    battery = min(told, key=lambda one: one.percent or 0, default=None)
    hottest = _hottest(machine.temperatures or ())
    return Resources(
        memory_free=memory.available // _STEP_BYTES * _STEP_BYTES,
        memory_capacity=memory.capacity // _STEP_BYTES * _STEP_BYTES,
        graphics_free=sum(own) // _STEP_BYTES * _STEP_BYTES if own else None,
        heat=None if hottest is None else _stepped((hottest - COOL) / (THROTTLING - COOL)),
        battery_percent=None
        if battery is None or battery.percent is None
        else battery.percent // _STEP_PERCENT * _STEP_PERCENT,
        charging=None if battery is None else battery.charging,
    )


def need_gb(info: ModelInfo, capabilities: ModelCapabilities) -> float | None:
    """Return the GB (of 10^9 bytes) a model of this machine needs, by the strongest source; None when unknown."""
    estimate, least = capabilities.memory_gb_estimate, capabilities.min_memory_gb
    if estimate is None and least is None:
        return None if info.size_bytes is None else info.size_bytes / 1e9
    if estimate is None or least is None:
        return least if estimate is None else estimate
    said = capabilities.sources
    weaker = SOURCES.index(said.get("memory_gb_estimate", "name")) > SOURCES.index(said.get("min_memory_gb", "name"))
    return least if weaker else estimate


def too_large(need: float, resources: Resources, held: int = 0) -> str | None:
    """Return why a model that needs so many GB cannot be loaded, or None; its server can free `held` bytes itself."""
    if resources.memory_free is None:
        return None
    free, graphics = resources.memory_free / 1e9, (resources.graphics_free or 0) / 1e9
    if need <= free + graphics + held / 1e9:
        return None
    parts = [f"{free:.1f} GB are free"]
    if graphics:
        parts.append(f"{graphics:.1f} GB on graphics processors")
    if held:
        parts.append(f"{held / 1e9:.1f} GB when what its server has loaded is unloaded")
    return f"it needs {need:.1f} GB, {', '.join(parts)}"


def strain(resources: Resources, threshold: float | None) -> Strain | None:
    """Return what heat or a low battery forbids, the tighter of both; None when neither does.

    From the threshold on, models that heat more than `SENSITIVE` are passed over, and gentler ones the hotter it gets.
    """
    found = [one for one in (_heat(resources, threshold), _battery(resources)) if one is not None]
    return min(found, key=lambda one: one.allowed, default=None)


def _heat(resources: Resources, threshold: float | None) -> Strain | None:
    limit = THRESHOLD if threshold is None else threshold
    heat = resources.heat
    if heat is None or heat < limit:
        return None
    left = (1 - heat) / (1 - limit) if limit < 1 else 0.0
    return Strain(
        "heat",
        round(SENSITIVE * max(left, 0.0), 2),
        f"the machine is at {heat:.2f} of the way to throttling ({limit:.2f})",
    )


def _battery(resources: Resources) -> Strain | None:
    percent = resources.battery_percent
    if percent is None or resources.charging is not False or percent >= _BATTERY_LOW:
        return None
    allowed = SENSITIVE if percent >= _BATTERY_EMPTY else SENSITIVE / 2
    return Strain("battery", allowed, f"the battery is at {percent} % and not charging")


def _hottest(temperatures: Iterable[Temperature]) -> float | None:
    told = [(one.name.lower(), one.celsius) for one in temperatures]
    processors = [celsius for name, celsius in told if any(word in name for word in _PROCESSORS)]
    others = [celsius for name, celsius in told if not any(word in name for word in _NOT_OURS)]
    return max(processors or others, default=None)


def _stepped(share: float) -> float:
    return round(min(max(ceil(round(share / _STEP_SHARE, 6)) * _STEP_SHARE, 0.0), 1.0), 2)
