"""The providers of a conversation that changes sides: wire, projection, reader and rules of each, without a socket."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from fakes import anthropic_rules, google_rules, ollama_rules, openai_rules
from fakes.anthropic_wire import AnthropicWriter
from fakes.google_wire import GoogleWriter
from fakes.http1 import Exchange, Received
from fakes.ollama_wire import OllamaWriter
from fakes.openai_wire import OpenAIWriter
from fakes.performance import Writer, do, ending
from fakes.steps import Finish, Redact, Sign, Step, Think
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest
from mecum.inference.ports import ModelInfo
from mecum.inference.wires import openai
from mecum.inference.wires.manners import Manners
from mecum.integrations.anthropic import projection as anthropic
from mecum.integrations.anthropic.abilities import Abilities
from mecum.integrations.anthropic.chat import MessageStream
from mecum.integrations.google import projection as google
from mecum.integrations.google.chat import ContentStream
from mecum.integrations.ollama import projection as ollama
from mecum.integrations.ollama.chat import OllamaStream
from mecum.kernel.errors import MecumError


class Reader(Protocol):
    """What reads an answer's bytes."""

    def head(self, status: int, headers: dict[bytes, bytes]) -> None: ...
    def body(self, data: bytes) -> None: ...


@dataclass(frozen=True)
class Side:
    """A provider. `read` returns what takes the bytes, and what is called at their end."""

    name: str
    info: ModelInfo
    path: str
    body: Callable[[ModelRequest], dict[str, Any]]
    refused: Callable[[dict[str, Any]], str | None]
    writer: Callable[[Exchange], Writer]
    read: Callable[[AnswerSink], tuple[Reader, Callable[[], Answer]]]
    prove: Callable[[str], str] | None = None
    parameters: tuple[tuple[str, Any], ...] = ()

    def signed(self, thoughts: list[Think], sealed: bool) -> list[Step]:
        """Return thoughts with the proof this provider gives, if it does."""
        if self.prove is None or not (thoughts or sealed):
            return [*thoughts]
        proof = Sign(self.prove("".join(thought.text for thought in thoughts)))
        redacted: list[Step] = [Redact(self.prove(""))] if sealed and self.writer is AnthropicWriter else []
        return [*thoughts, *([proof] if thoughts else []), *redacted]

    async def written(self, request: ModelRequest, steps: list[Step]) -> bytes:
        """Return the whole answer as this provider's server sends it."""
        asked = {"model": self.info.name, "stream": True, "stream_options": {"include_usage": True}}
        headers = {"anthropic-version": "2023-06-01"} if self.writer is AnthropicWriter else {}
        sheet = Sheet(Received(1, 1, 0.0, "POST", self.path, headers, orjson.dumps(asked)))
        writer = self.writer(sheet)
        await writer.open()
        for step in steps:
            await do(sheet, writer, step)
        await writer.finish(ending(sheet.request, steps))
        return bytes(sheet.data)

    def heard(self, data: bytes, sink: AnswerSink) -> Answer | None:
        """Push what `data` tells into `sink`; None when it breaks off."""
        reader, finish = self.read(sink)
        kind = b"application/x-ndjson" if self.writer is OllamaWriter else b"text/event-stream"
        with suppress(MecumError):
            reader.head(200, {b"content-type": kind})
            reader.body(data)
            return finish()
        return None


class Sheet(Exchange):
    """Takes what a server writes."""

    def __init__(self, request: Received) -> None:
        self.request, self.split, self.started = request, 0, True
        self.data = bytearray()

    async def write(self, data: bytes) -> None:
        self.data += data


def _info(provider: str, name: str, **known: Any) -> ModelInfo:
    return ModelInfo(f"{provider}/{name}", name, provider, provider, local=False, vision=True, **known)


def _openai() -> Side:
    def read(sink: AnswerSink) -> tuple[Reader, Callable[[], Answer]]:
        stream = openai.ChatStream(sink, raw=False)
        return stream, stream.finish

    info = _info("openai", "gpt")
    return Side("openai", info, "/v1/chat/completions", openai.body_of, openai_rules.refused, OpenAIWriter, read)


def _deepseek() -> Side:
    """A server on OpenAI's wire that wants what was thought back with the calls."""

    def read(sink: AnswerSink) -> tuple[Reader, Callable[[], Answer]]:
        stream = openai.ChatStream(sink, raw=False, model="deepseek")
        return stream, stream.finish

    def body(request: ModelRequest) -> dict[str, Any]:
        return openai.body_of(request, Manners(thoughts=True))

    def refused(body: dict[str, Any]) -> str | None:
        return openai_rules.refused(body) or openai_rules.thoughtless(body)

    return Side("deepseek", _info("openai", "deepseek"), "/v1/chat/completions", body, refused, OpenAIWriter, read)


def _router(name: str) -> Side:
    """A server on OpenAI's wire that passes on other vendors' models, with their proofs."""

    def read(sink: AnswerSink) -> tuple[Reader, Callable[[], Answer]]:
        stream = openai.ChatStream(sink, raw=False, model=name)
        return stream, stream.finish

    def prove(_: str) -> str:
        return f"router:{name}"

    def refused(body: dict[str, Any]) -> str | None:
        return openai_rules.refused(body) or openai_rules.unproven(body, prove(""))

    info = _info("openai", name)
    return Side(name, info, "/v1/chat/completions", openai.body_of, refused, OpenAIWriter, read, prove)


def _ollama() -> Side:
    def read(sink: AnswerSink) -> tuple[Reader, Callable[[], Answer]]:
        stream = OllamaStream(sink, raw=False)
        return stream, stream.finish

    info = _info("ollama", "llama", reasoning=True)

    def body(request: ModelRequest) -> dict[str, Any]:
        return ollama.body_of(request, info)

    return Side("ollama", info, "/api/chat", body, ollama_rules.refused, OllamaWriter, read)


def _anthropic(name: str, abilities: Abilities, **parameters: Any) -> Side:
    def read(sink: AnswerSink) -> tuple[Reader, Callable[[], Answer]]:
        stream = MessageStream(sink, anthropic.origin_of(name))
        return stream.events, stream.finish

    info = _info("anthropic", name, reasoning=True)
    return Side(
        name,
        info,
        "/v1/messages",
        lambda request: anthropic.body_of(request, info, abilities),
        lambda body: anthropic_rules.refused(body, proofs=True),
        AnthropicWriter,
        read,
        lambda text: anthropic_rules.signature(name, text),
        tuple(parameters.items()),
    )


def _google(name: str) -> Side:
    def read(sink: AnswerSink) -> tuple[Reader, Callable[[], Answer]]:
        stream = ContentStream(sink, google.origin_of(name))
        return stream.events, stream.finish

    info = _info("google", name, reasoning=True)
    return Side(
        name,
        info,
        f"/v1beta/models/{name}:streamGenerateContent?alt=sse",
        lambda request: google.body_of(request, info),
        lambda body: google_rules.refused(body, name, proofs=True),
        GoogleWriter,
        read,
        lambda text: google_rules.signature(name, str(len(text))),
    )


SIDES: Final = {
    side.name: side
    for side in (
        _openai(),
        _deepseek(),
        _router("vendor/thinker"),
        _ollama(),
        _anthropic("claude-adaptive", Abilities(64_000, True, True, frozenset({"low", "medium", "high"}), True)),
        _anthropic("claude-budget", Abilities(32_000, False, True, frozenset(), True), reasoning_effort="medium"),
        _google("gemini-3-pro"),
        _google("gemini-2.5-flash"),
    )
}

REFUSED: Final = Finish("content_filter")
