"""Background work: how soon a job begins once it was asked for, and what doing nothing costs."""

import json
import subprocess
import sys
from typing import Final

from bench import places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, NotMeasured, Value
from bench.servers import postgres

_LIMIT_SECONDS: Final = 240

GOALS = (
    Goal("job_handoff_p50", "ms", most=20),
    Goal("job_handoff_postgres_p50", "ms"),
    Goal("job_idle_cpu", "%", most=0.2),
)


def _measure(bench: Bench) -> Values:
    handed, idle = bench.size(200, 1_000), bench.size(6.0, 120.0)
    embedded = _ran(str(places.fresh("jobs") / "mecum.db"), handed, idle)
    values: dict[str, Value | str] = {
        "job_handoff_p50": Value(embedded["p50"], _note(embedded)),
        "job_idle_cpu": Value(embedded["idle"], f"over {idle:.0f} s, a schedule every 10 s"),
    }
    try:
        with postgres() as url:
            shared = _ran(url, handed, idle)
        note = f"another process; {_note(shared)}; idle {shared['idle']:.2f} %"
        values["job_handoff_postgres_p50"] = Value(shared["p50"], note)
    except NotMeasured as error:
        values["job_handoff_postgres_p50"] = str(error)
    return values


def _note(found: dict[str, float]) -> str:
    many = f"{found['each_second']:.0f} a second when many wait"
    return f"p95 {found['p95']:.1f}; {found['cpu']:.1f} ms of CPU each; {many}"


def _ran(place: str, handed: int, idle: float) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.background", place, str(handed), str(idle)]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False)
    if done.returncode:
        raise NotMeasured(f"the process ended: {done.stderr.strip()[-300:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


FIGURES = (Figure("jobs", GOALS, _measure, alone=False),)
