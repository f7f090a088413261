"""`/v1/embeddings`: texts turned into vectors. No run: nothing is said that there would be to keep."""

import base64
import struct
from typing import Any, Final, Literal

from pydantic import BaseModel, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from mecum.edges.http.openai.common_schemas import Wire
from mecum.edges.http.openai.errors import call_of, refused
from mecum.inference.embedding import Embedders
from mecum.infra.web.requests import answer, limited_body, subject_of

_MOST_TEXTS: Final = 2048
_MOST_DIMENSIONS: Final = 65_536


class EmbeddingCreate(Wire):
    """Texts to be turned into vectors."""

    model: str = Field(
        min_length=1,
        description="An embedding model's id, its bare name where only one has it, or `role:embedder`.",
        examples=["role:embedder"],
    )
    input: str | list[str] | list[int] | list[list[int]] = Field(
        description="A text, or up to 2,048 of them; none may be empty. Numbered tokens are refused.",
        examples=[["The sky is blue.", "Grass is green."]],
    )
    encoding_format: Literal["float", "base64"] | None = Field(
        None, description="Numbers, or base64 of 32-bit floats, little-endian.", examples=["float"]
    )
    dimensions: int | None = Field(
        None,
        ge=1,
        le=_MOST_DIMENSIONS,
        description="How long the vectors shall be, if not as the model's own are.",
        examples=[256],
    )
    user: str | None = Field(None, max_length=512, description="Names whoever the call is made for.", examples=["ada"])


class EmbeddingView(BaseModel):
    """A vector."""

    object: str = Field(description="Always `embedding`.", examples=["embedding"])
    index: int = Field(description="The place of its text in the input.", examples=[0])
    embedding: list[float] | str = Field(description="The vector, or its base64.", examples=[[0.25, -0.5]])


class EmbeddingUsage(BaseModel):
    """Tokens, as the model's server counted them."""

    prompt_tokens: int = Field(description="Tokens of the texts.", examples=[12])
    total_tokens: int = Field(description="The same.", examples=[12])


class EmbeddingList(BaseModel):
    """Vectors, one for each text."""

    object: str = Field(description="Always `list`.", examples=["list"])
    data: list[EmbeddingView] = Field(description="The vectors, in the order of the texts.", examples=[[]])
    model: str = Field(description="The model that made them.", examples=["ollama/nomic-embed-text:latest"])
    usage: EmbeddingUsage | None = Field(description="Tokens, where they were counted.", examples=[None])


_EMBEDDING: Final[TypeAdapter[EmbeddingCreate]] = TypeAdapter(EmbeddingCreate)


class EmbeddingCalls:
    """Answers a call."""

    def __init__(self, embedders: Embedders, *, most_bytes: int) -> None:
        self._embedders, self._most_bytes = embedders, most_bytes

    async def __call__(self, request: Request) -> Response:
        await subject_of(request)
        body = call_of(_EMBEDDING, await limited_body(request, self._most_bytes))
        texts = texts_of(body)
        chosen = await self._embedders.choose(body.model)
        made = await chosen.model.embed(texts, body.dimensions)
        packed = body.encoding_format == "base64"
        data = [
            {"object": "embedding", "index": index, "embedding": in_base64(vector) if packed else vector}
            for index, vector in enumerate(made.vectors)
        ]
        return answer(
            {"object": "list", "data": data, "model": chosen.info.ref, "usage": _usage(made.usage.input_tokens)}
        )


def texts_of(body: EmbeddingCreate) -> list[str]:
    """Return the texts; raises ParameterRefused for numbered tokens, for none, and for an empty one."""
    given = [body.input] if isinstance(body.input, str) else body.input
    if not given:
        raise refused("input", "Invalid value for 'input': there is no text.", "invalid_value")
    if len(given) > _MOST_TEXTS:
        raise refused("input", f"Invalid value for 'input': more than {_MOST_TEXTS:,} texts.", "invalid_value")
    texts = [text for text in given if isinstance(text, str)]
    if len(texts) != len(given):
        said = "Unsupported value for 'input': numbered tokens mean something to one model only; send text."
        raise refused("input", said)
    for number, text in enumerate(texts):
        if not text:
            at = "input" if isinstance(body.input, str) else f"input[{number}]"
            raise refused(at, f"Invalid value for '{at}': the text is empty.", "invalid_value")
    return texts


def in_base64(vector: list[float]) -> str:
    """Return a vector as base64 of its 32-bit floats, little-endian."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")


def _usage(tokens: int | None) -> dict[str, Any] | None:
    return None if tokens is None else {"prompt_tokens": tokens, "total_tokens": tokens}
