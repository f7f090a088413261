"""After a restart: what was shown is kept and closed, what had shown nothing starts again once, what waited waits."""

import asyncio
import logging
from typing import Any

from mecum.domains.conversations import api as conversations
from mecum.domains.runs import api as runs
from mecum.engine.chat.turn import Stage, Turn, Wants
from mecum.infra.storage import Database
from mecum.infra.storage.scope import owner_values
from mecum.kernel import clock
from mecum.kernel.subject import Subject

_log = logging.getLogger("mecum.turns")
_MOST_RESTARTS = 1


class Recovery:
    """Reads the unfinished runs and the journal of the last process."""

    def __init__(self, database: Database, log: runs.RunLog, settle: Stage) -> None:
        self._database, self._log, self._settle = database, log, settle
        self._repository = runs.RunRepository()

    async def recover(self) -> list[Turn]:
        """Settle what is over and return the turns that go on. The old journal is gone afterwards."""
        async with self._database.reading(None) as scope:
            unfinished = list(await self._repository.unfinished(scope))
            known = runs.replay(await self._repository.journal(scope)) if unfinished else {}
            self._log.continue_from(await self._repository.last_journal_row(scope) + 1)
        goes_on: list[Turn] = []
        over: list[Turn] = []
        for run in unfinished:
            recovered = known.get(run.id, runs.Recovered())
            turn = await self._turn(run, recovered)
            if _goes_on(run, recovered):
                goes_on.append(turn)
            else:
                turn.status = "interrupted"
                turn.stream.restored = recovered.stored_parts()
                turn.stream.model, turn.stream.model_reason = recovered.model, recovered.model_reason
                turn.stream.stood_in_for = recovered.stood_in_for
                turn.started_ms = turn.created_ms
                await self._settle(turn)
                over.append(turn)
        await asyncio.gather(*(turn.stream.wait() for turn in over))
        async with self._database.writing(None) as scope:
            await self._repository.forget_journal(scope)
        if unfinished:
            _log.info("recovered", extra={"interrupted": len(over), "again": len(goes_on)})
        return goes_on

    async def _turn(self, run: runs.Run, recovered: runs.Recovered) -> Turn:
        seq = max(run.last_seq, recovered.last_seq)
        subject = Subject(run.organisation_id, run.person_id)
        wants: dict[str, Any] = {**run.wants, "tools": tuple(run.wants.get("tools", ()))}
        values = {"_id": run.conversation_id, **owner_values(subject)}
        conversation = await self._database.fetch(conversations.load(), values)
        return Turn(
            subject=subject,
            kind=run.kind,  # type: ignore[arg-type]  # the column holds one of these
            run_id=run.id,
            conversation_id=run.conversation_id,
            user_message_id=run.user_message_id,
            message_id=run.message_id,
            parent_id=run.parent_id,
            wants=Wants(**wants),
            stream=self._log.open(run.id, run.conversation_id, run.message_id, run.person_id, seq=seq),
            created_ms=clock.to_milliseconds(run.created_at),
            after_id=await self._after(subject, run),
            listed=bool(conversation and conversation[0][-1]),
            restarts=run.restarts + (run.status == "running"),
            status=run.status,
        )

    async def _after(self, subject: Subject, run: runs.Run) -> str | None:
        if run.user_message_id is None:
            return run.parent_id
        values = {"_id": run.user_message_id, **owner_values(subject)}
        rows = await self._database.fetch(conversations.load_message(), values)
        return rows[0][2] if rows else None


def _goes_on(run: runs.Run, recovered: runs.Recovered) -> bool:
    if run.status in ("queued", "waiting"):
        # A caller's own list of messages went with the caller; what hangs under a message can be read again.
        return run.kind == "chat" or run.parent_id is not None
    return _waited_for(run) and not recovered.shown and run.restarts < _MOST_RESTARTS


def _waited_for(run: runs.Run) -> bool:
    """Whether somebody will still want the answer: a program's call ends with its connection, unless it said so."""
    return run.kind == "chat" or bool(run.wants.get("caller", {}).get("background"))
