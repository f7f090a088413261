"""The process itself: how soon it is ready, what it weighs, how many sockets it holds, what `--version` costs."""

import os
import time
from pathlib import Path
from statistics import median

from bench import load, machine, places
from bench.figure import Bench, Figure, Values
from bench.load import Answers
from bench.rows import Goal, NotMeasured, Value
from bench.servers import start_ours, stopping

_STARTS = 5
_IDLE_SECONDS = 3.0

READY = (
    Goal("ready_wall", "s", most=1.2),
    Goal("ready_cpu", "CPU-s", most=1.0),
    Goal("rss_idle", "MB", most=120),
    Goal("rss_after_load", "MB", most=220),
)
SOCKETS = (Goal("idle_sockets_lost", "sockets", most=0), Goal("idle_socket_memory", "KB each", most=60))
VERSION = (Goal("version_cpu", "CPU-s", most=0.15),)


def _ready(bench: Bench) -> Values:
    data = places.fresh("ready")
    start_ours(bench.upstream(), data).stop()
    walls, cpus = list[float](), list[float]()
    for _ in range(_STARTS):
        with stopping(start_ours(bench.upstream(), data)) as server:
            walls.append(server.ready_seconds)
            cpus.append(server.ready_cpu)
    with stopping(start_ours(bench.upstream(), data)) as server:
        time.sleep(_IDLE_SECONDS)
        idle = machine.rss_mb(server.pid)
        load.answers(server, "ws", Answers(streams=1000, tokens=bench.size(60, 200), gap=20, ramp=1500))
        time.sleep(_IDLE_SECONDS)
        after = machine.rss_mb(server.pid)
    return {
        "ready_wall": Value(median(walls), f"{min(walls):.2f} to {max(walls):.2f}; load {machine.load_average():.1f}"),
        "ready_cpu": median(cpus),
        "rss_idle": idle,
        "rss_after_load": Value(after, "1,000 answers over WebSocket"),
    }


def _sockets(bench: Bench) -> Values:
    wanted = bench.size(2000, 8000)
    with stopping(start_ours(bench.upstream(), places.fresh("sockets"))) as server:
        load.hold(server, 50, 100)
        # Beyond the 20 s after which a server asks whether somebody is still there.
        seen, grown = load.hold(server, wanted, bench.size(2_000, 45_000))
    if not seen["held"]:
        raise NotMeasured(f"no socket was held of {wanted}")
    return {
        "idle_sockets_lost": Value(wanted - seen["held"], f"of {wanted}"),
        "idle_socket_memory": Value(grown * 1024 / seen["held"], f"{grown:.0f} MB for {seen['held']:.0f}"),
    }


def _version(_: Bench) -> Values:
    if not places.MECUM.exists():
        raise NotMeasured(".venv/bin/mecum is missing: make setup")
    return {"version_cpu": median(_cpu_of(places.MECUM, "--version") for _ in range(11))}


def _cpu_of(program: Path, *arguments: str) -> float:
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(program, [str(program), *arguments], os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise NotMeasured(f"{program.name} {' '.join(arguments)} failed")
    return usage.ru_utime + usage.ru_stime


FIGURES = (
    Figure("ready", READY, _ready),
    Figure("sockets", SOCKETS, _sockets),
    Figure("version", VERSION, _version),
)
