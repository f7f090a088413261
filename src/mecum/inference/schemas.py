"""The wire shapes of models and endpoints."""

from pydantic import BaseModel, ConfigDict, Field

from mecum.inference.settings import Wire


class ModelView(BaseModel):
    """A model; null is unknown, never false."""

    ref: str = Field(description="Its reference, `endpoint/name`.", examples=["ollama/llama3.2:3b"])
    name: str = Field(description="Its name at the endpoint.", examples=["llama3.2:3b"])
    provider: str = Field(
        description="What serves it: ollama, openai, anthropic, google, llama_cpp or builtin.", examples=["ollama"]
    )
    endpoint: str = Field(description="The endpoint it belongs to.", examples=["ollama"])
    local: bool = Field(
        description="Whether it runs on this machine or the address that was named for it.", examples=[True]
    )
    context_length: int | None = Field(description="Its context window in tokens.", examples=[131072])
    vision: bool | None = Field(description="Whether it sees images.", examples=[False])
    tools: bool | None = Field(description="Whether it calls tools.", examples=[True])
    reasoning: bool | None = Field(description="Whether it thinks before it answers.", examples=[False])
    raw_only: bool = Field(description="Whether it can only continue text.", examples=[False])
    embeds: bool | None = Field(
        description="Whether it turns text into vectors; one that does answers nothing.", examples=[False]
    )
    size_bytes: int | None = Field(description="The size of its weights in bytes.", examples=[2019393189])
    available: bool = Field(description="Whether it can answer now.", examples=[True])
    detail: str = Field(description="A few words for people.", examples=["3.2B · Q4_K_M · 2.0 GB"])
    memory_bytes: int | None = Field(
        description="What loading it takes of this machine's memory, in bytes: weights, the cache for its context "
        "window, computing. Null where it is not loaded by Mecum itself, or its file does not say.",
        examples=[3312451584],
    )
    fits: bool | None = Field(
        description="Whether that much was free when the list was made; null when unknown.", examples=[True]
    )
    fit_reason: str | None = Field(
        description="Why it fits or does not, with the numbers.",
        examples=["Takes 3.3 GB with 8,192 tokens of context; 11.2 GB are free."],
    )


class DefaultModel(BaseModel):
    """The model that answers when nobody chose one."""

    ref: str = Field(description="Its reference.", examples=["ollama/llama3.2:3b"])
    reason: str = Field(description="Why this one, in a line.", examples=["The only model of ollama, on this machine."])


class ModelList(BaseModel):
    """All models."""

    items: list[ModelView] = Field(description="The models, best first.", examples=[[]])
    default: DefaultModel | None = Field(description="What answers when nobody chose.", examples=[None])


class EndpointCreate(BaseModel):
    """A model server to be asked."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="The first part of its models' references.",
        examples=["studio"],
    )
    wire: Wire = Field(description="The protocol it speaks.", examples=["openai"])
    base_url: str = Field(
        pattern=r"^https?://", max_length=2000, description="Its address.", examples=["http://127.0.0.1:1234/v1"]
    )
    api_key: str | None = Field(
        None, max_length=4000, description="Its key; stored sealed and never shown again.", examples=["sk-example"]
    )


class EndpointView(BaseModel):
    """A model server."""

    id: str | None = Field(
        description="Its id; null for one that comes from the settings.", examples=["end_06hq3k8w2m5v9"]
    )
    name: str = Field(description="Its name.", examples=["studio"])
    wire: str = Field(description="The protocol it speaks.", examples=["openai"])
    base_url: str | None = Field(description="Its address.", examples=["http://127.0.0.1:1234/v1"])
    has_key: bool = Field(description="Whether a key is stored for it.", examples=[False])
    models: int = Field(description="How many models it listed.", examples=[3])


class EndpointList(BaseModel):
    """All model servers."""

    items: list[EndpointView] = Field(description="The servers, by name.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


class EndpointTest(BaseModel):
    """What a model server said when it was asked."""

    ok: bool = Field(description="Whether it listed its models.", examples=[True])
    models: int = Field(description="How many.", examples=[3])
    latency_ms: int | None = Field(description="How long that took, in milliseconds.", examples=[12])
    detail: str = Field(description="A sentence for people.", examples=["3 models."])
