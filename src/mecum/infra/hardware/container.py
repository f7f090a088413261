"""What a container (a control group of Linux, version 1 or 2) leaves to us.

Source: the kernel's documentation of cgroup v1 (memory.txt, sched-bwc) and v2 (cgroup-v2.rst). A limit of any group
above ours binds us too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from mecum.infra.hardware.place import Place, number, text, whole

_GROUPS: Final = "sys/fs/cgroup"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory, bytes of it still free, and processors; None where nothing limits us."""

    memory: int | None = None
    memory_free: int | None = None
    processors: float | None = None


def limits(place: Place) -> Limits:
    """Return what binds us, the tightest of our group and those above it."""
    memory = [pair for group in _chain(place, "memory") if (pair := _memory(group)) is not None]
    processors = [share for group in _chain(place, "cpu") if (share := _processors(group)) is not None]
    return Limits(
        memory=min((most for most, _ in memory), default=None),
        memory_free=min((free for _, free in memory), default=None),
        processors=min(processors, default=None),
    )


def _chain(place: Place, controller: str) -> Iterator[Path]:
    """Yield the folders of our group and those above it; of both versions where both are in use."""
    for line in (text(place.folder("proc/self/cgroup")) or "").splitlines():
        number_, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number_ == "0" and not controllers:
            top = place.folder(_GROUPS)
        elif controller in controllers.split(","):
            top = place.folder(_GROUPS) / controller
        else:
            continue
        # Inside a container the path may be the one outside it, or lead above what is visible: its top is ours then.
        parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
        yield from (top.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1))


def _memory(group: Path) -> tuple[int, int] | None:
    """Return the limit and what is free below it; what the kernel can drop at once counts as free."""
    for most, used, dropped in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limit = number(group / most)
        if limit is not None and limit < 1 << 60:
            taken = (number(group / used) or 0) - _statistic(group / "memory.stat", dropped)
            return limit, max(limit - max(taken, 0), 0)
    return None


def _statistic(path: Path, name: str) -> int:
    pairs = (line.split() for line in (text(path) or "").splitlines())
    return next((whole(pair[1]) or 0 for pair in pairs if len(pair) == 2 and pair[0] == name), 0)


def _processors(group: Path) -> float | None:
    said = (text(group / "cpu.max") or "").split()
    quota = whole(said[0]) if len(said) == 2 else number(group / "cpu.cfs_quota_us")
    period = whole(said[1]) if len(said) == 2 else number(group / "cpu.cfs_period_us")
    if quota is None or period is None or quota <= 0 or period <= 0:
        return None
    return quota / period
