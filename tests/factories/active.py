"""Answers being made, without anybody making them: what conversations ask of the turn, over the same tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mecum.domains.runs.repository import RunRepository, insert_run, settle_run
from mecum.infra.storage import Database
from mecum.kernel import clock, ids
from mecum.kernel.subject import Subject


@dataclass
class Actives:
    """See `conversations.ports.ActiveRuns`."""

    database: Database
    runs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    scrubbed: int = 0

    def of_conversation(self, subject: Subject, conversation_id: str) -> list[dict[str, Any]]:
        return [run for run in self.runs if run["conversation_id"] == conversation_id]

    async def stop(self, subject: Subject, conversation_ids: Sequence[str]) -> None:
        for run in [run for run in self.runs if run["conversation_id"] in conversation_ids]:
            await self.settle(run, "cancelled")

    async def scrub(self) -> None:
        async with self.database.writing(None) as scope:
            await RunRepository().forget_journal(scope)
        self.scrubbed += 1

    async def begin(
        self, subject: Subject, conversation_id: str, parent_id: str | None, *, status: str = "running", **values: Any
    ) -> dict[str, Any]:
        """Store an unfinished run whose answer hangs under `parent_id`, and return it as the wire shows it."""
        run: dict[str, Any] = {
            "id": ids.new("run"),
            "conversation_id": conversation_id,
            "message_id": ids.new("msg"),
            "parent_id": parent_id,
            "user_message_id": parent_id,
            "status": status,
            **values,
        }
        row = {
            **run,
            "organisation_id": subject.organisation_id,
            "person_id": subject.person_id,
            "kind": "chat",
            "priority": 0,
            "parent_run_id": None,
            "idempotency_key": None,
            "wants": "{}",
            "data_class": "conversation",
            "restarts": 0,
            "last_seq": 0,
            "created_at": clock.milliseconds(),
        }
        await self.database.commit([insert_run(row)])
        self.runs.append(run)
        return run

    async def settle(self, run: dict[str, Any], status: str = "completed", **values: Any) -> None:
        """End a run on disk."""
        end = {"status": status, "finished_at": clock.milliseconds(), "last_seq": 1, **values}
        await self.database.commit([settle_run(run["id"], end)])
        self.runs.remove(run)
