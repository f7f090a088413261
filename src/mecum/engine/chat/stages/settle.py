"""Put the end of a turn on disk: the answer, the run, what it used, who is told. One transaction, then one event."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.retrieval import api as retrieval
from mecum.domains.runs import api as runs
from mecum.engine.chat.context import is_told, is_wide, word_for
from mecum.engine.chat.explained import Explanations
from mecum.engine.chat.turn import ShelvedFile, Turn
from mecum.inference.exchange import ModelMessage, Usage
from mecum.inference.pricing import Prices
from mecum.infra.storage import Op
from mecum.infra.storage.scope import owner_values
from mecum.kernel import clock

_SAME_MOMENT_MS: Final = 1000
"""An answer that comes sooner is no activity of its own: its question has moved the conversation up already.

Less than the overlap of the personal channel, which finds what a device missed by this moment.
"""
FollowUps = Callable[[Turn], list[Op]]
"""Returns the jobs a settled turn asks for, as writes of its own transaction."""


class Settle:
    """Needs a turn whose status is final."""

    def __init__(
        self,
        indexer: retrieval.Indexer,
        channel: runs.PersonChannel,
        follow_ups: FollowUps,
        prices: Prices,
        explanations: Explanations,
    ) -> None:
        self._explanations = explanations
        self._indexer, self._channel, self._follow_ups, self._prices = indexer, channel, follow_ups, prices

    async def __call__(self, turn: Turn) -> None:
        now = turn.finished_ms = clock.milliseconds()
        if turn.answer is not None and turn.choice is not None:
            turn.cost = self._prices.cost(turn.choice.info, turn.answer.usage)
        cost = turn.cost.millionths if turn.cost else None
        parts = turn.stream.stored_parts()
        row = _answer_row(turn, parts, now)
        pins, explained = self._explained(turn)
        ops = [
            conversations.insert_message(row),
            *_request_parts(turn),
            *explained,
            runs.settle_run(turn.run_id, {**_run_row(turn, now), "pins": pins}),
            *self._follow_ups(turn),
        ]
        if now - turn.created_ms >= _SAME_MOMENT_MS:
            ops.append(conversations.touch_at(turn.conversation_id, now, owner_values(turn.subject)))
        if turn.listed:
            text = retrieval.findable_text(parts)
            turn.stream.on_settled.append(lambda: self._tell(turn, text))
        error = None if turn.error is None else {"code": turn.error.code, "message": turn.error.message}
        turn.stream.end(runs.RunEnded(turn.status, conversations.answer_view(row, cost), error), ops)

    def _explained(self, turn: Turn) -> tuple[bytes | None, list[Op]]:
        if turn.selection is None:
            return None, []
        return self._explanations.hold(turn.selection, turn.stream.on_settled.append)

    def _tell(self, turn: Turn, text: str) -> None:
        self._indexer.add(turn.message_id, text)
        self._channel.say(
            turn.subject,
            "run.settled",
            conversation_id=turn.conversation_id,
            run_id=turn.run_id,
            message_id=turn.message_id,
            status=turn.status,
        )


def _answer_row(turn: Turn, parts: list[dict[str, Any]], now: int) -> dict[str, Any]:
    usage = turn.answer.usage if turn.answer else None
    error = None if turn.error is None else {"code": turn.error.code, "message": turn.error.message}
    return {
        "id": turn.message_id,
        "conversation_id": turn.conversation_id,
        "parent_id": turn.parent_id,
        "role": "assistant",
        "mode": turn.wants.mode,
        "state": "complete" if turn.status == "completed" else turn.status,
        "parts": orjson.dumps(parts).decode(),
        "run_id": turn.run_id,
        "model": turn.stream.model or (turn.choice.info.ref if turn.choice else None),
        "model_reason": turn.stream.model_reason or (turn.choice.reason if turn.choice else None),
        "token_count": usage.output_tokens if usage else None,
        "processing_ms": now - turn.started_ms if turn.started_ms else None,
        "error": None if error is None else orjson.dumps(error).decode(),
        "metadata": _metadata(turn),
        "created_at": now,
    }


def _metadata(turn: Turn) -> str | None:
    """Where it stopped before its end, which member of a pool gave it, which model it stood in for, which assistant
    answered, and what of the conversation was not read."""
    answer = turn.answer
    told: dict[str, str] = {}
    if answer is not None and answer.stop_reason in ("length", "refusal"):
        told["stop_reason"] = answer.stop_reason
    if answer is not None and answer.served_by is not None:
        told["served_by"] = answer.served_by
    if (wanted := turn.stood_in_for) is not None:
        told["stood_in_for"] = wanted
    if turn.wants.assistant is not None:
        told["assistant_id"] = turn.wants.assistant["id"]
    if answer is not None and (context := word_for(turn.report)) is not None:
        told["context"] = context
    return orjson.dumps(told).decode() if told else None


def _run_row(turn: Turn, now: int) -> dict[str, Any]:
    usage = turn.answer.usage if turn.answer else None
    raw = None if usage is None else reported(usage)
    return {
        "status": turn.status,
        "model": turn.stream.model or (turn.choice.info.ref if turn.choice else None),
        "request": _request(turn),
        "usage": None if raw is None else runs.kept_usage(raw),
        "cost": turn.cost.millionths if turn.cost else None,
        "price_table": turn.cost.table if turn.cost else None,
        "error": None
        if turn.error is None
        else orjson.dumps({"code": turn.error.code, "message": turn.error.message}).decode(),
        "last_seq": turn.stream.seq + 1,
        "started_at": turn.started_ms,
        "finished_at": now,
    }


def reported(usage: Usage) -> dict[str, Any]:
    """Return usage as the model's server said it, or else as it was counted."""
    return usage.raw or {name: value for name, value in asdict(usage).items() if value is not None}


