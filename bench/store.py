"""A large record read through the API: opening a long conversation, listing many, finding words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

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
    for name, times in large.items():
        before = small[name]
        if isinstance(times, str) or isinstance(before, str):
            values[f"{name}_p95"] = values[f"{name}_growth"] = times if isinstance(times, str) else str(before)
            continue
        values[f"{name}_p95"] = Value(times.p95, f"p50 {times.p50:.1f}; {record.messages:,} messages")
        values[f"{name}_growth"] = Value(times.usual / before.usual, f"from {before.usual:.1f} ms in a tenth")
    return values


@dataclass(frozen=True, slots=True)
class _Times:
    """Milliseconds; `usual` is the 95th of a hundred questions, each at its median: for growth, without the noise."""

    p50: float
    p95: float
    usual: float

    @classmethod
    def of(cls, taken: Mapping[str, Sequence[float]]) -> "_Times":
        """Return what the times of each question come to."""
        every = sorted(time for times in taken.values() for time in times)
        usual = sorted(median(times) for times in taken.values())
        return cls(median(every), every[int(len(every) * 0.95)], usual[int(len(usual) * 0.95)])


def _asked(record: Record) -> dict[str, _Times | str]:
    words = record.words(_WORDS)
    if any(len(some) < _WORDS for some in words.values()):
        raise NotMeasured("the record lacks words of one of the kinds")
    queries = [word for some in zip(*words.values(), strict=True) for word in some]
    with stopping(start_ours(None, record.data)) as server:
        client = server.client()
        page = f"/api/v1/conversations/{record.long_conversation}/messages?limit=50"
        return {
            "open_conversation": _timed(client, [page], _PAGES),
            "list_conversations": _listed(client),
            "word_search": _searched(client, queries),
        }


def _listed(client: Client) -> _Times | str:
    """The first pages of the list."""
    paths: list[str] = []
    cursor = ""
    try:
        for _ in range(_PAGES // 8):
            paths.append(f"/api/v1/conversations?limit=50{cursor}")
            cursor = f"&cursor={client.ask('GET', paths[-1])['next_cursor']}"
    except NotMeasured as error:
        return str(error)
    return _timed(client, paths, 4)


def _searched(client: Client, words: Sequence[str]) -> _Times | str:
    """Every word as often as every other; each is in the record."""
    paths = [f"/api/v1/search?q={word}&limit=20" for word in words]
    try:
        missed = [path for path in paths if not client.ask("GET", path)["items"]]
    except NotMeasured as error:
        return str(error)
    return f"nothing found by {missed[0]}" if missed else _timed(client, paths, 8)


def _timed(client: Client, paths: Sequence[str], times: int) -> _Times | str:
    taken: dict[str, list[float]] = {path: [] for path in paths}
    try:
        for path in paths[:_WARM]:
            client.seconds(path)
        for path in list(paths) * times:
            taken[path].append(client.seconds(path) * 1e3)
    except NotMeasured as error:
        return str(error)
    return _Times.of(taken)


FIGURES = (Figure("store", GOALS, _measure, alone=False),)
