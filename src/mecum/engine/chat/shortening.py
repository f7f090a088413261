"""When a conversation no longer fits: send the summary there is, and ask for the next one when nobody waits."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from mecum.domains.conversations import api as conversations
from mecum.domains.privacy import api as privacy
from mecum.engine.chat.context import MOST_MESSAGES, Fitted, Summary
from mecum.engine.chat.turn import Turn
from mecum.inference.errors import ModelUnavailable
from mecum.inference.ports import ModelInfo
from mecum.inference.registry import Choice
from mecum.inference.routing.router import Router
from mecum.inference.selection.rules import Policy
from mecum.inference.windows import Counts
from mecum.infra.jobs.kinds import LATER
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Op
from mecum.infra.storage.scope import owner_values
from mecum.kernel import clock
from mecum.kernel.errors import Denied
from mecum.kernel.subject import Subject

if TYPE_CHECKING:
    from mecum.engine.chat.summarised import Room

KIND: Final = "conversation.summarise"
ROLE: Final = "role:summariser"
AGAIN_SECONDS: Final = 600.0
"""How long nobody asks again where no summary came of it."""
_MOST_FAILED: Final = 1000
_OFF: Final = "summaries are switched off"
_NOBODY: Final = "there is no model that may summarise them"
_NOT_YET: Final = "not summarised yet"


class SummarisedElsewhere(Denied):
    """The model of the role summariser is where this conversation was not sent."""

    code = "summary.elsewhere"


class Summarisers:
    """Who may summarise a conversation: the model of the role, where the conversation stays or was sent itself."""

    def __init__(self, router: Router, egress: privacy.EgressPolicy) -> None:
        self._router, self._egress = router, egress

    def choose(self, endpoint: str | None, subject: Subject | None) -> Choice:
        """Return the model; `endpoint` is the one beyond this machine that answered the conversation, if one did.

        Raises ModelUnavailable, SummarisedElsewhere, EgressDenied.
        """
        allowed = endpoint is not None and self._may_ask(endpoint, subject)
        policy = Policy("ask", frozenset({endpoint})) if allowed and endpoint else Policy("local_only")
        choice = self._router.choose(ROLE, real=True, policy=policy)
        if not choice.info.local and choice.info.endpoint != endpoint:
            raise SummarisedElsewhere(f"{choice.info.ref} is not where this conversation was sent.")
        organisation = None if subject is None else subject.organisation_id
        self._egress.require(choice.info.endpoint, local=choice.info.local, organisation_id=organisation)
        return choice

    def _may_ask(self, endpoint: str, subject: Subject | None) -> bool:
        organisation = None if subject is None else subject.organisation_id
        return self._egress.may_ask(endpoint, organisation_id=organisation)


class Shortening:
    """Puts summaries into requests; `wanted` is whether somebody wants them in their conversations."""

    def __init__(
        self,
        database: Database,
        summarisers: Summarisers,
        jobs: Jobs,
        counts: Counts,
        *,
        wanted: Callable[[Subject | None], bool],
    ) -> None:
        self._database, self._summarisers, self._jobs, self.wanted = database, summarisers, jobs, wanted
        self._counts = counts
        self._asked: set[str] = set()
        """The conversations for which a job was asked for that has not come to an end."""
        self._failed: dict[str, float] = {}
        """When the last attempt at a conversation came to nothing, which costs the same the next time."""

    async def __call__(self, turn: Turn, found: Fitted, window: int | None, ref: str, besides: int) -> Fitted:
        """Return what goes instead of `found`, in which not all has room; a job is asked for when the turn settles.

        `window`, in tokens, is that of the model `ref`; `besides` is what else is sent.
        """
        turn.summarise = None
        if turn.kind != "chat" or turn.given is not None or turn.wants.mode == "raw" or not turn.places:
            return found
        if not self.wanted(turn.subject):
            return found._replace(unsummarised=_OFF)
        return await self._shorter(turn, found, window, ref, besides)

    async def _shorter(self, turn: Turn, found: Fitted, window: int | None, ref: str, besides: int) -> Fitted:
        from mecum.engine.chat import summarised  # noqa: PLC0415 - few conversations get so long

        room = summarised.Room(window, ref, self._counts, besides)
        branch = summarised.Branch(turn.history, turn.places, int(turn.prompted))
        shorter = summarised.shortened(branch, await self._summaries(turn), room) or found
        if not summarised.is_due(shorter, room, unread=turn.unread):
            return shorter
        if not self._may(turn):
            return shorter._replace(unsummarised=_NOBODY)
        through = summarised.due_through(branch, shorter, room, MOST_MESSAGES // 2 if turn.unread else None)
        if through is not None:
            turn.summarise = self._payload(turn, through, room)
        return shorter._replace(unsummarised=_NOT_YET)

    def ops(self, turn: Turn) -> list[Op]:
        """Return the write that asks for a summary, when a settled turn needs one and none is asked for already."""
        if turn.summarise is None or turn.status != "completed" or not self._may_ask(turn.conversation_id):
            return []
        self._asked.add(turn.conversation_id)
        _, op = self._jobs.op(KIND, turn.summarise, turn.subject, priority=LATER)
        turn.stream.on_settled.append(self._jobs.wake)
        return [op]

    def tried(self, conversation_id: str, *, failed: bool) -> None:
        """The job for this conversation has come to an end: another one may be asked for, in a while if it failed."""
        self._asked.discard(conversation_id)
        self._failed.pop(conversation_id, None)
        if failed:
            if len(self._failed) >= _MOST_FAILED:
                self._failed.clear()
            self._failed[conversation_id] = clock.monotonic()

    def _may_ask(self, conversation_id: str) -> bool:
        failed_at = self._failed.get(conversation_id)
        again = failed_at is None or clock.monotonic() > failed_at + AGAIN_SECONDS
        return again and conversation_id not in self._asked

    async def _summaries(self, turn: Turn) -> list[Summary]:
        leaf = turn.wants.resume or turn.parent_id
        values = {"_leaf": leaf, "_limit": MOST_MESSAGES, **owner_values(turn.subject)}
        return [Summary(*row) for row in await self._database.fetch(conversations.SUMMARIES_ABOVE, values)]

    def _may(self, turn: Turn) -> bool:
        try:
            self._summarisers.choose(_beyond(turn), turn.subject)
        except (ModelUnavailable, Denied):
            return False
        return True

    @staticmethod
    def _payload(turn: Turn, through: str, room: "Room") -> Mapping[str, Any]:
        return {
            "conversation_id": turn.conversation_id,
            "message_id": through,
            "run_id": turn.run_id,
            "endpoint": _beyond(turn),
            "tokens": room.summary,
        }


def _beyond(turn: Turn) -> str | None:
    """Return the endpoint beyond this machine to which this conversation goes; None: it stays here."""
    info: ModelInfo | None = None if turn.choice is None else turn.choice.info
    return None if info is None or info.local else info.endpoint
