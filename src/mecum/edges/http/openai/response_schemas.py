"""The shapes of `/v1/responses`. Source: the OpenAI API reference, "Responses"."""

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Discriminator, Field, Tag

from mecum.edges.http.openai.common_schemas import (
    METADATA,
    UNSUPPORTED,
    Effort,
    FunctionName,
    Metadata,
    Sampling,
    ToolChoiceName,
    Wire,
)

ItemStatus = Literal["in_progress", "completed", "incomplete"]
LATER = "Not supported yet: only null."


class InputText(Wire):
    """Text."""

    type: Literal["input_text"] = Field(description="Always `input_text`.", examples=["input_text"])
    text: str = Field(description="The text.", examples=["What is in this picture?"])


class InputImage(Wire):
    """An image inside the request."""

    type: Literal["input_image"] = Field(description="Always `input_image`.", examples=["input_image"])
    image_url: str = Field(
        description="A `data:` URI with base64; nothing is fetched from elsewhere.",
        examples=["data:image/png;base64,iVBORw0KGgo="],
    )
    detail: Literal["auto"] | None = Field(None, description="Only `auto`: the model decides.", examples=["auto"])
    file_id: None = Field(None, description=UNSUPPORTED, examples=[None])


class OutputText(Wire):
    """What the model said."""

    type: Literal["output_text"] = Field(description="Always `output_text`.", examples=["output_text"])
    text: str = Field(description="The text.", examples=["Because of Rayleigh scattering."])
    annotations: list[dict[str, Any]] | None = Field(
        None, description="As an output item carries them; no model is shown them.", examples=[[]]
    )
    logprobs: list[dict[str, Any]] | None = Field(
        None, description="As an output item carries them; no model is shown them.", examples=[[]]
    )


class Refusal(Wire):
    """What the model said when it refused."""

    type: Literal["refusal"] = Field(description="Always `refusal`.", examples=["refusal"])
    refusal: str = Field(description="The text.", examples=["I cannot help with that."])


ContentPart = Annotated[InputText | InputImage | OutputText | Refusal, Field(discriminator="type")]


class InputMessage(Wire):
    """A message."""

    type: Literal["message"] = Field("message", description="Always `message`; may be left out.", examples=["message"])
    role: Literal["user", "assistant", "system", "developer"] = Field(description="Who said it.", examples=["user"])
    content: str | list[ContentPart] = Field(description="Text, or parts.", examples=["Why is the sky blue?"])
    id: str | None = Field(None, description="Its id, as an output item carries it.", examples=[None])
    status: ItemStatus | None = Field(None, description="Its status, as an output item carries it.", examples=[None])
    phase: None = Field(None, description=UNSUPPORTED, examples=[None])


class FunctionCall(Wire):
    """A call the model made."""

    type: Literal["function_call"] = Field(description="Always `function_call`.", examples=["function_call"])
    call_id: str = Field(description="The call's id, which the result names.", examples=["call_1"])
    name: str = Field(description="The function.", examples=["clock"])
    arguments: str = Field(description="Its arguments, as JSON text.", examples=['{"zone": "UTC"}'])
    id: str | None = Field(None, description="The item's id.", examples=[None])
    status: ItemStatus | None = Field(None, description="The item's status.", examples=[None])


class FunctionResult(Wire):
    """The result of a call."""

    type: Literal["function_call_output"] = Field(
        description="Always `function_call_output`.", examples=["function_call_output"]
    )
    call_id: str = Field(description="The call it answers.", examples=["call_1"])
    output: str | list[InputText] = Field(description="The result.", examples=["12:00"])
    id: str | None = Field(None, description="The item's id.", examples=[None])
    status: ItemStatus | None = Field(None, description="The item's status.", examples=[None])


class ReasoningText(Wire):
    """What the model thought."""

    type: Literal["reasoning_text", "summary_text"] = Field(
        description="`reasoning_text`.", examples=["reasoning_text"]
    )
    text: str = Field(description="The text.", examples=["Let me think."])


class ReasoningItem(Wire):
    """What the model thought before it answered: kept in the record, not shown to the model again."""

    type: Literal["reasoning"] = Field(description="Always `reasoning`.", examples=["reasoning"])
    id: str | None = Field(None, description="The item's id.", examples=["rs_06hq3k8w2m5v9xtd1a00"])
    summary: list[ReasoningText] = Field(default_factory=list[ReasoningText], description="A summary.", examples=[[]])
    content: list[ReasoningText] | None = Field(None, description="The reasoning.", examples=[[]])
    status: ItemStatus | None = Field(None, description="The item's status.", examples=[None])
    encrypted_content: None = Field(None, description=UNSUPPORTED, examples=[None])


def _kind_of(item: Any) -> str:
    """A message may leave its type out."""
    if isinstance(item, dict):
        return str(cast(dict[str, Any], item).get("type", "message"))
    return str(getattr(item, "type", "message"))


