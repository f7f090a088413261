"""How the machine fares: what its sensors say, and its batteries."""

from pathlib import Path
from typing import Final

from mecum.infra.hardware.machine import Battery, Temperature
from mecum.infra.hardware.place import Place, entries, number, text

_COLDEST: Final = -50.0
_HOTTEST: Final = 150.0
_CHARGING: Final = {"Charging": True, "Full": True, "Not charging": True, "Discharging": False}


def temperatures(place: Place) -> tuple[Temperature, ...] | None:
    """Return what the sensors say; None where there is none to ask."""
    if place.system != "Linux":
        return None
    found = [*_sensors(place)] or [*_zones(place)]
    plausible = tuple(one for one in found if _COLDEST < one.celsius < _HOTTEST)
    return plausible or None


def batteries(place: Place) -> tuple[Battery, ...] | None:
    """Return the machine's batteries, not those of a mouse; None where nothing tells."""
    supplies = entries(place.folder("sys/class/power_supply")) if place.system == "Linux" else None
    if supplies is None:
        return None
    return tuple(_battery(path) for path in supplies if _is_battery(path))


def _sensors(place: Place) -> list[Temperature]:
    chips = entries(place.folder("sys/class/hwmon")) or []
    return [one for chip in chips for path in entries(chip, "temp*_input") or [] if (one := _sensor(chip, path))]


def _sensor(chip: Path, path: Path) -> Temperature | None:
    value = number(path)
    if value is None:
        return None
    label = text(path.with_name(path.name.replace("_input", "_label")))
    return Temperature(" ".join(part for part in (text(chip / "name"), label) if part) or chip.name, value / 1000)


def _zones(place: Place) -> list[Temperature]:
    zones = entries(place.folder("sys/class/thermal"), "thermal_zone*") or []
    read = ((text(zone / "type") or zone.name, number(zone / "temp")) for zone in zones)
    return [Temperature(name, value / 1000) for name, value in read if value is not None]


def _is_battery(path: Path) -> bool:
    return text(path / "type") == "Battery" and text(path / "scope") != "Device"


def _battery(path: Path) -> Battery:
    percent = number(path / "capacity")
    return Battery(
        percent if percent is None else min(max(percent, 0), 100), _CHARGING.get(text(path / "status") or "")
    )
