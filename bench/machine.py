"""What the kernel says about processes: CPU time and memory of a whole tree (Linux)."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


def tree(pid: int) -> Iterator[int]:
    """Yield `pid` and every process below it."""
    waiting = [pid]
    while waiting:
        found = waiting.pop()
        yield found
        for task in _tasks(found):
            waiting.extend(int(child) for child in _read(task / "children").split())


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that the living threads of the tree have used, from the scheduler's own count."""
    used = (_read(task / "schedstat").split() for found in tree(pid) for task in _tasks(found))
    return sum(int(fields[0]) for fields in used if fields) / 1e9


def main_thread_seconds(pid: int) -> float:
    """Return the CPU time that the first thread of a process has used."""
    fields = _read(Path(f"/proc/{pid}/task/{pid}/schedstat")).split()
    return int(fields[0]) / 1e9 if fields else 0.0


def rss_mb(pid: int) -> float:
    """Return the resident memory of the tree in MB (2^20)."""
    pages = (_read(Path(f"/proc/{found}/statm")).split() for found in tree(pid))
    return sum(int(fields[1]) for fields in pages if fields) * os.sysconf("SC_PAGE_SIZE") / 2**20


def load_average() -> float:
    """Return how busy the machine was during the last minute."""
    return os.getloadavg()[0]


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and how much CPU a tree had used by then."""

    at: float
    cpu: float

    @classmethod
    def of(cls, pid: int) -> "Moment":
        """Return the present moment of `pid`'s tree."""
        return cls(time.perf_counter(), cpu_seconds(pid))

    def cores_since(self, before: "Moment") -> float:
        """Return how many cores the tree kept busy."""
        return (self.cpu - before.cpu) / (self.at - before.at)


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""  # it ended meanwhile
