"""What every change of an assistant has in common: a new version, its end asked for, others told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mecum.domains.assistants.model import FIELDS, Assistant
from mecum.domains.assistants.ports import END
from mecum.domains.assistants.repository import AssistantRepository, HistoryRepository
from mecum.domains.assistants.rules.values import State
from mecum.domains.runs import api as runs
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Scope
from mecum.kernel import clock

_CORE: Final = ("name", "slug", "status", "is_demo", "parent_assistant", "current_project")


@dataclass(frozen=True, slots=True)
class Kept:
    """What an assistant was: the state of each facet that was changed then."""

    number: int
    reason: str
    state: Mapping[str, Mapping[str, Any]]
    created_at: datetime


class Keeper:
    """Keeps versions, and asks for what follows from a change."""

    def __init__(self, jobs: Jobs, channel: runs.PersonChannel) -> None:
        self._jobs, self._channel = jobs, channel
        self._assistants, self._history = AssistantRepository(), HistoryRepository()

    async def changed(
        self, scope: Scope, assistant_id: str, reason: str, states: Mapping[str, State]
    ) -> tuple[int, datetime]:
        """Keep what these facets are now as a new version; return its number and moment."""
        now = clock.now()
        number = await self._assistants.advance(scope, assistant_id, now)
        await self._history.add_version(scope, assistant_id, number, reason, kept(states), now)
        await self._channel.tell(scope, "assistant.updated", assistant_id=assistant_id)
        return number, now

    async def born(
        self,
        scope: Scope,
        assistant_id: str,
        reason: str,
        states: Mapping[str, State],
        moment: datetime,
        versions: Sequence[Kept] = (),
    ) -> None:
        """Keep what a new assistant is as its first version, or what it was before it came here."""
        for one in versions:
            await self._history.add_version(scope, assistant_id, one.number, one.reason, one.state, one.created_at)
        if not versions:
            await self._history.add_version(scope, assistant_id, 1, reason, kept(states), moment)
        await self._channel.tell(scope, "assistant.created", assistant_id=assistant_id)
        await self.let_expire(scope, assistant_id, states.get("display", {}))

    async def let_expire(self, scope: Scope, assistant_id: str, display: State) -> None:
        """Ask for the end of an ephemeral assistant at its moment; the job looks whether it still is one."""
        if display.get("is_ephemeral") and display.get("expires_at"):
            moment = datetime.fromisoformat(display["expires_at"])
            delay = max(0.0, (moment - clock.now()).total_seconds())
            await self._jobs.enqueue(scope, END, {"assistant_id": assistant_id}, delay=delay)


def kept(states: Mapping[str, State]) -> dict[str, State]:
    """Return what a version keeps: what a person or the life of an assistant decided, nothing that was measured."""
    measured = {f: {field.name for field in fields if field.writer == "measured"} for f, fields in FIELDS.items()}
    return {
        facet: {n: v for n, v in state.items() if v is not None and n not in measured.get(facet, ())}
        for facet, state in states.items()
    }


def core_state(assistant: Assistant | Mapping[str, Any]) -> State:
    """Return the core as a version keeps it, from an entity or a row of columns."""
    if isinstance(assistant, Mapping):
        return {name: assistant.get(name) for name in _CORE}
    return {name: getattr(assistant, name) for name in _CORE}
