"""`/v1/completions`: a text continued by a model as it is, without template and system prompt."""

from functools import partial
from typing import Final

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from mecum.edges.http.openai.calls import Calls, idempotency_key
from mecum.edges.http.openai.chat import completion_id, wants_usage
from mecum.edges.http.openai.chunks import TextChunks
from mecum.edges.http.openai.common_schemas import passed_on
from mecum.edges.http.openai.completed import text_completion
from mecum.edges.http.openai.completion_schemas import CompletionCreate
from mecum.edges.http.openai.errors import call_of, failure_of, refused
from mecum.edges.http.openai.follower import CallEvents, told_again
from mecum.edges.http.openai.said import Said, history_of, require_storable
from mecum.engine.chat.called import ending_of
from mecum.engine.chat.turn import Turn, TurnRequest
from mecum.inference.exchange import TextContent
from mecum.infra.web.requests import answer, limited_body, subject_of
from mecum.kernel.subject import Subject

_COMPLETION: Final[TypeAdapter[CompletionCreate]] = TypeAdapter(CompletionCreate)
_PASSED_ON: Final = tuple(
    "max_tokens top_p stop seed presence_penalty frequency_penalty logit_bias user logprobs".split()
)
PREFIX: Final = "cmpl-"


class Completions:
    """Answers a call."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def __call__(self, request: Request) -> Response:
        asker = await subject_of(request)
        body = call_of(_COMPLETION, await limited_body(request, self._calls.most_bytes))
        run_id, turn = await self._calls.start(await self._request(asker, body, idempotency_key(request)))
        if body.stream:
            return await self._stream(asker, body, run_id, turn)
        run = await self._calls.settled(asker, run_id, turn)
        return answer(text_completion(run, completion_id(run_id, PREFIX)))

    async def _request(self, asker: Subject, body: CompletionCreate, key: str | None) -> TurnRequest:
        if body.stream_options is not None and not body.stream:
            raise refused("stream_options", "stream_options is only allowed when stream is true.", "invalid_value")
        prompt = body.prompt if isinstance(body.prompt, str) else body.prompt[0]
        said = [Said("user", (TextContent(prompt),))]
        require_storable(said)
        await self._calls.registry.complete(body.model)
        self._calls.service.require_reach(body.model, asker)
        self._calls.router.choose(body.model)
        return TurnRequest(
            subject=asker,
            kind="api",
            history=history_of(said),
            mode="raw",
            model=body.model,
            temperature=body.temperature,
            parameters=passed_on(body, _PASSED_ON),
            listed=False,
            idempotency_key=key,
            unstreamed=not body.stream,
        )

    async def _stream(self, asker: Subject, body: CompletionCreate, run_id: str, turn: Turn | None) -> Response:
        named, with_usage = completion_id(run_id, PREFIX), wants_usage(body.stream_options)
        if turn is not None:
            ending = partial(ending_of, turn)
            chunks = TextChunks(named, turn.created_ms // 1000, ending, with_usage=with_usage)
            return CallEvents(turn.stream, chunks, lambda: failure_of(ending()))
        run = await self._calls.settled(asker, run_id, None)
        frames = await self._calls.reader.events(asker, run_id, 0)
        return told_again(frames, TextChunks(named, run.created_ms // 1000, lambda: run.ending, with_usage=with_usage))
