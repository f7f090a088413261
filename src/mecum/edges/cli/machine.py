"""A machine in words, as `mecum status` and `mecum doctor` print it."""

from collections.abc import Iterator
from typing import Any, Final

_UNKNOWN: Final = "unknown"
_CHARGING: Final = {True: ", charging or full", False: ", draining", None: ""}


def lines(machine: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what there is and how it fares, as name and words."""
    yield "processor", _processor(machine["processor"])
    yield "memory", _memory(machine["memory"])
    yield "graphics", _each(machine["gpus"], _gpu)
    disk = machine["disk"]
    yield "disk", _UNKNOWN if disk is None else f"{_size(disk['free'])} free of {_size(disk['total'])}"
    yield "temperature", _hottest(machine["temperatures"])
    yield "battery", _each(machine["batteries"], _battery)


def brief(machine: dict[str, Any]) -> str:
    """Return the machine in a line."""
    found = dict(lines(machine))
    return f"{found['processor']}; memory: {found['memory']}; graphics: {found['graphics']}"


def _processor(processor: dict[str, Any]) -> str:
    logical, usable = processor["logical"], processor["usable"]
    said = processor["name"] or _UNKNOWN
    if logical is not None:
        said += f", {logical} threads"
    if usable is not None and usable != logical:
        said += f", {usable:g} of them for this container"
    return said


def _memory(memory: dict[str, Any]) -> str:
    limit = ", the limit of this container" if memory["limit"] is not None else ""
    return f"{_size(memory['available'])} free of {_size(memory['capacity'])}{limit}"


def _gpu(gpu: dict[str, Any]) -> str:
    if gpu["memory_total"] is None:
        return str(gpu["name"])
    free = "" if gpu["memory_free"] is None else f"{_size(gpu['memory_free'])} free of "
    return f"{gpu['name']} ({free}{_size(gpu['memory_total'])}{' shared' if gpu['shared'] else ''})"


def _battery(battery: dict[str, Any]) -> str:
    percent = _UNKNOWN if battery["percent"] is None else f"{battery['percent']} %"
    return percent + _CHARGING[battery["charging"]]


def _hottest(sensors: list[dict[str, Any]] | None) -> str:
    if not sensors:
        return _UNKNOWN
    hottest = max(sensors, key=lambda sensor: sensor["celsius"])
    return f"{hottest['celsius']:.0f} °C ({hottest['name']})"


def _each(items: list[dict[str, Any]] | None, words: Any) -> str:
    if items is None:
        return _UNKNOWN
    return ", ".join(words(item) for item in items) or "none"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
