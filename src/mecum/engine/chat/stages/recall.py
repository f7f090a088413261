"""Find what the person wrote before, for a model that answers from it; whoever did not ask for it gets nothing."""

from typing import Protocol

from mecum.engine.chat.turn import Turn
from mecum.inference.exchange import Passage
from mecum.kernel.subject import Subject


class Recaller(Protocol):
    """Finds passages by the words of a question."""

    async def passages(
        self, subject: Subject, question: str, *, without: frozenset[str], by: str
    ) -> tuple[Passage, ...]:
        """Return passages of the person's own record, best first.

        `without` names messages to leave out; so is everything that the model `by` said, or it would quote itself.
        """
        ...


class Recall:
    """Needs the choice of model; leaves passages in the turn."""

    def __init__(self, recaller: Recaller) -> None:
        self._recaller = recaller

    async def __call__(self, turn: Turn) -> None:
        if turn.choice is None or not turn.choice.info.recalls or turn.wants.mode == "raw":
            return
        if turn.wants.assistant is not None and turn.wants.assistant.get("recalls") is False:
            return
        question = turn.history[-1].text if turn.history else ""
        without = frozenset({turn.user_message_id} if turn.user_message_id else ())
        turn.passages = await self._recaller.passages(turn.subject, question, without=without, by=turn.choice.info.ref)
