"""Titles by a model, for who wants them: asked for when the first answer has settled, made when nobody waits.

By default a title is the first words of the first message, and no model is called behind anybody's back.
"""

from typing import Final, Literal

from mecum.domains.conversations import api as conversations
from mecum.domains.privacy import api as privacy
from mecum.engine.chat import reach
from mecum.engine.chat.turn import Turn
from mecum.inference.errors import ModelUnavailable
from mecum.inference.exchange import BACKGROUND, ModelMessage, ModelRequest, Passage, TextContent
from mecum.inference.routing.router import Router
from mecum.infra.jobs.kinds import LATER, Task
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Database, Op
from mecum.kernel.text import is_storable, unescape

KIND: Final = "conversation.title"
_ASK: Final = "Name this conversation in at most six words, in its language. Answer with the name alone.\n\n"
_MOST_CHARACTERS: Final = 2000
_MOST_TOKENS: Final = 40


class Titles:
    """Asks for titles and makes them."""

    def __init__(
        self, database: Database, router: Router, egress: privacy.EgressPolicy, jobs: Jobs, *, by_model: bool
    ) -> None:
        self._database, self._router, self._egress = database, router, egress
        self._jobs, self._by_model = jobs, by_model

    def ops(self, turn: Turn) -> list[Op]:
        """Return the write that asks for a title, when this turn's conversation should get one."""
        if not (self._by_model and turn.asked is not None and turn.listed and turn.status == "completed"):
            return []
        if turn.wants.mode == "raw" or turn.choice is None or turn.choice.info.recalls:
            return []
        # The model that answered is loaded already.
        payload = {"conversation_id": turn.conversation_id, "model": turn.choice.info.ref}
        _, op = self._jobs.op(KIND, payload, turn.subject, priority=LATER)
        turn.stream.on_settled.append(self._jobs.wake)
        return [op]

    async def make(self, task: Task, service: conversations.ConversationService) -> None:
        """Make the title a job asked for; one a person gave meanwhile stays."""
        conversation_id = task.payload["conversation_id"]
        async with self._database.reading(task.subject) as scope:
            begun = await service.beginning(scope, conversation_id)
        if begun is None:
            return
        choice = self._router.choose(task.payload["model"], real=True)
        reach.require(self._egress, choice.info, task.subject)
        sink = TextSink()
        question = ModelMessage("user", (TextContent(_ASK + begun[:_MOST_CHARACTERS]),))
        parameters = {"max_tokens": _MOST_TOKENS}
        asked = ModelRequest(choice.info.name, (question,), parameters=parameters, priority=BACKGROUND)
        await choice.model.answer(asked, sink)
        title = conversations.title_of(sink.text_so_far.strip().strip("\"'*#").strip())
        if title is None or not is_storable(title):
            raise ModelUnavailable("The model gave no usable title.")
        async with self._database.writing(task.subject) as scope:
            await service.entitle(scope, conversation_id, title)
            await task.complete(scope)


class TextSink:
    """Keeps an answer's text and nothing else."""

    def __init__(self) -> None:
        self.text_so_far = ""

    def text(self, escaped: bytes, size: int) -> None:
        self.text_so_far += unescape(escaped)

    def raw_text(self, text: str) -> None:
        self.text_so_far += text

    def reasoning(self, text: str) -> None:
        """Not part of a title."""

    def tool_call(self, index: int, call_id: str | None, name: str | None, arguments: str) -> None:
        """Not part of a title."""

    def citation(self, passage: Passage) -> None:
        """Not part of a title."""

    def phase(self, name: Literal["loading", "searching", "thinking", "writing"]) -> None:
        """Nobody waits."""
