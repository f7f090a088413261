"""Running turns: one at a time per branch, the rest queued and visible; cancel, wait for a model, take up a crash."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

from mecum.domains.privacy import api as privacy
from mecum.domains.runs import api as runs
from mecum.engine.chat import reach
from mecum.engine.chat.admit import Admission
from mecum.engine.chat.personas import Personas
from mecum.engine.chat.recovery import Recovery
from mecum.engine.chat.turn import Stages, Turn, TurnRequest, run_turn
from mecum.inference.errors import ModelUnavailable
from mecum.inference.registry import Registry
from mecum.inference.routing.router import Router
from mecum.infra.jobs.gate import Gate
from mecum.infra.storage import Database, Op
from mecum.infra.tracing import context
from mecum.infra.tracing.spans import Tracer
from mecum.kernel import clock
from mecum.kernel.errors import MecumError, Unavailable
from mecum.kernel.subject import ACTING, Subject

_log = logging.getLogger("mecum.turns")


class ShuttingDown(Unavailable):
    """The server is stopping; send it again in a moment."""

    code = "server.stopping"


class ChatService:
    """Every turn of this process."""

    def __init__(
        self,
        database: Database,
        log: runs.RunLog,
        registry: Registry,
        admission: Admission,
        stages: Stages,
        router: Router,
        personas: Personas,
        gate: Gate | None = None,
        tracer: Tracer | None = None,
        *,
        egress: privacy.EgressPolicy,
    ) -> None:
        self._database, self._log, self._registry = database, log, registry
        self._admission, self._stages, self._router = admission, stages, router
        self._personas = personas
        self._gate, self._tracer = gate or Gate(), tracer or Tracer()
        self._egress = egress
        self._turns: dict[str, Turn] = {}
        self._behind: defaultdict[str, list[Turn]] = defaultdict(list)
        """Queued turns by the message id of the answer they wait for."""
        self._waiting: dict[str, Turn] = {}
        self._stopping = False
        self.observe: Callable[[Turn], None] | None = None
        """Called with every settled turn; metrics listen here."""
        log.settled = self._settled
        registry.on_change(self._models_changed)

    @property
    def busy(self) -> bool:
        """Whether a person waits for an answer that is being made."""
        return any(turn.status == "running" for turn in self._turns.values())

    async def start(self, request: TurnRequest) -> str:
        """Take a request in and return its run's id; the message is on disk then.

        Raises ModelNotFound, AssistantNotFound, ConversationNotFound, MessageNotFound, MessageEmpty, MessageTooLarge,
        MessageUnstorable, FileNotFound, IdempotencyReused, EgressDenied; nothing is stored then.
        """
        if self._stopping:
            raise ShuttingDown
        if (known := await self._admission.repeated(request)) is not None:
            return known
        # Background work makes way from here on, not only once the message is on disk.
        with self._gate:
            await self._require_model(await self.model_named(request.subject, request.model), request.subject)
            turn = await self._admission.admit(request, self._reachable)
            self._turns[turn.run_id] = turn
            self._enqueue(turn)
        return turn.run_id

    async def model_named(self, subject: Subject, wanted: str | None) -> str | None:
        """Return the model that answers to `wanted`: itself, or for `assistant:SLUG` that of the assistant.

        Raises AssistantNotFound.
        """
        answering = await self._personas.named(subject, wanted)
        return wanted if answering is None else answering.persona.model

    async def _require_model(self, wanted: str | None, subject: Subject) -> None:
        """Refuse a model that cannot be, or may not be asked; for one that does not answer now the message waits."""
        if wanted is None:
            return
        await self._reachable(wanted, subject)
        try:
            self._router.choose(wanted)
        except ModelUnavailable:
            return

    async def _reachable(self, wanted: str, subject: Subject) -> None:
        """Raise EgressDenied when a model may not be asked, whoever named it: the request or its conversation."""
        if not self._registry.ready(wanted):
            await self._registry.complete(wanted)
        self.require_reach(wanted, subject)

    def require_reach(self, wanted: str | None, subject: Subject | None = None) -> None:
        """Raise EgressDenied, with the way out, when the model `wanted` may not be asked (for `subject`)."""
        reach.require_named(self._egress, self._registry, wanted, subject)

    def find(self, run_id: str) -> Turn | None:
        """Return an unfinished turn."""
        return self._turns.get(run_id)

    def in_all(self) -> Sequence[Turn]:
        """Return every unfinished turn, oldest first."""
        return list(self._turns.values())

    def in_conversation(self, conversation_id: str) -> Sequence[Turn]:
        """Return the unfinished turns of a conversation, oldest first."""
        return [turn for turn in self._turns.values() if turn.conversation_id == conversation_id]

    def position(self, turn: Turn) -> int:
        """Return how many turns are before this one in its branch."""
        before, at = 0, self._before(turn)
        while at is not None:
            before, at = before + 1, self._before(at)
        return before

    async def cancel(self, run_id: str) -> None:
        """Stop a turn; its upstream is hung up on at once. A queued one ends without an answer. Does not wait."""
        turn = self._turns.get(run_id)
        if turn is None or turn.cancelled:
            return
        turn.cancelled = True
        if turn.task is not None:
            # A task that never began would end without settling; it looks at `cancelled` itself.
            if turn.entered:
                turn.task.cancel()
            return
        self._unqueue(turn)
        turn.status = "cancelled"
        await self._stages.settle(turn)

    async def recover(self) -> None:
        """Take up what the last process left: settle, start again, or put back into the queue."""
        for turn in await Recovery(self._database, self._log, self._stages.settle).recover():
            self._turns[turn.run_id] = turn
            self._enqueue(turn)

    async def stop(self, seconds: float) -> None:
        """Take nothing more in, give running answers `seconds` to end, then interrupt them: they keep their text."""
        self._stopping = True
        running = [turn for turn in self._turns.values() if turn.task is not None]
        if running and seconds > 0:
            await asyncio.wait([turn.task for turn in running if turn.task is not None], timeout=seconds)
        for turn in running:
            if turn.task is not None:
                turn.task.cancel()
        # Queued and waiting turns stay so on disk; the next process takes them up.
        for turn in [turn for turn in self._turns.values() if turn.task is None]:
            self._log.drop(turn.stream)
        await self._log.drain(5)

    # the queue

    def _enqueue(self, turn: Turn) -> None:
        if (before := self._before(turn)) is not None:
            self._wait_behind(turn, before)
        else:
            self._run(turn)

    def _before(self, turn: Turn) -> Turn | None:
        """The unfinished turn whose answer this one hangs under."""
        anchor = turn.after_id
        if anchor is None:
            return None
        return next((t for t in self._turns.values() if t.message_id == anchor and t is not turn), None)

    def _wait_behind(self, turn: Turn, before: Turn) -> None:
        # It may be edited while it waits: it is read again when its time comes.
        turn.status, turn.asked = "queued", None
        self._behind[before.message_id].append(turn)
        turn.stream.emit(runs.RunStatus("queued", self.position(turn)), urgent=True)
        self._store(runs.set_status(turn.run_id, "queued"))

    def _run(self, turn: Turn) -> None:
        if turn.status != "running" or turn.restarts:
            self._store(runs.start_run(turn.run_id, clock.milliseconds(), turn.restarts))
        turn.status, turn.started_ms = "running", clock.milliseconds()
        # Before its task has begun: a moment in which nobody seems to be answered lets a job go on.
        self._gate.enter()
        turn.task = asyncio.create_task(self._attempt(turn), name=turn.run_id)

    async def _attempt(self, turn: Turn) -> None:
        turn.entered = True
        context.run_id.set(turn.run_id)
        ACTING.set(turn.subject)
        try:
            with self._tracer.span("turn", run_id=turn.run_id, kind=turn.kind) as span:
                await self._take(turn)
                if span is not None:
                    span.note(status=turn.status, model=turn.choice.info.ref if turn.choice else None)
        finally:
            self._gate.leave()

    async def _take(self, turn: Turn) -> None:
        if turn.cancelled:
            turn.status = "cancelled"
            await self._stages.settle(turn)
            return
        await run_turn(turn, self._stages, self._waits)

    def _waits(self, turn: Turn) -> bool:
        """Put a turn aside that no model can answer now, where one may yet appear; return whether it was."""
        reason = self._no_model(turn)
        if reason is not None:
            self._wait_for_model(turn, reason)
        return reason is not None

    def _no_model(self, turn: Turn) -> MecumError | None:
        try:
            reach.require_named(self._egress, self._registry, turn.wants.model, turn.subject, told=False)
            self._router.choose(turn.wants.model, real=turn.wants.wait_for_model)
        except ModelUnavailable as error:
            return error
        except MecumError:
            return None
        return None

    def _wait_for_model(self, turn: Turn, reason: MecumError) -> None:
        turn.status, turn.task, turn.entered, turn.asked = "waiting", None, False, None
        self._waiting[turn.run_id] = turn
        turn.waits_because = {"code": reason.code, "message": reason.message}
        turn.stream.emit(runs.RunStatus("waiting_for_model", waits_because=turn.waits_because), urgent=True)
        self._store(runs.set_status(turn.run_id, "waiting"))
        _log.info("waits for a model", extra={"run_id": turn.run_id, "reason": reason.code})

    def _models_changed(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for turn in waiting.values():
            if not self._stopping:
                self._run(turn)

    def _unqueue(self, turn: Turn) -> None:
        self._waiting.pop(turn.run_id, None)
        for queue in self._behind.values():
            if turn in queue:
                queue.remove(turn)

    def _settled(self, stream: runs.RunStream) -> None:
        turn = self._turns.pop(stream.id, None)
        for callback in stream.on_settled:
            callback()
        stream.on_settled.clear()
        if turn is None:
            return
        turn.task = None
        if stream.refusal is not None:
            turn.status, turn.error = "failed", stream.refusal
        if self.observe is not None:
            self.observe(turn)
        for following in self._behind.pop(turn.message_id, []):
            if not self._stopping:
                self._run(following)

    def _store(self, op: Op) -> None:
        self._database.writer.submit([op], _unstored)


def _unstored(error: MecumError | None) -> None:
    if error is not None:
        _log.warning("a run's status was not stored", extra={"reason": error.code})
