"""The routes of the surface that programs written for OpenAI's API use unchanged."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from pydantic import BaseModel

from mecum.domains.assistants.ports import REFERENCE
from mecum.domains.conversations import api as conversations
from mecum.edges.http.openai import models
from mecum.edges.http.openai.calls import Calls
from mecum.edges.http.openai.chat import ChatCompletions
from mecum.edges.http.openai.chat_schemas import ChatCompletionView, ChatCreate
from mecum.edges.http.openai.common_schemas import CallError
from mecum.edges.http.openai.completion_schemas import CompletionCreate, CompletionView
from mecum.edges.http.openai.completions import Completions
from mecum.edges.http.openai.embeddings import EmbeddingCalls, EmbeddingCreate, EmbeddingList
from mecum.edges.http.openai.errors import NoSuchUrl
from mecum.edges.http.openai.response_queries import PAGE, RETRIEVAL, page_of, retrieval_of
from mecum.edges.http.openai.response_schemas import InputItems, ResponseCreate, ResponseDeleted, ResponseView
from mecum.edges.http.openai.responses import Responses
from mecum.engine.chat.called import CalledRuns
from mecum.engine.chat.reading import RunReader
from mecum.engine.chat.service import ChatService
from mecum.inference.embedding import Embedders
from mecum.inference.registry import Registry
from mecum.inference.routing.router import Router
from mecum.infra.storage import Database
from mecum.infra.web.requests import Asker, answer, body_of
from mecum.infra.web.routes import Routes

PREFIX: Final = "/v1"
BODIES: Final[tuple[type[BaseModel], ...]] = (ChatCreate, CompletionCreate, ResponseCreate, EmbeddingCreate)
"""The shapes of bodies that are read by hand, for the document that describes the API."""
_SSE: Final = {
    "text/event-stream": {"example": 'data: {"object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n'}
}
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": CallError, "description": "A parameter is missing, unknown or not supported; it is named."},
    401: {"model": CallError, "description": "Send an API key."},
    404: {"model": CallError, "description": "There is no such model, response or conversation."},
}
_EVERYTHING: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Surface:
    """The handlers; `chat` is also reached without the framework's way to a route."""

    calls: Calls
    chat: ChatCompletions
    completions: Completions
    responses: Responses
    embeddings: EmbeddingCalls
    assistants: models.Active


def build(
    service: ChatService,
    reader: RunReader,
    registry: Registry,
    router: Router,
    database: Database,
    record: conversations.Conversations,
    assistants: models.Active,
    *,
    most_bytes: int,
) -> Surface:
    """Return the handlers."""
    calls = Calls(service, reader, CalledRuns(database, service), registry, router, database, record, most_bytes)
    embeddings = EmbeddingCalls(Embedders(registry), most_bytes=most_bytes)
    return Surface(calls, ChatCompletions(calls), Completions(calls), Responses(calls), embeddings, assistants)


def router(surface: Surface) -> Routes:
    """Return the routes, `/v1` included."""
    routes = Routes(prefix=PREFIX, tags=["openai"], responses=_ERRORS)
    _models(routes, surface.calls, surface.assistants)
    _completions(routes, surface)
    _responses(routes, surface.responses)
    _embeddings(routes, surface.embeddings)

    @routes.api_route("/{path:path}", methods=_EVERYTHING, include_in_schema=False)
    async def nothing(path: str, request: Request) -> Response:
        raise NoSuchUrl(f"Unknown request URL: {request.method} {PREFIX}/{path}.")

    return routes


def _models(routes: Routes, calls: Calls, assistants: models.Active) -> None:
    @routes.get(
        "/models",
        response_model=models.ModelEntries,
        summary="List the models",
        description="Every model that can answer now, best first; then every active assistant, as `assistant:SLUG`.",
    )
    async def listed(asker: Asker) -> Response:
        return answer(await models.listed(calls.registry, assistants, asker))

    @routes.get(
        "/models/{model:path}",
        response_model=models.ModelEntry,
        summary="Look at a model",
        description="One model, by its id, or by its name where only one has it; or an assistant, as `assistant:SLUG`.",
    )
    async def found(model: str, asker: Asker) -> Response:
        if model.startswith(REFERENCE):
            await calls.service.model_named(asker, model)
            return answer(await models.of_assistant(model, assistants, asker))
        return answer(await models.found(calls.registry, model))


