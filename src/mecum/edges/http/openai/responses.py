"""`/v1/responses`: answers kept under an id, by which they are retrieved, streamed again, continued and deleted."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from mecum.domains.runs import api as runs
from mecum.edges.http.openai.calls import Calls, conversation_of, idempotency_key, own_metadata
from mecum.edges.http.openai.errors import call_of, failure_of, refused
from mecum.edges.http.openai.follower import CallEvents, told_again
from mecum.edges.http.openai.input_items import listed
from mecum.edges.http.openai.response_events import ResponseEvents
from mecum.edges.http.openai.response_input import parameters_of, said_of, tools_of
from mecum.edges.http.openai.response_items import PREFIX, response_id, response_object
from mecum.edges.http.openai.response_queries import ItemPage, Retrieval
from mecum.edges.http.openai.response_schemas import ResponseCreate
from mecum.edges.http.openai.said import (
    Said,
    news_of,
    posted_of,
    require_known_calls,
    require_storable,
    system_prompt_of,
)
from mecum.engine.chat.called import CalledRun, called_turn
from mecum.engine.chat.turn import Turn, TurnRequest
from mecum.infra.web.requests import answer, limited_body, subject_of
from mecum.kernel import ids
from mecum.kernel.errors import MecumError, NotFound
from mecum.kernel.subject import Subject

_RESPONSE: Final[TypeAdapter[ResponseCreate]] = TypeAdapter(ResponseCreate)
_SURFACE: Final = "responses"


class ResponseNotFound(NotFound):
    """There is no such response."""

    code = "response.not_found"


class Responses:
    """Makes responses and finds them again."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def __call__(self, request: Request) -> Response:
        asker = await subject_of(request)
        body = call_of(_RESPONSE, await limited_body(request, self._calls.most_bytes))
        run_id, turn = await self._calls.start(await self._request(asker, body, idempotency_key(request)))
        if body.stream:
            return await self._stream(asker, run_id, turn)
        return answer(await (self._begun if body.background else self._whole)(asker, run_id, turn))

    async def get(self, asker: Subject, named: str, how: Retrieval) -> Response:
        """Answer with a response as it stands, or with its events; raises ResponseNotFound."""
        run = await self._find(asker, named)
        if how.stream:
            turn = self._calls.reader.active(asker, run.run_id)
            return await self._stream(asker, run.run_id, turn, how.after)
        return answer(response_object(run, failure_of(run.ending)))

    async def input_items(self, asker: Subject, named: str, page: ItemPage) -> dict[str, Any]:
        """Return what the response was asked with; raises ResponseNotFound."""
        run = await self._find(asker, named)
        given = await self._calls.runs.given(asker, run, run.wants.caller.get("given", 0))
        return await listed(given, page, partial(self._calls.record.files.read, asker))

    async def cancel(self, asker: Subject, named: str) -> dict[str, Any]:
        """Stop a response and return it; one that is over is returned as it is. Raises ResponseNotFound."""
        run = await self._find(asker, named)
        turn = self._calls.reader.active(asker, run.run_id)
        if turn is not None:
            await self._calls.stop(turn)
            run = called_turn(turn)
        return response_object(run, failure_of(run.ending))

    async def delete(self, asker: Subject, named: str) -> dict[str, Any]:
        """Let a response be found no longer, stopped if it is not over; raises ResponseNotFound.

        A conversation of which nothing else is left goes into the trash.
        """
        run = await self._find(asker, named)
        turn = self._calls.reader.active(asker, run.run_id)
        if turn is not None:
            await self._calls.stop(turn)
        if await self._calls.runs.forget(asker, run.run_id):
            await self._calls.record.removal.trash(asker, run.conversation_id)
        return {"id": named, "object": "response", "deleted": True}

    async def _request(self, asker: Subject, body: ResponseCreate, key: str | None) -> TurnRequest:
        require_consistent(body)
        previous = await self._previous(asker, body.previous_response_id)
        names = _calls_of(previous.parts) if previous else {}
        said = said_of(body.input, names)
        require_storable([*said, *_instructions(body)])
        conversation_id = conversation_of(body.metadata)
        if conversation_id is None:
            require_known_calls(said, names, "input")
        tools = tools_of(body)
        model = await self._calls.model_of(asker, body.model)
        await self._calls.check_model(model, said, tools=bool(tools))
        place = await self._place(asker, body, said, previous, conversation_id)
        return TurnRequest(
            subject=asker,
            kind="api",
            model=body.model,
            temperature=body.temperature,
            parameters=parameters_of(body),
            tools=tools,
            listed=bool(body.store),
            idempotency_key=key,
            unstreamed=not (body.stream or body.background),
            caller=_caller(body, len(place["posted"])),
            **place,
        )

    async def _place(
        self,
        asker: Subject,
        body: ResponseCreate,
        said: Sequence[Said],
        previous: CalledRun | None,
        conversation_id: str | None,
    ) -> dict[str, Any]:
        """Return where the input goes: under the response before, into a named conversation, or into one of its own."""
        news = news_of(said, "input")
        keep = partial(self._calls.keep_image, asker)
        if conversation_id is not None:
            prompt = body.instructions if body.instructions is not None else system_prompt_of(said)
            return {
                "conversation_id": conversation_id,
                "system_prompt": prompt,
                "posted": await posted_of(news, keep),
            }
        posted = await posted_of(said, keep)
        if previous is None:
            return {"system_prompt": body.instructions, "posted": posted}
        return {
            "conversation_id": previous.conversation_id,
            "parent_id": previous.message_id,
            # Those of the response before do not hold for this one.
            "system_prompt": body.instructions or "",
            "posted": posted,
        }

    async def _previous(self, asker: Subject, named: str | None) -> CalledRun | None:
        if named is None:
            return None
        try:
            return await self._find(asker, named)
        except ResponseNotFound as error:
            said = f"Previous response with id '{named}' not found."
            raise refused("previous_response_id", said, "previous_response_not_found") from error

    async def _find(self, asker: Subject, named: str) -> CalledRun:
        if not ids.is_id(named, PREFIX[:-1]):
            raise ResponseNotFound(f"Response with id '{named}' not found.")
        try:
            run = await self._calls.runs.get(asker, "run_" + named.removeprefix(PREFIX))
        except runs.RunNotFound as error:
            raise ResponseNotFound(f"Response with id '{named}' not found.") from error
        if run.wants.caller.get("surface") != _SURFACE or run.wants.caller.get("store") is False:
            raise ResponseNotFound(f"Response with id '{named}' not found.")
        return run

    async def _whole(self, asker: Subject, run_id: str, turn: Turn | None) -> dict[str, Any]:
        if turn is not None:
            await turn.stream.wait()
        run = called_turn(turn) if turn is not None else await self._calls.runs.get(asker, run_id)
        failure = failure_of(run.ending)
        # Whoever cancelled it asked for this end; whoever waits for it is shown what there is.
        if failure is not None and run.ending.status != "cancelled":
            raise failure
        return response_object(run, failure)

    async def _begun(self, asker: Subject, run_id: str, turn: Turn | None) -> dict[str, Any]:
        """Return the response as it stands now: nobody waits for it."""
        run = called_turn(turn) if turn is not None else await self._calls.runs.get(asker, run_id)
        return response_object(run, failure_of(run.ending))

    async def _stream(self, asker: Subject, run_id: str, turn: Turn | None, after: int = -1) -> Response:
        if turn is not None:
            return CallEvents(turn.stream, ResponseEvents(partial(called_turn, turn), after), _no_failure)
        run = await self._calls.runs.get(asker, run_id)
        return told_again(await self._calls.reader.events(asker, run_id, 0), ResponseEvents(lambda: run, after))


