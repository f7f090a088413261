"""The routes of the surface that programs written for Ollama use unchanged."""

from typing import Any, Final

from fastapi import Request, Response
from pydantic import BaseModel, TypeAdapter

from mecum.edges.http.ollama import schemas
from mecum.edges.http.ollama.calls import OllamaCalls
from mecum.edges.http.ollama.catalogue import running, shown, tags
from mecum.edges.http.openai.calls import Calls
from mecum.edges.http.openai.errors import call_of, refused
from mecum.inference.embedding import Embedders
from mecum.inference.keeping import Keeping
from mecum.inference.loading.service import Loading
from mecum.inference.registry import Registry
from mecum.infra.web.requests import Asker, answer, body_of, limited_body
from mecum.infra.web.routes import Routes

PREFIX: Final = "/api"
SPOKEN: Final = "0.12.6"
"""The version of Ollama whose protocol is spoken here: clients look at it to know what they may ask."""
BODIES: Final[tuple[type[BaseModel], ...]] = (
    schemas.OllamaChatCreate,
    schemas.OllamaGenerateCreate,
    schemas.OllamaEmbedCreate,
    schemas.OllamaEmbeddingCreate,
    schemas.OllamaShow,
)
"""The shapes of bodies that are read by hand, for the document that describes the API."""
_LINES: Final = {"application/x-ndjson": {"example": '{"message":{"role":"assistant","content":"Hi"},"done":false}\n'}}
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": schemas.OllamaError, "description": "Something is missing, unknown or not supported; it is named."},
    401: {"model": schemas.OllamaError, "description": "Send an API key."},
    404: {"model": schemas.OllamaError, "description": "There is no such model."},
}
_SHOW: Final[TypeAdapter[schemas.OllamaShow]] = TypeAdapter(schemas.OllamaShow)
_SHOW_BYTES: Final = 65_536


def router(calls: Calls, keeping: Keeping) -> Routes:
    """Return the routes, `/api` included."""
    routes = Routes(prefix=PREFIX, tags=["ollama"], responses=_ERRORS)
    loading = Loading(calls.registry, keeping)
    answering = OllamaCalls(calls, Embedders(calls.registry), loading)
    _models(routes, calls.registry, loading)
    _answers(routes, answering)
    _vectors(routes, answering)
    return routes


def _models(routes: Routes, registry: Registry, loading: Loading) -> None:
    @routes.get(
        "/tags",
        response_model=schemas.OllamaTags,
        summary="List the models, as Ollama does",
        description="Every model that can answer or make vectors now, best first.",
    )
    async def listed(_: Asker) -> Response:
        return answer(await tags(registry))

    @routes.get(
        "/ps",
        response_model=schemas.OllamaRunning,
        summary="List the models in memory, as Ollama does",
        description="With the memory each takes, and when it leaves it if nobody asks.",
    )
    async def loaded(_: Asker) -> Response:
        return answer(await running(registry, loading))

    @routes.post(
        "/show",
        response_model=schemas.OllamaDescription,
        summary="Look at a model, as Ollama shows it",
        description="What is known of a model: its context length and what it can do.",
        openapi_extra={"requestBody": body_of(schemas.OllamaShow)},
    )
    async def show(_: Asker, request: Request) -> Response:
        body = call_of(_SHOW, await limited_body(request, _SHOW_BYTES))
        named = body.model or body.name
        if named is None:
            raise refused("model", "Missing required parameter: 'model'.", "missing_required_parameter")
        return answer(await shown(registry, named))

    @routes.get(
        "/version",
        response_model=schemas.OllamaVersion,
        summary="Say which protocol is spoken",
        description="The version of Ollama whose protocol this is, not that of Mecum.",
    )
    async def version(_: Asker) -> Response:
        return answer({"version": SPOKEN})


def _answers(routes: Routes, calls: OllamaCalls) -> None:
    @routes.post(
        "/chat",
        response_model=schemas.OllamaAnswer,
        summary="Chat, as with Ollama",
        description="Answers a list of messages as lines of JSON, or with `stream: false` in one object. A recorded "
        "run, outside the list of conversations. A client that hangs up does not stop it.",
        responses={200: {"content": _LINES}},
        openapi_extra={"requestBody": body_of(schemas.OllamaChatCreate)},
    )
    async def chat(request: Request) -> Response:
        return await calls.chat(request)

    @routes.post(
        "/generate",
        response_model=schemas.OllamaAnswer,
        summary="Answer a prompt, as Ollama does",
        description="Answers one prompt, or with `raw` continues a text as it is.",
        responses={200: {"content": _LINES}},
        openapi_extra={"requestBody": body_of(schemas.OllamaGenerateCreate)},
    )
    async def generate(request: Request) -> Response:
        return await calls.generate(request)


def _vectors(routes: Routes, calls: OllamaCalls) -> None:
    @routes.post(
        "/embed",
        response_model=schemas.OllamaVectors,
        summary="Turn texts into vectors, as Ollama does",
        description="Asks an embedding model. Nothing is cut off, and nothing is recorded.",
        openapi_extra={"requestBody": body_of(schemas.OllamaEmbedCreate)},
    )
    async def embed(request: Request) -> Response:
        return await calls.embed(request)

    @routes.post(
        "/embeddings",
        response_model=schemas.OllamaVector,
        summary="Turn a text into a vector, as older Ollama clients ask",
        description="As `/api/embed`, of one text.",
        openapi_extra={"requestBody": body_of(schemas.OllamaEmbeddingCreate)},
    )
    async def embedding(request: Request) -> Response:
        return await calls.embedding(request)