def _completions(routes: Routes, surface: Surface) -> None:
    @routes.post(
        "/chat/completions",
        response_model=ChatCompletionView,
        summary="Complete a chat",
        description="Answers a list of messages, whole or as server-sent events. A recorded run, outside the list of "
        "conversations unless `store` is true or `metadata.conversation_id` names one. An unsupported parameter is an "
        "error. A client that hangs up does not stop the run.",
        responses={200: {"content": _SSE}},
        openapi_extra={"requestBody": body_of(ChatCreate)},
    )
    async def chat(request: Request) -> Response:
        return await surface.chat(request)

    @routes.post(
        "/completions",
        response_model=CompletionView,
        summary="Continue a text",
        description="Continues a text, sent to the model as it is: no template, no system prompt.",
        responses={200: {"content": _SSE}},
        openapi_extra={"requestBody": body_of(CompletionCreate)},
    )
    async def completion(request: Request) -> Response:
        return await surface.completions(request)


def _embeddings(routes: Routes, embeddings: EmbeddingCalls) -> None:
    @routes.post(
        "/embeddings",
        response_model=EmbeddingList,
        summary="Turn texts into vectors",
        description="Asks an embedding model: one of Ollama's, of a server on the OpenAI wire, or a GGUF file. Nothing "
        "is cut off, and nothing is recorded.",
        openapi_extra={"requestBody": body_of(EmbeddingCreate)},
    )
    async def create(request: Request) -> Response:
        return await embeddings(request)


def _responses(routes: Routes, responses: Responses) -> None:
    @routes.post(
        "/responses",
        response_model=ResponseView,
        summary="Make a response",
        description="Answers a text or a list of items, whole or as server-sent events, and keeps the answer under an "
        "id by which `previous_response_id` goes on from it.",
        responses={200: {"content": _SSE}},
        openapi_extra={"requestBody": body_of(ResponseCreate)},
    )
    async def create(request: Request) -> Response:
        return await responses(request)

    @routes.get(
        "/responses/{response_id}",
        response_model=ResponseView,
        summary="Look at a response",
        description="The response as it stands, with what there is of its output; or, with `stream`, its events: those "
        "that were, and those that come while it is made.",
        responses={200: {"content": _SSE}},
        openapi_extra={"parameters": RETRIEVAL},
    )
    async def get(response_id: str, asker: Asker, request: Request) -> Response:
        return await responses.get(asker, response_id, retrieval_of(request.query_params.multi_items()))

    @routes.get(
        "/responses/{response_id}/input_items",
        response_model=InputItems,
        summary="List a response's input",
        description="The items that this response was asked with; not those of the responses before it.",
        openapi_extra={"parameters": PAGE},
    )
    async def input_items(response_id: str, asker: Asker, request: Request) -> Response:
        return answer(await responses.input_items(asker, response_id, page_of(request.query_params.multi_items())))

    @routes.post(
        "/responses/{response_id}/cancel",
        response_model=ResponseView,
        summary="Stop a response",
        description="Hangs up on the model at once; what was written stays. One that is over is returned as it is.",
    )
    async def cancel(response_id: str, asker: Asker) -> Response:
        return answer(await responses.cancel(asker, response_id))

    @routes.delete(
        "/responses/{response_id}",
        response_model=ResponseDeleted,
        summary="Delete a response",
        description="It is found no longer, neither by its id nor as `previous_response_id`.",
    )
    async def delete(response_id: str, asker: Asker) -> Response:
        return answer(await responses.delete(asker, response_id))
