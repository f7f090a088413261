"""The route that says what machine this is, and how it fares."""

from dataclasses import asdict
from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from mecum.infra.hardware.machine import Machine
from mecum.infra.hardware.reading import Hardware
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes


class ProcessorView(BaseModel):
    """The processor."""

    name: str | None = Field(description="What it is called.", examples=["AMD Ryzen 7 7840U"])
    logical: int | None = Field(description="How many threads it runs at once.", examples=[16])
    physical: int | None = Field(description="How many cores it has.", examples=[8])
    usable: float | None = Field(description="How many threads' worth of it a container leaves us.", examples=[16.0])


class MemoryView(BaseModel):
    """Main memory, in bytes."""

    total: int = Field(description="How much the machine has.", examples=[33554432000])
    available: int = Field(
        description="How much new work may take, within a container's limit.", examples=[16777216000]
    )
    limit: int | None = Field(description="A container's limit; null without one.", examples=[None])
    capacity: int = Field(description="The smaller of the two: what there is for us.", examples=[33554432000])


class GpuView(BaseModel):
    """A graphics processor."""

    name: str = Field(description="What it is called.", examples=["NVIDIA GeForce RTX 4070"])
    vendor: str = Field(description="NVIDIA, AMD, Intel or Apple.", examples=["NVIDIA"])
    memory_total: int | None = Field(description="Its memory in bytes.", examples=[12878610432])
    memory_free: int | None = Field(description="How much of that is free.", examples=[11811160064])
    shared: bool | None = Field(description="Whether its memory is the main memory.", examples=[False])


class DiskView(BaseModel):
    """The disk under the data folder, in bytes."""

    total: int = Field(description="How large it is.", examples=[1000000000000])
    free: int = Field(description="How much of it is free.", examples=[400000000000])


class TemperatureView(BaseModel):
    """What a sensor says."""

    name: str = Field(description="The sensor.", examples=["k10temp Tctl"])
    celsius: float = Field(description="Degrees Celsius.", examples=[54.5])


class BatteryView(BaseModel):
    """A battery."""

    percent: int | None = Field(description="How full it is.", examples=[83])
    charging: bool | None = Field(description="False while it is drained.", examples=[False])


class MachineView(BaseModel):
    """The machine; null is unknown, an empty list is known to be none."""

    system: str = Field(description="The operating system: Linux, Darwin or Windows.", examples=["Linux"])
    processor: ProcessorView = Field(description="The processor.", examples=[{}])
    memory: MemoryView = Field(description="Main memory.", examples=[{}])
    disk: DiskView | None = Field(description="The disk under the data folder.", examples=[{}])
    gpus: list[GpuView] | None = Field(description="Graphics processors.", examples=[[]])
    temperatures: list[TemperatureView] | None = Field(description="What its sensors say.", examples=[[]])
    batteries: list[BatteryView] | None = Field(description="Its batteries.", examples=[[]])


def router(reading: Hardware) -> Routes:
    """Return the route below /api/v1."""
    routes = Routes(tags=["system"])

    @routes.get(
        "/hardware",
        response_model=MachineView,
        summary="The machine",
        description="What there is for models to run on, and how it fares: processor, memory, graphics, disk, heat, "
        "batteries, and what a container leaves of them. Null is unknown. Never older than a few seconds, and never "
        "waited for: a sensor that is slow to answer is unknown meanwhile.",
    )
    async def hardware(_: Asker) -> Response:
        return answer(machine(await reading.machine()))

    return routes


def machine(now: Machine) -> dict[str, Any]:
    """Return a machine as the wire shows it."""
    return {**asdict(now), "memory": {**asdict(now.memory), "capacity": now.memory.capacity}}
