"""The shapes of what a message is made of."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from mecum.domains.conversations.schemas.fields import CNV, FIL, MSG


class TextPart(BaseModel):
    """Text, exactly as written."""

    type: Literal["text"] = Field(description="Which kind of part this is.", examples=["text"])
    text: str = Field(description="The text.", examples=["Because blue light scatters more."])
    logprobs: list[dict[str, Any]] | None = Field(
        None,
        description="How likely its tokens were, where that was asked for.",
        examples=[[{"token": "Because", "logprob": -0.1, "bytes": None, "top_logprobs": []}]],
    )


class ReasoningPart(BaseModel):
    """What a model thought before it answered."""

    type: Literal["reasoning"] = Field(description="Which kind of part this is.", examples=["reasoning"])
    text: str = Field(description="The text.", examples=["The person asks about Rayleigh scattering."])


class ToolCallPart(BaseModel):
    """A model's wish to use a tool."""

    type: Literal["tool_call"] = Field(description="Which kind of part this is.", examples=["tool_call"])
    call_id: str = Field(description="Ties the result to the call.", examples=["call_1"])
    name: str = Field(description="The tool.", examples=["weather"])
    arguments: str = Field(
        description="The arguments as JSON text, as the model wrote them.", examples=['{"city":"Rome"}']
    )


class ToolResultPart(BaseModel):
    """What a tool answered."""

    type: Literal["tool_result"] = Field(description="Which kind of part this is.", examples=["tool_result"])
    call_id: str = Field(description="The call it answers.", examples=["call_1"])
    name: str = Field(description="The tool.", examples=["weather"])
    content: str = Field(description="What it answered.", examples=["18 degrees"])
    is_error: bool = Field(False, description="Whether it failed.", examples=[False])


class FilePart(BaseModel):
    """An attached image or file."""

    type: Literal["image", "file"] = Field(description="Which kind of part this is.", examples=["image"])
    file_id: str = Field(description="The file.", examples=[FIL])
    name: str = Field(description="Its name.", examples=["beach.png"])
    media_type: str = Field(description="What its bytes are.", examples=["image/png"])
    size: int = Field(description="Bytes.", examples=[48211])


class CitationPart(BaseModel):
    """A source that the answer rests on."""

    type: Literal["citation"] = Field(description="Which kind of part this is.", examples=["citation"])
    conversation_id: str | None = Field(None, description="The conversation quoted.", examples=[CNV])
    message_id: str | None = Field(None, description="The message quoted.", examples=[MSG])
    file_id: str | None = Field(None, description="The file quoted.", examples=[None])
    title: str = Field(description="What to call the source.", examples=["Holiday"])
    quote: str = Field(description="The words quoted.", examples=["The ferry leaves at nine."])
    start: int | None = Field(None, description="Where the quote begins in the source, in characters.", examples=[120])
    end: int | None = Field(None, description="Where it ends.", examples=[145])
    url: str | None = Field(None, description="The page it was taken from.", examples=["https://example.org/"])
    said: tuple[int, int] | None = Field(
        None, description="The characters of the answer that it proves, where the vendor says which.", examples=[[0, 8]]
    )


class DataPart(BaseModel):
    """Bytes that cannot be stored as text."""

    type: Literal["data"] = Field(description="Which kind of part this is.", examples=["data"])
    media_type: str = Field(description="What the bytes are.", examples=["text/plain;charset=utf-8"])
    base64: str = Field(description="The exact bytes.", examples=["YQBi"])
    shown: str = Field(description="What to show, with replacement characters.", examples=["a\ufffdb"])


Part = Annotated[
    TextPart | ReasoningPart | ToolCallPart | ToolResultPart | FilePart | CitationPart | DataPart,
    Field(discriminator="type"),
]
