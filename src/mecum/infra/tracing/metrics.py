"""Numbers for Prometheus: adding to one costs a dictionary look-up; the first scrape loads the client library."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

_Labels = tuple[str, ...]
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Counter:
    """Only grows. `labels` are the names; values are given in the same order."""

    def __init__(self, name: str, about: str, labels: Sequence[str] = ()) -> None:
        self.name, self.about, self.labels = name, about, tuple(labels)
        self.values: dict[_Labels, float] = {}

    def add(self, *labels: str, by: float = 1.0) -> None:
        """Add `by` to the number with these label values."""
        self.values[labels] = self.values.get(labels, 0.0) + by


class Histogram:
    """How long things take, in seconds, in buckets."""

    def __init__(self, name: str, about: str, labels: Sequence[str] = (), buckets: Sequence[float] = _SECONDS) -> None:
        self.name, self.about, self.labels, self.buckets = name, about, tuple(labels), tuple(buckets)
        self.values: dict[_Labels, list[float]] = {}

    def observe(self, seconds: float, *labels: str) -> None:
        """Count one duration."""
        row = self.values.get(labels)
        if row is None:
            row = self.values[labels] = [0.0] * (len(self.buckets) + 2)
        row[bisect_left(self.buckets, seconds)] += 1
        row[-1] += seconds


class Metrics:
    """All numbers of this process."""

    def __init__(self) -> None:
        self.turns = Counter("mecum_turns", "Turns that ended.", ("kind", "status"))
        self.tokens = Counter("mecum_tokens", "Tokens as providers reported them.", ("direction",))
        self.first_token = Histogram("mecum_first_token_seconds", "From the request to the first token.")
        self.turn_seconds = Histogram("mecum_turn_seconds", "From the request to the settled answer.", ("kind",))
        self.commits = Counter("mecum_journal_commits", "Commits of the run log.")
        self.requests = Counter("mecum_http_requests", "HTTP answers.", ("method", "route", "status"))
        self.request_seconds = Histogram("mecum_http_request_seconds", "Until the head of the answer.", ("route",))
        self.jobs = Counter("mecum_jobs", "Attempts at jobs by their outcome.", ("kind", "state"))
        self.errors = Counter("mecum_errors", "Faults by their code.", ("code",))
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        self._registry: Any = None

    def gauge(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Offer a number that is read when it is asked for, such as the active runs."""
        self._gauges[name] = (about, read)

    def observe_request(self, scope: Any, status: int, seconds: float) -> None:
        """Count an HTTP answer by its route, never by its path, of which there are too many."""
        route = getattr(scope.get("route"), "path", None) or scope.get("mecum.route", "other")
        self.requests.add(scope["method"], route, str(status))
        self.request_seconds.observe(seconds, route)

    def exposition(self) -> tuple[bytes, str]:
        """Return what Prometheus reads, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415 - see the top

        if self._registry is None:
            self._registry = _registry(self)
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def families(self) -> Iterator[Any]:
        """Yield the numbers as the client library's families."""
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        for metric in vars(self).values():
            if isinstance(metric, Counter):
                yield _counter(metric)
            elif isinstance(metric, Histogram):
                yield _histogram(metric)
        for name, (about, read) in self._gauges.items():
            yield GaugeMetricFamily(name, about, value=read())


def _registry(metrics: Metrics) -> Any:
    from prometheus_client import CollectorRegistry, ProcessCollector  # noqa: PLC0415
    from prometheus_client.registry import Collector  # noqa: PLC0415

    class Ours(Collector):
        """Reads our numbers when it is asked."""

        def collect(self) -> Iterator[Any]:
            """See `Metrics.families`."""
            return metrics.families()

    registry = CollectorRegistry()
    registry.register(Ours())
    ProcessCollector(registry=registry)
    return registry


def _counter(metric: Counter) -> Any:
    from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415

    family = CounterMetricFamily(metric.name, metric.about, labels=metric.labels)
    for labels, value in list(metric.values.items()):
        family.add_metric(labels, value)
    return family


def _histogram(metric: Histogram) -> Any:
    from prometheus_client.core import HistogramMetricFamily  # noqa: PLC0415

    family = HistogramMetricFamily(metric.name, metric.about, labels=metric.labels)
    for labels, row in list(metric.values.items()):
        total, buckets = 0.0, list[tuple[str, float]]()
        for bound, count in zip((*map(str, metric.buckets), "+Inf"), row[:-1], strict=True):
            total += count
            buckets.append((bound, total))
        family.add_metric(labels, buckets, sum_value=row[-1])
    return family
