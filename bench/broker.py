"""Which model answers: a pool with a dead and a slow member, a swap under load, and finding models while people ask.

Real turns of the product in this process; the model servers are processes of their own.
"""

import asyncio
import json
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from bench import places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, Value
from bench.servers import Server, start_listing, start_upstream, stopping
from mecum.bootstrap import Parts, running
from mecum.engine.chat.turn import TurnRequest
from mecum.inference.service import Configured
from mecum.settings import load_settings

_QUICK: Final = "fake-ttft40-n20-itl5"
_SLOW: Final = "fake-ttft1500-n20-itl20"
_AT_ONCE: Final = "fake-ttft0-n10-itl0"
_STREAMS: Final = 64
_LISTED: Final = 200
_SHOW_MS: Final = 20

POOL = (Goal("pool_answered", "%", least=99.5), Goal("pool_p95", "× healthy", most=1.5))
SWAP = (Goal("swap_first_turn", "ms", most=200), Goal("swap_dropped", "answers", most=0))
FINDING = (Goal("discovery_200_models", "s", most=1), Goal("turn_beside_discovery", "ms", most=100))


@asynccontextmanager
async def _product(name: str, servers: dict[str, int], configured: dict[str, Any]) -> AsyncGenerator[Parts]:
    """Run the product over model servers, by endpoint name and port."""
    folder: Path = places.fresh(name)
    endpoints = [{"name": n, "base_url": f"http://127.0.0.1:{port}/v1"} for n, port in servers.items()]
    models = {"ollama_url": None, "local_servers": [], "folder": str(folder), "endpoints": endpoints}
    settings = load_settings({"data_dir": str(folder), "storage": {"key": "none"}, "models": models})
    (folder / "config").mkdir()
    (folder / "config" / "models.json").write_text(json.dumps({"version": 1, **configured}))
    async with running(settings) as parts:
        yield parts


class _Asked:
    """One turn: when it was asked, when its first word came, when it ended and how."""

    def __init__(self, parts: Parts, model: str) -> None:
        self._parts, self._model = parts, model
        self.first = self.ended = 0.0
        self.model = self.status = ""

    async def run(self) -> "_Asked":
        """Ask and wait for the end."""
        began = time.perf_counter()
        run_id = await self._parts.chat.start(TurnRequest(self._parts.owner, text="hello", model=self._model))
        turn = self._parts.chat.find(run_id)
        assert turn is not None
        await turn.stream.wait()
        self.ended = time.perf_counter() - began
        self.first = ((turn.first_ms or 0) - turn.created_ms) / 1e3
        self.status, self.model = turn.status, turn.stream.model or ""
        return self


async def _asked(parts: Parts, model: str, count: int, gap: float) -> list[_Asked]:
    """Ask `count` times, one every `gap` seconds."""
    tasks: list[asyncio.Task[_Asked]] = []
    for _ in range(count):
        tasks.append(asyncio.create_task(_Asked(parts, model).run()))
        await asyncio.sleep(gap)
    return [await task for task in tasks]


def _p95(asked: Sequence[_Asked]) -> float:
    return quantiles([one.ended for one in asked if one.status == "completed"], n=20)[-1]


async def _pool_of(name: str, servers: Sequence[Server], members: Sequence[str], dead: int, count: int) -> list[_Asked]:
    ports = {f"e{n}": server.port for n, server in enumerate(servers)}
    refs = tuple(f"e{n}/{model}" for n, model in enumerate(members))
    async with _product(name, ports, {"pools": {"m": list(refs)}}) as parts:
        await parts.broker.registry.refresh()
        for server in servers[len(servers) - dead :]:
            server.kill()
        return await _asked(parts, "pool/m", count, 0.01)


def _pool(bench: Bench) -> Values:
    count = bench.size(600, 2000)
    with ExitStack() as stack:
        servers = [stack.enter_context(stopping(start_upstream())) for _ in range(4)]
        pair = asyncio.run(_pool_of("pool-pair", servers[:2], [_QUICK] * 2, 0, count))
        four = asyncio.run(_pool_of("pool-four", servers, [_QUICK, _QUICK, _SLOW, _QUICK], 1, count))
    answered = sum(one.status == "completed" for one in four)
    note = f"{_p95(four) * 1e3:.0f} ms against {_p95(pair) * 1e3:.0f} ms"
    return {
        "pool_answered": Value(100 * answered / count, f"of {count}"),
        "pool_p95": Value(_p95(four) / _p95(pair), note),
    }


async def _swapped(port: int) -> tuple[float, int]:
    """Return the seconds from the swap to the first word of the first turn on the new model, and what was lost."""
    old, new = "fake-ttft10-n100-itl20", _AT_ONCE
    async with _product("swap", {"up": port}, {"hot_swap": True}) as parts:
        await parts.broker.registry.refresh()
        under_way = [asyncio.create_task(_Asked(parts, f"up/{old}").run()) for _ in range(_STREAMS)]
        await asyncio.sleep(0.7)
        began = time.perf_counter()
        await parts.broker.swaps.swap(f"up/{old}", f"up/{new}")
        took = time.perf_counter() - began
        first = await _Asked(parts, f"up/{old}").run()
        others = [await task for task in under_way]
    right = sum(one.status == "completed" and one.model == f"up/{old}" for one in others)
    right += first.status == "completed" and first.model == f"up/{new}"
    return took + first.first, _STREAMS + 1 - right


def _swap(bench: Bench) -> Values:
    taken = [asyncio.run(_swapped(bench.upstream().port)) for _ in range(bench.size(3, 7))]
    seconds = sorted(one for one, _ in taken)
    return {
        "swap_first_turn": Value(seconds[-1] * 1e3, f"the longest of {len(taken)}, {_STREAMS} streams"),
        "swap_dropped": float(sum(lost for _, lost in taken)),
    }


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _found(upstream: int, ollama: int) -> tuple[float, float]:
    """Return the seconds that 200 models take to be found, and the wait for a first word meanwhile, of nine in ten.

    One endpoint more takes connections and never says a word.
    """
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ports = {"up": upstream, "silent": silent.getsockname()[1]}
        async with _product("discovery", ports, {}) as parts:
            await _asked(parts, f"up/{_AT_ONCE}", 5, 0.0)
            parts.broker.models.add_fixed(Configured("many", "ollama", f"http://127.0.0.1:{ollama}"))
            listing = asyncio.create_task(_timed(lambda: parts.broker.registry.ask("many")))
            asked = await _asked(parts, f"up/{_AT_ONCE}", 20, 0.02)
            seconds = await listing
            count = sum(info.endpoint == "many" for info in parts.broker.registry.models())
            assert count == _LISTED, count
    return seconds, quantiles([one.first for one in asked], n=10)[-1]


def _finding(bench: Bench) -> Values:
    with stopping(start_listing(_LISTED, _SHOW_MS)) as ollama:
        taken = [asyncio.run(_found(bench.upstream().port, ollama.port)) for _ in range(bench.size(3, 7))]
    found, waited = sorted(one for one, _ in taken), sorted(one for _, one in taken)
    middle = len(taken) // 2
    return {
        "discovery_200_models": Value(found[middle], f"{_SHOW_MS} ms to describe one"),
        "turn_beside_discovery": Value(waited[middle] * 1e3, "and beside an endpoint that never answers"),
    }


FIGURES = (
    Figure("pool", POOL, _pool),
    Figure("swap", SWAP, _swap),
    Figure("discovery", FINDING, _finding),
)
