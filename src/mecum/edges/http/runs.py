"""The routes of runs: make one, look at it, follow it, stop it."""

from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import TypeAdapter
from starlette.responses import Response as PlainResponse

from mecum.edges.http.events import RunEvents, StoredEvents
from mecum.edges.http.schemas import RunCreate, RunView
from mecum.engine.chat.reading import RunReader
from mecum.engine.chat.service import ChatService
from mecum.engine.chat.turn import TurnRequest
from mecum.infra.web.requests import Asker, answer, body_of, limited_body, parsed, subject_of
from mecum.infra.web.routes import Routes
from mecum.kernel.subject import Subject

_RUN = TypeAdapter(RunCreate)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key makes the same run only once.",
    "schema": {"type": "string", "maxLength": 200, "example": "a1b2"},
}
_SSE = {
    "text/event-stream": {
        "example": 'id: 3\ndata: {"v":1,"seq":3,"type":"part.delta","part":0,"offset":0,"text":"Hi"}\n\n'
    }
}


class Creation:
    """`POST /runs`. It runs on every turn, so it is also reached without the framework's own way to a route."""

    def __init__(self, service: ChatService, reader: RunReader, *, most_bytes: int) -> None:
        self._service, self._reader, self._most_bytes = service, reader, most_bytes

    async def __call__(self, request: Request) -> Response:
        asker = await subject_of(request)
        body = parsed(_RUN, await limited_body(request, self._most_bytes))
        follows = "text/event-stream" in request.headers.get("accept", "")
        unstreamed = body.wait and not follows
        key = request.headers.get("idempotency-key")
        run_id = await self._service.start(turn_request(asker, body, key, unstreamed=unstreamed))
        if follows:
            return await events_of(self._reader, asker, run_id, 0)
        turn = self._service.find(run_id)
        if turn is None:
            return answer(await self._reader.get(asker, run_id), 200 if body.wait else 202)
        if body.wait:
            await turn.stream.wait()
        return answer(self._reader.view(turn), 200 if body.wait else 202)


async def events_of(reader: RunReader, asker: Subject, run_id: str, after: int) -> Response:
    """Return the response that tells a run's events beyond `after`."""
    turn = reader.active(asker, run_id)
    if turn is not None:
        return RunEvents(turn.stream, after)
    return StoredEvents(await reader.events(asker, run_id, after))


def router(creation: Creation, service: ChatService, reader: RunReader) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["runs"])

    @routes.post(
        "/runs",
        status_code=202,
        response_model=RunView,
        summary="Ask for an answer",
        description="Stores the message, then answers 202 while the model works; with `wait` 200 when it has settled; "
        "with `Accept: text/event-stream` the run's events. The same `Idempotency-Key` makes the same run only once.",
        responses={200: {"model": RunView, "description": "The settled run (`wait`).", "content": _SSE}},
        openapi_extra={"requestBody": body_of(RunCreate), "parameters": [_KEY]},
    )
    async def create(request: Request) -> Response:
        return await creation(request)

    @routes.get(
        "/runs/{run_id}",
        response_model=RunView,
        summary="Look at a run",
        description="The run as it stands, with the text so far and the number of its newest event.",
    )
    async def get(run_id: str, asker: Asker) -> Response:
        return answer(await reader.get(asker, run_id))

    @routes.get(
        "/runs/{run_id}/events",
        response_class=PlainResponse,
        summary="Follow a run",
        description="Server-sent events from `after` on, ending with the run's one terminal event. Any old position "
        "gives the exact text.",
        responses={200: {"description": "The events.", "content": _SSE}},
    )
    async def events(
        run_id: str,
        asker: Asker,
        request: Request,
        after: Annotated[
            int, Query(ge=0, description="The number of the last event the client has.", examples=[0])
        ] = 0,
    ) -> Response:
        last = request.headers.get("last-event-id", "")
        return await events_of(reader, asker, run_id, max(after, int(last) if last.isdigit() else 0))

    @routes.post(
        "/runs/{run_id}/cancel",
        status_code=202,
        response_model=RunView,
        summary="Stop a run",
        description="Hangs up on the model at once; what was written stays. A settled run is returned as it is.",
    )
    async def cancel(run_id: str, asker: Asker) -> Response:
        turn = reader.active(asker, run_id)
        if turn is not None:
            await service.cancel(run_id)
            return answer(reader.view(turn), 202)
        return answer(await reader.get(asker, run_id), 202)

    return routes


def turn_request(asker: Subject, body: RunCreate, key: str | None, *, unstreamed: bool) -> TurnRequest:
    """Return what the engine is asked for."""
    return TurnRequest(
        subject=asker,
        conversation_id=body.conversation_id,
        project_id=body.project_id,
        parent_id=body.parent_id if "parent_id" in body.model_fields_set else ...,
        text=body.text,
        files=tuple(body.files),
        regenerate=body.regenerate,
        edit=body.edit,
        resume=body.resume,
        model=body.model,
        temperature=body.temperature,
        system_prompt=body.system_prompt,
        mode=body.mode,
        parameters=body.parameters,
        wait_for_model=body.wait_for_model,
        idempotency_key=key,
        unstreamed=unstreamed,
    )
