"""Walking the tree, also where an answer is still being made and its place is known but nothing is stored there yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mecum.domains.conversations.model import Message
from mecum.domains.conversations.repository import branches
from mecum.infra.storage import Scope


@dataclass(frozen=True, slots=True)
class Branch:
    """A piece of a branch, nearest to its end first, and the message the rest begins with."""

    messages: Sequence[Message]
    older: str | None

    @property
    def breaks_off(self) -> bool:
        """Whether there should be more, but what comes before is not stored."""
        return not self.messages or (self.older is None and self.messages[-1].parent_id is not None)


def places(runs: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """Return, by the id of each answer being made, what it hangs under."""
    return {run["message_id"]: run["parent_id"] for run in runs}


async def walk(scope: Scope, leaf_id: str | None, limit: int, pending: Mapping[str, str | None]) -> Branch:
    """Return at most `limit` stored messages from `leaf_id` upwards; `pending` as from `places`."""
    found: list[Message] = []
    at = _stored(leaf_id, pending)
    while at is not None and len(found) < limit:
        piece = await branches.upwards(scope, at, limit - len(found))
        if not piece:
            break
        found.extend(piece)
        at = _stored(piece[-1].parent_id, pending)
    return Branch(found, at if found else None)


async def newest_end(scope: Scope, conversation_id: str, message_id: str, pending: Mapping[str, str | None]) -> str:
    """Return where one arrives from `message_id` by always taking the newest message, stored or being made."""
    making = {parent: answer for answer, parent in sorted(pending.items()) if parent is not None}
    at = message_id
    while True:
        path = await branches.downwards(scope, conversation_id, at)
        turn = next((making[here] for here, after in _steps(path) if making.get(here, "") > after), None)
        if turn is None:
            return path[-1]
        at = turn


def _steps(path: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Every message with the one after it; ids grow with time, so the later one is the greater."""
    return list(zip(path, [*path[1:], ""], strict=True))


def _stored(message_id: str | None, pending: Mapping[str, str | None]) -> str | None:
    while message_id is not None and message_id in pending:
        message_id = pending[message_id]
    return message_id
