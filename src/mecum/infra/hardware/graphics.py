"""Graphics processors: NVIDIA's as its own program tells, others as Linux or macOS know them."""

from pathlib import Path
from typing import Final

from mecum.infra.hardware import core
from mecum.infra.hardware.machine import Gpu
from mecum.infra.hardware.place import Place, entries, number, text, whole

_VENDORS: Final = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
_QUERY: Final = ("--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")
_MEBIBYTE: Final = 1 << 20


def gpus(place: Place) -> tuple[Gpu, ...] | None:
    """Return the graphics processors; None when nothing here could tell."""
    if place.system == "Darwin":
        return _apple(place)
    told = _nvidia(place)
    cards = _cards(place) if place.system == "Linux" else None
    if told is None or cards is None:
        return told if cards is None else cards
    return (*told, *(card for card in cards if card.vendor != "NVIDIA"))


def _nvidia(place: Place) -> tuple[Gpu, ...] | None:
    said = place.ask("nvidia-smi", *_QUERY)
    if said is None:
        return None
    rows = [[cell.strip() for cell in line.rsplit(",", 2)] for line in said.splitlines()]
    return tuple(Gpu(row[0], "NVIDIA", _bytes(row[1]), _bytes(row[2]), shared=False) for row in rows if len(row) == 3)


def _bytes(mebibytes: str) -> int | None:
    value = whole(mebibytes)
    return None if value is None else value * _MEBIBYTE


def _cards(place: Place) -> tuple[Gpu, ...] | None:
    found = entries(place.folder("sys/class/drm"), "card[0-9]*")
    if found is None:
        return None
    # `card0-HDMI-A-1` is a connector of card0.
    cards = (_card(path / "device") for path in found if "-" not in path.name)
    return tuple(card for card in cards if card is not None)


def _card(device: Path) -> Gpu | None:
    vendor = _VENDORS.get(text(device / "vendor") or "")
    if vendor is None:
        return None
    total, used = number(device / "mem_info_vram_total"), number(device / "mem_info_vram_used")
    free = None if total is None or used is None else max(total - used, 0)
    name = text(device / "product_name") or f"{vendor} graphics"
    return Gpu(name, vendor, total, free, shared=None if vendor != "Intel" or total is not None else True)


def _apple(place: Place) -> tuple[Gpu, ...] | None:
    name = place.ask("sysctl", "-n", "machdep.cpu.brand_string")
    if name is None or not name.startswith("Apple"):
        return None
    now = core.memory(place)
    return (Gpu(name, "Apple", now.total, now.available, shared=True),)
