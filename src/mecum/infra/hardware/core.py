"""Processor, memory and disk."""

import platform
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psutil

from mecum.infra.hardware.container import Limits, limits
from mecum.infra.hardware.machine import Disk, Memory, Processor
from mecum.infra.hardware.place import Place, text, whole

_NAMES: Final = ("model name", "cpu model", "cpu", "Hardware", "Model")


def processor(place: Place) -> Processor:
    """Return the processor, and how much of it a container leaves us."""
    if place.system != "Linux":
        name = place.ask("sysctl", "-n", "machdep.cpu.brand_string") if place.system == "Darwin" else None
        logical = psutil.cpu_count()
        return Processor(name or platform.processor() or None, logical, psutil.cpu_count(logical=False), logical)
    blocks = [_pairs(block) for block in (text(place.folder("proc/cpuinfo")) or "").split("\n\n")]
    cores = [block for block in blocks if "processor" in block]
    logical = len(cores) or None
    places = {(core.get("physical id"), core["core id"]) for core in cores if "core id" in core}
    share = limits(place).processors
    usable = logical if share is None or logical is None else min(float(logical), share)
    return Processor(_name(place, blocks), logical, len(places) or None, usable if usable is None else float(usable))


def memory(place: Place | None = None) -> Memory:
    """Return main memory now: a few small files, read in well under a millisecond."""
    place = place or Place()
    bound = limits(place) if place.system == "Linux" else Limits()
    total, available = _memory(place)
    limit = bound.memory if bound.memory is not None and bound.memory < total else None
    free = available if bound.memory_free is None else min(available, bound.memory_free)
    return Memory(total, free, limit)


def disk(folder: Path) -> Disk | None:
    """Return the disk under `folder`; None when it cannot be asked."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(usage.total, usage.free)


def _memory(place: Place) -> tuple[int, int]:
    said = _pairs(text(place.folder("proc/meminfo")) or "") if place.system == "Linux" else {}
    total = _kilobytes(said, "MemTotal")
    if total is None:
        now = psutil.virtual_memory()
        return int(now.total), int(now.available)
    available = _kilobytes(said, "MemAvailable")
    if available is None:  # a kernel before 3.14
        available = (_kilobytes(said, "MemFree") or 0) + (_kilobytes(said, "Cached") or 0)
    return total, min(available, total)


def _kilobytes(said: Mapping[str, str], name: str) -> int | None:
    value = whole(said.get(name, "").removesuffix("kB").strip())
    return None if value is None else value * 1024


def _name(place: Place, blocks: list[dict[str, str]]) -> str | None:
    for name in _NAMES:
        for block in blocks:
            if said := block.get(name):
                return said
    # A small board names itself.
    return text(place.folder("proc/device-tree/model")) or None


def _pairs(block: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in block.splitlines())
    return {name.strip(): value.strip() for name, found, value in pairs if found}
