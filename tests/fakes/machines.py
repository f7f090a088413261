"""Writes the files by which a Linux machine is known, below a folder."""

from pathlib import Path

from mecum.infra.hardware.place import Place

GIB = 1 << 30
CORE = "processor\t: {n}\nmodel name\t: Test Core 9\nphysical id\t: 0\ncore id\t\t: {core}\n"


class Simulated:
    """A machine whose files lie in `root`; everything that is not written is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.programs = root / "programs"
        self.programs.mkdir(parents=True)

    @property
    def place(self) -> Place:
        """Where it is read."""
        return Place(self.root, "Linux", str(self.programs))

    def file(self, path: str, text: str | int) -> "Simulated":
        """Write one file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{text}\n")
        return self

    def program(self, name: str, script: str) -> "Simulated":
        """Put a program on its search path."""
        target = self.programs / name
        target.write_text(f"#!/bin/sh\n{script}\n")
        target.chmod(0o755)
        return self

    def processor(self, cores: int, threads: int = 1) -> "Simulated":
        """Give it a processor."""
        text = "\n".join(CORE.format(n=n, core=n // threads) for n in range(cores * threads))
        return self.file("proc/cpuinfo", text)

    def memory(self, total: int, available: int) -> "Simulated":
        """Give it memory, in bytes."""
        said = f"MemTotal: {total // 1024} kB\nMemFree: 1000 kB\nMemAvailable: {available // 1024} kB"
        return self.file("proc/meminfo", said)

    def group(self, limit: int | str, used: int, *, dropped: int = 0, path: str = "/") -> "Simulated":
        """Put it into a container of version 2."""
        folder = f"sys/fs/cgroup{path.rstrip('/')}"
        self.file("proc/self/cgroup", f"0::{path}").file(f"{folder}/memory.max", limit)
        return self.file(f"{folder}/memory.current", used).file(
            f"{folder}/memory.stat", f"anon 1\ninactive_file {dropped}"
        )

    def old_group(self, limit: int, used: int, path: str = "/docker/ab") -> "Simulated":
        """Put it into a container of version 1, which sees its own group at the top."""
        folder = "sys/fs/cgroup/memory"
        self.file("proc/self/cgroup", f"9:name=systemd:{path}\n4:memory:{path}\n1:cpu,cpuacct:{path}\n0::{path}")
        return self.file(f"{folder}/memory.limit_in_bytes", limit).file(f"{folder}/memory.usage_in_bytes", used)

    def card(self, number: int, vendor: str, total: int | None = None, used: int = 0) -> "Simulated":
        """Put a graphics card in."""
        device = f"sys/class/drm/card{number}/device"
        self.file(f"{device}/vendor", vendor).file(f"sys/class/drm/card{number}-HDMI-A-1/status", "connected")
        if total is not None:
            self.file(f"{device}/mem_info_vram_total", total).file(f"{device}/mem_info_vram_used", used)
        return self
