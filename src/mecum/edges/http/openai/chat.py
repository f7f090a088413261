"""`/v1/chat/completions`: a call, the run it is recorded as, and the answer whole or in chunks."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from mecum.edges.http.openai.calls import (
    CONVERSATION,
    Calls,
    conversation_of,
    idempotency_key,
    own_metadata,
)
from mecum.edges.http.openai.chat_messages import said_of, tools_of
from mecum.edges.http.openai.chat_schemas import ChatCreate, TextFormat
from mecum.edges.http.openai.chunks import ChatChunks
from mecum.edges.http.openai.common_schemas import StreamOptions, passed_on
from mecum.edges.http.openai.completed import chat_completion
from mecum.edges.http.openai.errors import call_of, failure_of, refused
from mecum.edges.http.openai.follower import CallEvents, told_again
from mecum.edges.http.openai.said import (
    Said,
    history_of,
    news_of,
    posted_of,
    require_known_calls,
    require_storable,
    system_prompt_of,
)
from mecum.engine.chat.called import ending_of
from mecum.engine.chat.turn import Turn, TurnRequest
from mecum.infra.web.requests import answer, limited_body, subject_of
from mecum.kernel.subject import Subject

_CHAT: Final[TypeAdapter[ChatCreate]] = TypeAdapter(ChatCreate)
_PASSED_ON: Final = tuple(
    "max_tokens max_completion_tokens top_p stop seed response_format tool_choice parallel_tool_calls reasoning_effort "
    "presence_penalty frequency_penalty logit_bias user logprobs top_logprobs".split()
)
PREFIX: Final = "chatcmpl-"


class ChatCompletions:
    """Answers a call. It reads the body itself, so that it is also reached without the framework's way to a route."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def __call__(self, request: Request) -> Response:
        asker = await subject_of(request)
        body = call_of(_CHAT, await limited_body(request, self._calls.most_bytes))
        wanted = await self._request(asker, body, idempotency_key(request))
        run_id, turn = await self._calls.start(wanted)
        if body.stream:
            return await self._stream(asker, body, run_id, turn)
        run = await self._calls.settled(asker, run_id, turn)
        metadata = dict(body.metadata or {}) or None
        if wanted.posted:
            metadata = {**(metadata or {}), CONVERSATION: run.conversation_id}
        return answer(chat_completion(run, completion_id(run_id), metadata))

    async def _request(self, asker: Subject, body: ChatCreate, key: str | None) -> TurnRequest:
        require_consistent(body)
        said = said_of(body.messages)
        require_storable(said)
        require_known_calls(said, (), "messages")
        tools = tools_of(body)
        self._calls.service.require_reach(body.model, asker)
        await self._calls.check_model(body.model, said, tools=bool(tools))
        return TurnRequest(
            subject=asker,
            kind="api",
            model=body.model,
            temperature=body.temperature,
            parameters=_parameters(body),
            tools=tools,
            listed=bool(body.store),
            caller={"metadata": own} if (own := own_metadata(body.metadata)) else {},
            metadata=own if body.store else None,
            idempotency_key=key,
            unstreamed=not body.stream,
            **await self._place(asker, body, said),
        )

    async def _place(self, asker: Subject, body: ChatCreate, said: Sequence[Said]) -> dict[str, Any]:
        """Return where the messages go: beside the record, into a conversation of their own, or into a named one."""
        conversation_id = conversation_of(body.metadata)
        if conversation_id is None and not body.store:
            return {"history": history_of(said)}
        keep = partial(self._calls.keep_image, asker)
        if conversation_id is not None:
            news = await posted_of(news_of(said, "messages"), keep)
            return {"conversation_id": conversation_id, "system_prompt": system_prompt_of(said), "posted": news}
        news_of(said, "messages")
        # The first system message is the conversation's own prompt, so that whoever goes on with it keeps it.
        leads = said[0].role == "system"
        posted = await posted_of(said[1:] if leads else said, keep)
        return {"system_prompt": said[0].text if leads else None, "posted": posted}

    async def _stream(self, asker: Subject, body: ChatCreate, run_id: str, turn: Turn | None) -> Response:
        with_usage = wants_usage(body.stream_options)
        if turn is not None:
            ending = partial(ending_of, turn)
            told, parts = completion_id(run_id), turn.stream.stored_parts
            chunks = ChatChunks(told, turn.created_ms // 1000, ending, with_usage=with_usage, parts=parts)
            return CallEvents(turn.stream, chunks, lambda: failure_of(ending()))
        run = await self._calls.settled(asker, run_id, None)
        frames = await self._calls.reader.events(asker, run_id, 0)
        told, created = completion_id(run_id), run.created_ms // 1000
        chunks = ChatChunks(told, created, lambda: run.ending, with_usage=with_usage, parts=lambda: run.parts)
        return told_again(frames, chunks)


def completion_id(run_id: str, prefix: str = PREFIX) -> str:
    """Return the completion's id, which has the digits of its run's."""
    return prefix + run_id.partition("_")[2]


def wants_usage(options: StreamOptions | None) -> bool:
    """Whether a stream ends with the usage."""
    return options is not None and bool(options.include_usage)


def require_consistent(body: ChatCreate) -> None:
    """Raise ParameterRefused for parameters that contradict each other or mean nothing without another."""
    if body.stream_options is not None and not body.stream:
        raise refused("stream_options", "stream_options is only allowed when stream is true.", "invalid_value")
    if body.max_tokens is not None and body.max_completion_tokens is not None:
        raise refused("max_tokens", "Only one of max_tokens and max_completion_tokens can be given.", "invalid_value")
    if body.top_logprobs and not body.logprobs:
        raise refused("top_logprobs", "top_logprobs is only allowed when logprobs is true.", "invalid_value")
    for name in ("tool_choice", "parallel_tool_calls"):
        if getattr(body, name) is not None and not body.tools:
            raise refused(name, f"{name} is only allowed when tools are given.", "invalid_value")


def _parameters(body: ChatCreate) -> dict[str, Any]:
    passed = passed_on(body, _PASSED_ON)
    if isinstance(body.response_format, TextFormat):
        del passed["response_format"]
    if not body.logprobs:
        # Not asking is what every model can.
        passed = {name: value for name, value in passed.items() if name not in ("logprobs", "top_logprobs")}
    return passed
