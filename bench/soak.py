"""What happens to a server over time: does it grow under steady use, does an idle one reach out."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

from bench import load, machine, places
from bench.figure import Bench, LongFigure, Values
from bench.load import Answers
from bench.rows import Goal, NotMeasured, Value
from bench.servers import Server, start_ours

_WARM = 0.25
"""The share of the time in which caches and pools may still fill."""
_LIGHT = Answers(streams=10, tokens=50, gap=20, ramp=500)
_CONTROL = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
"""Sets the address of a socket without sending anything."""

SOAK = (Goal("soak_growth", "MB/h", most=5), Goal("soak_errors", "answers", most=0))
OUTBOUND = (Goal("idle_outbound", "attempts", most=0),)


class _Soak(threading.Thread):
    """Asks for answers all the time, streamed and not, and writes down what the server weighs."""

    def __init__(self, server: Server, seconds: float) -> None:
        super().__init__(name="soak", daemon=True)
        self._server, self.seconds = server, seconds
        self.samples: list[tuple[float, float]] = []
        self.errors = 0.0
        self.failure = ""

    def run(self) -> None:
        try:
            began = time.monotonic()
            while (now := time.monotonic() - began) < self.seconds:
                self.errors += _some(self._server)
                self.samples.append((now, machine.rss_mb(self._server.pid)))
        except (NotMeasured, OSError) as error:
            self.failure = str(error)


def _some(server: Server) -> float:
    """Ask for answers for about two seconds; returns how many failed."""
    streamed = load.answers(server, "sse", _LIGHT).seen
    turns = load.turns(server, "/api/v1/runs", _turn(server), clients=2, warm=1, count=40).seen
    return streamed["errors"] + streamed["unfinished"] + turns["errors"] + turns["unanswered"]


def _turn(server: Server) -> dict[str, object]:
    return {"text": "Say something short about foxes.", "model": server.model(0, 16, 0), "wait": True}


def _begin_soak(bench: Bench) -> Callable[[], Values]:
    server = bench.kept(start_ours(bench.upstream(), places.fresh("soak")))
    # First what fills up by design: the pages that the database keeps at hand.
    load.answers(server, "ws", Answers(streams=200, tokens=50, gap=20, ramp=500))
    load.turns(server, "/api/v1/runs", _turn(server), clients=8, warm=1, count=4000)
    soak = _Soak(server, bench.size(60.0, 1800.0))
    soak.start()

    def finish() -> Values:
        soak.join(soak.seconds + 60)
        server.stop()
        if soak.failure or len(soak.samples) < 10:
            raise NotMeasured(soak.failure or "too few samples")
        growth, first, last = _growth(soak.samples), soak.samples[0][1], soak.samples[-1][1]
        note = f"over {soak.seconds:.0f} s, {first:.0f} to {last:.0f} MB"
        # What fills up in the first minutes says nothing of an hour.
        whole = Value(growth, note) if bench.mode == "full" else f"too short for it: {note}"
        return {"soak_growth": whole, "soak_errors": soak.errors}

    return finish


def _growth(samples: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the straight line through the samples after the warm-up, in MB an hour."""
    late = samples[int(len(samples) * _WARM) :]
    at, size = mean(t for t, _ in late), mean(m for _, m in late)
    return 3600 * sum((t - at) * (m - size) for t, m in late) / sum((t - at) ** 2 for t, _ in late)


def _begin_outbound(bench: Bench) -> Callable[[], Values]:
    folder = places.fresh("outbound")
    log = folder / "outbound.txt"
    watched = {"LD_PRELOAD": str(places.watcher()), "BENCH_OUTBOUND": str(log)}
    _check_watcher(log, watched)
    # As it comes: the settings that the other figures change are the defaults here.
    more = watched | {"MECUM_MODELS__OLLAMA_URL": "http://127.0.0.1:11434"}
    server = bench.kept(start_ours(None, folder / "data", more=more))
    began = time.monotonic()

    def finish() -> Values:
        server.stop()
        attempts = log.read_text().splitlines() if log.exists() else []
        note = f"in {time.monotonic() - began:.0f} s, by watching connect, sendto, sendmsg and getaddrinfo"
        return {"idle_outbound": Value(len(attempts), "; ".join([note, *attempts[:3]]))}

    return finish


def _check_watcher(log: Path, watched: dict[str, str]) -> None:
    """Make sure that the watcher sees something where there is something to see."""
    subprocess.run([sys.executable, "-c", _CONTROL], env=os.environ | watched, check=False, timeout=20)
    if not log.exists():
        raise NotMeasured("the watcher does not see an outbound call on this system")
    log.unlink()


FIGURES = (
    LongFigure("soak", SOAK, _begin_soak),
    LongFigure("outbound", OUTBOUND, _begin_outbound),
)
