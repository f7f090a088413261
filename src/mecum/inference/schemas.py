"""The wire shapes of models and endpoints."""

from pydantic import BaseModel, ConfigDict, Field

from mecum.inference.ports import ModelKind, WindowSource
from mecum.inference.settings import Key, WebAddress, Wire


class ModelView(BaseModel):
    """A model; null is unknown, never false."""

    ref: str = Field(description="Its reference, `endpoint/name`.", examples=["ollama/llama3.2:3b"])
    name: str = Field(description="Its name at the endpoint.", examples=["llama3.2:3b"])
    provider: str = Field(
        description="What serves it: ollama, openai, anthropic, google, llama_cpp, pool or builtin.",
        examples=["ollama"],
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
    size_bytes: int | None = Field(description="The size of its weights in bytes.", examples=[2019393189])
    available: bool = Field(description="Whether it can answer now.", examples=[True])
    detail: str = Field(description="A few words for people.", examples=["3.2B · Q4_K_M · 2.0 GB"])
    kind: ModelKind = Field(description="What it makes: `chat` answers in text.", examples=["chat"])
    parameters: int | None = Field(description="How many parameters it has.", examples=[3212749888])
    quantization: str | None = Field(description="How its weights are kept.", examples=["Q4_K_M"])
    loaded: bool | None = Field(description="Whether it is in memory; null when unknown.", examples=[False])
    memory_bytes: int | None = Field(
        description="What loading it takes of its machine's memory, in bytes: weights, the cache for its context "
        "window (8,192 tokens where Ollama loads it), computing. Null where nobody says.",
        examples=[3312451584],
    )
    memory_measured: bool = Field(
        description="Whether its server has it loaded and measured that; else it is an estimate.", examples=[False]
    )
    fits: bool | None = Field(
        description="Whether that much was free when the machine was last looked at; null when unknown, and beyond "
        "this machine.",
        examples=[True],
    )
    fit_reason: str | None = Field(
        description="Why it fits or does not, with the numbers.",
        examples=["Takes 3.3 GB with 8,192 tokens of context; 11.2 GB are free."],
    )
    window_from: WindowSource = Field(
        description="Who says what its window is: `sent` with each call, `started` with it, `reported` by its server, "
        "`learned` from it when it refused more, or the `model`, whose server may have been given less.",
        examples=["sent"],
    )
    refuses: bool = Field(
        description="Whether its server is known to refuse what its window does not hold, instead of cutting it.",
        examples=[False],
    )


class DefaultModel(BaseModel):
    """The model that answers when nobody chose one."""

    ref: str = Field(description="Its reference.", examples=["ollama/llama3.2:3b"])
    reason: str = Field(description="Why this one, in a line.", examples=["The only model of ollama, on this machine."])


class ModelList(BaseModel):
    """All models."""

    items: list[ModelView] = Field(description="The models, best first.", examples=[[]])
    default: DefaultModel | None = Field(description="What answers when nobody chose.", examples=[None])


class EstimatedView(BaseModel):
    """How fast a model of this machine would be, worked out and not measured."""

    tokens_per_second: float = Field(description="Tokens a second, about, and rather too few.", examples=[5.9])
    method: str = Field(
        description="How that was worked out.",
        examples=["Estimate: 30 GB/s (main memory), 5.10 GB of weights read a token."],
    )


class EndpointCreate(BaseModel):
    """A model server to be asked."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="The first part of its models' references.",
        examples=["studio"],
    )
    wire: Wire = Field(description="The protocol it speaks.", examples=["openai"])
    base_url: WebAddress = Field(
        pattern=r"^https?://",
        max_length=2000,
        description="Its address, without a name, a password or a query: it is shown.",
        examples=["http://127.0.0.1:1234/v1"],
    )
    api_key: Key | None = Field(
        None, max_length=4000, description="Its key; stored sealed and never shown again.", examples=["sk-example"]
    )
    consent: bool = Field(
        False,
        description="Whether the person was told that conversations answered there are sent there, and agrees. Without "
        "it an endpoint beyond this machine is known and asked nothing until somebody agrees "
        "(`POST /privacy/consents`). Means nothing for one on this machine.",
        examples=[True],
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
    most_at_once: int | None = Field(
        description="How many answers it makes at once; null without a limit. `most_at_once` in the configuration says "
        "it, else the settings.",
        examples=[2],
    )


class EndpointList(BaseModel):
    """All model servers."""

    items: list[EndpointView] = Field(description="The servers, by name.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


class ManifestView(BaseModel):
    """A model server that is known by its name."""

    name: str = Field(description="What its endpoint is called.", examples=["mistral"])
    title: str = Field(description="What people call it.", examples=["Mistral"])
    wire: Wire = Field(description="The protocol it speaks.", examples=["openai"])
    base_url: str = Field(description="Its address.", examples=["https://api.mistral.ai/v1"])
    key_variable: str | None = Field(
        description="The environment variable its key is found in; null where none is looked for.",
        examples=["MISTRAL_API_KEY"],
    )


class ManifestList(BaseModel):
    """All model servers that are known by their names."""

    items: list[ManifestView] = Field(description="The servers.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: the list is short.", examples=[None])


class EndpointTest(BaseModel):
    """What a model server said when it was asked."""

    ok: bool = Field(description="Whether it listed its models.", examples=[True])
    models: int = Field(description="How many.", examples=[3])
    latency_ms: int | None = Field(description="How long that took, in milliseconds.", examples=[12])
    priced: int | None = Field(
        default=None, description="For how many of them a price is known; null for one of this machine.", examples=[3]
    )
    price_table: str | None = Field(
        default=None, description="The table of prices that was looked into.", examples=["genai-prices 0.2.3"]
    )
    price_table_date: str | None = Field(
        default=None, description="The newest day on which a price in it began to hold.", examples=["2026-11-09"]
    )
    code: str | None = Field(
        default=None, description="The stable code of what went wrong.", examples=["model.unavailable"]
    )
    detail: str = Field(description="A sentence for people.", examples=["3 models."])
