"""What is read of machines that are files in a folder, and that nobody waits for a slow one."""

import asyncio
from pathlib import Path

import pytest

from fakes.machines import GIB, Simulated
from mecum.infra.hardware import condition, core, graphics
from mecum.infra.hardware.container import Limits, limits
from mecum.infra.hardware.machine import Battery, Gpu, Machine, Memory, Processor, Temperature
from mecum.infra.hardware.place import Place
from mecum.infra.hardware.reading import Hardware, read
from mecum.kernel import clock


@pytest.fixture
def machine(tmp_path: Path) -> Simulated:
    """Return a machine with nothing."""
    return Simulated(tmp_path / "machine")


def test_what_is_not_told_is_not_known(machine: Simulated) -> None:
    found = read(machine.place, machine.root / "nowhere")
    assert found.processor == Processor(None, None, None, None)
    assert (found.gpus, found.temperatures, found.batteries, found.disk) == (None, None, None, None)
    assert found.memory.total > 0, "what has no /proc/meminfo is asked in another way"


def test_this_machine(tmp_path: Path) -> None:
    found = read(Place(), tmp_path)
    assert 0 < found.memory.available <= found.memory.capacity <= found.memory.total
    assert found.processor.logical
    assert found.disk is not None
    assert 0 < found.disk.free <= found.disk.total


def test_the_processor(machine: Simulated) -> None:
    machine.processor(4, threads=2)
    assert core.processor(machine.place) == Processor("Test Core 9", 8, 4, 8.0)
    machine.group("max", 0).file("sys/fs/cgroup/cpu.max", "150000 100000")
    assert core.processor(machine.place).usable == 1.5
    machine.file("sys/fs/cgroup/cpu.max", "max 100000")
    assert core.processor(machine.place).usable == 8.0


def test_a_small_board_names_itself(machine: Simulated) -> None:
    machine.file("proc/cpuinfo", "processor : 0\nBogoMIPS : 108.00\n\nprocessor : 1\nBogoMIPS : 108.00")
    machine.file("proc/device-tree/model", "Raspberry Pi 5\0")
    assert core.processor(machine.place) == Processor("Raspberry Pi 5", 2, None, 2.0)


def test_memory_within_a_container(machine: Simulated) -> None:
    machine.memory(64 * GIB, 40 * GIB)
    assert core.memory(machine.place) == Memory(64 * GIB, 40 * GIB, None)
    machine.group(8 * GIB, 6 * GIB, dropped=GIB)
    assert core.memory(machine.place) == Memory(64 * GIB, 3 * GIB, 8 * GIB)
    assert core.memory(machine.place).capacity == 8 * GIB
    machine.group("max", 6 * GIB)
    assert core.memory(machine.place) == Memory(64 * GIB, 40 * GIB, None)


def test_the_tightest_group_binds(machine: Simulated) -> None:
    machine.group(4 * GIB, GIB, path="/pods").group("max", GIB, path="/pods/one")
    assert limits(machine.place).memory == 4 * GIB
    machine.group(2 * GIB, 3 * GIB, path="/pods/one")
    assert limits(machine.place) == Limits(2 * GIB, 0, None)


