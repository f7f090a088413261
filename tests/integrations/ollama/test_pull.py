"""Ollama fetches a model: how far it is, and everything that may go wrong."""

import orjson
import pytest

from fakes.fixtures import net
from fakes.raw import answering
from mecum.inference.errors import ModelNotFound, ModelRefused, ModelUnavailable
from mecum.infra.net import Net
from mecum.integrations.ollama.provider import OllamaProvider
from mecum.kernel.errors import MecumError

__all__ = ["net"]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
Told = list[tuple[str, int, int | None]]


def lines(*said: object) -> bytes:
    """Return records, one a line."""
    return b"".join(orjson.dumps(one) + b"\n" for one in said)


async def test_layers_count_together(net: Net) -> None:
    a, b = "sha256:aa", "sha256:bb"
    said = lines(
        {"status": "pulling manifest"},
        {"status": "pulling aa", "digest": a, "total": 100},
        {"status": "pulling aa", "digest": a, "total": 100, "completed": 40},
        {"status": "pulling bb", "digest": b, "total": 10, "completed": 10},
        {"status": "pulling aa", "digest": a, "total": 100, "completed": 100},
        {"status": "verifying sha256 digest"},
        {"status": "success"},
    )
    told: Told = []
    async with answering([HEAD + said[:70], 0.01, said[70:], None]) as server:
        await OllamaProvider(net, server.url).pull("tiny:1b", lambda says, done, of: told.append((says, done, of)))
    assert b'{"model":"tiny:1b","stream":true}' in server.requests[0]
    assert told[0] == ("fetching", 0, None)
    assert ("fetching", 50, 110) in told
    assert told[-2:] == [("verifying sha256 digest", 110, 110), ("success", 110, 110)]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HEAD + lines({"error": "pull model manifest: file does not exist"}), ModelNotFound),
        (HEAD + lines({"status": "pulling manifest"}, {"error": "dial tcp: no such host"}), ModelUnavailable),
        (HEAD + lines({"status": "pulling manifest"}), ModelUnavailable),
        (HEAD + b"<html>\n", ModelUnavailable),
        (b"HTTP/1.1 400 Bad\r\nContent-Length: 20\r\n\r\n" + b'{"error":"bad name"}', ModelRefused),
    ],
)
async def test_what_goes_wrong(net: Net, answer: bytes, error: type[MecumError]) -> None:
    told: Told = []
    async with answering([answer, None]) as server:
        with pytest.raises(error):
            await OllamaProvider(net, server.url).pull("tiny", lambda says, done, of: told.append((says, done, of)))


async def test_no_ollama_there(net: Net) -> None:
    told: Told = []
    with pytest.raises(ModelUnavailable, match="does not answer"):
        await OllamaProvider(net, "http://127.0.0.1:1").pull(
            "tiny", lambda says, done, of: told.append((says, done, of))
        )