Item = Annotated[
    Annotated[InputMessage, Tag("message")]
    | Annotated[FunctionCall, Tag("function_call")]
    | Annotated[FunctionResult, Tag("function_call_output")]
    | Annotated[ReasoningItem, Tag("reasoning")],
    Discriminator(_kind_of),
]


class FunctionTool(Wire):
    """A function the model may call."""

    type: Literal["function"] = Field(description="Always `function`.", examples=["function"])
    name: FunctionName = Field(description="Its name.", examples=["clock"])
    description: str | None = Field(None, description="What it does, for the model.", examples=["Tells the time."])
    parameters: dict[str, Any] | None = Field(
        None, description="The JSON schema of its arguments.", examples=[{"type": "object", "properties": {}}]
    )
    strict: bool | None = Field(None, description="Whether calls must follow the schema exactly.", examples=[True])


class FunctionChosen(Wire):
    """The function that must be called."""

    type: Literal["function"] = Field(description="Always `function`.", examples=["function"])
    name: FunctionName = Field(description="The function.", examples=["clock"])


class PlainFormat(Wire):
    """Plain text, or any JSON object."""

    type: Literal["text", "json_object"] = Field(description="`text` or `json_object`.", examples=["text"])


class SchemaTextFormat(Wire):
    """JSON that follows a schema."""

    type: Literal["json_schema"] = Field(description="Always `json_schema`.", examples=["json_schema"])
    name: FunctionName = Field(description="Its name.", examples=["answer"])
    schema_: dict[str, Any] = Field(alias="schema", description="The JSON schema.", examples=[{"type": "object"}])
    description: str | None = Field(None, description="What it is for.", examples=["The answer."])
    strict: bool | None = Field(None, description="Whether to follow it exactly.", examples=[True])


class TextConfig(Wire):
    """The form of the answer."""

    format: Annotated[PlainFormat | SchemaTextFormat, Field(discriminator="type")] | None = Field(
        None, description="The form.", examples=[{"type": "text"}]
    )
    verbosity: None = Field(None, description=UNSUPPORTED, examples=[None])


class Reasoning(Wire):
    """How the model thinks first."""

    effort: Effort | None = Field(None, description="How much.", examples=["low"])
    summary: None = Field(None, description=UNSUPPORTED, examples=[None])
    generate_summary: None = Field(None, description=UNSUPPORTED, examples=[None])


class ResponseStreamOptions(Wire):
    """How a response is streamed."""

    include_obfuscation: Literal[False] | None = Field(
        None, description="Padding against traffic analysis is not supported.", examples=[False]
    )


class ResponseCreate(Sampling):
    """What a response is asked with."""

    input: str | Annotated[list[Item], Field(min_length=1)] = Field(
        description="A text, or items: messages, calls and their results.", examples=["Why is the sky blue?"]
    )
    instructions: str | None = Field(
        None, description="The system prompt of this response.", examples=["Answer briefly."]
    )
    previous_response_id: str | None = Field(
        None, description="The response this one goes on from.", examples=["resp_06hq3k8w2m5v9xtd1a"]
    )
    max_output_tokens: int | None = Field(None, ge=1, description="The most tokens of the answer.", examples=[200])
    reasoning: Reasoning | None = Field(None, description="How the model thinks first.", examples=[{"effort": "low"}])
    text: TextConfig | None = Field(
        None, description="The form of the answer.", examples=[{"format": {"type": "text"}}]
    )
    tools: Annotated[list[FunctionTool], Field(max_length=128)] | None = Field(
        None, description="What the model may call; only functions.", examples=[[{"type": "function", "name": "clock"}]]
    )
    tool_choice: ToolChoiceName | FunctionChosen | None = Field(
        None, description="Which tool it calls.", examples=["auto"]
    )
    parallel_tool_calls: bool | None = Field(
        None, description="Whether it may make several calls at once.", examples=[True]
    )
    store: bool | None = Field(
        None,
        description="True keeps it as a conversation in the list. Left out, it can be retrieved and continued by its "
        "id. False: it is recorded, and cannot be retrieved here.",
        examples=[True],
    )
    metadata: Metadata | None = Field(None, description=METADATA, examples=[{"project": "sky"}])
    stream_options: ResponseStreamOptions | None = Field(None, description="Only with `stream`.", examples=[None])
    truncation: Literal["auto"] | None = Field(
        None,
        description="Only `auto`: what does not fit the model's window is left out, oldest first.",
        examples=["auto"],
    )
    include: list[Literal["message.output_text.logprobs"]] | None = Field(
        None,
        description="`message.output_text.logprobs` tells how likely each token was; some models' servers cannot.",
        examples=[["message.output_text.logprobs"]],
    )
    service_tier: Literal["auto", "default"] | None = Field(None, description="There are no tiers.", examples=["auto"])
    top_logprobs: int | None = Field(
        None, ge=0, le=20, description="Only with the logprobs included: how many likeliest to tell of.", examples=[2]
    )
    background: bool | None = Field(
        None,
        description="True answers at once, with a response that is queued or in progress: retrieve it later, or stream "
        "it from where you are. It needs `store` not to be false.",
        examples=[False],
    )
    access_programs: None = Field(None, description=UNSUPPORTED, examples=[None])
    context_management: None = Field(None, description=LATER, examples=[None])
    conversation: None = Field(None, description="Not supported: use `metadata.conversation_id`.", examples=[None])
    image: None = Field(None, description=UNSUPPORTED, examples=[None])
    max_tool_calls: None = Field(None, description=UNSUPPORTED, examples=[None])
    moderation: None = Field(None, description=UNSUPPORTED, examples=[None])
    prompt: None = Field(None, description=LATER, examples=[None])
    prompt_cache_key: None = Field(None, description=UNSUPPORTED, examples=[None])
    prompt_cache_options: None = Field(None, description=UNSUPPORTED, examples=[None])
    prompt_cache_retention: None = Field(None, description=UNSUPPORTED, examples=[None])
    safety_identifier: None = Field(None, description=UNSUPPORTED, examples=[None])


