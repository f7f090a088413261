"""A machine as a value. None is unknown; an empty tuple is known to be none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Processor:
    """The processor; `usable` is how many of its logical processors a container leaves us, a fraction at times."""

    name: str | None
    logical: int | None
    physical: int | None
    usable: float | None


@dataclass(frozen=True, slots=True)
class Memory:
    """Main memory in bytes: `limit` is the container's, `available` what new work may take, within that limit."""

    total: int
    available: int
    limit: int | None = None

    @property
    def capacity(self) -> int:
        """How much there is for us when nothing else runs."""
        return self.total if self.limit is None else min(self.total, self.limit)


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor; memory in bytes, `shared` when it is main memory."""

    name: str
    vendor: str
    memory_total: int | None = None
    memory_free: int | None = None
    shared: bool | None = None


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk under the data folder, in bytes."""

    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Temperature:
    """What a sensor says, in degrees Celsius."""

    name: str
    celsius: float


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery; `percent` of its charge, `charging` false while it is drained."""

    percent: int | None
    charging: bool | None


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything together; `system` is `Linux`, `Darwin` or `Windows`."""

    system: str
    processor: Processor
    memory: Memory
    disk: Disk | None
    gpus: tuple[Gpu, ...] | None
    temperatures: tuple[Temperature, ...] | None
    batteries: tuple[Battery, ...] | None
