"""A thousand answers at once, at 20 and at 50 tokens a second, over both wires, beside the floor."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from bench import load, machine, places
from bench.figure import Bench, Figure, Values
from bench.load import Answers, Loaded, Wire
from bench.rows import Goal, Samples, Value
from bench.servers import Server, start_floor, start_ours, stopping

_REPETITIONS = 3
_WIRES: tuple[Wire, ...] = ("ws", "sse")
_LATENESS = {20: (60, 110, 150), 50: (65, 120, 180)}
_AS_SEEN = {
    "share": "share",
    "missing": "missing",
    "late_p50": "late_p50",
    "late_p95": "late_p95",
    "late_p99": "late_p99",
    "first_p50": "first_p50",
    "first_p95": "first_p95",
    "answer_overhead_p99": "end_p99",
}
_SHOWN = {"ws": "websocket", "sse": "sse"}


def _goals(rate: int) -> Iterator[Goal]:
    for wire in _WIRES:
        name = f"streams_{rate}_{_SHOWN[wire]}"
        p50, p95, p99 = _LATENESS[rate]
        yield Goal(f"{name}_share", "", least=0.99)
        yield Goal(f"{name}_errors", "answers", most=0)
        yield Goal(f"{name}_missing", "tokens", most=0)
        yield Goal(f"{name}_cores", "× floor", most=0.65)
        yield Goal(f"{name}_late_p50", "ms", most=p50)
        yield Goal(f"{name}_late_p95", "ms", most=p95)
        yield Goal(f"{name}_late_p99", "ms", most=p99)
        yield Goal(f"{name}_first_p50", "ms", most=15)
        yield Goal(f"{name}_first_p95", "ms", most=50)
        yield Goal(f"{name}_answer_overhead_p99", "ms", most=500)
        yield Goal(f"{name}_failed", "%", most=1)
        yield Goal(f"{name}_rss", "MB", most=250)


def _cell(bench: Bench, start: Callable[[Server, Path], Server], wire: Wire, asked: Answers) -> Loaded:
    """One load on a server of its own: none starts warm, none inherits another one's memory."""
    with stopping(start(bench.upstream(), places.fresh("streams"))) as server:
        load.answers(server, wire, Answers(streams=16, tokens=10, gap=20))
        return load.answers(server, wire, asked)


def _values(loaded: Loaded, streams: int) -> dict[str, float]:
    """Return what was measured under the names of the goals; what there was nothing of is left out."""
    seen = loaded.seen
    found = {name: seen[key] for name, key in _AS_SEEN.items() if key in seen}
    found["errors"] = seen["errors"] + seen["gaps"] + seen["extra"]
    found["failed"] = 100 * seen["unfinished"] / streams
    if loaded.cores is not None and loaded.rss is not None and seen.get("share"):
        # A server that delivers less also works less.
        found |= {"cores": loaded.cores / seen["share"], "rss": loaded.rss}
    return found


def _measure(bench: Bench, rate: int) -> Values:
    seconds = bench.size(3.0, 6.0)
    asked = Answers(streams=1000, tokens=int(seconds * rate), gap=1000 // rate, ramp=1500)
    taken = {name: Samples() for name in ("floor", *_WIRES)}
    for number in range(_REPETITIONS):
        bench.say(f"  repetition {number + 1}, load {machine.load_average():.1f}")
        floor = _values(_cell(bench, start_floor, "oai", asked), asked.streams)
        taken["floor"].add(floor)
        for wire in _WIRES:
            taken[wire].add(_beside(floor, _values(_cell(bench, start_ours, wire, asked), asked.streams)))
    return dict(chain.from_iterable(_named(f"streams_{rate}_{_SHOWN[w]}", taken[w], taken["floor"]) for w in _WIRES))


def _beside(floor: Mapping[str, float], ours: dict[str, float]) -> dict[str, float]:
    """Return `ours` with its cores as a multiple of the floor's, where both were measured."""
    cores = ours.pop("cores", None)
    if cores is None or not floor.get("cores"):
        return ours
    return ours | {"cores": cores / floor["cores"]}


def _named(name: str, ours: Samples, floor: Samples) -> Iterator[tuple[str, Value]]:
    for what in ours.taken:
        # Whether anything was lost is not a matter of medians.
        worst = max(ours.taken[what]) if what in ("errors", "missing") else ours.middle(what)
        beside = f"; floor {floor.middle(what):.3g}" if what in floor.taken else ""
        yield f"{name}_{what}", Value(worst, ours.spread(what) + beside)


FIGURES = (
    Figure("streams-20", tuple(_goals(20)), lambda bench: _measure(bench, 20)),
    Figure("streams-50", tuple(_goals(50)), lambda bench: _measure(bench, 50)),
)