class ResponseView(BaseModel):
    """A response."""

    id: str = Field(description="Its id; the digits are those of the run.", examples=["resp_06hq3k8w2m5v9xtd1a"])
    object: str = Field(description="Always `response`.", examples=["response"])
    created_at: int = Field(description="When, in seconds since 1970.", examples=[1795243200])
    completed_at: int | None = Field(description="When it was complete, in seconds since 1970.", examples=[1795243202])
    status: str = Field(
        description="queued, in_progress, completed, incomplete, cancelled or failed.", examples=["completed"]
    )
    background: bool = Field(description="Whether it was made in the background.", examples=[False])
    error: dict[str, Any] | None = Field(description="Why it failed: a code and a message.", examples=[None])
    incomplete_details: dict[str, Any] | None = Field(description="Why it is incomplete.", examples=[None])
    instructions: str | None = Field(description="Its system prompt.", examples=["Answer briefly."])
    max_output_tokens: int | None = Field(description="The most tokens of the answer.", examples=[None])
    metadata: dict[str, str] = Field(description="What was posted with it.", examples=[{}])
    model: str = Field(description="The model that answers.", examples=["ollama/llama3.2:3b"])
    output: list[dict[str, Any]] = Field(
        description="Its items: messages, reasoning, calls.",
        examples=[[{"type": "message", "id": "msg_06hq3k8w2m5v9xtd1b00", "role": "assistant", "content": []}]],
    )
    parallel_tool_calls: bool = Field(description="Whether the model may make several calls at once.", examples=[True])
    previous_response_id: str | None = Field(description="The response it goes on from.", examples=[None])
    reasoning: dict[str, Any] = Field(
        description="How the model thinks first.", examples=[{"effort": None, "summary": None}]
    )
    store: bool = Field(description="Whether it can be retrieved.", examples=[True])
    temperature: float | None = Field(description="The temperature, where one was asked for.", examples=[None])
    text: dict[str, Any] = Field(description="The form of the answer.", examples=[{"format": {"type": "text"}}])
    tool_choice: str | dict[str, Any] = Field(description="Which tool it calls.", examples=["auto"])
    tools: list[dict[str, Any]] = Field(description="What the model may call.", examples=[[]])
    top_logprobs: int = Field(description="How many likeliest tokens are told of.", examples=[0])
    top_p: float | None = Field(description="Nucleus sampling, where asked for.", examples=[None])
    truncation: str = Field(description="Always `auto`.", examples=["auto"])
    usage: dict[str, Any] | None = Field(description="Tokens, where they were counted.", examples=[None])
    user: str | None = Field(description="Whoever the call was made for.", examples=[None])


class InputItems(BaseModel):
    """A page of the items that a response was asked with."""

    object: str = Field(description="Always `list`.", examples=["list"])
    data: list[dict[str, Any]] = Field(
        description="Messages, calls and their results.",
        examples=[[{"type": "message", "id": "msg_06hq3k8w2m5v900", "role": "user", "content": []}]],
    )
    first_id: str | None = Field(description="The id of the first.", examples=["msg_06hq3k8w2m5v900"])
    last_id: str | None = Field(description="The id of the last.", examples=["msg_06hq3k8w2m5v900"])
    has_more: bool = Field(description="Whether more come after it.", examples=[False])


class ResponseDeleted(BaseModel):
    """That a response is gone."""

    id: str = Field(description="Its id.", examples=["resp_06hq3k8w2m5v9xtd1a"])
    object: str = Field(description="Always `response`.", examples=["response"])
    deleted: bool = Field(description="Always true.", examples=[True])
