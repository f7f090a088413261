"""One flat table of assistants brought in: how long it takes, and how much of it has to be done again after a kill."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from bench import machine, places
from bench.figure import Bench, Figure, Values
from bench.importing import Weighed, begin
from bench.rows import Goal, NotMeasured, Value
from bench.servers import Server, start_ours, stopping

_WHOLE: Final = 100_000
_IDLE_SECONDS: Final = 3.0
_LIMIT_SECONDS: Final = 600.0
_KILLED_AT: Final = 0.5

GOALS = (
    Goal("migration_seconds", "s", most=120),
    Goal("migration_memory", "MB"),
    Goal("migration_resumed_seconds", "s", most=120),
    Goal("migration_lost", "assistants", most=0),
)


def _measure(bench: Bench) -> Values:
    many = bench.size(3_000, _WHOLE)
    file = places.fresh("migration-file") / "flat.db"
    _write(file, many)
    size = file.stat().st_size / 1e6
    bench.say(f"{many:,} assistants of 108 columns, {size:.0f} MB")
    share = _WHOLE / many
    note = f"of {many:,} assistants, {size:.0f} MB, 1 in 20 with a vector of 1,536" + (", scaled" if share > 1 else "")
    with stopping(start_ours(bench.upstream(), places.fresh("migration"))) as server:
        time.sleep(_IDLE_SECONDS)
        idle = machine.rss_mb(server.pid)
        with Weighed(server) as weight:
            whole = _watched(server, _started(server, file), 1.0)
    resumed, view = _resumed(bench, file, many)
    return {
        "migration_seconds": Value(whole * share, note),
        "migration_memory": Value(weight.most - idle, f"above {idle:.0f}; the file is read in memory"),
        "migration_resumed_seconds": Value(resumed * share, f"from the kill at {_KILLED_AT:.0%} on"),
        "migration_lost": Value(many - view["kinds"]["assistant"]["imported"], "killed in the middle, gone on with"),
    }


def _write(file: Path, many: int) -> None:
    path = os.pathsep.join(str(places.ROOT / name) for name in ("src", "tests"))
    made = subprocess.run(
        [sys.executable, "-m", "factories.flat", str(many), str(file)],
        env={**os.environ, "PYTHONPATH": path},
        cwd=places.ROOT,
        check=False,
    )
    if made.returncode:
        raise NotMeasured("the flat table could not be written")


def _started(server: Server, file: Path) -> str:
    return str(begin(server.client(timeout=300), file)["id"])


def _watched(server: Server, import_id: str, until: float, many: int = 0) -> float:
    """Return the seconds until it is over, or has imported a part of so many."""
    client, began = server.client(timeout=120), time.monotonic()
    while True:
        view = client.ask("GET", f"/api/v1/imports/{import_id}")
        seconds = time.monotonic() - began
        if view["state"] not in ("queued", "running"):
            break
        if until < 1 and view["imported"] >= until * many:
            return seconds
        if seconds > _LIMIT_SECONDS:
            raise NotMeasured(f"not over after {_LIMIT_SECONDS:.0f} s: {view['found']} found")
        time.sleep(0.1)
    if view["state"] != "done":
        raise NotMeasured(f"the migration ended {view['state']}: {view['code']}")
    return seconds


def _resumed(bench: Bench, file: Path, many: int) -> tuple[float, Any]:
    """Kill a server in the middle; return the seconds that the next one takes, and the import's reckoning."""
    folder = places.fresh("migration-killed")
    server = start_ours(bench.upstream(), folder)
    import_id = _started(server, file)
    _watched(server, import_id, _KILLED_AT, many)
    server.kill()
    with stopping(start_ours(bench.upstream(), folder)) as server:
        seconds = _watched(server, import_id, 1.0)
        return seconds, server.client().ask("GET", f"/api/v1/imports/{import_id}")


FIGURES = (Figure("migration", GOALS, _measure, alone=False),)
