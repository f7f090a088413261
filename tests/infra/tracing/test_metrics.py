"""The numbers, as Prometheus reads them."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from mecum.infra.tracing.metrics import Counter, Histogram, Metrics


def _read(metrics: Metrics) -> str:
    body, media_type = metrics.exposition()
    assert media_type.startswith("text/plain")
    return body.decode()


def test_counters_histograms_and_gauges() -> None:
    metrics = Metrics()
    metrics.turns.add("chat", "completed")
    metrics.turns.add("chat", "completed", by=2)
    metrics.tokens.add("output", by=120)
    metrics.first_token.observe(0.003)
    metrics.first_token.observe(0.3)
    metrics.first_token.observe(1000)
    metrics.gauge("mecum_active_runs", "Runs under way.", lambda: 7)
    said = _read(metrics)
    assert 'mecum_turns_total{kind="chat",status="completed"} 3.0' in said
    assert 'mecum_tokens_total{direction="output"} 120.0' in said
    assert 'mecum_first_token_seconds_bucket{le="0.005"} 1.0' in said
    assert 'mecum_first_token_seconds_bucket{le="0.5"} 2.0' in said
    assert 'mecum_first_token_seconds_bucket{le="+Inf"} 3.0' in said
    assert "mecum_first_token_seconds_sum 1000.303" in said
    assert "mecum_active_runs 7.0" in said
    if sys.platform == "linux":
        assert "process_resident_memory_bytes" in said
    metrics.turns.add("api", "failed")
    assert 'mecum_turns_total{kind="api",status="failed"} 1.0' in _read(metrics)


def test_requests_are_counted_by_route() -> None:
    metrics = Metrics()
    metrics.observe_request({"method": "GET", "path": "/a/1", "route": SimpleNamespace(path="/a/{id}")}, 200, 0.01)
    metrics.observe_request({"method": "POST", "path": "/b", "mecum.route": "/b"}, 202, 0.01)
    metrics.observe_request({"method": "GET", "path": "/no/such/place"}, 404, 0.01)
    said = _read(metrics)
    for route in ('method="GET",route="/a/{id}",status="200"', 'route="/b",status="202"', 'route="other",status="404"'):
        assert route in said


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0, 0), (0.5, 0), (0.6, 1), (1.0, 1), (1.1, 2)])
def test_a_bucket_holds_what_is_at_most_its_bound(seconds: float, bucket: int) -> None:
    histogram = Histogram("h", "", buckets=(0.5, 1.0))
    histogram.observe(seconds)
    assert histogram.values[()].index(1.0) == bucket


def test_names_of_labels_are_kept() -> None:
    assert Counter("c", "", ("a", "b")).labels == ("a", "b")


def test_the_client_library_is_loaded_by_the_first_scrape() -> None:
    script = (
        "import sys; from mecum.infra.tracing.metrics import Metrics; Metrics().turns.add('a', 'b'); "
        "sys.exit('prometheus_client' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=30).returncode == 0
