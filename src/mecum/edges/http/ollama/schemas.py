"""The shapes of the Ollama surface. Source: Ollama's API reference."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from mecum.edges.http.openai.common_schemas import UNSUPPORTED, Wire

Think = bool | Literal["low", "medium", "high", "max"]
_TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "clock", "parameters": {"type": "object", "properties": {}}},
}


class Named(Wire):
    """What names a model."""

    model: str = Field(
        min_length=1,
        description="A model's name as `/api/tags` lists it, its bare name where only one has it, `role:NAME` or "
        "`assistant:SLUG`.",
        examples=["ollama/llama3.2:3b"],
    )


class Keeping(Named):
    """What has a model in memory, and for how long."""

    keep_alive: str | float | None = Field(
        None,
        description="How long the model stays in memory after this when nobody asks it: seconds, or a text like `5m`; "
        "0 is not at all, -1 for ever. Means nothing for a model that nobody here loads.",
        examples=["5m"],
    )


class Asking(Keeping):
    """What both ways to ask for an answer take."""

    format: Literal["", "json"] | dict[str, Any] | None = Field(
        None, description="`json`, or the JSON schema of the answer.", examples=["json"]
    )
    options: dict[str, Any] | None = Field(
        None,
        description="Parameters of the model. Those that say how Ollama loads it (`num_ctx` and its like) mean nothing "
        "here; one that would change the answer and cannot be honoured is refused.",
        examples=[{"temperature": 0.7, "num_predict": 200}],
    )
    stream: bool | None = Field(None, description="False answers at once, with one object.", examples=[False])
    think: Think | None = Field(None, description="Whether, and how much, the model thinks first.", examples=[False])
    logprobs: bool | None = Field(
        None, description="Whether to say how likely each token was; some models' servers cannot.", examples=[False]
    )
    top_logprobs: int | None = Field(
        None, ge=0, le=20, description="Only with `logprobs`: how many likeliest tokens to tell of.", examples=[0]
    )


class OllamaCalled(Wire):
    """The function that was called."""

    name: str = Field(description="Its name.", examples=["clock"])
    arguments: dict[str, Any] = Field(default_factory=dict[str, Any], description="What with.", examples=[{}])
    description: str | None = Field(None, description="What it does.", examples=[None])
    index: int | None = Field(None, description="Which call of the answer it was.", examples=[0])


class OllamaCall(Wire):
    """A call the model made."""

    function: OllamaCalled = Field(description="The function.", examples=[{"name": "clock", "arguments": {}}])
    id: str | None = Field(None, description="The call's id.", examples=["call_1"])
    type: Literal["function"] | None = Field(None, description="Always `function`.", examples=["function"])


class OllamaMessage(Wire):
    """A message."""

    role: Literal["system", "user", "assistant", "tool"] = Field(description="Who said it.", examples=["user"])
    content: str | None = Field(None, description="The text.", examples=["Why is the sky blue?"])
    thinking: str | None = Field(None, description="What the model thought; kept, not shown to it.", examples=[None])
    images: list[str] | None = Field(None, description="Images, in base64.", examples=[["iVBORw0KGgo="]])
    tool_calls: list[OllamaCall] | None = Field(None, description="The calls the model made.", examples=[None])
    tool_name: str | None = Field(None, description="Of a result: the function.", examples=["clock"])
    tool_call_id: str | None = Field(None, description="Of a result: the call.", examples=["call_1"])


class OllamaFunction(Wire):
    """A function the model may call."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_.-]{1,64}$")] = Field(description="Its name.", examples=["clock"])
    description: str | None = Field(None, description="What it does.", examples=["Tells the time."])
    parameters: dict[str, Any] | None = Field(
        None, description="The JSON schema of its arguments.", examples=[{"type": "object", "properties": {}}]
    )


class OllamaTool(Wire):
    """A tool."""

    type: Literal["function"] | None = Field(None, description="Always `function`.", examples=["function"])
    function: OllamaFunction = Field(description="The function.", examples=[{"name": "clock"}])


class OllamaChatCreate(Asking):
    """A chat to be gone on with."""

    messages: list[OllamaMessage] = Field(
        default_factory=list[OllamaMessage],
        description="The messages; none at all asks whether the model is there.",
        examples=[[{"role": "user", "content": "Why is the sky blue?"}]],
    )
    tools: Annotated[list[OllamaTool], Field(max_length=128)] | None = Field(
        None, description="What the model may call.", examples=[[_TOOL]]
    )


