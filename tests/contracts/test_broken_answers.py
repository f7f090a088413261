"""What is no answer has its error on every wire: a web page, half of one, an error in its place, another protocol."""

from typing import Final

import pytest

from contracts.test_chat_model import WIRES, Adapter, wire
from fakes.broken_server import PAGE, half, saying, torn, whole
from fakes.sinks import Recorder
from mecum.inference.errors import AnswerCutShort, ErrorInside, ModelLimited, ModelUnavailable, NotAModelServer
from mecum.infra.net import Net
from mecum.kernel.errors import MecumError

LINES: Final = "application/x-ndjson"
SAID: Final = {
    "openai": b'data: {"choices": [{"index": 0, "delta": {"content": "So"}}]}\n\n',
    "ollama": b'{"model": "m", "message": {"role": "assistant", "content": "So"}, "done": false}\n',
    "anthropic": b'data: {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "So"}}\n\n',
    "google": b'data: {"candidates": [{"content": {"parts": [{"text": "So"}]}}]}\n\n',
}
"""A piece of an answer."""
WRONG: Final = {
    "openai": b'{"error": {"message": "spent", "type": "server_error"}}',
    "ollama": b'{"error": "spent"}',
    "anthropic": b'{"type": "error", "error": {"type": "api_error", "message": "spent"}}',
    "google": b'{"error": {"code": 500, "message": "spent", "status": "INTERNAL"}}',
}
BUSY: Final = {
    "openai": b'{"error": {"message": "busy", "code": "rate_limit_exceeded"}}',
    "anthropic": b'{"type": "error", "error": {"type": "rate_limit_error", "message": "busy"}}',
    "google": b'{"error": {"code": 429, "message": "busy", "status": "RESOURCE_EXHAUSTED"}}',
}
every_wire = pytest.mark.parametrize("kind", WIRES)


async def failing(net: Net, kind: str, answer: bytes, said: str = "") -> MecumError:
    """Return what asking raises where the server answers so, after it `said` this."""
    with saying(answer, answer) as url:
        sink = Recorder()
        with pytest.raises(MecumError) as caught:
            await Adapter(wire(kind, net, url), "m").ask("Hi", sink)
    assert sink.whole == said
    return caught.value


def streamed(kind: str, body: bytes) -> bytes:
    """Return a response that streams a body as the wire does, and ends."""
    piece = body + b"\n" if kind == "ollama" else b"data: " + body + b"\n\n"
    return half(SAID[kind] + piece, LINES if kind == "ollama" else "text/event-stream")


@every_wire
async def test_a_web_page(net: Net, kind: str) -> None:
    assert type(await failing(net, kind, whole(PAGE, "text/html"))) is NotAModelServer


@every_wire
@pytest.mark.parametrize("cut", [0, 30], ids=["after a piece", "within a piece"])
async def test_half_a_stream(net: Net, kind: str, cut: int) -> None:
    told = half(SAID[kind] + SAID[kind][:cut], LINES if kind == "ollama" else "text/event-stream")
    assert type(await failing(net, kind, told, "So")) is AnswerCutShort


@every_wire
async def test_half_of_a_length_that_was_said(net: Net, kind: str) -> None:
    told = torn(SAID[kind], LINES if kind == "ollama" else "text/event-stream")
    assert type(await failing(net, kind, told, "So")) is AnswerCutShort


@every_wire
async def test_a_200_with_an_error_inside(net: Net, kind: str) -> None:
    error = await failing(net, kind, whole(WRONG[kind]))
    assert (type(error), "spent" in error.message) == (ErrorInside, True)


@every_wire
async def test_an_error_in_the_stream(net: Net, kind: str) -> None:
    error = await failing(net, kind, streamed(kind, WRONG[kind]), "So")
    assert (type(error), "spent" in error.message) == (ErrorInside, True)


@pytest.mark.parametrize("kind", BUSY)
async def test_an_error_in_the_stream_is_of_its_kind(net: Net, kind: str) -> None:
    error = await failing(net, kind, streamed(kind, BUSY[kind]), "So")
    assert (type(error), "busy" in error.message) == (ModelLimited, True)


@every_wire
async def test_no_http(net: Net, kind: str) -> None:
    assert type(await failing(net, kind, b"SSH-2.0-OpenSSH_9.2\r\n")) is ModelUnavailable
