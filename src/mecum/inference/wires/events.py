"""Server-sent events that carry JSON objects, as several vendors stream an answer."""

from collections.abc import Callable, Mapping
from typing import Any

from mecum.inference.errors import ModelUnavailable
from mecum.inference.exchange import AnswerSink, SignatureSink
from mecum.inference.wires.failures import broken_off
from mecum.inference.wires.openai import parse_json
from mecum.kernel.errors import MecumError
from mecum.kernel.text import CARRIAGE_RETURN, is_storable, slice_of

Failure = Callable[[int, bytes, Mapping[bytes, bytes]], MecumError]


class JsonEvents:
    """Takes a response as it arrives and hands on every JSON object in it; `failure` words what is no answer.

    A server that answers with one JSON object instead of a stream is understood: what it means is the taker's matter.
    """

    def __init__(self, take: Callable[[dict[str, Any]], None], failure: Failure) -> None:
        self._take, self._failure = take, failure
        self._rest: bytes = b""
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._streamed = False

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        self._status, self._headers = status, headers
        self._streamed = status == 200 and headers.get(b"content-type", b"").startswith(b"text/event-stream")

    def body(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        if not self._streamed:
            self._rest = data
            return
        if CARRIAGE_RETURN in data:
            data = data.replace(b"\r\n", b"\n")
        events = data.split(b"\n\n")
        self._rest = events.pop()
        for event in events:
            self._event(event)

    def finish(self) -> None:
        """Take what is left; raises the vendor's refusal, or ModelUnavailable for what is not JSON."""
        if self._status != 200:
            raise self._failure(self._status, self._rest, self._headers)
        try:
            if not self._streamed:
                self._take(parse_json(self._rest))
            elif self._rest.strip():
                self._event(self._rest)
        except ModelUnavailable as error:
            raise broken_off(error) from error

    def _event(self, event: bytes) -> None:
        data = b"\n".join(line[5:].lstrip() for line in event.split(b"\n") if line.startswith(b"data:"))
        if data and data != b"[DONE]":
            self._take(parse_json(data))


def say(sink: AnswerSink, text: str) -> None:
    """Push decoded text."""
    if not text:
        return
    if is_storable(text):
        piece = slice_of(text)
        sink.text(piece.escaped, piece.size)
    else:
        sink.raw_text(text)


def sign(sink: AnswerSink, signature: str, origin: str, *, redacted: bool = False) -> None:
    """Push a proof to a sink that keeps them."""
    if signature and isinstance(sink, SignatureSink):
        sink.signed(signature, origin, redacted=redacted)
