"""Sends spans to an OpenTelemetry collector: OTLP over HTTP with JSON bodies (opentelemetry.io/docs/specs/otlp).

Written out rather than taken from the vendor's SDK, whose exporter opens connections of its own: this one goes through
the one door out, and so through the egress policy and its log.
"""

import asyncio
import logging
from collections import deque
from typing import Any, Final

import orjson

from mecum.infra.net import Net, Outgoing
from mecum.infra.tracing.spans import Span, Value
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import ACTING

_log = logging.getLogger("mecum.telemetry")
_FLUSH_SECONDS: Final = 5.0
_MOST_WAITING: Final = 4096
_MOST_AT_ONCE: Final = 512
_INTERNAL: Final = 1
_ERROR: Final = 2


class OtlpTraces:
    """A span sink. What a collector does not take in time is dropped and counted, never queued without end."""

    def __init__(self, net: Net, endpoint: str, version: str, flush_seconds: float = _FLUSH_SECONDS) -> None:
        self._net, self._url = net, f"{endpoint.rstrip('/')}/v1/traces"
        self._resource = {"attributes": _attributes({"service.name": "mecum", "service.version": version})}
        self._flush_seconds = flush_seconds
        self._waiting: deque[Span] = deque(maxlen=_MOST_WAITING)
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self.dropped = 0

    def ended(self, span: Span) -> None:
        """See `SpanSink`."""
        if len(self._waiting) == _MOST_WAITING:
            self.dropped += 1
        self._waiting.append(span)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._flush_seconds, self._flush)

    async def close(self) -> None:
        """Send what waits, once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sending is not None:
            await self._sending
        await self._send()

    def _flush(self) -> None:
        self._timer = None
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send(), name="telemetry")

    async def _send(self) -> None:
        # Nobody asked for it: it goes out for the instance, whoever's turn the spans are of.
        ACTING.set(None)
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_MOST_AT_ONCE, len(self._waiting)))]
            if not await self._posted(batch):
                self.dropped += len(batch)
                _log.warning("the collector took no spans", extra={"spans": len(batch), "dropped": self.dropped})
                return

    async def _posted(self, batch: list[Span]) -> bool:
        call = Outgoing(
            "POST",
            self._url,
            "telemetry.traces",
            headers={"Content-Type": "application/json"},
            body=self._body(batch),
            data_class="telemetry",
            timeout=10.0,
            private=True,
        )
        try:
            return (await self._net.fetch(call)).status < 300
        except MecumError:
            return False

    def _body(self, batch: list[Span]) -> bytes:
        spans = [_wire(span) for span in batch]
        scope = {"scope": {"name": "mecum"}, "spans": spans}
        return orjson.dumps({"resourceSpans": [{"resource": self._resource, "scopeSpans": [scope]}]})


def _wire(span: Span) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": _INTERNAL,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": _attributes(span.attributes),
    }
    if span.parent_id is not None:
        wire["parentSpanId"] = span.parent_id
    if span.error is not None:
        wire["status"] = {"code": _ERROR, "message": span.error}
    return wire


def _attributes(values: dict[str, Value]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in values.items()]


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": value}
