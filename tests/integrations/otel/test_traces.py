"""Spans on the true wire, against a collector on loopback."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from mecum.infra.net import Net
from mecum.infra.tracing.spans import Tracer
from mecum.integrations.otel import traces
from mecum.integrations.otel.traces import OtlpTraces


class Collector:
    """Takes OTLP over HTTP; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.paths: list[str] = []
        self.bodies: list[Any] = []
        self.url = ""
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.split("content-length:")[1].split("\r\n")[0])
                self.paths.append(head.split(" ")[1])
                self.bodies.append(orjson.loads(await reader.readexactly(length)))
                writer.write(f"HTTP/1.1 {self.status} said\r\ncontent-length: 2\r\n\r\n{{}}".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    @property
    def spans(self) -> list[dict[str, Any]]:
        """Everything taken."""
        return [s for body in self.bodies for r in body["resourceSpans"] for c in r["scopeSpans"] for s in c["spans"]]


@pytest_asyncio.fixture
async def collector() -> AsyncIterator[Collector]:
    collector = Collector()
    server = await asyncio.start_server(collector.serve, "127.0.0.1", 0)
    collector.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield collector
    server.close()
    for writer in collector.writers:
        writer.close()
        await writer.wait_closed()


async def test_spans_arrive_as_the_protocol_says(net: Net, collector: Collector) -> None:
    sink = OtlpTraces(net, collector.url + "/", "0.1.0", flush_seconds=0.02)
    tracer = Tracer(sink)
    with tracer.span("turn", run_id="run_1", input_tokens=7), tracer.span("act"):
        pass
    async with asyncio.timeout(5):
        while len(collector.spans) < 2:  # noqa: ASYNC110 - a timer sends them
            await asyncio.sleep(0.01)
    act, turn = collector.spans
    assert collector.paths == ["/v1/traces"]
    assert act["parentSpanId"] == turn["spanId"]
    assert int(turn["endTimeUnixNano"]) >= int(turn["startTimeUnixNano"]) > 10**18
    assert turn["attributes"] == [
        {"key": "run_id", "value": {"stringValue": "run_1"}},
        {"key": "input_tokens", "value": {"intValue": "7"}},
    ]
    resource = collector.bodies[0]["resourceSpans"][0]["resource"]["attributes"]
    assert {"key": "service.name", "value": {"stringValue": "mecum"}} in resource
    await sink.close()


async def test_an_error_has_a_status_and_the_end_sends_what_waits(net: Net, collector: Collector) -> None:
    sink = OtlpTraces(net, collector.url, "0.1.0")
    with pytest.raises(ValueError, match="words"), Tracer(sink).span("turn"):
        raise ValueError("words")
    await sink.close()
    assert collector.spans[0]["status"] == {"code": 2, "message": "ValueError"}


async def test_what_is_not_taken_is_dropped_and_counted(
    net: Net, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "_MOST_WAITING", 5)
    collector.status = 503
    for url, lost in ((collector.url, 1), ("http://127.0.0.1:9", 1)):
        sink = OtlpTraces(net, url, "0.1.0")
        with Tracer(sink).span("turn"):
            pass
        await sink.close()
        assert sink.dropped == lost
    sink = OtlpTraces(net, collector.url, "0.1.0", flush_seconds=60)
    for _ in range(7):
        with Tracer(sink).span("turn"):
            pass
    assert sink.dropped == 2
    collector.status = 200
    await sink.close()


async def test_values_of_every_type() -> None:
    assert [traces._value(v) for v in (True, 2, 0.5, "x")] == [  # pyright: ignore[reportPrivateUsage]
        {"boolValue": True},
        {"intValue": "2"},
        {"doubleValue": 0.5},
        {"stringValue": "x"},
    ]