def _request(turn: Turn) -> str | None:
    """The exact request, by reference: messages of the record by where the run hangs, everything else by its hash."""
    if turn.request is None:
        return None
    hashes = [digest.hex() for digest, _ in _distinct(turn)]
    dropped = 0 if turn.report is None else len(turn.history) - turn.report["included"]
    value: dict[str, Any] = {**({"parts": hashes} if hashes else {}), **({"dropped": dropped} if dropped else {})}
    if turn.report is not None and is_told(turn.report, turn.passages, outside=turn.given is not None):
        value["report"] = turn.report
    elif turn.answer is not None and is_wide(turn.answer.window):
        value["window"] = turn.answer.window
    return orjson.dumps(value).decode() if value else None


def _request_parts(turn: Turn) -> list[Op]:
    organisation = turn.subject.organisation_id
    return [runs.hold_request_part(organisation, digest, body) for digest, body in _distinct(turn)]


def _distinct(turn: Turn) -> list[tuple[bytes, str]]:
    if turn.request is None:
        return []
    outside = (
        turn.request.messages if turn.given is not None else [m for m in turn.request.messages if m.role == "system"]
    )
    shelved: Mapping[int, ShelvedFile] = {} if turn.shelved is None else turn.shelved.contents
    bodies = [_body(message, shelved) for message in outside]
    bodies += [orjson.dumps(asdict(passage)).decode() for passage in turn.passages]
    return [(hashlib.sha256(body.encode("utf-8", "surrogatepass")).digest()[:16], body) for body in bodies]


def _body(message: ModelMessage, shelved: Mapping[int, ShelvedFile]) -> str:
    """Images and files of a project by their hashes: their bytes are kept where they are, and go when those go."""
    content = [
        {"file": file.id, "sha256": file.sha256}
        if (file := shelved.get(id(item))) is not None and file.included
        else {"image": hashlib.sha256(value["data"]).hexdigest()}
        if "data" in (value := asdict(item))
        else value
        for item in message.content
    ]
    return orjson.dumps({"role": message.role, "content": content}).decode()