class OllamaGenerateCreate(Asking):
    """A prompt to be answered, or with `raw` a text to be continued as it is."""

    prompt: str | None = Field(None, description="The prompt.", examples=["Why is the sky blue?"])
    system: str | None = Field(None, description="The system prompt.", examples=["Answer briefly."])
    images: list[str] | None = Field(None, description="Images, in base64.", examples=[None])
    raw: bool | None = Field(None, description="No template and no system prompt.", examples=[False])
    suffix: Literal[""] | None = Field(None, description=UNSUPPORTED, examples=[None])
    template: Literal[""] | None = Field(None, description=UNSUPPORTED, examples=[None])
    context: None = Field(None, description=UNSUPPORTED, examples=[None])


class OllamaEmbedCreate(Keeping):
    """Texts to be turned into vectors."""

    input: str | list[str] = Field(description="A text or several; none may be empty.", examples=[["The sky is blue."]])
    truncate: Literal[False] | None = Field(None, description="Nothing is cut off.", examples=[False])
    dimensions: int | None = Field(None, ge=1, description="How long the vectors shall be.", examples=[256])
    options: dict[str, Any] | None = Field(None, description="As for an answer.", examples=[None])


class OllamaEmbeddingCreate(Keeping):
    """A text to be turned into a vector, as older clients ask."""

    prompt: str = Field(min_length=1, description="The text.", examples=["The sky is blue."])
    options: dict[str, Any] | None = Field(None, description="As for an answer.", examples=[None])


class OllamaShow(Wire):
    """A model to be described."""

    model: str | None = Field(None, min_length=1, description="Its name.", examples=["ollama/llama3.2:3b"])
    name: str | None = Field(None, min_length=1, description="The same, as older clients say it.", examples=[None])
    verbose: bool | None = Field(None, description="Changes nothing here.", examples=[False])


class OllamaAnswer(BaseModel):
    """An answer, or a piece of one; the last says `done`."""

    model: str = Field(description="The model, as it was named.", examples=["ollama/llama3.2:3b"])
    created_at: str = Field(description="When.", examples=["2026-10-01T09:00:00.000Z"])
    message: dict[str, Any] | None = Field(
        None, description="Of a chat: the message.", examples=[{"role": "assistant", "content": "Because"}]
    )
    response: str | None = Field(None, description="Of a prompt: the text.", examples=["Because"])
    thinking: str | None = Field(None, description="Of a prompt: what was thought.", examples=[None])
    done: bool = Field(description="Whether it is over.", examples=[False])
    done_reason: str | None = Field(None, description="stop, length or load.", examples=["stop"])
    total_duration: int | None = Field(None, description="Nanoseconds in all.", examples=[182242375])
    load_duration: int | None = Field(None, description="Always 0: not told apart.", examples=[0])
    prompt_eval_count: int | None = Field(None, description="Tokens of the request.", examples=[26])
    prompt_eval_duration: int | None = Field(None, description="Nanoseconds to the first word.", examples=[24573166])
    eval_count: int | None = Field(None, description="Tokens of the answer.", examples=[15])
    eval_duration: int | None = Field(None, description="Nanoseconds from there.", examples=[115959084])
    logprobs: list[dict[str, Any]] | None = Field(
        None, description="How likely its tokens were, if asked for.", examples=[[{"token": "Be", "logprob": -0.5}]]
    )


class OllamaVectors(BaseModel):
    """Vectors, one for each text."""

    model: str = Field(description="The model, as it was named.", examples=["nomic-embed-text"])
    embeddings: list[list[float]] = Field(description="The vectors, in order.", examples=[[[0.25, -0.5]]])
    prompt_eval_count: int | None = Field(None, description="Tokens of the texts.", examples=[5])


class OllamaVector(BaseModel):
    """One vector."""

    embedding: list[float] = Field(description="The vector.", examples=[[0.25, -0.5]])


class OllamaRunning(BaseModel):
    """The models in memory."""

    models: list[dict[str, Any]] = Field(
        description="Those of this machine, whoever loaded them; what is not known of one is left out.",
        examples=[[{"name": "ollama/llama3.2:3b", "size": 3312451584}]],
    )


class OllamaTags(BaseModel):
    """The models."""

    models: list[dict[str, Any]] = Field(
        description="The models that can be asked now, best first.", examples=[[{"name": "ollama/llama3.2:3b"}]]
    )


class OllamaDescription(BaseModel):
    """What a model is."""

    details: dict[str, Any] = Field(description="Family, size and quantisation.", examples=[{"family": "ollama"}])
    model_info: dict[str, Any] = Field(
        description="The context length, under its architecture.", examples=[{"ollama.context_length": 131072}]
    )
    capabilities: list[str] = Field(description="What it can do.", examples=[["completion", "tools"]])


class OllamaVersion(BaseModel):
    """The version of Ollama's protocol that is spoken here."""

    version: str = Field(description="The version.", examples=["0.12.6"])


class OllamaError(BaseModel):
    """Why a request was refused."""

    error: str = Field(description="A sentence for people.", examples=["There is no model 'x' here."])
