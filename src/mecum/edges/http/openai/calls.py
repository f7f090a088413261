"""What all calls of this surface share: the check of the model, images kept, a run started and waited for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from mecum.domains.conversations import api as conversations
from mecum.edges.http.openai.errors import failure_of, refused
from mecum.edges.http.openai.said import Said, sees
from mecum.engine.chat.called import CalledRun, CalledRuns, called_turn
from mecum.engine.chat.reading import RunReader
from mecum.engine.chat.service import ChatService
from mecum.engine.chat.turn import Turn, TurnRequest
from mecum.inference.exchange import ImageContent
from mecum.inference.ports import ModelInfo
from mecum.inference.registry import Registry
from mecum.inference.routing.router import Router
from mecum.infra.storage import Database
from mecum.kernel import ids
from mecum.kernel.subject import Subject

CONVERSATION = "conversation_id"
_IDEMPOTENCY = "idempotency-key"
_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Calls:
    """The parts of the product that calls need."""

    service: ChatService
    reader: RunReader
    runs: CalledRuns
    registry: Registry
    router: Router
    database: Database
    record: conversations.Conversations
    most_bytes: int

    async def model_of(self, asker: Subject, named: str) -> str | None:
        """Return the model that answers to `named`, which may be `assistant:SLUG`; None is the role chat.

        Raises AssistantNotFound, EgressDenied.
        """
        model = await self.service.model_named(asker, named)
        self.service.require_reach(model, asker)
        return model

    async def check_model(self, model: str | None, said: Sequence[Said], *, tools: bool) -> ModelInfo:
        """Return the model; raises ModelNotFound, ModelUnavailable, or ParameterRefused for what it cannot take."""
        await self.registry.complete(model)
        images = sees(said)
        info = self.router.choose(model, vision=images).info
        if info.raw_only:
            raise refused("model", f"{info.ref} only continues text; use /v1/completions.", "unsupported_value")
        if images and info.vision is False:
            raise refused("messages", f"{info.ref} does not see images.", "unsupported_value")
        if tools and info.tools is False:
            raise refused("tools", f"{info.ref} does not call tools.", "unsupported_value")
        return info

    async def keep_image(self, subject: Subject, image: ImageContent) -> str:
        """Keep an image as a file of the person; return its id. Raises FileTooLarge."""
        files = self.record.files
        arrived = await files.take(subject, f"image.{image.media_type.partition('/')[2]}", image.data)
        try:
            async with self.database.writing(subject) as scope:
                return str((await files.add(scope, arrived))["id"])
        finally:
            await files.discard(arrived)

    async def start(self, request: TurnRequest) -> tuple[str, Turn | None]:
        """Start a run; the turn is None when it is over already, as a repeated call may find it."""
        run_id = await self.service.start(request)
        return run_id, self.reader.active(request.subject, run_id)

    async def settled(self, asker: Subject, run_id: str, turn: Turn | None) -> CalledRun:
        """Return the run when it is over, however long that takes; raises why it has no whole answer.

        A client that hangs up meanwhile does not stop it.
        """
        if turn is None:
            run = await self.runs.get(asker, run_id)
        else:
            await turn.stream.wait()
            run = called_turn(turn)
        if (failure := failure_of(run.ending)) is not None:
            raise failure
        return run

    async def stop(self, turn: Turn) -> None:
        """Cancel an unfinished run and return when that is on disk."""
        await self.service.cancel(turn.run_id)
        async with asyncio.timeout(_STOP_SECONDS):
            await turn.stream.wait()


def idempotency_key(request: Request) -> str | None:
    """Return the caller's key: the same one makes the same run only once."""
    key = request.headers.get(_IDEMPOTENCY)
    if key is not None and len(key) > 200:
        raise refused("Idempotency-Key", "The Idempotency-Key is longer than 200 characters.", "invalid_value")
    return key


def conversation_of(metadata: dict[str, str] | None) -> str | None:
    """Return the conversation a call is to become part of; raises ConversationNotFound for what cannot be one."""
    named = (metadata or {}).get(CONVERSATION)
    if named is not None and not ids.is_id(named, "cnv"):
        raise conversations.ConversationNotFound(conversation_id=named)
    return named


def own_metadata(metadata: dict[str, str] | None) -> dict[str, str]:
    """Return the metadata that says nothing to us."""
    return {name: value for name, value in (metadata or {}).items() if name != CONVERSATION}
