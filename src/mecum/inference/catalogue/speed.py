"""How fast a model of this machine would write, about, before it was ever measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mecum.inference.catalogue.entries import entries
from mecum.inference.catalogue.service import bandwidth
from mecum.inference.ports import ModelInfo
from mecum.inference.selection.fitting import Fitting
from mecum.infra.hardware.machine import Machine

_GB: Final = 10**9
_TOKENS: Final = 8192
"""The context that the catalogue counts with."""
_NOBODY: Final = Fitting()


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second, and how that was worked out."""

    tokens_per_second: float
    method: str


def estimates(models: Sequence[ModelInfo], fits: Mapping[str, Fitting], machine: Machine) -> dict[str, Speed]:
    """Return by reference how fast models would be on the machine: bytes its memory gives, by bytes read a token.

    Only those that write text here, of a known size, and could be loaded (`fits`, by reference).
    """
    memory = bandwidth(machine)
    found: dict[str, Speed] = {}
    for info in models:
        read = _read(info) if fits.get(info.ref, _NOBODY).fits is not False else None
        if read is not None:
            size, what = read
            method = f"Estimate: {memory.bytes_per_second / _GB:.0f} GB/s ({memory.label}), {size / _GB:.2f} GB {what}."
            found[info.ref] = Speed(round(memory.bytes_per_second / size, 1), method)
    return found


def _read(info: ModelInfo) -> tuple[int, str] | None:
    """Return the bytes that are read to make one token, and what they are; None where there is nothing to go by.

    Of a model that the catalogue knows, what it uses of itself; of any other all its weights, so rather too many: one
    of experts reads a part of them.
    """
    if not info.local or info.recalls or info.kind != "chat" or not info.size_bytes:
        return None
    known = next((entry for entry in entries() if info.provider == "ollama" and entry.name == info.name), None)
    if known is not None and info.quantization in (None, known.quantization):
        return known.read_per_token(None, min(_TOKENS, known.context_length)), "read a token"
    return info.size_bytes, "of weights read a token"