def test_a_container_of_version_one(machine: Simulated) -> None:
    machine.memory(16 * GIB, 12 * GIB).old_group(2 * GIB, GIB)
    machine.file("sys/fs/cgroup/memory/memory.stat", f"cache 5\ntotal_inactive_file {GIB // 2}")
    machine.file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", 50_000).file("sys/fs/cgroup/cpu/cpu.cfs_period_us", 100_000)
    assert limits(machine.place) == Limits(2 * GIB, 2 * GIB - GIB // 2, 0.5)
    machine.file("sys/fs/cgroup/memory/memory.limit_in_bytes", 9223372036854771712)
    machine.file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", -1)
    assert limits(machine.place) == Limits()


def test_cards_of_the_kernel(machine: Simulated) -> None:
    machine.card(0, "0x8086").card(1, "0x1002", 8 * GIB, GIB).card(2, "0x1234")
    assert graphics.gpus(machine.place) == (
        Gpu("Intel graphics", "Intel", shared=True),
        Gpu("AMD graphics", "AMD", 8 * GIB, 7 * GIB),
    )


def test_nvidia_says_it_itself(machine: Simulated) -> None:
    machine.card(0, "0x10de")
    assert graphics.gpus(machine.place) == (Gpu("NVIDIA graphics", "NVIDIA"),)
    machine.program("nvidia-smi", "echo 'GeForce RTX 4070, 12282, 11000'; echo 'Odd, Name, [N/A], 5'")
    assert graphics.gpus(machine.place) == (
        Gpu("GeForce RTX 4070", "NVIDIA", 12_282 << 20, 11_000 << 20, shared=False),
        Gpu("Odd, Name", "NVIDIA", None, 5 << 20, shared=False),
    )
    machine.program("nvidia-smi", "echo broken; exit 9")
    assert graphics.gpus(machine.place) == (Gpu("NVIDIA graphics", "NVIDIA"),)


def test_apple_shares_its_memory(machine: Simulated) -> None:
    place = Place(machine.root, "Darwin", str(machine.programs))
    assert graphics.gpus(place) is None
    machine.program("sysctl", "echo 'Apple M4 Pro'")
    found = graphics.gpus(place)
    assert found is not None
    assert (found[0].name, found[0].shared) == ("Apple M4 Pro", True)
    machine.program("sysctl", "echo 'Intel(R) Core(TM) i5'")
    assert graphics.gpus(place) is None
    assert core.processor(place).name == "Intel(R) Core(TM) i5"


def test_sensors(machine: Simulated) -> None:
    machine.file("sys/class/thermal/thermal_zone0/type", "acpitz").file("sys/class/thermal/thermal_zone0/temp", 40_000)
    assert condition.temperatures(machine.place) == (Temperature("acpitz", 40.0),)
    machine.file("sys/class/hwmon/hwmon0/name", "k10temp").file("sys/class/hwmon/hwmon0/temp1_input", 54_500)
    machine.file("sys/class/hwmon/hwmon0/temp1_label", "Tctl").file("sys/class/hwmon/hwmon0/temp2_input", "broken")
    machine.file("sys/class/hwmon/hwmon0/temp3_input", 999_000)
    assert condition.temperatures(machine.place) == (Temperature("k10temp Tctl", 54.5),)


def test_batteries(machine: Simulated) -> None:
    machine.file("sys/class/power_supply/AC/type", "Mains")
    assert condition.batteries(machine.place) == ()
    machine.file("sys/class/power_supply/mouse/type", "Battery").file("sys/class/power_supply/mouse/scope", "Device")
    machine.file("sys/class/power_supply/BAT0/type", "Battery").file("sys/class/power_supply/BAT0/capacity", 83)
    assert condition.batteries(machine.place) == (Battery(83, None),)
    machine.file("sys/class/power_supply/BAT0/status", "Discharging")
    assert condition.batteries(machine.place) == (Battery(83, charging=False),)


async def told(hardware: Hardware) -> Machine:
    """Return what it says, and be sure that it said so within a second."""
    async with asyncio.timeout(1):
        return await hardware.machine()


async def test_nobody_waits_for_a_slow_program(machine: Simulated) -> None:
    machine.memory(4 * GIB, GIB).program("nvidia-smi", "exec sleep 0.9")
    hardware = Hardware(machine.root, machine.place)
    first = await told(hardware)
    assert (first.memory, first.gpus, first.disk) == (Memory(4 * GIB, GIB), None, None)
    await hardware.close()
    assert (await told(hardware)).disk is not None


@pytest.mark.slow
async def test_a_program_that_never_ends_is_ended(machine: Simulated) -> None:
    machine.program("nvidia-smi", "exec sleep 60")
    began = clock.monotonic()
    assert await asyncio.to_thread(graphics.gpus, machine.place) is None
    assert clock.monotonic() - began < 10


async def test_a_reading_is_kept_for_a_moment(machine: Simulated) -> None:
    machine.memory(4 * GIB, GIB)
    hardware = Hardware(machine.root, machine.place)
    first = await told(hardware)
    machine.memory(8 * GIB, GIB)
    assert await told(hardware) is first
    await Hardware(machine.root).close()
