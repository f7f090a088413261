"""One persisted turn: what it adds to the wait for the first token, and what CPU it takes beside the floor."""

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from bench import load, places
from bench.figure import Bench, Figure, Values
from bench.load import Answers, Wire
from bench.rows import Goal, Samples, Value
from bench.servers import Server, start_floor, start_ours, stopping

_REPETITIONS = 3
_MODEL = "fake-ttft0-n16-itl0"
_TEXT = "Say something short about foxes."
_ALONE_MS = 100
"""Between the beginnings of two answers: every one is over before the next one begins."""
_SIXTEEN = Answers(streams=16, tokens=50, gap=20)

FIRST_TOKEN = (Goal("first_token_added", "ms", most=5), Goal("first_token_added_websocket", "ms", most=5))
CPU = (
    Goal("cpu_per_turn_c1", "× floor", most=1.2),
    Goal("cpu_per_turn_c8", "× floor", most=1.1),
    Goal("cpu_per_streamed_turn", "× floor", most=1.2),
    Goal("cpu_per_streamed_turn_websocket", "× floor", most=1.2),
)
SHARE = (Goal("broker_share", "%", most=10),)


@contextmanager
def _pair(bench: Bench) -> Generator[tuple[Server, Server], None, None]:
    with ExitStack() as stack:
        ours = stack.enter_context(stopping(start_ours(bench.upstream(), places.fresh("turns"))))
        floor = stack.enter_context(stopping(start_floor(bench.upstream(), places.fresh("floor"))))
        yield ours, floor


def _first_token(bench: Bench) -> Values:
    taken, many = Samples(), bench.size(12, 20)
    one_at_a_time = Answers(streams=many, tokens=3, gap=20, ramp=many * _ALONE_MS)
    with stopping(start_ours(bench.upstream(), places.fresh("first-token"))) as ours:
        load.answers(ours, "sse", Answers(streams=8, tokens=3, gap=20, ramp=400))
        targets: list[tuple[str, Server, Wire]] = [
            ("direct", bench.upstream(), "oai"), ("sse", ours, "sse"), ("ws", ours, "ws")
        ]  # fmt: skip
        for _ in range(_REPETITIONS):
            taken.add({name: load.answers(s, wire, one_at_a_time).seen["first_p50"] for name, s, wire in targets})
    direct = taken.middle("direct")
    note = f"direct {direct:.2f} ms"
    return {
        "first_token_added": Value(taken.middle("sse") - direct, note),
        "first_token_added_websocket": Value(taken.middle("ws") - direct, note),
    }


def _cpu(bench: Bench) -> Values:
    taken = Samples()
    with _pair(bench) as (ours, floor):
        both = [("ours", ours), ("floor", floor)]
        for number in range(bench.size(9, 21)):
            # Each goes first as often as the other, in many short pairs: what the machine does beside is in both alike.
            for clients, count in ((1, 400), (8, 1000)):
                for name, server in both if number % 2 else reversed(both):
                    taken.add({f"{name}_c{clients}": _per_turn(server, clients, count)})
        wires: list[tuple[str, Server, Wire]] = [
            ("ours_sse", ours, "sse"), ("ours_ws", ours, "ws"), ("floor_sse", floor, "oai")
        ]  # fmt: skip
        for number in range(bench.size(6, 18)):
            for name, server, wire in wires if number % 2 else reversed(wires):
                taken.add({name: _per_stream(server, wire)})
    return {
        "cpu_per_turn_c1": taken.ratio("ours_c1", "floor_c1"),
        "cpu_per_turn_c8": taken.ratio("ours_c8", "floor_c8"),
        "cpu_per_streamed_turn": taken.ratio("ours_sse", "floor_sse"),
        "cpu_per_streamed_turn_websocket": taken.ratio("ours_ws", "floor_sse"),
    }


def _share(bench: Bench) -> Values:
    """A turn whose model is a role's, filled with a pool, beside one that names the same model itself."""
    taken = Samples()
    data = places.fresh("broker-share")
    (data / "config").mkdir()
    fixed = f"up/{_MODEL}"
    configured = {"version": 1, "pools": {"m": [fixed]}, "role_mappings": {"chat": {"preferred": ["pool/m"]}}}
    (data / "config" / "models.json").write_text(json.dumps(configured))
    with stopping(start_ours(bench.upstream(), data)) as ours:
        both = [("role", "role:chat"), ("fixed", fixed)]
        for number in range(bench.size(11, 25)):
            for name, model in both if number % 2 else reversed(both):
                taken.add({name: _per_turn(ours, 8, 400, model)})
    more = taken.ratio("role", "fixed")
    return {"broker_share": Value(100 * (1 - 1 / more.number), f"{more.note} ms")}


def _per_turn(server: Server, clients: int, count: int, model: str | None = None) -> float:
    """CPU milliseconds per turn that is not streamed."""
    model = model or f"{server.prefix}{_MODEL}"
    if server.prefix:
        path, body = "/api/v1/runs", {"text": _TEXT, "model": model, "wait": True}
    else:
        path, body = "/v1/chat/completions", {"model": model, "messages": [{"role": "user", "content": _TEXT}]}
    done = load.turns(server, path, body, clients=clients, warm=100, count=count)
    return done.cpu * 1e3 / max(1, done.seen["answered"])


def _per_stream(server: Server, wire: Wire) -> float:
    """CPU milliseconds per answer of 50 tokens, 16 at a time."""
    return load.answers(server, wire, _SIXTEEN).cpu * 1e3 / _SIXTEEN.streams


FIGURES = (
    Figure("first-token", FIRST_TOKEN, _first_token),
    Figure("turns", CPU, _cpu),
    Figure("broker-share", SHARE, _share),
)
