"""The shapes of `/v1/chat/completions`. Source: the OpenAI API reference, "Create chat completion"."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from mecum.edges.http.openai.common_schemas import (
    METADATA,
    UNSUPPORTED,
    Completing,
    Effort,
    FunctionName,
    Metadata,
    ToolChoiceName,
    UsageView,
    Wire,
)


class TextPart(Wire):
    """Text."""

    type: Literal["text"] = Field(description="Always `text`.", examples=["text"])
    text: str = Field(description="The text.", examples=["What is in this picture?"])


class RefusalPart(Wire):
    """What an assistant said when it refused."""

    type: Literal["refusal"] = Field(description="Always `refusal`.", examples=["refusal"])
    refusal: str = Field(description="The text.", examples=["I cannot help with that."])


class ImageUrl(Wire):
    """An image inside the request."""

    url: str = Field(
        description="A `data:` URI with base64; nothing is fetched from elsewhere.",
        examples=["data:image/png;base64,iVBORw0KGgo="],
    )
    detail: Literal["auto"] | None = Field(None, description="Only `auto`: the model decides.", examples=["auto"])


class ImagePart(Wire):
    """An image."""

    type: Literal["image_url"] = Field(description="Always `image_url`.", examples=["image_url"])
    image_url: ImageUrl = Field(description="The image.", examples=[{"url": "data:image/png;base64,iVBORw0KGgo="}])


class FunctionCalled(Wire):
    """Which function was called, and with what."""

    name: str = Field(description="The function.", examples=["clock"])
    arguments: str = Field(description="Its arguments, as JSON text.", examples=['{"zone": "UTC"}'])


class ToolCalled(Wire):
    """A call the model made."""

    id: str = Field(description="The call's id, which the result names.", examples=["call_1"])
    type: Literal["function"] = Field(description="Always `function`.", examples=["function"])
    function: FunctionCalled = Field(description="The call.", examples=[{"name": "clock", "arguments": "{}"}])


Texts = str | list[TextPart]
UserPart = Annotated[TextPart | ImagePart, Field(discriminator="type")]
SaidPart = Annotated[TextPart | RefusalPart, Field(discriminator="type")]
NAME = "Names of participants are not supported."


class SystemMessage(Wire):
    """What the model is told about its task."""

    role: Literal["system", "developer"] = Field(description="`system` or `developer`.", examples=["system"])
    content: Texts = Field(description="The text.", examples=["Answer briefly."])
    name: None = Field(None, description=NAME, examples=[None])


class UserMessage(Wire):
    """What the person says."""

    role: Literal["user"] = Field(description="Always `user`.", examples=["user"])
    content: str | list[UserPart] = Field(
        description="Text, or parts of text and images.", examples=["Why is the sky blue?"]
    )
    name: None = Field(None, description=NAME, examples=[None])


class AssistantMessage(Wire):
    """What the model said before."""

    role: Literal["assistant"] = Field(description="Always `assistant`.", examples=["assistant"])
    content: str | list[SaidPart] | None = Field(
        None, description="Its text.", examples=["Because of Rayleigh scattering."]
    )
    refusal: str | None = Field(None, description="What it said when it refused.", examples=[None])
    tool_calls: list[ToolCalled] | None = Field(None, description="The calls it made.", examples=[None])
    reasoning_content: str | None = Field(
        None,
        description="Its reasoning, as an answer carries it: kept where the messages are, not shown to a model again.",
        examples=[None],
    )
    annotations: list[dict[str, Any]] | None = Field(
        None, description="As an answer carries them; no model is shown them.", examples=[None]
    )
    name: None = Field(None, description=NAME, examples=[None])
    audio: None = Field(None, description=UNSUPPORTED, examples=[None])
    function_call: None = Field(None, description=UNSUPPORTED, examples=[None])


class ToolMessage(Wire):
    """The result of a call."""

    role: Literal["tool"] = Field(description="Always `tool`.", examples=["tool"])
    content: Texts = Field(description="The result.", examples=["12:00"])
    tool_call_id: str = Field(description="The call it answers.", examples=["call_1"])
    name: str | None = Field(None, description="The function, where a client says it again.", examples=["clock"])


Message = Annotated[SystemMessage | UserMessage | AssistantMessage | ToolMessage, Field(discriminator="role")]


class FunctionSpec(Wire):
    """A function the model may call."""

    name: FunctionName = Field(description="Its name.", examples=["clock"])
    description: str | None = Field(None, description="What it does, for the model.", examples=["Tells the time."])
    parameters: dict[str, Any] | None = Field(
        None, description="The JSON schema of its arguments.", examples=[{"type": "object", "properties": {}}]
    )
    strict: bool | None = Field(None, description="Whether calls must follow the schema exactly.", examples=[True])


class Tool(Wire):
    """A tool; only functions are."""

    type: Literal["function"] = Field(description="Always `function`.", examples=["function"])
    function: FunctionSpec = Field(description="The function.", examples=[{"name": "clock"}])


class FunctionNamed(Wire):
    """A function by its name."""

    name: FunctionName = Field(description="Its name.", examples=["clock"])


class ToolChosen(Wire):
    """The function that must be called."""

    type: Literal["function"] = Field(description="Always `function`.", examples=["function"])
    function: FunctionNamed = Field(description="The function.", examples=[{"name": "clock"}])


class JsonSchema(Wire):
    """The schema an answer must follow."""

    name: FunctionName = Field(description="Its name.", examples=["answer"])
    description: str | None = Field(None, description="What it is for.", examples=["The answer."])
    schema_: dict[str, Any] | None = Field(
        None, alias="schema", description="The JSON schema.", examples=[{"type": "object"}]
    )
    strict: bool | None = Field(None, description="Whether to follow it exactly.", examples=[True])


class TextFormat(Wire):
    """Plain text."""

    type: Literal["text"] = Field(description="Always `text`.", examples=["text"])


class JsonFormat(Wire):
    """Any JSON object."""

    type: Literal["json_object"] = Field(description="Always `json_object`.", examples=["json_object"])


class SchemaFormat(Wire):
    """JSON that follows a schema."""

    type: Literal["json_schema"] = Field(description="Always `json_schema`.", examples=["json_schema"])
    json_schema: JsonSchema = Field(
        description="The schema.", examples=[{"name": "answer", "schema": {"type": "object"}}]
    )


class ChatCreate(Completing):
    """What a chat completion is asked with."""

    messages: Annotated[list[Message], Field(min_length=1)] = Field(
        description="The conversation so far.", examples=[[{"role": "user", "content": "Why is the sky blue?"}]]
    )
    max_completion_tokens: int | None = Field(None, ge=1, description="The most tokens of the answer.", examples=[200])
    reasoning_effort: Effort | None = Field(None, description="How much to think first.", examples=["low"])
    response_format: Annotated[TextFormat | JsonFormat | SchemaFormat, Field(discriminator="type")] | None = Field(
        None, description="The form of the answer.", examples=[{"type": "json_object"}]
    )
    tools: Annotated[list[Tool], Field(max_length=128)] | None = Field(
        None, description="What the model may call.", examples=[[{"type": "function", "function": {"name": "clock"}}]]
    )
    tool_choice: ToolChoiceName | ToolChosen | None = Field(None, description="Which tool it calls.", examples=["auto"])
    parallel_tool_calls: bool | None = Field(
        None, description="Whether it may make several calls at once.", examples=[True]
    )
    store: bool | None = Field(
        None,
        description="Keep it as a conversation in the list. Without it the run is recorded outside of it.",
        examples=[False],
    )
    metadata: Metadata | None = Field(None, description=METADATA, examples=[{"project": "sky"}])
    logprobs: bool | None = Field(
        None, description="Tell how likely each token was; some models' servers cannot.", examples=[True]
    )
    top_logprobs: int | None = Field(
        None, ge=0, le=20, description="Only with `logprobs`: how many likeliest tokens to tell of.", examples=[2]
    )
    modalities: Annotated[list[Literal["text"]], Field(min_length=1)] | None = Field(
        None, description="Only text.", examples=[["text"]]
    )
    service_tier: Literal["auto", "default"] | None = Field(None, description="There are no tiers.", examples=["auto"])
    audio: None = Field(None, description=UNSUPPORTED, examples=[None])
    function_call: None = Field(None, description="Not supported: use `tool_choice`.", examples=[None])
    functions: None = Field(None, description="Not supported: use `tools`.", examples=[None])
    moderation: None = Field(None, description=UNSUPPORTED, examples=[None])
    prediction: None = Field(None, description=UNSUPPORTED, examples=[None])
    prompt_cache_key: None = Field(None, description=UNSUPPORTED, examples=[None])
    prompt_cache_options: None = Field(None, description=UNSUPPORTED, examples=[None])
    prompt_cache_retention: None = Field(None, description=UNSUPPORTED, examples=[None])
    safety_identifier: None = Field(None, description=UNSUPPORTED, examples=[None])
    verbosity: None = Field(None, description=UNSUPPORTED, examples=[None])
    web_search_options: None = Field(None, description=UNSUPPORTED, examples=[None])


class ChatChoice(BaseModel):
    """The answer."""

    index: int = Field(description="Always 0.", examples=[0])
    message: dict[str, Any] = Field(
        description="The message, with `tool_calls` where the model made any, and the pages it was taken from as "
        "`annotations` where the model's vendor names them.",
        examples=[{"role": "assistant", "content": "Because of Rayleigh scattering.", "refusal": None}],
    )
    logprobs: dict[str, Any] | None = Field(description="How likely its tokens were, if asked for.", examples=[None])
    finish_reason: str = Field(description="stop, length, tool_calls or content_filter.", examples=["stop"])


class ChatCompletionView(BaseModel):
    """A chat completion."""

    id: str = Field(description="Its id; the digits are those of the run.", examples=["chatcmpl-06hq3k8w2m5v9xtd1a"])
    object: str = Field(description="Always `chat.completion`.", examples=["chat.completion"])
    created: int = Field(description="When, in seconds since 1970.", examples=[1795243200])
    model: str = Field(description="The model that answered.", examples=["ollama/llama3.2:3b"])
    choices: list[ChatChoice] = Field(description="The one answer.", examples=[[]])
    usage: UsageView | None = Field(description="Tokens, where they were counted.", examples=[None])
    metadata: dict[str, str] | None = Field(
        None,
        description="What was posted, with the conversation it became part of.",
        examples=[{"conversation_id": "cnv_06hq3k8w2m5v9"}],
    )
