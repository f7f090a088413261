"""The shapes of `/v1/completions`. Source: the OpenAI API reference, "Create completion"."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from mecum.edges.http.openai.common_schemas import UNSUPPORTED, Completing, UsageView


class CompletionCreate(Completing):
    """A text to be continued, sent to the model as it is: no template, no system prompt."""

    prompt: str | Annotated[list[str], Field(min_length=1, max_length=1)] = Field(
        description="The text. Several at once and numbered tokens are not supported.", examples=["Once upon a time"]
    )
    best_of: Literal[1] | None = Field(None, description="Not supported: only 1.", examples=[1])
    echo: Literal[False] | None = Field(None, description="Not supported: only false.", examples=[False])
    logprobs: int | None = Field(
        None,
        ge=0,
        le=20,
        description="Tell how likely each token was, and so many of the likeliest in its place.",
        examples=[2],
    )
    suffix: None = Field(None, description=UNSUPPORTED, examples=[None])


class CompletionChoice(BaseModel):
    """The continuation."""

    index: int = Field(description="Always 0.", examples=[0])
    text: str = Field(description="The text that follows the prompt.", examples=[", there was a little girl"])
    logprobs: dict[str, Any] | None = Field(
        description="How likely its tokens were, if asked for; offsets count characters of the answer.", examples=[None]
    )
    finish_reason: str = Field(description="stop, length or content_filter.", examples=["stop"])


class CompletionView(BaseModel):
    """A text completion."""

    id: str = Field(description="Its id; the digits are those of the run.", examples=["cmpl-06hq3k8w2m5v9xtd1a"])
    object: str = Field(description="Always `text_completion`.", examples=["text_completion"])
    created: int = Field(description="When, in seconds since 1970.", examples=[1795243200])
    model: str = Field(description="The model that answered.", examples=["stories260K"])
    choices: list[CompletionChoice] = Field(description="The one continuation.", examples=[[]])
    usage: UsageView | None = Field(description="Tokens, where they were counted.", examples=[None])