def require_consistent(body: ResponseCreate) -> None:
    """Raise ParameterRefused for parameters that contradict each other or mean nothing without another."""
    if body.stream_options is not None and not body.stream:
        raise refused("stream_options", "stream_options is only allowed when stream is true.", "invalid_value")
    if body.previous_response_id is not None and conversation_of(body.metadata) is not None:
        said = "Only one of previous_response_id and metadata.conversation_id can be given."
        raise refused("previous_response_id", said, "invalid_value")
    if body.top_logprobs and not body.include:
        said = "top_logprobs is only allowed when message.output_text.logprobs is included."
        raise refused("top_logprobs", said, "invalid_value")
    if body.background and body.store is False:
        raise refused(
            "background", "background needs a response that is kept: store must not be false.", "invalid_value"
        )
    for name in ("tool_choice", "parallel_tool_calls"):
        if getattr(body, name) not in (None, "auto", "none", True) and not body.tools:
            raise refused(name, f"{name} is only allowed when tools are given.", "invalid_value")


def _caller(body: ResponseCreate, given: int) -> dict[str, Any]:
    """Return what is kept to tell of the response again; `given` is the number of messages that came with it."""
    known: dict[str, Any] = {
        "surface": _SURFACE,
        "given": given,
        "background": True if body.background else None,
        "previous": body.previous_response_id,
        "metadata": own_metadata(body.metadata) or None,
        "store": False if body.store is False else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _instructions(body: ResponseCreate) -> list[Said]:
    return said_of([], {}) if body.instructions is None else said_of(body.instructions, {})


def _calls_of(parts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {part["call_id"]: part["name"] for part in parts if part["type"] == "tool_call"}


def _no_failure() -> MecumError | None:
    """A response tells of its failure in its last event."""
    return None


__all__ = ["ResponseNotFound", "Responses", "response_id"]
