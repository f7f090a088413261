"""A large record read through the API: opening a long conversation, listing many, finding words."""

from collections.abc import Sequence

from bench import machine, places
from bench.figure import Bench, Figure, Values
from bench.rows import Goal, NotMeasured, Value
from bench.seed import Record
from bench.servers import Client, start_ours, stopping

_WARM = 5
_PAGES = 200
_WORDS = 12
_FLAT = 2.0
"""A tenfold record may cost so many times as much: what grows with it costs ten times."""

GOALS = (
    Goal("open_conversation_p95", "ms", most=20),
    Goal("list_conversations_p95", "ms", most=10),
    Goal("word_search_p95", "ms", most=100),
    Goal("open_conversation_growth", "×", most=_FLAT),
    Goal("list_conversations_growth", "×", most=_FLAT),
    Goal("word_search_growth", "×", most=_FLAT),
)


def _measure(bench: Bench) -> Values:
    messages = bench.size(100_000, 1_000_000)
    data = places.fresh("store")
    start_ours(None, data).stop()
    record = Record(data)
    record.add_long(10_000)
    record.grow(10_000, messages // 10)
    bench.say(f"{record.messages:,} messages")
    small = _asked(record)
    record.grow(100_000, messages)
    bench.say(
        f"{record.messages:,} messages in {record.conversations:,} conversations, load {machine.load_average():.1f}"
    )
    large = _asked(record)
    values: dict[str, Value | str] = {}
    for name, value in large.items():
        before = small[name]
        values[f"{name}_p95"] = value
        values[f"{name}_growth"] = value
        if isinstance(value, Value) and isinstance(before, Value):
            values[f"{name}_p95"] = Value(value.number, f"{value.note}; {record.messages:,} messages")
            values[f"{name}_growth"] = Value(value.number / before.number, f"from {before.number:.1f} ms in a tenth")
    return values


def _asked(record: Record) -> dict[str, Value | str]:
    words = record.words(_WORDS)
    queries = [word for some in zip(*words.values(), strict=True) for word in some]
    with stopping(start_ours(None, record.data)) as server:
        client = server.client()
        page = f"/api/v1/conversations/{record.long_conversation}/messages?limit=50"
        return {
            "open_conversation": _p95(client, [page] * _PAGES),
            "list_conversations": _listed(client),
            "word_search": _p95(client, [f"/api/v1/search?q={word}&limit=20" for word in queries] * 8),
        }


def _listed(client: Client) -> Value | str:
    """The first page as often as a later one."""
    paths: list[str] = []
    cursor = ""
    try:
        for _ in range(_PAGES // 2):
            paths += ["/api/v1/conversations?limit=50", f"/api/v1/conversations?limit=50{cursor}"]
            cursor = f"&cursor={client.ask('GET', paths[-1])['next_cursor']}"
    except NotMeasured as error:
        return str(error)
    return _p95(client, paths)


def _p95(client: Client, paths: Sequence[str]) -> Value | str:
    try:
        for path in paths[:_WARM]:
            client.seconds(path)
        taken = sorted(client.seconds(path) * 1e3 for path in paths)
    except NotMeasured as error:
        return str(error)
    return Value(taken[int(len(taken) * 0.95)], f"p50 {taken[len(taken) // 2]:.1f}, worst {taken[-1]:.1f}")


FIGURES = (Figure("store", GOALS, _measure, alone=False),)
