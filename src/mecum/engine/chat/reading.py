"""A run as it stands now, active or over, and the events a late reader still needs."""

from collections.abc import Mapping
from typing import Any

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.runs import api as runs
from mecum.engine.chat.explained import Explanations, shown
from mecum.engine.chat.reported import ContextReports
from mecum.engine.chat.service import ChatService
from mecum.engine.chat.turn import Turn
from mecum.infra.storage import Database
from mecum.infra.storage.scope import owner_values
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_PHASES = {"queued": "queued", "waiting": "waiting_for_model"}


class RunReader:
    """Reads runs for the surfaces."""

    def __init__(
        self, database: Database, service: ChatService, reports: ContextReports, explanations: Explanations
    ) -> None:
        self._database, self._service, self._reports = database, service, reports
        self._explanations = explanations

    def active(self, subject: Subject, run_id: str) -> Turn | None:
        """Return an unfinished run of this person."""
        turn = self._service.find(run_id)
        return turn if turn is not None and turn.subject.person_id == subject.person_id else None

    def of_conversation(self, subject: Subject, conversation_id: str) -> list[dict[str, Any]]:
        """Return the unfinished runs of a conversation."""
        turns = self._service.in_conversation(conversation_id)
        return [self.view(turn) for turn in turns if turn.subject.person_id == subject.person_id]

    def view(self, turn: Turn) -> dict[str, Any]:
        """Return a turn as the wire shows a run, without what was considered for its role."""
        parts = turn.stream.stored_parts()
        usage = turn.answer.usage if turn.answer else None
        return {
            "id": turn.run_id,
            "kind": turn.kind,
            "conversation_id": turn.conversation_id,
            "user_message_id": turn.user_message_id,
            "message_id": turn.message_id,
            "parent_id": turn.parent_id,
            "status": turn.status,
            "phase": _phase(turn, bool(parts)),
            "position": self._service.position(turn) if turn.status == "queued" else None,
            "waits_because": turn.waits_because if turn.status == "waiting" else None,
            "model": turn.choice.info.ref if turn.choice else None,
            "model_reason": turn.choice.reason if turn.choice else None,
            "stood_in_for": turn.stood_in_for,
            "served_by": turn.answer.served_by if turn.answer else None,
            "text": _text(parts),
            "parts": parts,
            "last_seq": turn.stream.seq,
            "usage": usage.raw if usage else None,
            "cost": conversations.cost_view(turn.cost.millionths if turn.cost else None),
            "price_table": turn.cost.table if turn.cost else None,
            "error": None if turn.error is None else {"code": turn.error.code, "message": turn.error.message},
            "created_at": clock.iso(turn.created_ms),
            "started_at": clock.iso(turn.started_ms) if turn.started_ms else None,
            "finished_at": clock.iso(turn.finished_ms) if turn.finished_ms else None,
            "context_report": turn.report,
            "selection": None,
        }

    async def get(self, subject: Subject, run_id: str) -> dict[str, Any]:
        """Return a run of this person; raises RunNotFound."""
        if (turn := self.active(subject, run_id)) is not None:
            return self.view(turn) | {"selection": shown(turn.selection)}
        run, message = await self._stored(subject, run_id)
        parts: list[dict[str, Any]] = message["parts"] if message else []
        return {
            "id": run.id,
            "kind": run.kind,
            "conversation_id": run.conversation_id,
            "user_message_id": run.user_message_id,
            "message_id": run.message_id,
            "parent_id": run.parent_id,
            "status": run.status,
            "phase": None,
            "position": None,
            "waits_because": None,
            "model": run.model,
            "model_reason": message["model_reason"] if message else None,
            "stood_in_for": message["metadata"].get("stood_in_for") if message else None,
            "served_by": message["metadata"].get("served_by") if message else None,
            "text": _text(parts),
            "parts": parts,
            "last_seq": run.last_seq,
            "usage": run.usage,
            "cost": conversations.cost_view(run.cost),
            "price_table": run.price_table,
            "error": run.error,
            "created_at": _iso(run.created_at),
            "started_at": _iso(run.started_at),
            "finished_at": _iso(run.finished_at),
            "context_report": await self._reports.of(subject, run),
            "selection": await self._explanations.of(run.pins),
        }

    async def events(self, subject: Subject, run_id: str, after: int) -> list[tuple[int, bytes]]:
        """Return (seq, envelope) of a settled run beyond `after`; raises RunNotFound."""
        run, message = await self._stored(subject, run_id)
        whole = {
            name: getattr(run, name) for name in ("id", "conversation_id", "message_id", "last_seq", "status", "error")
        }
        return runs.stored_events(whole, message, after)

    async def _stored(self, subject: Subject, run_id: str) -> tuple[runs.Run, Mapping[str, Any] | None]:
        async with self._database.reading(subject) as scope:
            run = await runs.RunRepository().find(scope, run_id)
        if run is None:
            raise runs.RunNotFound(run_id=run_id)
        known = {"_id": run.conversation_id, **owner_values(subject)}
        if not await self._database.fetch(conversations.load(), known):
            # In the trash: absent from every answer.
            raise runs.RunNotFound(run_id=run_id)
        values = {"_id": run.message_id, **owner_values(subject)}
        rows = await self._database.fetch(conversations.load_answer(), values)
        if not rows:
            return run, None
        row: dict[str, Any] = dict(zip(conversations.ANSWER_COLUMNS, rows[0], strict=True))
        return run, orjson.loads(orjson.dumps(conversations.answer_view(row, run.cost)))


def _phase(turn: Turn, shown: bool) -> str | None:
    if turn.status != "running":
        return _PHASES.get(turn.status)
    return "writing" if shown else "thinking"


def _text(parts: list[dict[str, Any]]) -> str:
    return "".join(part["text"] for part in parts if part["type"] == "text")


def _iso(moment: Any) -> str | None:
    return None if moment is None else clock.iso(clock.to_milliseconds(moment))
