"""What a machine has left for models, read from its files."""

from pathlib import Path

import pytest

from fakes.machines import GIB, Simulated
from mecum.inference.selection.resources import Resources, of_machine, strain
from mecum.infra.hardware.reading import read


def left(one: Simulated) -> Resources:
    """Return what a machine has left."""
    return of_machine(read(one.place, one.root))


def test_memory_is_told_in_steps_and_never_too_high(tmp_path: Path) -> None:
    found = left(Simulated(tmp_path / "one").memory(16 * GIB, 6_199_999_488))
    assert (found.memory_free, found.memory_capacity) == (6_100_000_000, 17_100_000_000)
    near = left(Simulated(tmp_path / "two").memory(16 * GIB, 6_150_000_000 // 1024 * 1024))
    assert near == found, "a reading that differs little is the same"


def test_graphics_memory_is_counted_apart(tmp_path: Path) -> None:
    one = Simulated(tmp_path).memory(16 * GIB, 8 * GIB).card(0, "0x1002", 8 * GIB, 2 * GIB)
    assert left(one).graphics_free == 6_400_000_000


def test_heat_is_that_of_the_processor(tmp_path: Path) -> None:
    one = Simulated(tmp_path).memory(GIB, GIB)
    one.file("sys/class/hwmon/hwmon0/name", "nvme").file("sys/class/hwmon/hwmon0/temp1_input", 80_000)
    one.file("sys/class/hwmon/hwmon1/name", "k10temp").file("sys/class/hwmon/hwmon1/temp1_input", 70_000)
    assert left(one).heat == 0.5


def test_what_is_unknown_forbids_nothing(tmp_path: Path) -> None:
    found = left(Simulated(tmp_path).memory(GIB, GIB))
    assert (found.heat, found.battery_percent, found.charging) == (None, None, None)
    assert strain(found, None) is None


@pytest.mark.parametrize(
    ("heat", "threshold", "allowed"),
    [(0.89, None, None), (0.9, None, 0.5), (0.95, None, 0.25), (1.0, None, 0.0), (0.5, 0.5, 0.5), (1.0, 1.0, 0.0)],
)
def test_the_hotter_the_gentler(heat: float, threshold: float | None, allowed: float | None) -> None:
    found = strain(Resources(heat=heat), threshold)
    assert (found.allowed if found else None) == allowed


@pytest.mark.parametrize(
    ("percent", "charging", "allowed"),
    [(20, False, None), (15, False, 0.5), (5, False, 0.25), (5, True, None), (5, None, None)],
)
def test_a_battery_counts_when_it_is_low_and_drained(
    percent: int, charging: bool | None, allowed: float | None
) -> None:
    found = strain(Resources(battery_percent=percent, charging=charging), None)
    assert (found.allowed if found else None) == allowed


def test_the_tighter_of_heat_and_battery_counts() -> None:
    found = strain(Resources(heat=0.95, battery_percent=15, charging=False), None)
    assert found is not None
    assert (found.rule, found.allowed) == ("heat", 0.25)
