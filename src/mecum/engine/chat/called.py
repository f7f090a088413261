"""Runs that a program called for: told of again by their id, with what was asked, and forgotten when it says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.runs import api as runs
from mecum.engine.chat.service import ChatService
from mecum.engine.chat.turn import Turn, Wants
from mecum.inference.exchange import Role, StopReason, Usage
from mecum.infra.storage import Database
from mecum.infra.storage.scope import owner_values
from mecum.kernel import clock
from mecum.kernel.errors import Internal, MecumError, declared
from mecum.kernel.subject import Subject

_DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run stands or ended; `usage` is None where nobody counted."""

    status: str
    model: str | None
    stop_reason: StopReason | None
    usage: Usage | None
    error: MecumError | None


@dataclass(frozen=True, slots=True)
class CalledRun:
    """A run, active or over: what was asked for and what came of it. Times are milliseconds since 1970.

    The answer is the message `message_id`, under `parent_id`.
    """

    run_id: str
    kind: str
    conversation_id: str
    message_id: str
    parent_id: str | None
    wants: Wants
    parts: list[dict[str, Any]]
    ending: Ending
    created_ms: int
    finished_ms: int | None


@dataclass(frozen=True, slots=True)
class GivenMessage:
    """A message that a caller brought along, as the record keeps it."""

    id: str
    role: Role
    parts: list[dict[str, Any]]


def ending_of(turn: Turn) -> Ending:
    """Return how an unfinished or just finished turn stands."""
    return Ending(
        status=turn.status,
        model=turn.choice.info.ref if turn.choice else None,
        stop_reason=turn.answer.stop_reason if turn.answer else None,
        usage=turn.answer.usage if turn.answer else None,
        error=turn.error,
    )


def called_turn(turn: Turn) -> CalledRun:
    """Return an unfinished or just finished turn."""
    return CalledRun(
        run_id=turn.run_id,
        kind=turn.kind,
        conversation_id=turn.conversation_id,
        message_id=turn.message_id,
        parent_id=turn.parent_id,
        wants=turn.wants,
        parts=turn.stream.stored_parts(),
        ending=ending_of(turn),
        created_ms=turn.created_ms,
        finished_ms=turn.finished_ms,
    )


class CalledRuns:
    """Looks at runs by their id; one of a deleted conversation is not there."""

    def __init__(self, database: Database, service: ChatService) -> None:
        self._database, self._service = database, service
        self._repository = runs.RunRepository()

    async def get(self, subject: Subject, run_id: str) -> CalledRun:
        """Return a run of this person; raises RunNotFound, also for one that was forgotten."""
        turn = self._service.find(run_id)
        if turn is not None and turn.subject.person_id == subject.person_id:
            return called_turn(turn)
        async with self._database.reading(subject) as scope:
            run = await self._repository.find(scope, run_id)
        if run is None or run.wants.get("caller", {}).get(_DELETED):
            raise runs.RunNotFound(run_id=run_id)
        owner = owner_values(subject)
        if not await self._database.fetch(conversations.load(), {"_id": run.conversation_id, **owner}):
            raise runs.RunNotFound(run_id=run_id)
        rows = await self._database.fetch(conversations.load_answer(), {"_id": run.message_id, **owner})
        message: dict[str, Any] | None = dict(zip(conversations.ANSWER_COLUMNS, rows[0], strict=True)) if rows else None
        return _stored(run, message)

    async def given(self, subject: Subject, run: CalledRun, number: int) -> list[GivenMessage]:
        """Return the `number` messages that the run answers, oldest first: those that its caller brought along."""
        values = {"_leaf": run.parent_id, "_limit": max(number, 1), **owner_values(subject)}
        rows = await self._database.fetch(conversations.BRANCH_FOR_MODEL, values)
        return [GivenMessage(row[0], row[2], orjson.loads(row[3])) for row in reversed(rows[:number])]

    async def forget(self, subject: Subject, run_id: str) -> bool:
        """Let a settled run be found no longer; return whether its conversation now holds only forgotten ones."""
        async with self._database.writing(subject) as scope:
            run = await self._repository.find(scope, run_id)
            if run is None:
                raise runs.RunNotFound(run_id=run_id)
            run.wants = {**run.wants, "caller": {**run.wants.get("caller", {}), _DELETED: True}}
            conversation_id = run.conversation_id
        values = {"_conversation": conversation_id, **owner_values(subject)}
        found = [row[0] for row in await self._database.fetch(conversations.answering_runs(), values)]
        async with self._database.reading(subject) as scope:
            others = (await self._repository.by_ids(scope, found)).values()
            return all(run.wants.get("caller", {}).get(_DELETED) for run in others)


