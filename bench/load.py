"""Runs the load generator and takes the server's CPU and memory at the moments it marks."""

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bench import machine, places
from bench.machine import Moment
from bench.rows import NotMeasured
from bench.servers import Server

_SETTLE_SECONDS = 0.5
"""What a server puts off, such as indexing, counts as well."""
Wire = Literal["oai", "sse", "ws"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers asked for at their own pace: how many, how long, how fast (ms), begun over how many ms."""

    streams: int
    tokens: int
    gap: int
    first: int = 50
    ramp: int = 1
    grace: int = 4000

    @property
    def limit(self) -> float:
        """Seconds after which the load generator hangs."""
        return 90 + (self.ramp + self.first + self.tokens * self.gap + self.grace) / 1e3


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the load generator saw; what the server spent in the steady window (`cores`), and in all (`cpu`, seconds).

    Connections are open before and after: a client keeps its own for many answers.
    """

    seen: dict[str, float]
    cpu: float
    cores: float | None = None
    rss: float | None = None


@dataclass(slots=True)
class _Marks:
    pid: int
    moments: dict[str, Moment] = field(default_factory=dict[str, Moment])
    rss: dict[str, float] = field(default_factory=dict[str, float])

    def take(self, letter: str) -> None:
        self.moments[letter] = Moment.of(self.pid)
        self.rss[letter] = machine.rss_mb(self.pid)


def answers(server: Server, wire: Wire, asked: Answers) -> Loaded:
    """Ask for streamed answers, open loop."""
    numbers = {name: getattr(asked, name) for name in ("streams", "tokens", "gap", "first", "ramp", "grace")}
    marks, seen = _run(server, wire, _flags(numbers), waits="OF", limit=asked.limit)
    cpu = marks.moments["F"].cpu - marks.moments["O"].cpu
    if "E" not in marks.moments:
        return Loaded(seen, cpu)
    return Loaded(seen, cpu, marks.moments["E"].cores_since(marks.moments["S"]), marks.rss["E"])


def turns(server: Server, path: str, body: object, *, clients: int, warm: int, count: int) -> Loaded:
    """Ask for answers that are not streamed, closed loop on kept connections; `cpu` is that of the counted ones."""
    numbers = {"clients": clients, "warm": warm, "count": count}
    more = ["--path", path, "--body", json.dumps(body)]
    marks, seen = _run(server, "turn", [*_flags(numbers), *more], waits="SE", limit=240)
    return Loaded(seen, marks.moments["E"].cpu - marks.moments["S"].cpu)


def hold(server: Server, sockets: int, hold_ms: int) -> tuple[dict[str, float], float]:
    """Open WebSockets and keep them; returns what was seen, and by how many MB the server grew."""
    marks, seen = _run(
        server, "hold", _flags({"streams": sockets, "hold": hold_ms}), waits="SE", limit=120 + hold_ms / 1e3
    )
    return seen, marks.rss["E"] - marks.rss["S"]


def _flags(numbers: dict[str, int]) -> list[str]:
    return [text for name, number in numbers.items() for text in (f"--{name}", str(number))]


def _run(
    server: Server, mode: str, flags: Sequence[str], *, waits: str, limit: float
) -> tuple[_Marks, dict[str, float]]:
    command = [str(places.loader()), "--mode", mode, "--port", str(server.port), "--key", server.key]
    command += ["--prefix", server.prefix, *flags]
    marks = _Marks(server.pid)
    deadline = time.monotonic() + limit
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = ""
        for line in process.stdout:
            letter = line.strip()
            if letter in ("O", "S", "E", "F"):
                time.sleep(_SETTLE_SECONDS if letter in waits else 0)
                marks.take(letter)
                if letter in waits:
                    process.stdin.write("\n")
                    process.stdin.flush()
            if time.monotonic() > deadline:
                process.kill()
    if not line.startswith("{"):
        raise NotMeasured(f"the load generator ended with {process.returncode}")
    # -1: there was nothing to take it from.
    return marks, {name: value for name, value in json.loads(line).items() if value >= 0}
