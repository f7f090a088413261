"""Doing the steps of an answer on one of the wires."""

import asyncio
from types import ModuleType
from typing import Any

from fakes import anthropic_wire, google_wire, ollama_wire, openai_wire
from fakes.anthropic_wire import AnthropicWriter
from fakes.google_wire import GoogleWriter
from fakes.http1 import Exchange, Received
from fakes.ollama_wire import OllamaWriter
from fakes.openai_wire import OpenAIWriter
from fakes.steps import (
    Bytes,
    Call,
    Cite,
    Drop,
    Fail,
    Finish,
    Hang,
    Hold,
    Redact,
    Say,
    Sign,
    Split,
    Step,
    Think,
    Wait,
)

Writer = OpenAIWriter | OllamaWriter | AnthropicWriter | GoogleWriter
_WRITERS: dict[ModuleType, type[Writer]] = {
    openai_wire: OpenAIWriter,
    ollama_wire: OllamaWriter,
    anthropic_wire: AnthropicWriter,
    google_wire: GoogleWriter,
}


def wire_of(request: Received) -> Any:
    """Return the module of the wire a request is on."""
    if request.path.startswith("/api/"):
        return ollama_wire
    if request.path.startswith("/v1beta/"):
        return google_wire
    return anthropic_wire if "anthropic-version" in request.headers else openai_wire


def is_answer(path: str) -> bool:
    """Whether an answer is asked for at this path."""
    return path in _ANSWERS or path.endswith((":streamGenerateContent", ":generateContent"))


def last_text(body: Any) -> str:
    """Return the text of the last message."""
    messages = body.get("messages") or body.get("contents") or [{"content": body.get("prompt", "")}]
    content = messages[-1].get("content", messages[-1].get("parts", ""))
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


async def perform(exchange: Exchange, steps: list[Step]) -> None:
    """Answer with these steps."""
    writer = _WRITERS[wire_of(exchange.request)](exchange)
    finish = ending(exchange.request, steps)
    if not writer.streamed:
        await _whole(exchange, writer, steps, finish)
        return
    for step in steps:
        if isinstance(step, Fail) and not exchange.started:
            _refuse(exchange, step)
            return
        if not isinstance(step, Wait | Hold | Split | Fail) and not exchange.started:
            exchange.start(writer.content_type)
            await writer.open()
        if isinstance(step, Drop | Fail):
            await _break(exchange, writer, step)
            return
        await do(exchange, writer, step)
    await writer.finish(finish)
    exchange.end()


async def do(exchange: Exchange, writer: Writer, step: Step) -> None:
    match step:
        case Say():
            await writer.say(step)
        case Think():
            await writer.think(step)
        case Call():
            await writer.call(step)
        case Cite() if isinstance(writer, OpenAIWriter):
            await writer.cite(step)
        case Sign() if isinstance(writer, OpenAIWriter):
            await writer.sign(step)
        case Sign() | Redact() | Cite():
            if isinstance(writer, AnthropicWriter | GoogleWriter):
                await writer.more(step)
        case Bytes():
            await exchange.write((b"" if isinstance(writer, OllamaWriter) else b"data: ") + step.data.encode("latin-1"))
        case Split():
            exchange.split = step.size
        case _:
            await _pause(step)


async def _pause(step: Step) -> None:
    if isinstance(step, Wait) and step.seconds > 0:
        await asyncio.sleep(step.seconds)
    elif isinstance(step, Hold):
        await asyncio.to_thread(step.until.wait, 30)
    elif isinstance(step, Hang):
        await asyncio.sleep(3600)


async def _break(exchange: Exchange, writer: Writer, step: Drop | Fail) -> None:
    if isinstance(step, Drop):
        await asyncio.sleep(0.02)  # what was written before the break shall arrive
        exchange.drop()
        return
    await writer.fail(step)
    exchange.end()


async def _whole(exchange: Exchange, writer: Writer, steps: list[Step], finish: Finish) -> None:
    for step in steps:
        if isinstance(step, Fail):
            _refuse(exchange, step)
            return
        if isinstance(step, Drop):
            exchange.drop()
            return
        await _pause(step)
    exchange.reply(200, writer.whole(steps, finish))


def _refuse(exchange: Exchange, step: Fail) -> None:
    wire = wire_of(exchange.request)
    exchange.reply(step.status, wire.error(step.status, step.message, step.code), step.headers)


def ending(request: Received, steps: list[Step]) -> Finish:
    given = next((step for step in steps if isinstance(step, Finish)), Finish())
    said = sum(isinstance(step, Say | Think | Call) for step in steps)
    calls = any(isinstance(step, Call) for step in steps) and wire_of(request) in (openai_wire, anthropic_wire)
    reason = "tool_calls" if calls and given.reason == "stop" else given.reason
    counts = given.input_tokens or len(request.body) // 4, given.output_tokens or said
    return Finish(reason, *counts, given.cached_tokens, given.thought_tokens)


_ANSWERS = frozenset({"/v1/chat/completions", "/v1/completions", "/v1/messages", "/api/chat", "/api/generate"})
