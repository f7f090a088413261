"""`/api/chat`, `/api/generate` and `/api/embed`: a call, the run it is recorded as, and the answer."""

import contextlib
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from mecum.edges.http.ollama.catalogue import resolved
from mecum.edges.http.ollama.errors import rendered
from mecum.edges.http.ollama.messages import images_of, said_of, tools_of
from mecum.edges.http.ollama.options import keep_of, parameters_of, temperature_of
from mecum.edges.http.ollama.records import Answering, Records, Shape, chat_shape, prompt_shape
from mecum.edges.http.ollama.schemas import (
    Asking,
    OllamaChatCreate,
    OllamaEmbedCreate,
    OllamaEmbeddingCreate,
    OllamaGenerateCreate,
)
from mecum.edges.http.openai.calls import Calls
from mecum.edges.http.openai.errors import call_of, failure_of, refused
from mecum.edges.http.openai.follower import CallEvents, Framing
from mecum.edges.http.openai.said import Said, history_of, require_storable
from mecum.engine.chat.called import ending_of
from mecum.engine.chat.turn import TurnRequest
from mecum.inference.embedding import Embedders
from mecum.inference.errors import NotLoadable
from mecum.inference.exchange import Mode, TextContent, ToolSpec
from mecum.inference.loading.service import Loading
from mecum.inference.ports import ModelInfo
from mecum.infra.web.requests import answer, limited_body, subject_of
from mecum.kernel import clock
from mecum.kernel.errors import Internal
from mecum.kernel.subject import Subject

_CHAT: Final[TypeAdapter[OllamaChatCreate]] = TypeAdapter(OllamaChatCreate)
_GENERATE: Final[TypeAdapter[OllamaGenerateCreate]] = TypeAdapter(OllamaGenerateCreate)
_EMBED: Final[TypeAdapter[OllamaEmbedCreate]] = TypeAdapter(OllamaEmbedCreate)
_EMBEDDING: Final[TypeAdapter[OllamaEmbeddingCreate]] = TypeAdapter(OllamaEmbeddingCreate)
_LINES: Final = Framing(b"application/x-ndjson", rendered)
Body = TypeVar("Body")


class OllamaCalls:
    """Answers calls."""

    def __init__(self, calls: Calls, embedders: Embedders, loading: Loading) -> None:
        self._calls, self._embedders, self._loading = calls, embedders, loading

    async def chat(self, request: Request) -> Response:
        """Go on with a chat."""
        asker, body = await self._read(request, _CHAT)
        ref = await resolved(self._calls.registry, body.model)
        said, tools = said_of(body.messages), tools_of(body)
        info = await self._calls.check_model(await self._calls.model_of(asker, ref), said, tools=bool(tools))
        if not said:
            return await self._loaded(body, info, chat_shape)
        return await self._answer(asker, body, self._request(asker, body, (ref, info), said, tools=tools), chat_shape)

    async def generate(self, request: Request) -> Response:
        """Answer a prompt, or continue a text."""
        asker, body = await self._read(request, _GENERATE)
        ref = await resolved(self._calls.registry, body.model)
        if body.raw and (body.system or body.images):
            raise refused("raw", "raw takes a prompt alone, without system and images.", "invalid_value")
        asked = Said("user", (TextContent(body.prompt or ""), *images_of(body.images, "images")))
        said = [*([Said("system", (TextContent(body.system),))] if body.system else []), asked]
        if body.raw:
            info = self._calls.registry.choose(ref).info
        else:
            info = await self._calls.check_model(await self._calls.model_of(asker, ref), said, tools=False)
        if not body.prompt and not body.images:
            return await self._loaded(body, info, prompt_shape)
        mode: Mode = "raw" if body.raw else "chat"
        return await self._answer(asker, body, self._request(asker, body, (ref, info), said, mode=mode), prompt_shape)

    async def embed(self, request: Request) -> Response:
        """Turn texts into vectors."""
        _, body = await self._read(request, _EMBED)
        texts = [body.input] if isinstance(body.input, str) else body.input
        if not texts or not all(texts):
            raise refused("input", "Invalid value for 'input': there is no text, or an empty one.", "invalid_value")
        keep, began = keep_of(body), clock.monotonic()
        chosen = await self._embedders.choose(await resolved(self._calls.registry, body.model))
        made = await chosen.model.embed(texts, body.dimensions, keep)
        spent = int((clock.monotonic() - began) * 1e9)
        told: dict[str, Any] = {"model": body.model, "embeddings": made.vectors, "total_duration": spent}
        if made.usage.input_tokens is not None:
            told["prompt_eval_count"] = made.usage.input_tokens
        return answer({**told, "load_duration": 0})

    async def embedding(self, request: Request) -> Response:
        """Turn one text into a vector, the older way."""
        _, body = await self._read(request, _EMBEDDING)
        keep = keep_of(body)
        chosen = await self._embedders.choose(await resolved(self._calls.registry, body.model))
        return answer({"embedding": (await chosen.model.embed([body.prompt], None, keep)).vectors[0]})

    async def _read(self, request: Request, shape: TypeAdapter[Body]) -> tuple[Subject, Body]:
        asker = await subject_of(request)
        return asker, call_of(shape, await limited_body(request, self._calls.most_bytes))

    def _request(
        self,
        asker: Subject,
        body: Asking,
        named: tuple[str, ModelInfo],
        said: list[Said],
        *,
        mode: Mode = "chat",
        tools: tuple[ToolSpec, ...] = (),
    ) -> TurnRequest:
        require_storable(said)
        ref, info = named
        return TurnRequest(
            subject=asker,
            kind="api",
            history=history_of(said),
            mode=mode,
            model=ref,
            temperature=temperature_of(body),
            parameters=parameters_of(body, thinks=info.reasoning, raw=mode == "raw"),
            tools=tools,
            listed=False,
            unstreamed=body.stream is False,
        )

    async def _answer(self, asker: Subject, body: Asking, wanted: TurnRequest, shape: Shape) -> Response:
        run_id, turn = await self._calls.start(wanted)
        if turn is None:
            # Only a repeated call could find it over, and this wire repeats none.
            raise Internal(reason="over before it began")
        answering = Answering(turn, body.model, shape)
        if body.stream is False:
            await self._calls.settled(asker, run_id, turn)
            return answer(answering.whole())
        return CallEvents(turn.stream, Records(answering), lambda: failure_of(ending_of(turn)), _LINES)

    async def _loaded(self, body: Asking, info: ModelInfo, shape: Shape) -> Response:
        """The model is there. Who says how long it stays has it loaded, or gone with 0; else what it answers loads it.

        One that nobody here loads is there all the same.
        """
        keep, reason = keep_of(body), "load"
        with contextlib.suppress(NotLoadable):
            if keep == 0:
                await self._loading.unload(info.ref)
                reason = "unload"
            elif keep is not None:
                await self._loading.load(info.ref, keep)
        told = {"model": body.model, "created_at": clock.iso(clock.milliseconds()), **shape({})}
        return answer({**told, "done": True, "done_reason": reason})
