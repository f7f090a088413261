"""The wire shape of everything that is known of one model."""

from typing import Any

from pydantic import BaseModel, Field

from mecum.inference.configuration.levels import Level
from mecum.inference.figures_http import PriceView
from mecum.inference.keeping import KeepSource
from mecum.inference.loading.schemas import LoadedModel, PerformanceView, SwapView
from mecum.inference.ports import WindowSource
from mecum.inference.role_schemas import FactView
from mecum.inference.schemas import ModelView


class ServedView(BaseModel):
    """Where a model is."""

    address: str | None = Field(
        description="The address its server is asked at; null for one that is built in, a pool or a file.",
        examples=["http://127.0.0.1:11434"],
    )
    file: str | None = Field(description="Its file on the server's machine.", examples=["/models/qwen3-8b.gguf"])
    relay: str | None = Field(
        description="Where its server on this machine passes on what is asked of it.", examples=["https://ollama.com"]
    )
    members: list[str] = Field(description="Of a pool: the models it is made of.", examples=[["box/llama3.1:8b"]])
    most_at_once: int | None = Field(
        description="How many answers its endpoint makes at once; null without a limit.", examples=[2]
    )
    why: str = Field(description="A sentence for people.", examples=["Ollama on this machine serves it."])
    silence: str | None = Field(
        description="That its server did not answer when it was asked last, and why; null where it did.",
        examples=[None],
    )


class WindowView(BaseModel):
    """How many tokens a model reads at once."""

    tokens: int | None = Field(description="The most, as far as it is known.", examples=[131072])
    served: int | None = Field(
        description="The most that is really served; null where what is known is only of the model.", examples=[131072]
    )
    source: WindowSource | None = Field(
        description="Who says so: `sent` with each call, `started` with it, `configured` by a person, `reported` by "
        "its server, `learned` from it when it refused more, the `table` of known models, or the `model` alone.",
        examples=["sent"],
    )
    loaded: int | None = Field(description="With how many it is in memory now, where its server says.", examples=[8192])
    refuses: bool = Field(
        description="Whether its server is known to refuse what is longer, instead of cutting it.", examples=[False]
    )
    why: str = Field(
        description="A sentence for people.", examples=["Asked for with each message, as large as that needs."]
    )


class MemoryPartsView(BaseModel):
    """What the memory a model takes is for, as an estimate in bytes; null is unknown."""

    weights: int = Field(description="Its weights.", examples=[4920000000])
    cache: int | None = Field(description="Keys and values of every token in its window.", examples=[1073741824])
    compute: int | None = Field(description="What computing takes beside them.", examples=[300000000])
    process: int = Field(description="The process that does it.", examples=[268435456])
    tokens: int | None = Field(description="The window it is counted with.", examples=[8192])
    total: int = Field(description="All of it.", examples=[6562177280])


class TakenView(BaseModel):
    """What a model takes of its machine's memory, and whether that much is there."""

    bytes: int | None = Field(description="What it takes; null where nobody says.", examples=[6562177280])
    measured: bool = Field(description="Whether its server measured that; else it is an estimate.", examples=[False])
    parts: MemoryPartsView | None = Field(description="What the estimate is made of.", examples=[None])
    fits: bool | None = Field(description="Whether it can be loaded now; null when unknown.", examples=[True])
    why: str | None = Field(
        description="Why it fits or does not, with the numbers.",
        examples=["Takes 3.3 GB with 8,192 tokens of context; 11.2 GB are free."],
    )


class StayView(BaseModel):
    """How long a model stays in memory when nobody asks it."""

    seconds: float | None = Field(
        description="Seconds; below 0 for ever. Null where only its server knows.", examples=[600]
    )
    source: KeepSource = Field(
        description="Who says so: `asked` when it was loaded, the `configuration`, the `settings`, or its `server`.",
        examples=["settings"],
    )
    why: str = Field(description="A sentence for people.", examples=["10 minutes, as the settings say."])


class FilledView(BaseModel):
    """A role that a model fills."""

    role: str = Field(description="The role.", examples=["chat"])
    reason: str = Field(description="Why it does.", examples=["The only model of ollama, on this machine."])


class SettingView(BaseModel):
    """Something the configuration says of a model."""

    key: str = Field(description="Its key.", examples=['model_profiles."llama3.1:8b".keep_alive'])
    value: Any = Field(description="What is in force.", examples=["30m"])
    level: Level = Field(description="The strongest level that says it.", examples=["file"])
    source: str | None = Field(description="What speaks there.", examples=["user_models.json"])
    file: str | None = Field(description="Its file.", examples=["user_models.json"])
    line: int | None = Field(description="The line in it.", examples=[4])


class ModelFacts(BaseModel):
    """Everything that is known of one model; null is unknown."""

    model: ModelView = Field(description="What the list of models says of it.", examples=[{}])
    names: list[str] = Field(
        description="The names it may be configured under, the most exact first.",
        examples=[["ollama/llama3.1:8b", "llama3.1:8b"]],
    )
    served: ServedView = Field(description="Where it is.", examples=[{}])
    capabilities: dict[str, FactView] = Field(
        description="What it can do and takes, each with where that is from.",
        examples=[{"reasoning_strength": {"value": 0.8, "source": "table"}}],
    )
    window: WindowView = Field(description="How much it reads at once.", examples=[{}])
    memory: TakenView = Field(description="What it takes of memory.", examples=[{}])
    stays: StayView | None = Field(
        description="How long it stays in memory; null where loading it is not Mecum's to do.", examples=[None]
    )
    loaded: LoadedModel | None = Field(
        description="What is known of it in memory; null where it is not.", examples=[None]
    )
    performance: PerformanceView = Field(description="What was measured of its answers.", examples=[{}])
    price: PriceView | None = Field(
        description="What it costs; null where nobody knows, and of this machine.", examples=[None]
    )
    price_why: str = Field(
        description="Where the price is from, or why there is none.", examples=["It runs on this machine."]
    )
    roles: list[FilledView] = Field(description="The roles it fills now.", examples=[[]])
    swaps: list[SwapView] = Field(description="The swaps it is part of.", examples=[[]])
    configured: list[SettingView] = Field(description="What the configuration says of it.", examples=[[]])
