"""The built-in responder: a model for machines that have none. It computes and quotes; it never makes words up."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any, Final

from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest, StopReason, Usage
from mecum.integrations.builtin import (
    arithmetic,
    attachments,
    calendar_rules,
    clock_rules,
    notes,
    passages,
    refusals,
    units,
)
from mecum.integrations.builtin.reply import Called, Cited, Question, Reply, Said
from mecum.kernel import clock, ids
from mecum.kernel.text import is_storable, slice_of

NOTICE: Final = "*No language model loaded: this is the built-in responder.*\n\n"
# The order decides: what is asked for by name, what can be computed, what needs a model, then quotes.
RULES: Final[tuple[Callable[[Question], Reply | None], ...]] = (
    refusals.small_talk,
    notes.answer,
    arithmetic.answer,
    units.answer,
    calendar_rules.answer,
    clock_rules.answer,
    passages.search,
    refusals.beyond,
    passages.answer,
)
# They shape how a sampler draws; here nothing is drawn, so any value of theirs is honoured.
_WITHOUT_EFFECT: Final = frozenset(
    {
        "top_p",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "user",
        "reasoning_effort",
        "parallel_tool_calls",
    }
)
_LENGTHS: Final = ("max_completion_tokens", "max_tokens")


class BuiltinChat:
    """Answers by rules from the last message, the passages and the tools of a request; nothing else is seen."""

    def __init__(self, now: Callable[[], datetime] = clock.now, zone: tzinfo | None = None) -> None:
        self._now = now
        self._zone = zone

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer `request`; raises ModelRefused for raw mode and for a form it cannot promise."""
        limit = _limit(request)
        reply = respond(request, self._now().astimezone(self._zone))
        calls = [piece for piece in reply if isinstance(piece, Called)]
        for place, call in enumerate(calls):
            sink.tool_call(place, ids.new("call"), call.name, json.dumps(call.arguments, ensure_ascii=False))
        if calls:
            return Answer("tool_calls", _usage(request, 0), request.model)
        spoken = await _speak((Said(NOTICE), *reply), sink, limit)
        reason: StopReason = "stop" if limit is None or spoken < limit else "length"
        return Answer(reason, _usage(request, spoken), request.model)


def respond(request: ModelRequest, now: datetime) -> Reply:
    """Return the reply to the last message of `request` at the moment `now` (in the person's time zone)."""
    told = notes.result(request.messages)
    if told is not None:
        return told
    question = Question(attachments.asked(request), now, request, attachments.attached(request))
    for rule in RULES:
        reply = rule(question)
        if reply is not None:
            return reply
    return refusals.nothing_found(question)


async def _speak(reply: Reply, sink: AnswerSink, limit: int | None) -> int:
    """Push the pieces, giving way between them; return how many words were said, at most `limit`."""
    spoken = 0
    for piece in reply:
        if isinstance(piece, Cited):
            sink.citation(piece.passage)
        elif isinstance(piece, Said):
            words = len(piece.text.split())
            text = piece.text if limit is None or spoken + words <= limit else _cut(piece.text, limit - spoken)
            _push(text, sink)
            spoken += words if text is piece.text else max((limit or 0) - spoken, 0)
            if text is not piece.text:
                return spoken
        await asyncio.sleep(0)
    return spoken


def _push(text: str, sink: AnswerSink) -> None:
    if not text:
        return
    if not is_storable(text):
        sink.raw_text(text)
        return
    piece = slice_of(text)
    sink.text(piece.escaped, piece.size)


def _cut(text: str, words: int) -> str:
    return " ".join(text.split()[: max(words, 0)])


def _limit(request: ModelRequest) -> int | None:
    """Return the most words asked for; raises ModelRefused for what rules cannot keep."""
    if request.mode == "raw":
        raise ModelRefused("Continuing a text needs a language model, and none is loaded.")
    for name, value in request.parameters.items():
        if value is not None and not _kept(name, value):
            raise ModelRefused(f"The built-in responder cannot keep {name}.", parameter=name)
    limits = [request.parameters[name] for name in _LENGTHS if request.parameters.get(name) is not None]
    return int(limits[0]) if limits else None


def _kept(name: str, value: Any) -> bool:
    if name == "tool_choice":
        return value in ("auto", "none")
    if name == "response_format":
        return bool(value == {"type": "text"})
    return name in _WITHOUT_EFFECT or name in _LENGTHS


def _usage(request: ModelRequest, spoken: int) -> Usage:
    """Rules have no tokens, so none are counted; the report of its own counts words and says so."""
    heard = sum(len(message.text.split()) for message in request.messages)
    return Usage(raw={"unit": "words", "input": heard, "output": spoken})
