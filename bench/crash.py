"""kill -9 while answers are being read: what a client has received must be there afterwards, and nothing may hang."""

import asyncio
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench import model, places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, Value
from bench.servers import Server, free_port, start_ours

_CLIENTS = 30
_LANES = 2
"""Servers killed side by side, each on a store of its own: a round mostly waits for answers to end."""
_PATIENCE = 10.0
"""Seconds after which a run that has not ended is stuck; the longest answer takes two."""

GOALS = (
    Goal("crash_lost_tokens", "tokens", most=0),
    Goal("crash_lost_messages", "messages", most=0),
    Goal("crash_stuck_runs", "runs", most=0),
    Goal("crash_resume_p95", "s", most=1),
    Goal("crash_ready_again", "s", most=2),
)


@dataclass(slots=True)
class _Told:
    """What one client was told about its run."""

    run: str = ""
    text: str = ""
    status: str = ""
    caught_up: float | None = None

    def take(self, envelope: dict[str, Any]) -> None:
        """Take from an envelope what lies beyond what is known."""
        self.run = envelope["run_id"]
        kind = envelope["type"]
        if kind == "part.delta":
            known = len(self.text.encode()) - envelope["offset"]
            self.text += envelope["text"].encode()[max(0, known) :].decode()
        elif kind.startswith("run.") and kind not in ("run.started", "run.status"):
            self.status = kind.removeprefix("run.")


@dataclass(slots=True)
class _Count:
    tokens: int = 0
    lost: int = 0
    runs: int = 0
    lost_messages: int = 0
    stuck: int = 0
    resumed: list[float] = field(default_factory=list[float])
    ready: list[float] = field(default_factory=list[float])

    def __add__(self, other: "_Count") -> "_Count":
        return _Count(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def _measure(bench: Bench) -> Values:
    rounds = bench.size(20, 200)
    shares = [rounds // _LANES + (lane < rounds % _LANES) for lane in range(_LANES)]
    with model.serving() as upstream, ThreadPoolExecutor(_LANES) as lanes:
        folders = [places.fresh(f"crash-{lane}") for lane in range(_LANES)]
        count = sum(lanes.map(partial(_lane, upstream), folders, shares), _Count())
    said = f"of {count.tokens:,} received by {count.runs:,} clients in {rounds} rounds"
    resumed = sorted(count.resumed)
    return {
        "crash_lost_tokens": Value(count.lost, said),
        "crash_lost_messages": count.lost_messages,
        "crash_stuck_runs": count.stuck,
        "crash_resume_p95": Value(
            resumed[int(len(resumed) * 0.95)], f"p50 {median(resumed):.2f}, worst {resumed[-1]:.2f}"
        ),
        "crash_ready_again": Value(median(count.ready), f"worst {max(count.ready):.2f}"),
    }


def _lane(upstream: int, data: Path, rounds: int) -> _Count:
    return asyncio.run(_rounds(upstream, data, rounds))


async def _rounds(upstream: int, data: Path, rounds: int) -> _Count:
    """Every start after a kill is also the start of the next round: the store grows and has seen all kills before."""
    count, port = _Count(), free_port()
    server = start_ours(upstream, data, port)
    try:
        for _ in range(rounds):
            server = await _round(server, upstream, data, count)
    finally:
        server.kill()
    return count


async def _round(server: Server, upstream: int, data: Path, count: _Count) -> Server:
    clients = [_Told() for _ in range(_CLIENTS)]
    reading = [asyncio.create_task(_ask(server, told)) for told in clients]
    await asyncio.sleep(random.uniform(0.1, 1.3))
    server.kill()
    await asyncio.gather(*reading)
    server = start_ours(upstream, data, server.port)
    count.ready.append(server.ready_seconds)
    began = time.perf_counter()
    await asyncio.gather(*(_check(server, told, began, count) for told in clients if told.run))
    return server


async def _ask(server: Server, told: _Told) -> None:
    # Some end before the kill, some have just begun, some have shown nothing yet.
    first, tokens, gap = random.choice((0, 20, 400)), random.choice((10, 40, 100)), random.choice((5, 10, 20))
    body = json.dumps({"text": "Say something short about foxes.", "model": f"up/new-ttft{first}-n{tokens}-itl{gap}"})
    await _events(server, "POST", "/api/v1/runs", body, told, 30)


async def _check(server: Server, told: _Told, began: float, count: _Count) -> None:
    """Read the run again from its start, as a client that comes back, and compare."""
    kept = _Told()
    await _events(server, "GET", f"/api/v1/runs/{told.run}/events?after=0", "", kept, _PATIENCE, len(told.text))
    count.runs += 1
    count.tokens += _tokens(told.text)
    count.stuck += not kept.status or bool(told.status and kept.status != told.status)
    if kept.caught_up is not None:
        count.resumed.append(kept.caught_up - began)
    if not kept.text.startswith(told.text):
        same = next((i for i, (a, b) in enumerate(zip(kept.text, told.text, strict=False)) if a != b), len(kept.text))
        count.lost += _tokens(told.text[same:])
    status, content = await asyncio.to_thread(server.client().raw, "GET", f"/api/v1/runs/{told.run}")
    count.lost_messages += status != 200 or not json.loads(content)["user_message_id"]


async def _events(
    server: Server, method: str, path: str, body: str, told: _Told, seconds: float, known: int | None = None
) -> None:
    """Read server-sent events into `told` until they end, the server dies, or the time is up."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 22)
            writer.write(
                f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.key}\r\n"
                f"Accept: text/event-stream\r\nContent-Type: application/json\r\nConnection: close\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            while line := await reader.readline():
                if line.startswith(b"data: ") and line.endswith(b"\n"):
                    told.take(json.loads(line[6:]))
                    if known is not None and told.caught_up is None and (told.status or len(told.text) >= known):
                        told.caught_up = time.perf_counter()
            writer.close()
    except (OSError, TimeoutError):
        return


def _tokens(text: str) -> int:
    return text.count(" ") + text.count(".")


FIGURES = (Figure("crash", GOALS, _measure, alone=False),)