def _stored(run: runs.Run, message: Mapping[str, Any] | None) -> CalledRun:
    parts: list[dict[str, Any]] = orjson.loads(message["parts"]) if message else []
    wants: dict[str, Any] = {**run.wants, "tools": tuple(run.wants.get("tools", ()))}
    stop_reason = _stop_reason(run.status, parts, message)
    ending = Ending(run.status, run.model, stop_reason, usage_in(run.usage), _error(run.error))
    return CalledRun(
        run_id=run.id,
        kind=run.kind,
        conversation_id=run.conversation_id,
        message_id=run.message_id,
        parent_id=run.parent_id,
        wants=Wants(**wants),
        parts=parts,
        ending=ending,
        created_ms=clock.to_milliseconds(run.created_at),
        finished_ms=None if run.finished_at is None else clock.to_milliseconds(run.finished_at),
    )


def _error(stored: Mapping[str, Any] | None) -> MecumError | None:
    return None if stored is None else declared().get(stored["code"], Internal)(stored["message"])


def _stop_reason(status: str, parts: list[dict[str, Any]], message: Mapping[str, Any] | None) -> StopReason | None:
    if status != "completed":
        return None
    noted: dict[str, Any] = orjson.loads(message["metadata"]) if message and message["metadata"] else {}
    called = any(part["type"] == "tool_call" for part in parts)
    return noted.get("stop_reason") or ("tool_calls" if called else "stop")


_INPUT = ("input_tokens", "prompt_tokens", "prompt_eval_count", "promptTokenCount", "input")
_OUTPUT = ("output_tokens", "completion_tokens", "eval_count", "candidatesTokenCount", "output")
_CACHED = ("cached_tokens", "cache_read_input_tokens", "cachedContentTokenCount", "prompt_tokens_details.cached_tokens")
_REASONING = (
    "reasoning_tokens",
    "thoughtsTokenCount",
    "completion_tokens_details.reasoning_tokens",
    "output_tokens_details.thinking_tokens",
)
# Anthropic counts what the cache took or gave beside the input, Google what was thought beside the answer.
_MORE_INPUT = ("cache_read_input_tokens", "cache_creation_input_tokens")
_MORE_OUTPUT = ("thoughtsTokenCount",)


def usage_in(raw: Mapping[str, Any] | None) -> Usage | None:
    """Read the counts out of a report in any of the wires' own names."""
    if not raw:
        return None
    return Usage(
        input_tokens=_sum(raw, _INPUT, _MORE_INPUT),
        output_tokens=_sum(raw, _OUTPUT, _MORE_OUTPUT),
        cached_tokens=_first(raw, _CACHED),
        reasoning_tokens=_first(raw, _REASONING),
        raw=dict(raw),
    )


def _first(raw: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((count for name in names if (count := _count(raw, name)) is not None), None)


def _sum(raw: Mapping[str, Any], names: tuple[str, ...], more: tuple[str, ...]) -> int | None:
    found = [count for count in (_first(raw, names), *(_count(raw, name) for name in more)) if count is not None]
    return sum(found) if found else None


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    """Return the count of this name, which may stand in a group of its own: `group.name`."""
    group, _, inner = name.rpartition(".")
    held: Any = raw.get(group) if group else raw
    found: Any = held.get(inner) if isinstance(held, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return found if isinstance(found, int) else None
