"""What the request shapes of this surface share. A field that takes only null stands for a parameter of OpenAI's API
that is not supported here: it is refused by name, never ignored."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
ToolChoiceName = Literal["none", "auto", "required"]
FunctionName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_.-]{1,64}$")]
Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]
METADATA = (
    "Up to 16 pairs of text, kept with the run. `conversation_id` is one of yours: what is new in this call becomes "
    "part of it, and the model sees its history."
)
UNSUPPORTED = "Not supported: only null is taken."


class Wire(BaseModel):
    """A shape that takes exactly what it names, of exactly the named types."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class StreamOptions(Wire):
    """How an answer is streamed."""

    include_usage: bool | None = Field(
        None, description="Send a last chunk with the usage, and `usage: null` in all others.", examples=[True]
    )
    include_obfuscation: Literal[False] | None = Field(
        None, description="Padding against traffic analysis is not supported.", examples=[False]
    )


class Sampling(Wire):
    """Parameters that go to the model as they are; one it cannot honour is refused."""

    model: str = Field(
        min_length=1,
        description="A model's id, its bare name where only one has it, `role:NAME` or `assistant:SLUG`.",
        examples=["ollama/llama3.2:3b"],
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="From 0, always the likeliest, to 2.", examples=[0.7]
    )
    top_p: float | None = Field(None, ge=0, le=1, description="Nucleus sampling.", examples=[0.9])
    stream: bool | None = Field(None, description="Answer with server-sent events.", examples=[False])
    user: str | None = Field(None, max_length=512, description="Names whoever the call is made for.", examples=["ada"])


class Completing(Sampling):
    """What both kinds of completion take."""

    max_tokens: int | None = Field(None, ge=1, description="The most tokens of the answer.", examples=[200])
    stop: str | Annotated[list[str], Field(min_length=1, max_length=16)] | None = Field(
        None, description="Where the answer ends; what stops it is left out.", examples=[["\n\n"]]
    )
    seed: int | None = Field(
        None, description="The same seed gives the same answer, as far as the model can.", examples=[7]
    )
    presence_penalty: float | None = Field(
        None, ge=-2, le=2, description="Against words that were used.", examples=[0.0]
    )
    frequency_penalty: float | None = Field(
        None, ge=-2, le=2, description="Against words that were used often.", examples=[0.0]
    )
    logit_bias: dict[str, Annotated[int, Field(ge=-100, le=100)]] | None = Field(
        None, description="Makes tokens, by their number, likelier or less likely.", examples=[{"50256": -100}]
    )
    stream_options: StreamOptions | None = Field(
        None, description="Only with `stream`.", examples=[{"include_usage": True}]
    )
    n: Literal[1] | None = Field(None, description="One answer; more are not supported.", examples=[1])


class UsageView(BaseModel):
    """Tokens, as the model's server counted them."""

    prompt_tokens: int = Field(description="Tokens of the request.", examples=[12])
    completion_tokens: int = Field(description="Tokens of the answer.", examples=[34])
    total_tokens: int = Field(description="Both.", examples=[46])
    prompt_tokens_details: dict[str, int] | None = Field(
        None, description="How many came from a cache, where known.", examples=[{"cached_tokens": 0}]
    )
    completion_tokens_details: dict[str, int] | None = Field(
        None, description="How many were reasoning, where known.", examples=[{"reasoning_tokens": 0}]
    )


class ErrorObject(BaseModel):
    """What was wrong."""

    message: str = Field(description="A sentence for people.", examples=["Unknown parameter: 'foo'."])
    type: str = Field(description="The kind of error.", examples=["invalid_request_error"])
    param: str | None = Field(description="The parameter that was wrong, if one was.", examples=["foo"])
    code: str | None = Field(description="A stable code.", examples=["unknown_parameter"])


class CallError(BaseModel):
    """An error."""

    error: ErrorObject = Field(
        description="The error.",
        examples=[{"message": "Unknown parameter: 'foo'.", "type": "invalid_request_error", "param": "foo"}],
    )


def passed_on(body: Sampling, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the parameters among `names` that were given, as the models' adapters take them."""
    given = {name: getattr(body, name) for name in names if name in body.model_fields_set}
    return {name: _plain(value) for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    return value.model_dump(by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value
