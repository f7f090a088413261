"""How long a model stays in the memory of this machine when nobody asks it: in Ollama's own ways to say it.

A number is seconds, a text a length of time ("5m", "1h30m", "300ms") or a number of seconds; 0 is not at all, below 0
for ever. Source: Ollama's API reference, `keep_alive`, and Go's `time.ParseDuration`, which reads the text there.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mecum.inference.ports import ModelInfo
from mecum.inference.selection.naming import names_of

KEEP: Final = "keep_alive"
"""What a request calls it among its parameters."""
FOR_EVER: Final = -1.0
"""Seconds; so is every number below 0."""
HOW: Final = 'seconds, or a text like "5m" or "1h30m"; 0 is not at all, -1 for ever'
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_NUMBER: Final = r"\d+(?:\.\d*)?|\.\d+"
_PIECE: Final = re.compile(rf"({_NUMBER})(ms|us|µs|ns|h|m|s)")
_LENGTH: Final = re.compile(rf"[+-]?(?:(?:{_NUMBER})(?:ms|us|µs|ns|h|m|s))+")
_SECONDS: Final = re.compile(rf"[+-]?(?:{_NUMBER})")


def seconds_of(said: str | float) -> float:
    """Return the seconds, `FOR_EVER` for what is below 0; raises ValueError for what says no length of time."""
    if isinstance(said, str):
        seconds = _read(said.strip())
    elif isinstance(said, bool) or not math.isfinite(said):
        raise ValueError(f"it is {HOW}")
    else:
        seconds = float(said)
    return FOR_EVER if seconds < 0 else seconds


def _read(text: str) -> float:
    if _SECONDS.fullmatch(text):
        return float(text)
    if not _LENGTH.fullmatch(text):
        raise ValueError(f"it is {HOW}")
    total = sum(float(number) * _UNITS[unit] for number, unit in _PIECE.findall(text))
    return -total if text.startswith("-") else total


def written(seconds: float) -> str | int:
    """Return seconds as Ollama reads them in a request."""
    return -1 if seconds < 0 else f"{round(seconds * 1000)}ms" if seconds % 1 else f"{round(seconds)}s"


KeepSource = Literal["asked", "configuration", "settings", "server"]
"""Who says how long a model stays: who had it loaded, its configuration, the settings, or what loads it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many idle seconds a model stays, below 0 for ever, and who says so; None where only its server knows."""

    seconds: float | None
    source: KeepSource


Keep = Callable[[ModelInfo], float | None]
"""Returns for how many idle seconds a model stays, below 0 for ever; None where nobody says it."""


class Keeping:
    """How long each model stays: what was asked when it was loaded, or else its configuration, or else the settings.

    `configured` returns the seconds a person wrote down, by reference, name or `provider:name`; `usual` are those of
    the settings, for models of this machine (None: its server's own, which is `own` by provider where it is known).
    """

    def __init__(
        self,
        configured: Callable[[], Mapping[str, float]] = dict,
        usual: float | None = None,
        own: Mapping[str, float] | None = None,
    ) -> None:
        self._configured, self._usual, self._own = configured, usual, own or {}
        self._asked: dict[str, float] = {}

    def __call__(self, info: ModelInfo) -> float | None:
        """Return the idle seconds after which a model goes; below 0 it does not, None leaves it to its server."""
        if info.ref in self._asked:
            return self._asked[info.ref]
        said = self._said(info)
        return (self._usual if info.local else None) if said is None else said

    def kept(self, info: ModelInfo) -> Kept:
        """Return for how long a model stays, and who says so."""
        seconds = self(info)
        if info.ref in self._asked:
            return Kept(seconds, "asked")
        if self._said(info) is not None:
            return Kept(seconds, "configuration")
        if seconds is not None:
            return Kept(seconds, "settings")
        return Kept(self._own.get(info.provider), "server")

    def _said(self, info: ModelInfo) -> float | None:
        if configured := self._configured():
            for name in names_of(info):
                if name in configured:
                    return configured[name]
        return None

    def ask(self, info: ModelInfo, seconds: float | None) -> None:
        """Keep a model so long until it is unloaded, whatever the configuration says; None as that says."""
        if seconds is None:
            self._asked.pop(info.ref, None)
        else:
            self._asked[info.ref] = seconds
