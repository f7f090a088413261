"""What of the catalogue would fit a machine, and how fast it would be there, about."""

from dataclasses import dataclass
from typing import Final, Literal

from mecum.inference.catalogue.entries import Entry, Quantization, entries
from mecum.infra.hardware.machine import Machine, Memory

Fits = Literal["now", "machine", "no"]
_FEW_PROCESSORS: Final = 4
_GB: Final = 10**9


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """How many bytes a second memory gives, about, and for which class of machine that is."""

    bytes_per_second: int
    label: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A model of the catalogue on a machine."""

    entry: Entry
    quantization: Quantization
    context_length: int
    weights: int
    memory: int
    fits: Fits
    why: str
    tokens_per_second: float | None
    method: str


def offers(machine: Machine, context_length: int, quantization: Quantization | None = None) -> list[Offer]:
    """Return every model, the smallest first; with at most its own context, quantized as its file or as said."""
    speed = bandwidth(machine)
    return [_offer(entry, machine.memory, speed, context_length, quantization) for entry in entries()]


def bandwidth(machine: Machine) -> Bandwidth:
    """Return the class a machine is in: coarse, and rather too low.

    Two channels of DDR4 give about 40 GB/s and a program two thirds of it; processors whose memory is on their package
    (Apple's) at least twice that; a few processors of a shared machine do not reach either.
    """
    processor = machine.processor
    if "apple" in (processor.name or "").lower():
        return Bandwidth(60 * _GB, "memory on the processor's package")
    if (processor.usable or _FEW_PROCESSORS) < _FEW_PROCESSORS:
        return Bandwidth(12 * _GB, "main memory, fewer than four processors")
    return Bandwidth(30 * _GB, "main memory")


def _offer(
    entry: Entry, memory: Memory, speed: Bandwidth, context_length: int, quantization: Quantization | None
) -> Offer:
    length = min(context_length, entry.context_length)
    need = entry.memory(quantization, length).total
    fits, why = _fits(need, length, memory)
    read = entry.read_per_token(quantization, length)
    return Offer(
        entry=entry,
        quantization=quantization or entry.quantization,
        context_length=length,
        weights=entry.weights(quantization),
        memory=need,
        fits=fits,
        why=why,
        tokens_per_second=None if fits == "no" else round(speed.bytes_per_second / read, 1),
        method=f"Estimate: {speed.bytes_per_second / _GB:.0f} GB/s ({speed.label}), {read / _GB:.2f} GB read a token.",
    )


def _fits(need: int, length: int, memory: Memory) -> tuple[Fits, str]:
    says = f"Takes {need / _GB:.1f} GB with {length:,} tokens of context"
    if need <= memory.available:
        return "now", f"{says}; {memory.available / _GB:.1f} GB are free."
    if need <= memory.capacity:
        return "machine", f"{says}; this machine has {memory.capacity / _GB:.1f} GB, {memory.available / _GB:.1f} free."
    return "no", f"{says}; this machine has {memory.capacity / _GB:.1f} GB."
